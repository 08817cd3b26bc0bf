//! The price history of ads. Points are written by `listings::upsert_many`, together with the price that they record;
//! `insert_many` adds what was known before.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::{
    error::Result,
    model::{id::UserId, money::Currency},
};

/// A price that an ad had at some time.
#[derive(Debug, Clone, Copy)]
pub struct PastPrice<'a> {
    /// Which ad of the source.
    pub source_id: &'a str,
    /// The price, in minor units.
    pub price_amount: i64,
    /// What the units are of.
    pub currency: Currency,
    /// When it was seen.
    pub seen_at: DateTime<Utc>,
}

/// Adds to the price histories of a source's ads what is not on record yet. Answers how many points were new.
pub async fn insert_many(
    conn: &mut AsyncPgConnection,
    user: UserId,
    source: &str,
    prices: &[PastPrice<'_>],
) -> Result<usize> {
    if prices.is_empty() {
        return Ok(0);
    }
    let ids: Vec<_> = prices.iter().map(|price| price.source_id).collect();
    let amounts: Vec<_> = prices.iter().map(|price| price.price_amount).collect();
    let currencies: Vec<_> = prices.iter().map(|price| price.currency).collect();
    let times: Vec<_> = prices.iter().map(|price| price.seen_at).collect();
    Ok(diesel::sql_query(INSERT_MANY)
        .bind::<BigInt, _>(user)
        .bind::<Text, _>(source)
        .bind::<Array<Text>, _>(ids)
        .bind::<Array<BigInt>, _>(amounts)
        .bind::<Array<Text>, _>(currencies)
        .bind::<Array<Timestamptz>, _>(times)
        .execute(conn)
        .await?)
}

const INSERT_MANY: &str = "
INSERT INTO price_points (listing_id, price_amount, currency, seen_at)
SELECT l.id, t.price_amount, t.currency, t.seen_at
FROM unnest($3::text[], $4::bigint[], $5::text[], $6::timestamptz[])
         AS t (source_id, price_amount, currency, seen_at)
JOIN listings l ON l.user_id = $1 AND l.source = $2 AND l.source_id = t.source_id
ON CONFLICT (listing_id, seen_at) DO NOTHING";
