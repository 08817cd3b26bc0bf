//! What a thing is worth, as programs see it: the same wherever it stands.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::model::{
    comp::{Basis, ComparableId},
    condition::Condition,
    estimate::{Comparable, Confidence, Estimate, EstimateBasis, Trend},
    money::Money,
};

/// An estimate with the fields that programs are promised.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Worth {
    fair_value: Option<Money>,
    low: Option<Money>,
    high: Option<Money>,
    interval: f64,
    confidence: Option<Confidence>,
    n: usize,
    basis: EstimateBasis,
    trend: Option<Trend>,
    not_enough_data: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    comparables: Option<Vec<Compared>>,
}

/// One comparable. Beside `id` stands `comp_id`, `listing_id` or `order_id`, by where it is stored.
#[derive(Debug, Serialize, schemars::JsonSchema)]
struct Compared {
    /// The number of its row.
    id: i64,
    #[serde(flatten)]
    stored: ComparableId,
    /// Whether somebody paid its price or asks for it.
    basis: Basis,
    title: String,
    /// What the buyer paid, or would pay, shipping included.
    price: Money,
    condition: Option<Condition>,
    /// When it was sold, or last seen.
    sold_at: DateTime<Utc>,
    /// 0 to 1: how alike it is.
    likeness: f64,
    /// 0 to 1: its share in the answer.
    weight: f64,
    /// Why it was compared, in words.
    why: String,
}

impl From<Comparable> for Compared {
    fn from(comparable: Comparable) -> Self {
        let id = match comparable.id {
            ComparableId::Comp(id) => id.0,
            ComparableId::Listing(id) => id.0,
            ComparableId::Order(id) => id.0,
        };
        Self {
            id,
            stored: comparable.id,
            basis: comparable.basis,
            title: comparable.title,
            price: comparable.price,
            condition: comparable.condition,
            sold_at: comparable.observed_at,
            likeness: comparable.likeness,
            weight: comparable.weight,
            why: comparable.why,
        }
    }
}

impl Worth {
    /// `whole` adds the comparables: too much for a list of ads.
    pub fn of(estimate: Estimate, whole: bool) -> Self {
        Self {
            fair_value: estimate.fair_value,
            low: estimate.low,
            high: estimate.high,
            interval: estimate.interval,
            confidence: estimate.confidence,
            n: estimate.n,
            basis: estimate.basis,
            trend: estimate.trend,
            not_enough_data: estimate.not_enough_data,
            comparables: whole
                .then(|| estimate.comparables.into_iter().map(Compared::from).collect()),
        }
    }
}
