//! Which ads are to be scored, and their scores.

use chrono::{DateTime, Duration, Utc};
use diesel::{
    QueryableByName,
    pg::Pg,
    prelude::*,
    sql_query,
    sql_types::{Array, BigInt, Bool, Int4, Jsonb, Nullable, Text, Timestamptz},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{json::Json, schema::listing_scores};
use crate::model::{
    condition::Condition,
    id::{ListingId, UserId},
    kind::Kind,
    money::Currency,
    score::Score,
};

/// How long a claimed ad is left alone: when its worker dies, another takes it up after this time.
const LEASE: Duration = Duration::minutes(5);

/// An ad that is due to be scored, and claimed.
#[derive(Debug, Clone, QueryableByName)]
#[diesel(check_for_backend(Pg))]
pub struct Due {
    /// The ad.
    #[diesel(sql_type = BigInt)]
    pub id: ListingId,
    /// Whose it is.
    #[diesel(sql_type = BigInt)]
    pub user_id: UserId,
    /// Its title.
    #[diesel(sql_type = Text)]
    pub title: String,
    /// Its description.
    #[diesel(sql_type = Nullable<Text>)]
    pub description: Option<String>,
    /// What it really offers.
    #[diesel(sql_type = Text)]
    pub kind: Kind,
    /// Its price in minor units, when known.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub price_amount: Option<i64>,
    /// What shipping costs the buyer, when known.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub shipping_amount: Option<i64>,
    /// The currency of both.
    #[diesel(sql_type = Text)]
    pub currency: Currency,
    /// How worn it is.
    #[diesel(sql_type = Nullable<Text>)]
    pub condition: Option<Condition>,
    /// The category as its marketplace names it.
    #[diesel(sql_type = Nullable<Text>)]
    pub category: Option<String>,
    /// Whether it has a picture.
    #[diesel(sql_type = Bool)]
    pub has_picture: bool,
    /// Where it is.
    #[diesel(sql_type = Jsonb)]
    #[diesel(deserialize_as = Json)]
    pub location: serde_json::Value,
    /// What else the source tells.
    #[diesel(sql_type = Jsonb)]
    #[diesel(deserialize_as = Json)]
    pub details: serde_json::Value,
    /// Whether it can still be bought.
    #[diesel(sql_type = Bool)]
    pub available: bool,
    /// When it was posted.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub posted_at: Option<DateTime<Utc>>,
    /// Whether a search found it: its words ask for what the ad really offers.
    #[diesel(sql_type = Bool)]
    pub is_sought: bool,
    /// Until when it is claimed. A change of the ad moves this; the score of what it was is then thrown away.
    #[diesel(sql_type = Timestamptz)]
    pub leased_until: DateTime<Utc>,
}

/// The outcome for a claimed ad.
#[derive(Debug, Clone)]
pub struct Settled {
    /// The ad.
    pub id: ListingId,
    /// As it was claimed.
    pub leased_until: DateTime<Utc>,
    /// Its score; `None` leaves the last one as it is.
    pub score: Option<Score>,
    /// When it is due again; `None` for never.
    pub next_due_at: Option<DateTime<Utc>>,
}

/// Claims at most `limit` ads that are due, longest due first. Others that claim at the same time get other ads.
pub async fn claim_due(
    conn: &mut AsyncPgConnection,
    now: DateTime<Utc>,
    limit: i64,
) -> QueryResult<Vec<Due>> {
    sql_query(
        "WITH due AS (
             SELECT id FROM listings WHERE score_due_at <= $1
             ORDER BY score_due_at, id LIMIT $2 FOR UPDATE SKIP LOCKED
         )
         UPDATE listings SET score_due_at = $3 FROM due WHERE listings.id = due.id
         RETURNING listings.id, user_id, title, description, kind, price_amount, shipping_amount, currency,
                   condition, category, image_url IS NOT NULL AS has_picture, location, details, available, posted_at,
                   EXISTS (SELECT FROM finds f WHERE f.user_id = listings.user_id AND f.listing_id = listings.id
                                                 AND f.matched) AS is_sought,
                   score_due_at AS leased_until",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(limit)
    .bind::<Timestamptz, _>(now + LEASE)
    .load(conn)
    .await
}

/// Every score of one ad of `user`: the metric, its value, and when it was worked out. By the metric's name.
pub async fn of_listing(
    mut conn: &AsyncPgConnection,
    user: UserId,
    id: ListingId,
) -> QueryResult<Vec<(String, Option<i32>, DateTime<Utc>)>> {
    listing_scores::table
        .filter(listing_scores::user_id.eq(user).and(listing_scores::listing_id.eq(id)))
        .order(listing_scores::metric.asc())
        .select((listing_scores::metric, listing_scores::value, listing_scores::updated_at))
        .load(&mut conn)
        .await
}

#[derive(QueryableByName)]
struct Freed {
    #[diesel(sql_type = BigInt)]
    id: ListingId,
}

/// Writes the outcomes of claimed ads in one statement. An ad that was changed or removed since it was claimed gets
/// none: it is due again anyway, or gone. A row that somebody else holds is about to be due again, too; waiting for it
/// could be waiting crosswise. Returns those that were settled: they are held until the transaction ends.
pub async fn settle(
    conn: &mut AsyncPgConnection,
    settled: &[Settled],
) -> QueryResult<Vec<ListingId>> {
    let column = |of: fn(&Settled) -> i64| settled.iter().map(of).collect::<Vec<_>>();
    let leases: Vec<DateTime<Utc>> = settled.iter().map(|s| s.leased_until).collect();
    let next: Vec<Option<DateTime<Utc>>> = settled.iter().map(|s| s.next_due_at).collect();
    let values: Vec<Option<i32>> =
        settled.iter().map(|s| s.score.as_ref().and_then(|score| score.value)).collect();
    let parts: Vec<Option<serde_json::Value>> = settled
        .iter()
        .map(|s| s.score.as_ref().map(serde_json::to_value).transpose())
        .collect::<Result<_, _>>()
        .map_err(|cause| diesel::result::Error::SerializationError(Box::new(cause)))?;
    let freed: Vec<Freed> = sql_query(
        "WITH outcome AS (
             SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[], $4::integer[], $5::jsonb[])
                      AS o (id, leased_until, next_due_at, value, parts)
         ), mine AS (
             SELECT l.id FROM listings l JOIN outcome o USING (id) WHERE l.score_due_at = o.leased_until
             ORDER BY l.id FOR NO KEY UPDATE OF l SKIP LOCKED
         ), freed AS (
             UPDATE listings SET score_due_at = o.next_due_at FROM outcome o JOIN mine USING (id)
             WHERE listings.id = o.id
             RETURNING listings.id, listings.user_id, o.value, o.parts
         ), written AS (
             INSERT INTO listing_scores AS s (user_id, listing_id, metric, value, parts)
             SELECT user_id, id, 'deal_score', value, parts FROM freed WHERE parts IS NOT NULL
             ON CONFLICT (listing_id, metric) DO UPDATE
             SET value = EXCLUDED.value, parts = EXCLUDED.parts, updated_at = now()
             WHERE (s.value, s.parts) IS DISTINCT FROM (EXCLUDED.value, EXCLUDED.parts)
         )
         SELECT id FROM freed",
    )
    .bind::<Array<BigInt>, _>(column(|s| s.id.0))
    .bind::<Array<Timestamptz>, _>(leases)
    .bind::<Array<Nullable<Timestamptz>>, _>(next)
    .bind::<Array<Nullable<Int4>>, _>(values)
    .bind::<Array<Nullable<Jsonb>>, _>(parts)
    .load(conn)
    .await?;
    Ok(freed.into_iter().map(|row| row.id).collect())
}
