//! Listing comparables page by page, and one of them.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::{self, sql},
    pg::Pg,
    prelude::*,
    sql_types::{BigInt, Bool, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{
    candidates,
    json::Json,
    keyset::After,
    owned::{self, By},
    price_key,
    schema::comps,
    words::{self, Found, MOST_CANDIDATES, Searched},
};
use crate::model::{
    comp::Basis,
    condition::Condition,
    id::{CompId, UserId},
    kind::Kind,
    money::{Currency, Money},
    words::Words,
};

/// A stored comparable, whole.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = comps, check_for_backend(Pg))]
pub struct CompRow {
    /// Its row.
    pub id: CompId,
    /// Where it was sold.
    pub source: String,
    /// Its id there.
    pub source_id: String,
    /// The title.
    pub title: String,
    /// What was really sold.
    pub kind: Kind,
    /// Sold or asking.
    pub basis: Basis,
    /// The price without shipping, in minor units.
    pub price_amount: i64,
    /// What the buyer paid for shipping; `None` when it is not known.
    pub shipping_amount: Option<i64>,
    /// The currency of both.
    pub currency: Currency,
    /// How worn it was.
    pub condition: Option<Condition>,
    /// The marketplace's own category.
    pub category: Option<String>,
    /// Where people can see it.
    pub url: Option<String>,
    /// What else the source tells.
    #[diesel(deserialize_as = Json)]
    pub details: serde_json::Value,
    /// When it was sold, or seen.
    pub observed_at: DateTime<Utc>,
    /// When it was first stored.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl CompRow {
    /// What the buyer paid in all.
    pub fn total(&self) -> Money {
        let shipping = self.shipping_amount.unwrap_or(0);
        Money::new(self.price_amount.saturating_add(shipping), self.currency)
    }
}

/// A comparable that was found.
#[derive(Debug, Clone)]
pub struct FoundComp {
    /// It.
    pub comp: CompRow,
    /// How well it fits the words of a search that is ordered by that.
    pub rank: Option<i64>,
}

impl From<CompRow> for FoundComp {
    fn from(comp: CompRow) -> Self {
        Self { comp, rank: None }
    }
}

/// What a list of comparables can be ordered by. Ties are broken by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// When it was sold, or seen.
    ObservedAt,
    /// The price, by currency first.
    Price,
    /// When it was first stored.
    CreatedAt,
    /// When it last changed.
    UpdatedAt,
    /// How well it fits the words, among the latest comparables that have them, as many as are ranked. Without words
    /// it goes by when it was sold.
    Relevance,
}

impl owned::Sort for Sort {
    const ALL: &'static [Self] =
        &[Self::ObservedAt, Self::Price, Self::CreatedAt, Self::UpdatedAt, Self::Relevance];

    fn key(self) -> &'static str {
        match self {
            Self::ObservedAt => "observed_at",
            Self::Price => "price",
            Self::CreatedAt => "created_at",
            Self::UpdatedAt => "updated_at",
            Self::Relevance => "relevance",
        }
    }

    fn is_by_time(self) -> bool {
        matches!(self, Self::ObservedAt | Self::CreatedAt | Self::UpdatedAt)
    }
}

impl Sort {
    /// Where `row` stands in this order.
    pub fn position(self, row: &FoundComp) -> After {
        let comp = &row.comp;
        let observed = comp.observed_at.timestamp_micros();
        let key = match self {
            Self::ObservedAt => observed,
            Self::Price => price_key::key(comp.currency, comp.price_amount),
            Self::CreatedAt => comp.created_at.timestamp_micros(),
            Self::UpdatedAt => comp.updated_at.timestamp_micros(),
            Self::Relevance => row.rank.unwrap_or(observed),
        };
        After { rest: false, key, id: comp.id.0 }
    }
}

/// Which comparables are wanted. Empty means all of the user's.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// What the title must have.
    pub words: Option<Words>,
    /// The marketplace's own category.
    pub category: Option<String>,
    /// How worn.
    pub condition: Option<Condition>,
    /// What was really sold.
    pub kind: Option<Kind>,
    /// Sold or asking.
    pub basis: Option<Basis>,
    /// The source.
    pub source: Option<String>,
    /// The currency.
    pub currency: Option<Currency>,
}

