//! What a thing is worth, from sales of the same thing, or else from what others ask for it: a robust centre, an honest
//! interval, or "not enough data".

mod condition;
mod quantile;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use condition::{Wear, closeness};
use quantile::{Weighted, densest, deviation, median, quantile};

use super::{
    comparables::{Alike, CompIndex},
    number::{count, float, whole},
};
use crate::model::{
    comp::{Basis, Comp},
    estimate::{Comparable, Confidence, Estimate, EstimateBasis, Question, Trend},
    money::{Currency, Money},
};

/// Fewer sales than this, outliers aside, are no ground for an estimate.
pub const LEAST_SOLD: usize = 3;
/// The same for asking prices: each says less.
pub const LEAST_ASKING: usize = 5;
/// Asking prices below this number are hardly a ground, however close together.
const MANY_ASKING: usize = 10;
/// The share of asking prices that lies below the worth. The ads that stand are those that have not sold yet, more of
/// them too dear than too cheap, so the worth lies in their lower middle and not at their median.
const ASKING_CENTRE: f64 = 0.4;
/// The share of sales that the interval is to hold.
pub const INTERVAL: f64 = 0.8;
/// How many comparables an answer lists.
const LISTED: usize = 12;
/// A sale counts half as much as one that is this much younger.
const HALF_LIFE_DAYS: f64 = 90.0;
/// The same for telling how far prices spread.
const SPREAD_HALF_LIFE_DAYS: f64 = 365.0;
/// How steeply weight falls with likeness.
const STEEPNESS: i32 = 6;
/// How many deviations from the centre a price may lie before it is taken for a slip or a swindle, and the least
/// distance, as a logarithm, that counts as one.
const OUTLYING: f64 = 3.5;
const OUTLYING_LEAST: f64 = 0.3;
/// Beyond this distance, as a logarithm, it is one however scattered the prices are: more than double, less than half.
const OUTLYING_ALWAYS: f64 = 0.75;
/// Prices that deviate more than this, as a logarithm, are scattered, when there are this many.
const SCATTERED: f64 = 0.3;
const MANY: usize = 8;
/// Quantile of the normal distribution that matches the interval.
const NORMAL_90: f64 = 1.2816;
/// The outliers that were dropped were sales too, so the interval reaches a little beyond what is left.
const WIDENED: f64 = 1.1;
/// Sales spread at least this much, as a logarithm, even where the ones at hand agree.
const LEAST_SPREAD: f64 = 0.03;

/// What `question` is worth by the comparables of `index`. Sales decide; what is asked serves where there are too few.
pub fn estimate(index: &CompIndex, question: &Question, now: DateTime<Utc>) -> Estimate {
    let mut found = index.find(question, Basis::Sold);
    if let Some(sample) = Sample::new(&found, question, Basis::Sold) {
        return sample.estimate(now);
    }
    let asking = index.find(question, Basis::Asking);
    if let Some(sample) = Sample::new(&asking, question, Basis::Asking) {
        return sample.estimate(now);
    }
    found.extend(asking);
    not_enough(&found)
}

/// Comparables of one basis with outliers gone.
struct Sample<'a> {
    members: Vec<Member<'a>>,
    basis: Basis,
    currency: Currency,
    centre: f64,
    trend: Option<Trend>,
}

/// A comparable with the logarithm of its price, adjusted for wear, and its weight.
#[derive(Clone, Copy)]
struct Member<'a> {
    alike: Alike<'a>,
    price: Weighted,
    /// The weight by which it tells how far prices spread: older and less alike sales tell that nearly as well.
    spread_weight: f64,
}

