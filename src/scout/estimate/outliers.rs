//! Prices that are nobody's worth: slips, swindles, peaks of a craze.

use super::{
    Member,
    quantile::{Ranked, Weighted},
    spread_weight,
};

/// To tell outliers, a sale counts half as much as one that is this much younger.
const HALF_LIFE_DAYS: f64 = 30.0;
/// How many deviations from the centre a price may lie before it is taken for a slip or a swindle, and the least
/// distance, as a logarithm, that counts as one.
const OUTLYING: f64 = 3.5;
const OUTLYING_LEAST: f64 = 0.3;
/// Beyond this distance, as a logarithm, it is one however scattered the prices are: more than double, less than half.
pub(super) const OUTLYING_ALWAYS: f64 = 0.75;
/// Prices that deviate more than this, as a logarithm, are scattered, when there are this many.
const SCATTERED: f64 = 0.3;
const MANY: usize = 8;
/// The share of the weight that has to be left when outliers have gone. Where fewer agree, prices are all over, and what
/// happens to crowd among them is nobody's worth.
const AGREEING: f64 = 0.6;
/// So far off counts what was dropped, as a logarithm: beyond everything else.
const FURTHEST: f64 = 3.0;

/// Drops prices too far from the centre: peaks of a craze, one-dollar sales, slips. Where prices are scattered all over,
/// sales that never were among them, the centre is where they crowd. Answers what went, as far beyond the rest.
pub(super) fn drop_outliers(members: &mut Vec<Member<'_>>) -> Option<Vec<Weighted>> {
    let youngest = members.iter().map(|member| member.age).fold(f64::INFINITY, f64::min);
    let prices = Ranked::new(members.iter().map(|member| Weighted {
        value: member.value,
        // A very old sale still counts a little where there is no other.
        weight: member.weight * (-(member.age - youngest) / HALF_LIFE_DAYS).exp2().max(0.001),
    }));
    let middle = prices.quantile(0.5)?;
    let spread = prices.deviation(middle)?;
    let is_scattered = spread > SCATTERED && members.len() >= MANY;
    let centre = if is_scattered { prices.densest(SCATTERED)? } else { middle };
    let spread = prices.near(centre, OUTLYING_ALWAYS).deviation(centre)?;
    let reach = (OUTLYING * spread).clamp(OUTLYING_LEAST, OUTLYING_ALWAYS);
    let mut dropped = Vec::new();
    members.retain(|member| {
        let off = member.value - centre;
        let is_near = off.abs() <= reach;
        if !is_near {
            dropped
                .push(Weighted { value: off.signum() * FURTHEST, weight: spread_weight(member) });
        }
        is_near
    });
    Some(dropped)
}

/// Whether enough of the weight is left.
pub(super) fn agree(members: &[Member<'_>], dropped: &[Weighted]) -> bool {
    let gone: f64 = dropped.iter().map(|beyond| beyond.weight).sum();
    let left: f64 = members.iter().map(spread_weight).sum();
    left >= AGREEING * (left + gone)
}
