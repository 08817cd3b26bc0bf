//! Going through the index that has the order, from where the last page ended.

use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Bool, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{
    super::{
        keyset::After,
        listings_view::{ListingRow, ScoreRow, Scored},
        owned::By,
        price_key,
        schema::{listing_scores, listings},
        words::MOST_CANDIDATES,
    },
    Sort,
    filter::{Filter, Query, filtered, fitting},
};
use crate::model::id::{ListingId, UserId};

type Row = (ListingRow, Option<ScoreRow>);

/// At most `limit` ads from just after `after`, with `words` as PostgreSQL writes them.
pub(super) async fn list(
    conn: &AsyncPgConnection,
    user: UserId,
    filter: &Filter,
    words: Option<&str>,
    by: By<Sort>,
    after: Option<After>,
    limit: i64,
) -> QueryResult<Vec<Scored>> {
    let mine = || {
        let query = filtered(user, filter);
        words.map_or(query, |words| fitting(filtered(user, filter), words))
    };
    let mut found = Vec::new();
    if !after.is_some_and(|after| after.rest) {
        found = load(conn, keyed(mine(), user, by, after), limit).await?;
    }
    let wanted = limit - i64::try_from(found.len()).unwrap_or(limit);
    let can_lack = match by.sort {
        Sort::Score => filter.min_score.is_none(),
        Sort::Price => filter.min_price.or(filter.max_price).is_none(),
        _ => false,
    };
    if wanted > 0 && can_lack {
        let after = after.filter(|after| after.rest);
        found.extend(load(conn, rest(mine(), by.sort, after), wanted).await?);
    }
    Ok(found.into_iter().map(Scored::from).collect())
}

/// The newest ads that have the words, as many as are ranked.
pub(super) async fn newest_ids(
    mut conn: &AsyncPgConnection,
    user: UserId,
    filter: &Filter,
    words: &str,
) -> QueryResult<Vec<i64>> {
    let ids: Vec<ListingId> = fitting(filtered(user, filter), words)
        .order((listings::created_at.desc(), listings::id.desc()))
        .select(listings::id)
        .limit(MOST_CANDIDATES)
        .load(&mut conn)
        .await?;
    Ok(ids.into_iter().map(|id| id.0).collect())
}

async fn load(mut conn: &AsyncPgConnection, query: Query<'_>, limit: i64) -> QueryResult<Vec<Row>> {
    query
        .select((ListingRow::as_select(), Option::<ScoreRow>::as_select()))
        .limit(limit)
        .load(&mut conn)
        .await
}

/// The ads that have what the order asks for. `le` and `ge` stand beside each tie-break so that the index starts at
/// the cursor instead of reading up to it.
fn keyed(query: Query<'_>, user: UserId, by: By<Sort>, after: Option<After>) -> Query<'_> {
    match by.sort {
        Sort::Score => by_score(query, user, by.down, after),
        Sort::Price => by_price(query, by.down, after),
        Sort::CreatedAt | Sort::Relevance => by_created_at(query, by.down, after),
        Sort::UpdatedAt => by_updated_at(query, by.down, after),
    }
}

fn by_score(query: Query<'_>, user: UserId, down: bool, after: Option<After>) -> Query<'_> {
    use listing_scores::{listing_id, value};
    // Naming the user on the score's side too lets its own index give the order.
    let mut query = query.filter(listing_scores::user_id.eq(user)).filter(value.is_not_null());
    if let Some(After { key, id, .. }) = after {
        let (key, last) = (i32::try_from(key).unwrap_or(0), ListingId(id));
        query = if down {
            query.filter(value.le(key)).filter(value.lt(key).or(listing_id.lt(last)))
        } else {
            query.filter(value.ge(key)).filter(value.gt(key).or(listing_id.gt(last)))
        };
    }
    // The index holds the unscored at its end, so read backwards they come first; none of them is wanted here.
    if down {
        query.order((value.desc().nulls_last(), listing_id.desc()))
    } else {
        query.order((value.asc().nulls_first(), listing_id.asc()))
    }
}

fn by_price(query: Query<'_>, down: bool, after: Option<After>) -> Query<'_> {
    use listings::{currency, id, price_amount};
    let mut query = query.filter(price_amount.is_not_null());
    if let Some(after) = after {
        let Some((in_currency, amount)) = price_key::price(after.key) else {
            return query.filter(sql::<Bool>("FALSE"));
        };
        let sign = if down { "<" } else { ">" };
        query = query.filter(
            sql::<Bool>("(listings.currency, listings.price_amount, listings.id) ")
                .sql(sign)
                .sql(" (")
                .bind::<Text, _>(in_currency)
                .sql(", ")
                .bind::<BigInt, _>(amount)
                .sql(", ")
                .bind::<BigInt, _>(after.id)
                .sql(")"),
        );
    }
    if down {
        query.order((currency.desc(), price_amount.desc(), id.desc()))
    } else {
        query.order((currency.asc(), price_amount.asc(), id.asc()))
    }
}

fn by_created_at(query: Query<'_>, down: bool, after: Option<After>) -> Query<'_> {
    use listings::{created_at, id};
    let mut query = query;
    if let Some((at, last)) = start(after) {
        query = if down {
            query.filter(created_at.le(at)).filter(created_at.lt(at).or(id.lt(last)))
        } else {
            query.filter(created_at.ge(at)).filter(created_at.gt(at).or(id.gt(last)))
        };
    }
    if down {
        query.order((created_at.desc(), id.desc()))
    } else {
        query.order((created_at.asc(), id.asc()))
    }
}

fn by_updated_at(query: Query<'_>, down: bool, after: Option<After>) -> Query<'_> {
    use listings::{id, updated_at};
    let mut query = query;
    if let Some((at, last)) = start(after) {
        query = if down {
            query.filter(updated_at.le(at)).filter(updated_at.lt(at).or(id.lt(last)))
        } else {
            query.filter(updated_at.ge(at)).filter(updated_at.gt(at).or(id.gt(last)))
        };
    }
    if down {
        query.order((updated_at.desc(), id.desc()))
    } else {
        query.order((updated_at.asc(), id.asc()))
    }
}

/// The ads that lack what the order asks for, newest first.
fn rest(query: Query<'_>, sort: Sort, after: Option<After>) -> Query<'_> {
    let query = match sort {
        Sort::Price => query.filter(listings::price_amount.is_null()),
        _ => query.filter(listing_scores::value.is_null()),
    };
    by_created_at(query, true, after)
}

fn start(after: Option<After>) -> Option<(chrono::DateTime<chrono::Utc>, ListingId)> {
    after.and_then(|after| Some((after.time()?, ListingId(after.id))))
}
