//! Reading listings with their scores: one, its price history, and what a user's ads can be filtered by.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    pg::Pg,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{
    json::Json,
    schema::{listing_scores, listings, price_points},
};
use crate::model::{
    condition::Condition,
    id::{ListingId, UserId},
    kind::Kind,
    money::{Currency, Money},
    score::Score,
};

/// The one metric that ads are listed by.
pub(super) const METRIC: &str = "deal_score";

/// A stored ad.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = listings, check_for_backend(Pg))]
pub struct ListingRow {
    /// Its row.
    pub id: ListingId,
    /// Where it stands.
    pub source: String,
    /// Its id there.
    pub source_id: String,
    /// The title.
    pub title: String,
    /// The description as plain text.
    pub description: Option<String>,
    /// What it really offers.
    pub kind: Kind,
    /// The price in minor units; `None` when it is not known.
    pub price_amount: Option<i64>,
    /// What shipping costs in minor units; `None` when it is not known.
    pub shipping_amount: Option<i64>,
    /// The currency of both.
    pub currency: Currency,
    /// How worn it is.
    pub condition: Option<Condition>,
    /// The marketplace's own category.
    pub category: Option<String>,
    /// Where people can see it.
    pub url: Option<String>,
    /// A picture of it.
    pub image_url: Option<String>,
    /// Where the thing is, as far as known.
    #[diesel(deserialize_as = Json)]
    pub location: serde_json::Value,
    /// What else the source tells.
    #[diesel(deserialize_as = Json)]
    pub details: serde_json::Value,
    /// Whether it can still be bought, as far as known.
    pub available: bool,
    /// When it was posted, by the source's word.
    pub posted_at: Option<DateTime<Utc>>,
    /// When it was first stored.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// When it was last seen.
    pub last_seen_at: DateTime<Utc>,
}

impl ListingRow {
    /// The price, when it is known.
    pub fn price(&self) -> Option<Money> {
        self.price_amount.map(|amount| Money::new(amount, self.currency))
    }

    /// What shipping costs, when it is known.
    pub fn shipping(&self) -> Option<Money> {
        self.shipping_amount.map(|amount| Money::new(amount, self.currency))
    }

    /// What a buyer pays in all, as far as known.
    pub fn total(&self) -> Option<Money> {
        let price = self.price_amount?;
        Some(Money::new(price.saturating_add(self.shipping_amount.unwrap_or(0)), self.currency))
    }
}

/// A stored score.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = listing_scores, check_for_backend(Pg))]
pub struct ScoreRow {
    /// 0 to 100; `None` when there is not enough data.
    pub value: Option<i32>,
    /// The serialized [`Score`].
    #[diesel(deserialize_as = Json)]
    pub parts: serde_json::Value,
    /// When it was worked out.
    pub updated_at: DateTime<Utc>,
}

/// An ad with what is known of its worth.
#[derive(Debug, Clone)]
pub struct Scored {
    /// The ad.
    pub listing: ListingRow,
    /// What it is listed by, 0 to 100; `None` until it is judged, or when there is not enough data.
    pub value: Option<i32>,
    /// Its score; `None` until the estimate worker has seen it.
    pub score: Option<Score>,
    /// When the score was worked out.
    pub scored_at: Option<DateTime<Utc>>,
    /// How well it fits the words of a search that is ordered by that.
    pub rank: Option<i64>,
}

impl From<(ListingRow, Option<ScoreRow>)> for Scored {
    fn from((listing, row): (ListingRow, Option<ScoreRow>)) -> Self {
        let scored_at = row.as_ref().map(|row| row.updated_at);
        let value = row.as_ref().and_then(|row| row.value);
        // Another installation's score may be told in other parts; its value counts all the same.
        let score = row.and_then(|row| serde_json::from_value(row.parts).ok());
        Self { listing, value, score, scored_at, rank: None }
    }
}

/// One ad of `user`.
pub async fn find(
    mut conn: &AsyncPgConnection,
    user: UserId,
    id: ListingId,
) -> QueryResult<Option<Scored>> {
    let of_it = listing_scores::listing_id.eq(listings::id).and(listing_scores::metric.eq(METRIC));
    let row: Option<(ListingRow, Option<ScoreRow>)> = listings::table
        .left_join(listing_scores::table.on(of_it))
        .filter(listings::user_id.eq(user).and(listings::id.eq(id)))
        .select((ListingRow::as_select(), Option::<ScoreRow>::as_select()))
        .first(&mut conn)
        .await
        .optional()?;
    Ok(row.map(Scored::from))
}

