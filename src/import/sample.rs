//! The sample market's way into the database, and out again.

use chrono::{DateTime, Duration, Utc};
use diesel_async::{AsyncConnection, AsyncPgConnection};

use crate::{
    clock::Clock,
    db::{
        self, Counts, Pool,
        price_points::PastPrice,
        sources::{self, Deleted},
    },
    error::Result,
    market::sample::{self, SOURCE, SampleListing},
    model::id::UserId,
};

/// Rows in one statement.
const BATCH: usize = 500;
/// A stored market that is older than this is brought up to date, so that the first look never looks stale.
const STALE: Duration = Duration::hours(24);

/// What storing the sample market did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stored {
    /// To ads.
    pub listings: Counts,
    /// To sales.
    pub comps: Counts,
}

/// Stores the sample market for the owner, whole or not at all. Again within a day it changes nothing; later it moves
/// the market's times up to the present and adds no row.
pub async fn store(pool: &Pool, clock: &Clock) -> Result<Stored> {
    let mut conn = pool.get().await?;
    let owner = db::users::owner(&conn).await?;
    let now = clock.now();
    conn.transaction(async |conn| {
        let stored = sources::freshest_post(conn, owner, SOURCE).await?.map(sample::as_of);
        let fresh = stored.filter(|as_of| (now - *as_of).abs() < STALE);
        let market = sample::market(fresh.unwrap_or(now));
        let moved = stored.is_some() && fresh.is_none();
        if moved {
            sources::forget_prices(conn, owner, SOURCE).await?;
        }
        let listings = store_ads(conn, owner, &market.listings, moved, now).await?;
        let mut comps = Counts::default();
        for batch in market.comps.chunks(BATCH) {
            comps += db::comps::upsert_many(conn, owner, batch, now).await?;
        }
        // Ads that have not changed themselves are worth something else when sales or other ads have.
        if comps.new + comps.updated + listings.new + listings.updated > 0 {
            db::listings::mark_due(conn, owner, now).await?;
        }
        Ok(Stored { listings, comps })
    })
    .await
}

/// Takes the owner's sample market away, and nothing else.
pub async fn remove(pool: &Pool, clock: &Clock) -> Result<Deleted> {
    let mut conn = pool.get().await?;
    let owner = db::users::owner(&conn).await?;
    let deleted = sources::delete(&mut conn, owner, SOURCE).await?;
    if deleted.comps + deleted.listings > 0 {
        db::listings::mark_due(&mut conn, owner, clock.now()).await?;
    }
    Ok(deleted)
}

async fn store_ads(
    conn: &mut AsyncPgConnection,
    owner: UserId,
    ads: &[SampleListing],
    moved: bool,
    now: DateTime<Utc>,
) -> Result<Counts> {
    let mut counts = Counts::default();
    for batch in ads.chunks(BATCH) {
        let listings: Vec<_> = batch.iter().map(|ad| ad.listing.clone()).collect();
        counts += db::listings::upsert_many(conn, owner, &listings, now).await?;
        let prices: Vec<_> =
            batch.iter().flat_map(|ad| past_prices(ad, moved.then_some(now))).collect();
        db::price_points::insert_many(conn, owner, SOURCE, &prices).await?;
    }
    Ok(counts)
}

/// What an ad cost before; and what it costs, as seen at `present`, where that is not on record.
fn past_prices(
    ad: &SampleListing,
    present: Option<DateTime<Utc>>,
) -> impl Iterator<Item = PastPrice<'_>> {
    let past = |(seen_at, price_amount)| PastPrice {
        source_id: &ad.listing.source_id,
        price_amount,
        currency: ad.listing.currency,
        seen_at,
    };
    let today = present.zip(ad.listing.price_amount);
    ad.earlier_prices.iter().copied().chain(today).map(past)
}
