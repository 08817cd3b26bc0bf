//! What searches met: whether it is what they look for, and whether it is still there.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    pg::Pg,
    sql_query,
    sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::bulk;
use crate::model::{
    id::{ListingId, SearchId, UserId},
    money::Currency,
};

/// How many full scans in a row have to miss an ad before it counts as gone.
pub const MISSES: i32 = 2;

/// An ad that a search has met.
#[derive(Debug, Clone, Copy)]
pub struct Met<'a> {
    /// Where the ad stands.
    pub source: &'a str,
    /// Its id there.
    pub source_id: &'a str,
    /// Whether it is what the search looks for.
    pub matched: bool,
    /// Why not, or what could not be told.
    pub reason: Option<&'a str>,
}

#[derive(QueryableByName)]
#[diesel(check_for_backend(Pg))]
struct Id {
    #[diesel(sql_type = BigInt)]
    id: ListingId,
}

/// Notes that a search has met stored ads at one of its sources. Ads that match and did not before are due to be scored,
/// because telling of them follows from that; answers how many those are. Ads that searches alone have brought count as
/// dropped while none of them looks for them.
pub async fn record(
    conn: &mut AsyncPgConnection,
    (user, search): (UserId, SearchId),
    through: &str,
    met: &[Met<'_>],
    now: DateTime<Utc>,
) -> diesel::QueryResult<usize> {
    let met = bulk::last_of_each(met, |ad| (ad.source, ad.source_id));
    let sources: Vec<_> = met.iter().map(|ad| ad.source).collect();
    let ids: Vec<_> = met.iter().map(|ad| ad.source_id).collect();
    let fresh = sql_query(RECORD)
        .bind::<BigInt, _>(user)
        .bind::<BigInt, _>(search)
        .bind::<Text, _>(through)
        .bind::<Timestamptz, _>(now)
        .bind::<Array<Text>, _>(&sources)
        .bind::<Array<Text>, _>(&ids)
        .bind::<Array<Bool>, _>(met.iter().map(|ad| ad.matched).collect::<Vec<_>>())
        .bind::<Array<Nullable<Text>>, _>(met.iter().map(|ad| ad.reason).collect::<Vec<_>>())
        .execute(conn)
        .await?;
    sql_query(DROP)
        .bind::<BigInt, _>(user)
        .bind::<Array<Text>, _>(&sources)
        .bind::<Array<Text>, _>(&ids)
        .execute(conn)
        .await?;
    Ok(fresh)
}

const DROP: &str = "
UPDATE listings l SET dropped = NOT m.matched
FROM (
    SELECT k.id, bool_or(f.matched) AS matched
    FROM unnest($2::text[], $3::text[]) AS t (source, source_id)
    JOIN listings k ON k.user_id = $1 AND k.source = t.source AND k.source_id = t.source_id
    JOIN finds f ON f.user_id = $1 AND f.listing_id = k.id
    WHERE k.dropped IS NOT NULL GROUP BY k.id
) m
WHERE l.user_id = $1 AND l.id = m.id AND l.dropped = m.matched";

const RECORD: &str = "
WITH input AS MATERIALIZED (
    SELECT l.id, t.matched, t.reason
    FROM unnest($5::text[], $6::text[], $7::boolean[], $8::text[]) AS t (source, source_id, matched, reason)
    JOIN listings l ON l.user_id = $1 AND l.source = t.source AND l.source_id = t.source_id
), before AS MATERIALIZED (
    SELECT f.listing_id AS id, f.matched
    FROM finds f JOIN input i ON i.id = f.listing_id
    WHERE f.user_id = $1 AND f.search_id = $2
), written AS (
    INSERT INTO finds AS f
        (user_id, search_id, listing_id, source, matched, reason, first_found_at, last_found_at)
    SELECT $1, $2, id, $3, matched, left(reason, 500), $4, $4 FROM input
    ON CONFLICT (user_id, search_id, listing_id) DO UPDATE SET
        source = excluded.source,
        matched = excluded.matched,
        reason = excluded.reason,
        missed = 0,
        first_found_at = CASE WHEN excluded.matched AND NOT f.matched THEN $4 ELSE f.first_found_at END,
        last_found_at = $4
    RETURNING f.listing_id AS id, f.matched
)
UPDATE listings l SET score_due_at = $4
FROM written w LEFT JOIN before b USING (id)
WHERE l.user_id = $1 AND l.id = w.id AND w.matched AND b.matched IS NOT TRUE";

/// After a source was read to its end by a run that began at `began`: counts a miss for every ad that it had and has
/// not any more, and lets those go that were missed twice in a row, unless another search has met them since. Ads that
/// were last met before the search itself was changed are left alone: nobody looked for them. Answers which are gone.
pub async fn miss(
    conn: &mut AsyncPgConnection,
    (user, search): (UserId, SearchId),
    through: &str,
    began: DateTime<Utc>,
    now: DateTime<Utc>,
) -> diesel::QueryResult<Vec<ListingId>> {
    bulk::take_turn(conn, user).await?;
    let gone: Vec<Id> = sql_query(
        "WITH missed AS (
             UPDATE finds f SET missed = f.missed + 1
             FROM searches s
             WHERE f.user_id = $1 AND f.search_id = $2 AND f.source = $3 AND f.last_found_at < $4
               AND s.user_id = $1 AND s.id = $2 AND f.last_found_at >= s.updated_at
             RETURNING f.listing_id, f.missed, f.last_found_at
         )
         UPDATE listings l
         SET available = FALSE, gone_at = $5, gone_reason = $6, updated_at = $5
         FROM missed m
         WHERE l.user_id = $1 AND l.id = m.listing_id AND l.available AND m.missed >= $7
           AND NOT EXISTS (
               SELECT FROM finds o
               WHERE o.user_id = $1 AND o.listing_id = l.id AND o.search_id <> $2
                 AND o.last_found_at > m.last_found_at
           )
         RETURNING l.id",
    )
    .bind::<BigInt, _>(user)
    .bind::<BigInt, _>(search)
    .bind::<Text, _>(through)
    .bind::<Timestamptz, _>(began)
    .bind::<Timestamptz, _>(now)
    .bind::<Text, _>(format!("not at {through} any more, looked for twice"))
    .bind::<Integer, _>(MISSES)
    .load(conn)
    .await?;
    Ok(gone.into_iter().map(|row| row.id).collect())
}