/// The row of an ad by its identity.
pub async fn find_known(
    mut conn: &AsyncPgConnection,
    user: UserId,
    source: &str,
    source_id: &str,
) -> QueryResult<Option<ListingId>> {
    let known = listings::source.eq(source).and(listings::source_id.eq(source_id));
    listings::table
        .filter(listings::user_id.eq(user).and(known))
        .select(listings::id)
        .first(&mut conn)
        .await
        .optional()
}

/// Some ads of `user`, in the order of `ids`.
pub async fn several(
    mut conn: &AsyncPgConnection,
    user: UserId,
    ids: &[ListingId],
) -> QueryResult<Vec<Scored>> {
    let of_it = listing_scores::listing_id.eq(listings::id).and(listing_scores::metric.eq(METRIC));
    let rows: Vec<(ListingRow, Option<ScoreRow>)> = listings::table
        .left_join(listing_scores::table.on(of_it))
        .filter(listings::user_id.eq(user).and(listings::id.eq_any(ids)))
        .select((ListingRow::as_select(), Option::<ScoreRow>::as_select()))
        .load(&mut conn)
        .await?;
    let mut found: Vec<Scored> = rows.into_iter().map(Scored::from).collect();
    found.sort_by_key(|scored| ids.iter().position(|id| *id == scored.listing.id));
    Ok(found)
}

/// The prices an ad of `user` was seen at, oldest first, at most 200.
pub async fn price_history(
    mut conn: &AsyncPgConnection,
    user: UserId,
    id: ListingId,
) -> QueryResult<Vec<(DateTime<Utc>, Money)>> {
    let mut rows: Vec<(DateTime<Utc>, i64, Currency)> = price_points::table
        .inner_join(listings::table)
        .filter(listings::user_id.eq(user).and(listings::id.eq(id)))
        .order(price_points::seen_at.desc())
        .limit(200)
        .select((price_points::seen_at, price_points::price_amount, price_points::currency))
        .load(&mut conn)
        .await?;
    rows.reverse();
    Ok(rows.into_iter().map(|(at, amount, currency)| (at, Money::new(amount, currency))).collect())
}

/// How far the ads are counted that nobody asked to count.
pub const MOST_COUNTED: i64 = 10_001;

/// What a user's ads can be filtered by: of each at most 100, by the alphabet.
#[derive(Debug, Clone, Default)]
pub struct Facets {
    /// Sources.
    pub sources: Vec<String>,
    /// Categories.
    pub categories: Vec<String>,
    /// Currencies.
    pub currencies: Vec<String>,
    /// How many ads there are that can still be bought and that no search has dropped; counted up to [`MOST_COUNTED`].
    pub available: i64,
    /// Whether searches have dropped some.
    pub has_dropped: bool,
}

/// What the ads of `user` that can still be bought can be filtered by. Each look-up goes from one value to the next in
/// an index, however many ads have it.
pub async fn facets(mut conn: &AsyncPgConnection, user: UserId) -> QueryResult<Facets> {
    let available: Count = sql_query(
        "SELECT count(*) AS count FROM (
             SELECT FROM listings WHERE user_id = $1 AND available AND dropped IS NOT TRUE
             ORDER BY created_at DESC, id DESC LIMIT $2
         ) AS seen",
    )
    .bind::<BigInt, _>(user)
    .bind::<BigInt, _>(MOST_COUNTED)
    .get_result(&mut conn)
    .await?;
    // The order is that of the index that is to be looked into.
    let dropped: Option<ListingId> = listings::table
        .filter(listings::user_id.eq(user))
        .filter(listings::dropped.assume_not_null())
        .order((listings::created_at.desc(), listings::id.desc()))
        .select(listings::id)
        .first(&mut conn)
        .await
        .optional()?;
    Ok(Facets {
        available: available.count,
        has_dropped: dropped.is_some(),
        sources: distinct(conn, user, "source").await?,
        categories: distinct(conn, user, "category").await?,
        currencies: distinct(conn, user, "currency").await?,
    })
}

async fn distinct(
    mut conn: &AsyncPgConnection,
    user: UserId,
    column: &'static str,
) -> QueryResult<Vec<String>> {
    let rows: Vec<Name> = sql_query(format!(
        "WITH RECURSIVE each AS (
             (SELECT {column} AS name FROM listings WHERE user_id = $1 AND available AND {column} > ''
              ORDER BY {column} LIMIT 1)
             UNION ALL
             SELECT (SELECT {column} FROM listings WHERE user_id = $1 AND available AND {column} > each.name
                     ORDER BY {column} LIMIT 1)
             FROM each WHERE each.name IS NOT NULL
         )
         SELECT name FROM (SELECT name FROM each LIMIT 100) AS seen WHERE name IS NOT NULL"
    ))
    .bind::<BigInt, _>(user)
    .load(&mut conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

#[derive(QueryableByName)]
#[diesel(check_for_backend(Pg))]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
#[diesel(check_for_backend(Pg))]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}
