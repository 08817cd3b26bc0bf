//! Listing ads page by page: filters, orders, and pages whose cost does not depend on their depth.

use diesel::{dsl, pg::Pg, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{
    keyset::{After, contains_each_word},
    listings_view::{ListingRow, METRIC, ScoreRow, Scored},
    schema::{listing_scores, listings},
};
use crate::model::{
    condition::Condition,
    id::{ListingId, UserId},
    kind::Kind,
    money::Currency,
};

/// The order of a list of ads. Each is total: ties are broken by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Best deals first; ads without a score last.
    #[default]
    Best,
    /// Cheapest first; ads without a price last.
    Cheapest,
    /// Dearest first; ads without a price last.
    Dearest,
    /// Newest first.
    Newest,
    /// Oldest first.
    Oldest,
}

impl Sort {
    /// Every order.
    pub const ALL: [Self; 5] =
        [Self::Best, Self::Cheapest, Self::Dearest, Self::Newest, Self::Oldest];

    /// The key that the API and the pages use.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Best => "-score",
            Self::Cheapest => "price",
            Self::Dearest => "-price",
            Self::Newest => "-created_at",
            Self::Oldest => "created_at",
        }
    }

    /// The order with that key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.key() == key)
    }

    /// Whether it goes by a time.
    pub const fn is_by_time(self) -> bool {
        matches!(self, Self::Newest | Self::Oldest)
    }

    fn has_rest(self) -> bool {
        matches!(self, Self::Best | Self::Cheapest | Self::Dearest)
    }

    /// Where `row` stands in this order.
    pub fn position(self, row: &Scored) -> After {
        let id = row.listing.id.0;
        let created = row.listing.created_at.timestamp_micros();
        let key = match self {
            Self::Best => row.score.as_ref().and_then(|score| score.value).map(i64::from),
            Self::Cheapest | Self::Dearest => row.listing.price_amount,
            Self::Newest | Self::Oldest => Some(created),
        };
        key.map_or(After { rest: true, key: created, id }, |key| After { rest: false, key, id })
    }
}

/// Which ads are wanted. Empty means all of the user's.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Each must stand in the title, in any letter case.
    pub words: Vec<String>,
    /// The marketplace's own category.
    pub category: Option<String>,
    /// How worn.
    pub condition: Option<Condition>,
    /// What it really offers.
    pub kind: Option<Kind>,
    /// The source.
    pub source: Option<String>,
    /// The currency.
    pub currency: Option<Currency>,
    /// The least price, in minor units.
    pub min_price: Option<i64>,
    /// The highest price, in minor units.
    pub max_price: Option<i64>,
    /// The least score.
    pub min_score: Option<i32>,
    /// Whether it can still be bought.
    pub available: Option<bool>,
}

/// At most `limit` ads of `user` in the order of `sort`, from just after `after`.
pub async fn list(
    conn: &AsyncPgConnection,
    user: UserId,
    filter: &Filter,
    sort: Sort,
    after: Option<After>,
    limit: i64,
) -> QueryResult<Vec<Scored>> {
    let mut found = Vec::new();
    if !after.is_some_and(|after| after.rest) {
        found = keyed(conn, user, filter, sort, after, limit).await?;
    }
    let wanted = limit - i64::try_from(found.len()).unwrap_or(limit);
    if wanted > 0 && sort.has_rest() && !(sort == Sort::Best && filter.min_score.is_some()) {
        let after = after.filter(|after| after.rest);
        found.extend(rest(conn, user, filter, sort, after, wanted).await?);
    }
    Ok(found.into_iter().map(Scored::from).collect())
}

/// How many ads of `user` the filter finds.
pub async fn count(
    mut conn: &AsyncPgConnection,
    user: UserId,
    filter: &Filter,
) -> QueryResult<i64> {
    filtered(user, filter).select(diesel::dsl::count_star()).first(&mut conn).await
}

type Row = (ListingRow, Option<ScoreRow>);