/// Lets ads go that their source says are gone: `(source, source_id, reason)` each. Answers which those are that were
/// still there.
pub async fn let_go(
    conn: &mut AsyncPgConnection,
    user: UserId,
    gone: &[(&str, &str, &str)],
    now: DateTime<Utc>,
) -> diesel::QueryResult<Vec<ListingId>> {
    if gone.is_empty() {
        return Ok(Vec::new());
    }
    bulk::take_turn(conn, user).await?;
    let gone = bulk::last_of_each(gone, |(source, id, _)| (*source, *id));
    let gone: Vec<Id> = sql_query(
        "UPDATE listings l
         SET available = FALSE, gone_at = $2, gone_reason = left(t.reason, 500), updated_at = $2
         FROM unnest($3::text[], $4::text[], $5::text[]) AS t (source, source_id, reason)
         WHERE l.user_id = $1 AND l.source = t.source AND l.source_id = t.source_id AND l.available
         RETURNING l.id",
    )
    .bind::<BigInt, _>(user)
    .bind::<Timestamptz, _>(now)
    .bind::<Array<Text>, _>(gone.iter().map(|ad| ad.0).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(gone.iter().map(|ad| ad.1).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(gone.iter().map(|ad| ad.2).collect::<Vec<_>>())
    .load(conn)
    .await?;
    Ok(gone.into_iter().map(|row| row.id).collect())
}

/// An ad that a search met, as people see it.
#[derive(Debug, Clone, QueryableByName)]
#[diesel(check_for_backend(Pg))]
pub struct Find {
    /// The ad.
    #[diesel(sql_type = BigInt)]
    pub listing_id: ListingId,
    /// By which of the search's sources.
    #[diesel(sql_type = Text)]
    pub through: String,
    /// Its title.
    #[diesel(sql_type = Text)]
    pub title: String,
    /// Its price in minor units, when known.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub price_amount: Option<i64>,
    /// The currency.
    #[diesel(sql_type = Text)]
    pub currency: Currency,
    /// Where people can see it.
    #[diesel(sql_type = Nullable<Text>)]
    pub url: Option<String>,
    /// What it is listed by, 0 to 100.
    #[diesel(sql_type = Nullable<Integer>)]
    pub score: Option<i32>,
    /// Whether it can still be bought.
    #[diesel(sql_type = Bool)]
    pub available: bool,
    /// Whether it is what the search looks for.
    #[diesel(sql_type = Bool)]
    pub matched: bool,
    /// Why not, or what could not be told.
    #[diesel(sql_type = Nullable<Text>)]
    pub reason: Option<String>,
    /// When the search first met it.
    #[diesel(sql_type = Timestamptz)]
    pub first_found_at: DateTime<Utc>,
    /// When the search last met it.
    #[diesel(sql_type = Timestamptz)]
    pub last_found_at: DateTime<Utc>,
}

/// At most `limit` of what a search met, the latest first, from just after the given time and ad.
pub async fn list(
    conn: &mut AsyncPgConnection,
    (user, search): (UserId, SearchId),
    matched: bool,
    after: Option<(DateTime<Utc>, i64)>,
    limit: i64,
) -> diesel::QueryResult<Vec<Find>> {
    let (time, last) = after.map_or((None, None), |(time, last)| (Some(time), Some(last)));
    sql_query(
        "SELECT f.listing_id, f.source AS through, l.title, l.price_amount, l.currency, l.url, s.value AS score,
                l.available, f.matched, f.reason, f.first_found_at, f.last_found_at
         FROM finds f
         JOIN listings l ON l.user_id = f.user_id AND l.id = f.listing_id
         LEFT JOIN listing_scores s ON s.listing_id = l.id AND s.metric = 'deal_score'
         WHERE f.user_id = $1 AND f.search_id = $2 AND f.matched = $3
           AND ($4::timestamptz IS NULL OR (f.first_found_at, f.listing_id) < ($4, $5))
         ORDER BY f.first_found_at DESC, f.listing_id DESC LIMIT $6",
    )
    .bind::<BigInt, _>(user)
    .bind::<BigInt, _>(search)
    .bind::<Bool, _>(matched)
    .bind::<Nullable<Timestamptz>, _>(time)
    .bind::<Nullable<BigInt>, _>(last)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await
}

/// How much a search has met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
#[diesel(check_for_backend(Pg))]
pub struct Tally {
    /// The search.
    #[diesel(sql_type = BigInt)]
    pub search_id: SearchId,
    /// What it looks for.
    #[diesel(sql_type = BigInt)]
    pub matched: i64,
    /// Of that, what can still be bought.
    #[diesel(sql_type = BigInt)]
    pub available: i64,
    /// Of that, what was first met since a given time.
    #[diesel(sql_type = BigInt)]
    pub fresh: i64,
    /// What it does not look for.
    #[diesel(sql_type = BigInt)]
    pub dropped: i64,
}

/// How much each search of `user` has met, and what of it was first met at `since` or later.
pub async fn tallies(
    conn: &mut AsyncPgConnection,
    user: UserId,
    since: DateTime<Utc>,
) -> diesel::QueryResult<Vec<Tally>> {
    sql_query(
        "SELECT f.search_id,
                count(*) FILTER (WHERE f.matched) AS matched,
                count(*) FILTER (WHERE f.matched AND l.available) AS available,
                count(*) FILTER (WHERE f.matched AND l.available AND f.first_found_at >= $2) AS fresh,
                count(*) FILTER (WHERE NOT f.matched) AS dropped
         FROM finds f JOIN listings l ON l.user_id = f.user_id AND l.id = f.listing_id
         WHERE f.user_id = $1 GROUP BY f.search_id",
    )
    .bind::<BigInt, _>(user)
    .bind::<Timestamptz, _>(since)
    .load(conn)
    .await
}
