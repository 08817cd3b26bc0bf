//! Where ads and sales come from: what is asked of, or done to, everything of one source.

use chrono::{DateTime, Utc};
use diesel::{dsl::max, prelude::*};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::schema::{comps, listings, price_points};
use crate::{
    error::Result,
    model::id::{ListingId, UserId},
};

/// How many rows of a source were deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Deleted {
    /// Ads, with their scores and price histories.
    pub listings: usize,
    /// Sales.
    pub comps: usize,
}

/// When the freshest ad of a source was posted; `None` without any.
pub async fn freshest_post(
    conn: &mut AsyncPgConnection,
    user: UserId,
    source: &str,
) -> Result<Option<DateTime<Utc>>> {
    Ok(listings::table
        .filter(listings::user_id.eq(user).and(listings::source.eq(source)))
        .select(max(listings::posted_at))
        .first(conn)
        .await?)
}

/// The ads of a source: the id there, and the row.
pub async fn ids(
    conn: &mut AsyncPgConnection,
    user: UserId,
    source: &str,
) -> Result<Vec<(String, i64)>> {
    Ok(listings::table
        .filter(listings::user_id.eq(user).and(listings::source.eq(source)))
        .select((listings::source_id, listings::id))
        .load::<(String, ListingId)>(conn)
        .await?
        .into_iter()
        .map(|(source_id, id)| (source_id, id.0))
        .collect())
}

/// Deletes all ads and sales of a source, in one transaction.
pub async fn delete(conn: &mut AsyncPgConnection, user: UserId, source: &str) -> Result<Deleted> {
    conn.transaction(async |conn| {
        let ads = listings::user_id.eq(user).and(listings::source.eq(source));
        let sales = comps::user_id.eq(user).and(comps::source.eq(source));
        Ok(Deleted {
            listings: diesel::delete(listings::table.filter(ads)).execute(conn).await?,
            comps: diesel::delete(comps::table.filter(sales)).execute(conn).await?,
        })
    })
    .await
}

/// Deletes the price histories of a source's ads.
pub async fn forget_prices(
    conn: &mut AsyncPgConnection,
    user: UserId,
    source: &str,
) -> Result<usize> {
    let ads = listings::table
        .filter(listings::user_id.eq(user).and(listings::source.eq(source)))
        .select(listings::id);
    let points = price_points::table.filter(price_points::listing_id.eq_any(ads));
    Ok(diesel::delete(points).execute(conn).await?)
}
