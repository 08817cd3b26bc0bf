//! What a thing is worth, with how sure that is.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    comp::{Basis, ComparableId},
    condition::Condition,
    id::ListingId,
    kind::Kind,
    money::{Currency, Money},
};

/// What is asked: the thing, as an ad would describe it.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// As in an ad.
    pub title: String,
    /// What it really is.
    pub kind: Kind,
    /// How worn it is, when known.
    pub condition: Option<Condition>,
    /// Only comparables in this currency count.
    pub currency: Currency,
    /// The category as its marketplace names it, when known: comparables of another one are less alike.
    pub category: Option<String>,
    /// The moment that is asked about: what was sold or seen later is not known then. `None` means now.
    pub at: Option<DateTime<Utc>>,
    /// The stored ad that it is asked for, when it is asked for one.
    pub ad: Option<OwnAd>,
}

/// The ad that a question is about: what it asks itself says nothing about its worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnAd {
    /// Its row.
    pub id: ListingId,
    /// Its price and shipping together, in minor units, when known: ads with its title and this price are the same
    /// ad, put up again.
    pub total_amount: Option<i64>,
    /// It offers a choice of variations and its price is that of the cheapest: what others ask compares with it when
    /// they do so too.
    pub is_choice: bool,
}

/// What the estimate rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EstimateBasis {
    /// Prices that were paid.
    Sold,
    /// Prices that are asked: weaker.
    Asking,
    /// Nothing: there is no estimate.
    None,
}

/// How far to trust the estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Few or scattered comparables.
    Low,
    /// Enough to act on with care.
    Medium,
    /// Many, alike and close together.
    High,
}

/// Which way prices go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Trend {
    /// The recent ones are dearer by 5 % or more.
    Rising,
    /// The recent ones are cheaper by 5 % or more.
    Falling,
    /// Neither.
    Steady,
}

/// The answer. Money is what a buyer pays, or is asked to pay, shipping included.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Estimate {
    /// The robust centre, when there is enough data: the median of sales, the lower middle of asking prices.
    pub fair_value: Option<Money>,
    /// The lower end of the interval.
    pub low: Option<Money>,
    /// The upper end of the interval.
    pub high: Option<Money>,
    /// Which share of such prices is expected inside `low..=high`: 0.8.
    pub interval: f64,
    /// How far to trust it, when there is an estimate.
    pub confidence: Option<Confidence>,
    /// How many comparables it rests on.
    pub n: usize,
    /// What kind of prices it rests on.
    pub basis: EstimateBasis,
    /// Which way prices go, when enough comparables have dates apart.
    pub trend: Option<Trend>,
    /// When the newest dated comparable was sold or seen: an old one says what was, not what is.
    #[serde(default)]
    pub newest_at: Option<DateTime<Utc>>,
    /// True when the honest answer is that there is not enough data.
    pub not_enough_data: bool,
    /// The ones that count most, weightiest first, at most 12.
    pub comparables: Vec<Comparable>,
}

/// One comparable in an answer. Its id reads `comp_id`, `listing_id` or `order_id`, by where it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Comparable {
    /// Its row.
    #[serde(flatten)]
    pub id: ComparableId,
    /// Whether somebody paid its price or asks for it.
    pub basis: Basis,
    /// Its title.
    pub title: String,
    /// What the buyer paid, or would pay, shipping included.
    pub price: Money,
    /// How worn it was.
    pub condition: Option<Condition>,
    /// When it was sold, or seen.
    pub observed_at: DateTime<Utc>,
    /// 0 to 1: how alike the titles are.
    pub likeness: f64,
    /// 0 to 1: its share in the answer. All comparables together make 1, also those that are not listed.
    #[serde(default)]
    pub weight: f64,
    /// Why it was compared and what its weight comes from, in words.
    #[serde(default)]
    pub why: String,
}
