//! The same thing on several sites: which ads are to be looked at, what they could be the same as, and what they are.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    QueryableByName,
    pg::Pg,
    sql_query,
    sql_types::{BigInt, Jsonb, Nullable, Text, Timestamptz},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::model::{
    id::{ListingId, SearchId, UserId},
    kind::Kind,
    money::Currency,
};

/// How long a claimed ad is left alone: when its worker dies, another takes it up after this time.
const LEASE: TimeDelta = TimeDelta::minutes(3);
/// How many ads of the same searches are compared with one.
const MOST_COMPARED: i64 = 300;

/// An ad whose thing may be on another site, too.
#[derive(Debug, Clone, QueryableByName)]
#[diesel(check_for_backend(Pg))]
pub struct Seen {
    /// The ad.
    #[diesel(sql_type = BigInt)]
    pub id: ListingId,
    /// Whose it is.
    #[diesel(sql_type = BigInt)]
    pub user_id: UserId,
    /// Where it stands.
    #[diesel(sql_type = Text)]
    pub source: String,
    /// Its title.
    #[diesel(sql_type = Text)]
    pub title: String,
    /// What it really offers.
    #[diesel(sql_type = Text)]
    pub kind: Kind,
    /// Its price in minor units, when known.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub price_amount: Option<i64>,
    /// The currency.
    #[diesel(sql_type = Text)]
    pub currency: Currency,
    /// Where the thing is.
    #[diesel(sql_type = Jsonb)]
    pub location: serde_json::Value,
    /// Its picture.
    #[diesel(sql_type = Nullable<Text>)]
    pub image_url: Option<String>,
    /// The fingerprint of its picture, when it was looked at.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub photo_hash: Option<i64>,
    /// The first ad of the same thing.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub same_as: Option<ListingId>,
}

const COLUMNS: &str = "l.id, l.user_id, l.source, l.title, l.kind, l.price_amount, l.currency, l.location, l.image_url,
    l.photo_hash, l.same_as";

/// Lets the ads be looked at that a search with several sources met for the first time at `now`.
pub async fn want(
    conn: &mut AsyncPgConnection,
    user: UserId,
    search: SearchId,
    now: DateTime<Utc>,
) -> diesel::QueryResult<usize> {
    sql_query(
        "UPDATE listings l SET photo_due_at = $3 FROM finds f
         WHERE f.user_id = $1 AND f.search_id = $2 AND f.matched AND f.first_found_at = $3
           AND l.user_id = $1 AND l.id = f.listing_id AND l.photo_hash IS NULL",
    )
    .bind::<BigInt, _>(user)
    .bind::<BigInt, _>(search)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await
}

/// Claims at most `limit` ads that are to be looked at. Others that claim at the same time get other ads.
pub async fn claim(
    conn: &mut AsyncPgConnection,
    now: DateTime<Utc>,
    limit: i64,
) -> diesel::QueryResult<Vec<Seen>> {
    sql_query(format!(
        "WITH due AS (
             SELECT id FROM listings WHERE photo_due_at <= $1
             ORDER BY photo_due_at, id LIMIT $2 FOR UPDATE SKIP LOCKED
         )
         UPDATE listings l SET photo_due_at = $3 FROM due WHERE l.id = due.id RETURNING {COLUMNS}"
    ))
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(limit)
    .bind::<Timestamptz, _>(now + LEASE)
    .load(conn)
    .await
}

/// Ads on other sites that the searches met that met this one.
pub async fn candidates(conn: &mut AsyncPgConnection, ad: &Seen) -> diesel::QueryResult<Vec<Seen>> {
    sql_query(format!(
        "SELECT DISTINCT ON (l.id) {COLUMNS}
         FROM finds mine
         JOIN finds other ON other.user_id = $1 AND other.search_id = mine.search_id AND other.matched
         JOIN listings l ON l.user_id = $1 AND l.id = other.listing_id
         WHERE mine.user_id = $1 AND mine.listing_id = $2 AND mine.matched
           AND l.available AND l.source <> $3
         ORDER BY l.id DESC LIMIT $4"
    ))
    .bind::<BigInt, _>(ad.user_id)
    .bind::<BigInt, _>(ad.id)
    .bind::<Text, _>(&ad.source)
    .bind::<BigInt, _>(MOST_COMPARED)
    .load(conn)
    .await
}

/// Notes what came of looking at an ad. It is due to be scored again, because telling of it has waited for this.
pub async fn settle(
    conn: &mut AsyncPgConnection,
    ad: &Seen,
    photo_hash: Option<i64>,
    same_as: Option<ListingId>,
    now: DateTime<Utc>,
) -> diesel::QueryResult<usize> {
    sql_query(
        "UPDATE listings SET photo_hash = coalesce($3, photo_hash), same_as = coalesce($4, same_as),
                             photo_due_at = NULL, score_due_at = $5
         WHERE user_id = $1 AND id = $2",
    )
    .bind::<BigInt, _>(ad.user_id)
    .bind::<BigInt, _>(ad.id)
    .bind::<Nullable<BigInt>, _>(photo_hash)
    .bind::<Nullable<BigInt>, _>(same_as)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await
}
