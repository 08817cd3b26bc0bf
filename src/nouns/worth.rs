//! What a thing is worth, as programs see it: the same wherever it stands.

use serde::Serialize;

use crate::model::{
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
    comparables: Option<Vec<Comparable>>,
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
            comparables: whole.then_some(estimate.comparables),
        }
    }
}