impl<'a> Sample<'a> {
    /// `None` when too few are left.
    fn new(found: &[Alike<'a>], question: &Question, basis: Basis) -> Option<Self> {
        let newest = newest(found.iter().map(|alike| alike.comp));
        let log_price = |comp: &Comp| float(comp.total.amount).max(1.0).ln();
        let prices: Vec<_> =
            found.iter().map(|alike| (alike.comp.condition, log_price(alike.comp))).collect();
        let wear = Wear::learn(question.condition, &prices);
        let members: Vec<Member<'_>> = found
            .iter()
            .map(|alike| {
                let comp = alike.comp;
                let value = log_price(comp) + wear.adjustment(comp.condition);
                let close = closeness(question.condition, comp.condition);
                let weight = |steepness, half_life| {
                    alike.likeness.powi(steepness) * recency(comp, newest, half_life) * close
                };
                Member {
                    alike: *alike,
                    price: Weighted { value, weight: weight(STEEPNESS, HALF_LIFE_DAYS) },
                    spread_weight: weight(1, SPREAD_HALF_LIFE_DAYS),
                }
            })
            .collect();
        let trend = trend(&members);
        let members = without_outliers(members)?;
        let (least, share) = match basis {
            Basis::Sold => (LEAST_SOLD, 0.5),
            Basis::Asking => (LEAST_ASKING, ASKING_CENTRE),
        };
        let centre = quantile(&prices_of(&members), share)?;
        let currency = question.currency;
        (members.len() >= least).then_some(Self { members, basis, currency, centre, trend })
    }

    fn estimate(&self, now: DateTime<Utc>) -> Estimate {
        let (low, high) = self.interval();
        let newest_at = newest(self.members.iter().map(|member| member.alike.comp));
        let money = |log: f64| Some(Money::new(whole(log.exp()).max(0), self.currency));
        Estimate {
            fair_value: money(self.centre),
            low: money(low),
            high: money(high),
            interval: INTERVAL,
            confidence: Some(self.confidence(high - low, newest_at, now)),
            n: self.members.len(),
            basis: match self.basis {
                Basis::Sold => EstimateBasis::Sold,
                Basis::Asking => EstimateBasis::Asking,
            },
            trend: self.trend,
            newest_at,
            not_enough_data: false,
            comparables: self
                .members
                .iter()
                .take(LISTED)
                .map(|member| comparable(&member.alike))
                .collect(),
        }
    }

    /// The weighted tenths, widened for what a few sales cannot show.
    fn interval(&self) -> (f64, f64) {
        let prices: Vec<Weighted> = self
            .members
            .iter()
            .map(|member| Weighted { value: member.price.value, weight: member.spread_weight })
            .collect();
        let few = WIDENED + 2.0 / count(self.members.len());
        let spread = deviation(&prices, self.centre).unwrap_or(0.0).max(LEAST_SPREAD);
        let share = (1.0 - INTERVAL) / 2.0;
        let by_share = |share| quantile(&prices, share).unwrap_or(self.centre);
        let reach = |end: f64| {
            let by_quantile = (end - self.centre).abs();
            // The deviation alone is too narrow where prices have long ends, the quantiles alone where they are few.
            let by_deviation = NORMAL_90 * spread * if self.members.len() < 10 { 1.0 } else { 0.6 };
            by_quantile.max(by_deviation) * few
        };
        (self.centre - reach(by_share(share)), self.centre + reach(by_share(1.0 - share)))
    }

    fn confidence(
        &self,
        width: f64,
        newest_at: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Confidence {
        let n = self.members.len();
        let days = newest_at.map(|at| (now - at).num_days());
        let is_within = |limit| days.is_some_and(|days| days <= limit);
        let is_old = days.is_some_and(|days| days > 365);
        let likeness =
            self.members.iter().map(|member| member.alike.likeness).sum::<f64>() / count(n);
        let is_asking = self.basis == Basis::Asking;
        let few = if is_asking { MANY_ASKING } else { 5 };
        if is_old || n < few || width > 0.9 {
            Confidence::Low
        } else if !is_asking && n >= 12 && width <= 0.45 && is_within(120) && likeness >= 0.6 {
            Confidence::High
        } else {
            Confidence::Medium
        }
    }
}

/// The younger half against the older one, when there are enough dated ones over enough time. Outliers are still among
/// them: what fell out as one may be how prices used to be.
fn trend(members: &[Member<'_>]) -> Option<Trend> {
    let mut dated: Vec<&Member<'_>> =
        members.iter().filter(|member| member.alike.comp.has_date).collect();
    dated.sort_by_key(|member| member.alike.comp.observed_at);
    let (oldest, youngest) = (dated.first()?.alike.comp, dated.last()?.alike.comp);
    if dated.len() < 8 || (youngest.observed_at - oldest.observed_at).num_days() < 14 {
        return None;
    }
    let (older, younger) = dated.split_at(dated.len() / 2);
    let middle = |half: &[&Member<'_>]| {
        let equal = |member: &&Member<'_>| Weighted { value: member.price.value, weight: 1.0 };
        median(&half.iter().map(equal).collect::<Vec<_>>())
    };
    let change = (middle(younger)? - middle(older)?).exp() - 1.0;
    Some(match change {
        change if change >= 0.05 => Trend::Rising,
        change if change <= -0.05 => Trend::Falling,
        _ => Trend::Steady,
    })
}

/// Drops prices too far from the centre: peaks of a craze, one-dollar sales, slips. Where prices are scattered all over,
/// sales that never were among them, the centre is where they crowd.
fn without_outliers(members: Vec<Member<'_>>) -> Option<Vec<Member<'_>>> {
    let prices = prices_of(&members);
    let middle = median(&prices)?;
    let spread = deviation(&prices, middle)?;
    let is_scattered = spread > SCATTERED && members.len() >= MANY;
    let centre = if is_scattered { densest(&prices, SCATTERED)? } else { middle };
    let near: Vec<Weighted> =
        prices.into_iter().filter(|p| (p.value - centre).abs() <= OUTLYING_ALWAYS).collect();
    let spread = deviation(&near, centre)?;
    let reach = (OUTLYING * spread).clamp(OUTLYING_LEAST, OUTLYING_ALWAYS);
    Some(members.into_iter().filter(|m| (m.price.value - centre).abs() <= reach).collect())
}

fn prices_of(members: &[Member<'_>]) -> Vec<Weighted> {
    members.iter().map(|member| member.price).collect()
}

/// Sales of unknown date count like the newest.
fn recency(comp: &Comp, newest: Option<DateTime<Utc>>, half_life_days: f64) -> f64 {
    match newest {
        Some(newest) if comp.has_date => {
            let days = float((newest - comp.observed_at).num_hours().max(0)) / 24.0;
            // A very old sale still counts a little where there is no other.
            (-days / half_life_days).exp2().max(0.001)
        }
        _ => 1.0,
    }
}

fn newest<'a>(comps: impl Iterator<Item = &'a Comp>) -> Option<DateTime<Utc>> {
    comps.filter(|comp| comp.has_date).map(|comp| comp.observed_at).max()
}

fn not_enough(found: &[Alike<'_>]) -> Estimate {
    Estimate {
        fair_value: None,
        low: None,
        high: None,
        interval: INTERVAL,
        confidence: None,
        n: found.len(),
        basis: EstimateBasis::None,
        trend: None,
        newest_at: newest(found.iter().map(|alike| alike.comp)),
        not_enough_data: true,
        comparables: found.iter().take(LISTED).map(comparable).collect(),
    }
}

fn comparable(alike: &Alike<'_>) -> Comparable {
    let comp = alike.comp;
    Comparable {
        id: comp.id,
        basis: comp.basis,
        title: comp.title.clone(),
        price: comp.total,
        condition: comp.condition,
        observed_at: comp.observed_at,
        likeness: (alike.likeness * 1_000.0).round() / 1_000.0,
    }
}
