//! Comparable sales: the bulk write. Reading them stands in files of its own.

use chrono::{DateTime, Utc};
use diesel::{
    QueryResult,
    sql_types::{Array, BigInt, Jsonb, Nullable, Text, Timestamptz},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::{
    Counts,
    bulk::{self, Written},
};
use crate::{
    error::Result,
    model::{comp::NewComp, id::UserId},
};

/// Stores sales by their identity, in one transaction. A sale whose file tells no date keeps the day it was first
/// stored with. Of several rows with one identity the last wins; the others count as unchanged.
/// The ads that they bear on are not marked: see `listings::mark_due`.
pub async fn upsert_many(
    conn: &mut AsyncPgConnection,
    user: UserId,
    rows: &[NewComp],
    now: DateTime<Utc>,
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
                write(conn, user, &distinct, now).await
            })
            .await;
        match written {
            Err(cause) if bulk::is_deadlock(&cause) && attempt < bulk::ATTEMPTS => attempt += 1,
            written => return Ok(written?.counts(rows.len())),
        }
    }
}

async fn write(
    conn: &mut AsyncPgConnection,
    user: UserId,
    rows: &[&NewComp],
    now: DateTime<Utc>,
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
        .bind::<Array<Text>, _>(column!(row => row.kind))
        .bind::<Array<Text>, _>(column!(row => row.basis))
        .bind::<Array<BigInt>, _>(column!(row => row.price_amount))
        .bind::<Array<Nullable<BigInt>>, _>(column!(row => row.shipping_amount))
        .bind::<Array<Text>, _>(column!(row => row.currency))
        .bind::<Array<Nullable<Text>>, _>(column!(row => row.condition))
        .bind::<Array<Nullable<Text>>, _>(column!(row => row.category.as_deref()))
        .bind::<Array<Nullable<Text>>, _>(column!(row => row.url.as_deref()))
        .bind::<Array<Jsonb>, _>(column!(row => &row.details))
        .bind::<Array<Timestamptz>, _>(column!(row => row.observed_at))
        .get_result(conn)
        .await
}

/// One round trip for a whole batch. Arrays keep it one prepared shape for any number of rows.
const UPSERT: &str = "
WITH written AS (
    INSERT INTO comps AS c (
        user_id, source, source_id, title, kind, basis, price_amount, shipping_amount, currency, condition, category,
        url, details, observed_at, created_at, updated_at
    )
    SELECT $1, source, source_id, title, kind, basis, price_amount, shipping_amount, currency, condition, category,
           url, details, observed_at, $2, $2
    FROM unnest(
        $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[], $10::text[],
        $11::text[], $12::text[], $13::text[], $14::jsonb[], $15::timestamptz[]
    ) AS t (source, source_id, title, kind, basis, price_amount, shipping_amount, currency, condition, category,
            url, details, observed_at)
    ON CONFLICT (user_id, source, source_id) DO UPDATE SET
        title = excluded.title,
        kind = excluded.kind,
        basis = excluded.basis,
        price_amount = excluded.price_amount,
        shipping_amount = excluded.shipping_amount,
        currency = excluded.currency,
        condition = excluded.condition,
        category = excluded.category,
        url = excluded.url,
        details = excluded.details,
        observed_at = CASE WHEN excluded.details @> '{\"date_unknown\": true}' THEN c.observed_at
                           ELSE excluded.observed_at END,
        updated_at = $2
    WHERE (c.title, c.kind, c.basis, c.price_amount, c.shipping_amount, c.currency, c.condition, c.category, c.url,
           c.details)
          IS DISTINCT FROM
          (excluded.title, excluded.kind, excluded.basis, excluded.price_amount, excluded.shipping_amount,
           excluded.currency, excluded.condition, excluded.category, excluded.url, excluded.details)
       OR (c.observed_at <> excluded.observed_at AND NOT excluded.details @> '{\"date_unknown\": true}')
    RETURNING c.xmax = 0 AS inserted
)
SELECT count(*) FILTER (WHERE inserted) AS inserted, count(*) FILTER (WHERE NOT inserted) AS changed FROM written";