/// The ads that have what the order asks for. `le` and `ge` stand beside each tie-break so that the index starts at
/// the cursor instead of reading up to it.
async fn keyed(
    mut conn: &AsyncPgConnection,
    user: UserId,
    filter: &Filter,
    sort: Sort,
    after: Option<After>,
    limit: i64,
) -> QueryResult<Vec<Row>> {
    use listing_scores::{listing_id, value};
    use listings::{created_at, id, price_amount};
    let query = filtered(user, filter);
    let last = ListingId(after.map_or(0, |after| after.id));
    let query = match sort {
        Sort::Best => {
            // Naming the user on the score's side too lets its own index give the order.
            let mut query =
                query.filter(listing_scores::user_id.eq(user)).filter(value.is_not_null());
            if let Some(After { key, .. }) = after {
                let key = i32::try_from(key).unwrap_or(0);
                query = query.filter(value.le(key)).filter(value.lt(key).or(listing_id.lt(last)));
            }
            query.order((value.desc().nulls_last(), listing_id.desc()))
        }
        Sort::Cheapest => {
            let mut query = query.filter(price_amount.is_not_null());
            if let Some(After { key, .. }) = after {
                query = query
                    .filter(price_amount.ge(key))
                    .filter(price_amount.gt(key).or(id.nullable().gt(last)));
            }
            query.order((price_amount.asc(), id.asc()))
        }
        Sort::Dearest => {
            let mut query = query.filter(price_amount.is_not_null());
            if let Some(After { key, .. }) = after {
                query = query
                    .filter(price_amount.le(key))
                    .filter(price_amount.lt(key).or(id.nullable().lt(last)));
            }
            query.order((price_amount.desc(), id.desc()))
        }
        Sort::Newest => newest(query, after).order((created_at.desc(), id.desc())),
        Sort::Oldest => {
            let mut query = query;
            if let Some(at) = after.and_then(After::time) {
                query = query.filter(created_at.ge(at)).filter(created_at.gt(at).or(id.gt(last)));
            }
            query.order((created_at.asc(), id.asc()))
        }
    };
    query
        .select((ListingRow::as_select(), Option::<ScoreRow>::as_select()))
        .limit(limit)
        .load(&mut conn)
        .await
}

/// The ads that lack what the order asks for, newest first.
async fn rest(
    mut conn: &AsyncPgConnection,
    user: UserId,
    filter: &Filter,
    sort: Sort,
    after: Option<After>,
    limit: i64,
) -> QueryResult<Vec<Row>> {
    use listings::{created_at, id, price_amount};
    let query = filtered(user, filter);
    let query = match sort {
        Sort::Best => query.filter(listing_scores::value.is_null()),
        Sort::Cheapest | Sort::Dearest => query.filter(price_amount.is_null()),
        Sort::Newest | Sort::Oldest => return Ok(Vec::new()),
    };
    newest(query, after)
        .order((created_at.desc(), id.desc()))
        .select((ListingRow::as_select(), Option::<ScoreRow>::as_select()))
        .limit(limit)
        .load(&mut conn)
        .await
}

fn newest(query: Query<'_>, after: Option<After>) -> Query<'_> {
    use listings::{created_at, id};
    let Some((at, last)) = after.and_then(|after| Some((after.time()?, ListingId(after.id))))
    else {
        return query;
    };
    query.filter(created_at.le(at)).filter(created_at.lt(at).or(id.lt(last)))
}

type On = dsl::And<
    dsl::Eq<listing_scores::listing_id, listings::id>,
    dsl::Eq<listing_scores::metric, &'static str>,
>;
type Joined = dsl::LeftJoinOn<listings::table, listing_scores::table, On>;
type Query<'a> = dsl::IntoBoxed<'a, Joined, Pg>;

fn filtered(user: UserId, filter: &Filter) -> Query<'_> {
    let on = listing_scores::listing_id.eq(listings::id).and(listing_scores::metric.eq(METRIC));
    let mut query = listings::table
        .left_join(listing_scores::table.on(on))
        .filter(listings::user_id.eq(user))
        .into_boxed();
    for pattern in contains_each_word(&filter.words) {
        query = query.filter(listings::title.ilike(pattern));
    }
    if let Some(category) = &filter.category {
        query = query.filter(listings::category.eq(category));
    }
    if let Some(condition) = filter.condition {
        query = query.filter(listings::condition.eq(condition));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(listings::kind.eq(kind));
    }
    if let Some(source) = &filter.source {
        query = query.filter(listings::source.eq(source));
    }
    if let Some(currency) = filter.currency {
        query = query.filter(listings::currency.eq(currency));
    }
    if let Some(least) = filter.min_price {
        query = query.filter(listings::price_amount.ge(least));
    }
    if let Some(most) = filter.max_price {
        query = query.filter(listings::price_amount.le(most));
    }
    if let Some(least) = filter.min_score {
        query = query.filter(listing_scores::value.ge(least));
    }
    if let Some(available) = filter.available {
        query = query.filter(listings::available.eq(available));
    }
    query
}
