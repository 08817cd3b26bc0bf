//! How good a deal an ad is, with its reasons.

use serde::{Deserialize, Serialize};

use super::{estimate::Estimate, money::Money};

/// A score with what it is made of. Stored whole in `listing_scores.parts`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Score {
    /// 0 to 100, higher is better; `None` when there is not enough data to judge.
    pub value: Option<i32>,
    /// One sentence: "38 % under the median of 41 sales; posted 2 h ago".
    pub summary: String,
    /// The parts, weightiest first; their points add up to the value before it is clamped.
    pub parts: Vec<Part>,
    /// What reselling would leave after fees and shipping, when there is an estimate.
    pub profit: Option<Money>,
    /// What the price was compared with.
    pub estimate: Estimate,
}

/// One part of a score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Part {
    /// A word for programs: `price`, `certainty`, `condition`, `age`, `photo`, `words`, `risk`.
    pub name: String,
    /// What it adds; negative for risks.
    pub points: f64,
    /// What it could add at most; 0 for risks.
    pub max: f64,
    /// Why, for people.
    pub words: String,
}
