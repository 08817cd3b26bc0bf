//! A sample market for the first look: invented ads and sales of real products, with the junk that real ones have.
//! The same version makes the same market every time. Everything in it carries the source `sample`.

mod ads;
mod catalogue;
mod dice;
mod offer;
mod places;
mod prose;
mod sales;
mod thing;
mod words;
mod world;

use chrono::{DateTime, Duration, SubsecRound, Utc};

use crate::model::{comp::NewComp, listing::NewListing};

pub use offer::Offer;
pub use world::{Records, world};

/// The source of everything in the sample market.
pub const SOURCE: &str = "sample";
/// How many ads it has.
pub const LISTINGS: u64 = 2_000;
/// How many sales it has.
pub const SALES: u64 = 6_000;

/// All of it.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleMarket {
    /// The ads.
    pub listings: Vec<SampleListing>,
    /// The sales.
    pub comps: Vec<NewComp>,
}

/// An ad with its past.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleListing {
    /// The ad as it stands.
    pub listing: NewListing,
    /// What it cost before, in minor units, oldest first.
    pub earlier_prices: Vec<(DateTime<Utc>, i64)>,
    /// What its maker had in mind; it is not stored.
    pub offer: Offer,
}

/// The market as it would look at `as_of`, to the minute: ads posted minutes to weeks before, sales of the last 120
/// days. Only times depend on `as_of`.
pub fn market(as_of: DateTime<Utc>) -> SampleMarket {
    let as_of = to_the_minute(as_of);
    SampleMarket {
        listings: (1..=LISTINGS).map(|n| ads::ad(n, as_of)).collect(),
        comps: (1..=SALES).map(|n| sales::sale(n, as_of)).collect(),
    }
}

/// The `as_of` of a stored market, told by its freshest ad.
pub fn as_of(freshest_posted_at: DateTime<Utc>) -> DateTime<Utc> {
    freshest_posted_at + ads::FRESHEST
}

fn to_the_minute(at: DateTime<Utc>) -> DateTime<Utc> {
    let whole = at.trunc_subsecs(0);
    whole - Duration::seconds(whole.timestamp().rem_euclid(60))
}

#[cfg(test)]
mod tests;
