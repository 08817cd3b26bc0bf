//! Ads of others: the bulk write. Reading them stands in files of its own.

use chrono::{DateTime, Utc};
use diesel::{
    QueryResult,
    prelude::*,
    sql_types::{Array, BigInt, Bool, Jsonb, Nullable, Text, Timestamptz},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::{
    Counts,
    bulk::{self, Written},
    schema::listings,
};
use crate::{
    error::Result,
    model::{id::UserId, listing::NewListing},
};

/// Stores ads that somebody brings by their identity, in one transaction. A changed ad is due for scoring, and a price that differs from
/// the stored one becomes a price point, the first price too. An ad without a price keeps the price it had. Ads that
/// were there just so count as seen at `now`. Of several rows with one identity the last wins; the others count as
/// unchanged.
pub async fn upsert_many(
    conn: &mut AsyncPgConnection,
    user: UserId,
    rows: &[NewListing],
    now: DateTime<Utc>,
) -> Result<Counts> {
    upsert(conn, user, rows, now, false).await
}

/// The same for ads that a search meets. Those that nobody else brings are the searches' to drop: see
/// [`finds::record`](super::finds::record).
pub async fn upsert_found(
    conn: &mut AsyncPgConnection,
    user: UserId,
    rows: &[NewListing],
    now: DateTime<Utc>,
) -> Result<Counts> {
    upsert(conn, user, rows, now, true).await
}

async fn upsert(
    conn: &mut AsyncPgConnection,
    user: UserId,
    rows: &[NewListing],
    now: DateTime<Utc>,
    is_found: bool,
) -> Result<Counts> {
    if rows.is_empty() {
        return Ok(Counts::default());
    }
    let distinct = bulk::last_of_each(rows, |row| (&row.source, &row.source_id));
    let mut attempt = 1;
    loop {
        let written = conn
            .transaction(async |conn| {
                bulk::take_turn(conn, user).await?;
                write(conn, user, &distinct, now, is_found).await
            })
            .await;
        match written {
            Err(cause) if bulk::is_deadlock(&cause) && attempt < bulk::ATTEMPTS => attempt += 1,
            written => return Ok(written?.counts(rows.len())),
        }
    }
}

/// Makes all available ads of a user due for scoring: their comparables have changed.
pub async fn mark_due(
    conn: &mut AsyncPgConnection,
    user: UserId,
    now: DateTime<Utc>,
) -> Result<usize> {
    let waits = listings::score_due_at.is_null().or(listings::score_due_at.gt(now));
    conn.transaction(async |conn| {
        bulk::take_turn(conn, user).await?;
        let marked = diesel::update(listings::table)
            .filter(listings::user_id.eq(user))
            .filter(listings::available)
            .filter(waits)
            .set(listings::score_due_at.eq(now))
            .execute(conn)
            .await?;
        Ok(marked)
    })
    .await
}

async fn write(
    conn: &mut AsyncPgConnection,
    user: UserId,
    rows: &[&NewListing],
    now: DateTime<Utc>,
    is_found: bool,
) -> QueryResult<Written> {
    macro_rules! column {
        ($row:ident => $value:expr) => {
            rows.iter().map(|$row| $value).collect::<Vec<_>>()
        };
    }
    diesel::sql_query(UPSERT)
        .bind::<BigInt, _>(user)
        .bind::<Timestamptz, _>(now)
        .bind::<Array<Text>, _>(column!(row => row.source.as_str()))
        .bind::<Array<Text>, _>(column!(row => row.source_id.as_str()))
        .bind::<Array<Text>, _>(column!(row => row.title.as_str()))
        .bind::<Array<Nullable<Text>>, _>(column!(row => row.description.as_deref()))
        .bind::<Array<Text>, _>(column!(row => row.kind))
        .bind::<Array<Nullable<BigInt>>, _>(column!(row => row.price_amount))
        .bind::<Array<Nullable<BigInt>>, _>(column!(row => row.shipping_amount))
        .bind::<Array<Text>, _>(column!(row => row.currency))
        .bind::<Array<Nullable<Text>>, _>(column!(row => row.condition))
        .bind::<Array<Nullable<Text>>, _>(column!(row => row.category.as_deref()))
        .bind::<Array<Nullable<Text>>, _>(column!(row => row.url.as_deref()))
        .bind::<Array<Nullable<Text>>, _>(column!(row => row.image_url.as_deref()))
        .bind::<Array<Jsonb>, _>(column!(row => &row.location))
        .bind::<Array<Jsonb>, _>(column!(row => &row.details))
        .bind::<Array<Nullable<Timestamptz>>, _>(column!(row => row.posted_at))
        .bind::<Bool, _>(is_found)
        .get_result(conn)
        .await
}

/// One round trip for a whole batch: the upsert, the price points, and "seen" for what has not changed. Arrays keep it
/// one prepared shape for any number of rows, which a VALUES list of a thousand rows is not.
const UPSERT: &str = "
WITH input AS MATERIALIZED (
    SELECT * FROM unnest(
        $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[], $10::text[],
        $11::text[], $12::text[], $13::text[], $14::text[], $15::jsonb[], $16::jsonb[], $17::timestamptz[]
    ) AS t (source, source_id, title, description, kind, price_amount, shipping_amount, currency, condition,
            category, url, image_url, location, details, posted_at)
), before AS MATERIALIZED (
    SELECT l.id, l.price_amount, l.currency
    FROM listings l JOIN input USING (source, source_id)
    WHERE l.user_id = $1
), written AS (
    INSERT INTO listings AS l (
        user_id, source, source_id, title, description, kind, price_amount, shipping_amount, currency, condition,
        category, url, image_url, location, details, posted_at, created_at, updated_at, last_seen_at, score_due_at,
        dropped
    )
    SELECT $1, source, source_id, title, description, kind, price_amount, shipping_amount, currency, condition,
           category, url, image_url, location, details, posted_at, $2, $2, $2, $2,
           CASE WHEN $18 THEN FALSE END
    FROM input
    ON CONFLICT (user_id, source, source_id) DO UPDATE SET
        title = excluded.title,
        description = excluded.description,
        kind = excluded.kind,
        price_amount = coalesce(excluded.price_amount, l.price_amount),
        shipping_amount = CASE WHEN excluded.price_amount IS NULL THEN l.shipping_amount
                               ELSE excluded.shipping_amount END,
        currency = CASE WHEN excluded.price_amount IS NULL THEN l.currency ELSE excluded.currency END,
        condition = excluded.condition,
        category = excluded.category,
        url = excluded.url,
        image_url = excluded.image_url,
        location = excluded.location,
        details = excluded.details,
        posted_at = excluded.posted_at,
        available = TRUE,
        gone_at = NULL,
        gone_reason = NULL,
        photo_hash = CASE WHEN l.image_url IS DISTINCT FROM excluded.image_url THEN NULL ELSE l.photo_hash END,
        updated_at = $2,
        last_seen_at = $2,
        score_due_at = $2,
        dropped = CASE WHEN $18 THEN l.dropped END
    WHERE NOT l.available
       OR (l.title, l.description, l.kind, l.condition, l.category, l.url, l.image_url, l.location, l.details,
           l.posted_at)
          IS DISTINCT FROM
          (excluded.title, excluded.description, excluded.kind, excluded.condition, excluded.category, excluded.url,
           excluded.image_url, excluded.location, excluded.details, excluded.posted_at)
       OR (excluded.price_amount IS NOT NULL
           AND (l.price_amount, l.shipping_amount, l.currency)
               IS DISTINCT FROM (excluded.price_amount, excluded.shipping_amount, excluded.currency))
    RETURNING l.id, l.price_amount, l.currency, l.xmax = 0 AS inserted
), points AS (
    INSERT INTO price_points (listing_id, price_amount, currency, seen_at)
    SELECT w.id, w.price_amount, w.currency, $2
    FROM written w LEFT JOIN before b USING (id)
    WHERE w.price_amount IS NOT NULL
      AND (b.id IS NULL OR (b.price_amount, b.currency) IS DISTINCT FROM (w.price_amount, w.currency))
    ON CONFLICT (listing_id, seen_at)
        DO UPDATE SET price_amount = excluded.price_amount, currency = excluded.currency
), seen AS (
    UPDATE listings l SET last_seen_at = $2, dropped = CASE WHEN $18 THEN l.dropped END
    FROM before b
    WHERE l.id = b.id AND NOT EXISTS (SELECT FROM written w WHERE w.id = b.id)
)
SELECT count(*) FILTER (WHERE inserted) AS inserted, count(*) FILTER (WHERE NOT inserted) AS changed FROM written";