/// At most `limit` comparables of `user` in an order, from just after `after`.
pub async fn list(
    conn: &AsyncPgConnection,
    user: UserId,
    filter: &Filter,
    by: By<Sort>,
    after: Option<After>,
    limit: i64,
) -> QueryResult<Vec<FoundComp>> {
    let mine = filtered(user, filter);
    let Some(words) = &filter.words else { return walk(conn, mine, by, after, limit).await };
    let (query, ids) = match words::seek(conn, user, Searched::Comps, words).await? {
        Found::Nothing => return Ok(Vec::new()),
        Found::Few { query, ids } => (query, ids),
        Found::Many { query } if by.sort == Sort::Relevance => {
            let newest = newest_ids(conn, fitting(mine, &query)).await?;
            (query, newest)
        }
        Found::Many { query } => {
            return walk(conn, fitting(mine, &query), by, after, limit).await;
        }
    };
    let rank = sql::<BigInt>("(ts_rank_cd('{0.05, 0.05, 0.05, 1}', comps.words, ")
        .bind::<Text, _>(query)
        .sql("::tsquery, 1) * 1000000)::bigint");
    let few = |ids: &[i64]| {
        let ids: Vec<_> = ids.iter().copied().map(CompId).collect();
        filtered(user, filter).filter(comps::id.eq_any(ids))
    };
    let mut reading: &AsyncPgConnection = conn;
    let found: Vec<(CompRow, i64)> =
        few(&ids).select((CompRow::as_select(), rank)).load(&mut reading).await?;
    let found: Vec<FoundComp> =
        found.into_iter().map(|(comp, rank)| FoundComp { comp, rank: Some(rank) }).collect();
    let places = found.iter().map(|row| by.sort.position(row)).collect();
    let places = candidates::page(places, by.down, after, limit);
    Ok(candidates::in_order(&places, found, |row| row.comp.id, CompId))
}

/// How many comparables of `user` the filter finds.
pub async fn count(
    mut conn: &AsyncPgConnection,
    user: UserId,
    filter: &Filter,
) -> QueryResult<i64> {
    let mut mine = filtered(user, filter);
    if let Some(words) = &filter.words {
        mine = match words::seek(conn, user, Searched::Comps, words).await? {
            Found::Nothing => return Ok(0),
            Found::Few { ids, .. } => {
                mine.filter(comps::id.eq_any(ids.into_iter().map(CompId).collect::<Vec<_>>()))
            }
            // Exclusions are found by going through all, words by their index.
            Found::Many { query } if words.only_excludes() => fitting(mine, &query),
            Found::Many { query } => {
                let has = sql::<Bool>("comps.words @@ (SELECT ").bind::<Text, _>(query);
                mine.filter(has.sql("::tsquery)"))
            }
        };
    }
    mine.count().get_result(&mut conn).await
}

/// The latest that have the words, as many as are ranked.
async fn newest_ids(mut conn: &AsyncPgConnection, query: Query<'_>) -> QueryResult<Vec<i64>> {
    let ids: Vec<CompId> = query
        .order((comps::observed_at.desc(), comps::id.desc()))
        .select(comps::id)
        .limit(MOST_CANDIDATES)
        .load(&mut conn)
        .await?;
    Ok(ids.into_iter().map(|id| id.0).collect())
}

