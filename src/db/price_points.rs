//! The price history of ads. Points are written by `listings::upsert_many`, together with the price that they record.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::schema::{listings, price_points};
use crate::{
    error::Result,
    model::{
        id::{ListingId, UserId},
        money::{Currency, Money},
    },
};

/// The prices that an ad was seen at, oldest first, each with the moment it was first seen.
pub async fn of_listing(
    conn: &mut AsyncPgConnection,
    user: UserId,
    listing: ListingId,
) -> Result<Vec<(Money, DateTime<Utc>)>> {
    let rows: Vec<(i64, Currency, DateTime<Utc>)> = price_points::table
        .inner_join(listings::table)
        .filter(listings::user_id.eq(user))
        .filter(price_points::listing_id.eq(listing))
        .order((price_points::seen_at, price_points::id))
        .select((price_points::price_amount, price_points::currency, price_points::seen_at))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(amount, currency, at)| (Money::new(amount, currency), at)).collect())
}
