//! The pure engine: what a title says, which sales are like it, what it is worth, how good a deal it is.
//! No clock, no database, no network: whoever calls brings the time and the comparables.

pub mod backtest;
pub mod budget;
pub mod comparables;
pub mod completion;
pub mod dedupe;
pub mod estimate;
mod identity;
pub mod matching;
pub mod normalize;
mod number;
pub mod picture;
pub mod schedule;
pub mod score;
pub mod side_by_side;
pub mod snooze;
pub mod spelling;
pub mod timing;
pub mod watching;