/// Goes through the index that has the order. `le` and `ge` stand beside each tie-break so that it starts at the
/// cursor.
async fn walk(
    mut conn: &AsyncPgConnection,
    query: Query<'_>,
    by: By<Sort>,
    after: Option<After>,
    limit: i64,
) -> QueryResult<Vec<FoundComp>> {
    use comps::{created_at, currency, id, observed_at, price_amount, updated_at};
    macro_rules! by_time {
        ($column:ident) => {{
            let start = after.and_then(|after| Some((after.time()?, CompId(after.id))));
            let query = match (by.down, start) {
                (true, Some((at, last))) => {
                    query.filter($column.le(at)).filter($column.lt(at).or(id.lt(last)))
                }
                (false, Some((at, last))) => {
                    query.filter($column.ge(at)).filter($column.gt(at).or(id.gt(last)))
                }
                (_, None) => query,
            };
            if by.down {
                query.order(($column.desc(), id.desc()))
            } else {
                query.order(($column.asc(), id.asc()))
            }
        }};
    }
    let query = match by.sort {
        Sort::ObservedAt | Sort::Relevance => by_time!(observed_at),
        Sort::CreatedAt => by_time!(created_at),
        Sort::UpdatedAt => by_time!(updated_at),
        Sort::Price => {
            let mut query = query;
            if let Some(after) = after {
                let Some((in_currency, amount)) = price_key::price(after.key) else {
                    return Ok(Vec::new());
                };
                query = query.filter(
                    sql::<Bool>("(comps.currency, comps.price_amount, comps.id) ")
                        .sql(if by.down { "< (" } else { "> (" })
                        .bind::<Text, _>(in_currency)
                        .sql(", ")
                        .bind::<BigInt, _>(amount)
                        .sql(", ")
                        .bind::<BigInt, _>(after.id)
                        .sql(")"),
                );
            }
            if by.down {
                query.order((currency.desc(), price_amount.desc(), id.desc()))
            } else {
                query.order((currency.asc(), price_amount.asc(), id.asc()))
            }
        }
    };
    let rows: Vec<CompRow> =
        query.select(CompRow::as_select()).limit(limit).load(&mut conn).await?;
    Ok(rows.into_iter().map(FoundComp::from).collect())
}

/// One comparable of `user`.
pub async fn find(
    mut conn: &AsyncPgConnection,
    user: UserId,
    id: CompId,
) -> QueryResult<Option<CompRow>> {
    comps::table
        .filter(comps::user_id.eq(user).and(comps::id.eq(id)))
        .select(CompRow::as_select())
        .first(&mut conn)
        .await
        .optional()
}

/// Where people can see each of `ids`, as far as known.
pub async fn urls(
    mut conn: &AsyncPgConnection,
    user: UserId,
    ids: &[CompId],
) -> QueryResult<Vec<(CompId, Option<String>)>> {
    comps::table
        .filter(comps::user_id.eq(user).and(comps::id.eq_any(ids)))
        .select((comps::id, comps::url))
        .load(&mut conn)
        .await
}

type Query<'a> = dsl::IntoBoxed<'a, comps::table, Pg>;

/// Only those that have the words, each looked at as it comes: written so that no index can serve it, and the one of
/// the order gives the rows.
fn fitting<'a>(query: Query<'a>, words: &str) -> Query<'a> {
    let fits = sql::<Bool>("(comps.words @@ ").bind::<Text, _>(words.to_owned());
    query.filter(fits.sql("::tsquery) IS TRUE"))
}

/// The user's comparables that the filter finds; its words are left to others.
fn filtered(user: UserId, filter: &Filter) -> Query<'_> {
    let mut query = comps::table.into_boxed().filter(comps::user_id.eq(user));
    if let Some(category) = &filter.category {
        query = query.filter(comps::category.eq(category));
    }
    if let Some(condition) = filter.condition {
        query = query.filter(comps::condition.eq(condition));
    }
    // The rare values stand as constants, too, so that the indexes that leave out the usual one can serve them.
    match filter.kind {
        Some(Kind::Item) => query = query.filter(comps::kind.eq(Kind::Item)),
        Some(kind) => {
            query = query.filter(comps::kind.eq(kind)).filter(sql::<Bool>("kind <> 'item'"));
        }
        None => {}
    }
    match filter.basis {
        Some(Basis::Asking) => query = query.filter(sql::<Bool>("basis = 'asking'")),
        Some(basis) => query = query.filter(comps::basis.eq(basis)),
        None => {}
    }
    if let Some(source) = &filter.source {
        query = query.filter(comps::source.eq(source));
    }
    if let Some(currency) = filter.currency {
        query = query.filter(comps::currency.eq(currency));
    }
    query
}
