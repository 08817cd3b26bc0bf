//! What a thing is worth, from sales of the same thing, or else from what others ask for it: a robust centre, an honest
//! interval, or "not enough data".

mod condition;
mod effects;
mod level;
mod outliers;
mod quantile;
mod reason;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use condition::{Wear, closeness};
use effects::{Effects, Sale, Words};
use level::{Level, Point};
use outliers::{OUTLYING_ALWAYS, agree, drop_outliers};
use quantile::{Ranked, Weighted, median};
use reason::comparable;

use super::{
    comparables::{Alike, CompIndex},
    number::{count, float, whole},
};
use crate::model::{
    comp::{Basis, Comp},
    condition::Condition,
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
/// To tell what words do to a price, a sale counts half as much as one that is this much younger.
const WORDS_HALF_LIFE_DAYS: f64 = 60.0;
/// The same for telling how far prices spread.
const SPREAD_HALF_LIFE_DAYS: f64 = 120.0;
/// How steeply weight falls with likeness.
const STEEPNESS: i32 = 4;
/// How often level and words are learned from one another.
const ROUNDS: usize = 2;
/// An answer is near, as a logarithm, when it is about a fifth off at most.
const NEAR: f64 = 0.2;
/// Quantile of the normal distribution that matches the interval.
const NORMAL_90: f64 = 1.2816;
/// Sales spread at least this much, as a logarithm, even where the ones at hand agree.
const LEAST_SPREAD: f64 = 0.03;

/// What `question` is worth by the comparables of `index` that were known at the moment it asks about, or
/// `now`. Sales decide; what is asked serves where there are too few.
pub fn estimate(index: &CompIndex, question: &Question, now: DateTime<Utc>) -> Estimate {
    let at = question.at.unwrap_or(now).min(now);
    let asked = index.words(&question.title);
    let mut found = index.find(question, Basis::Sold, at);
    if let Some(sample) = Sample::new(&found, &asked, question, Basis::Sold, at) {
        return sample.estimate(at);
    }
    let asking = index.find(question, Basis::Asking, at);
    if let Some(sample) = Sample::new(&asking, &asked, question, Basis::Asking, at) {
        return sample.estimate(at);
    }
    found.extend(asking);
    not_enough(&found, question.condition, at)
}

/// Comparables of one basis with outliers gone.
struct Sample<'a> {
    /// Youngest first.
    members: Vec<Member<'a>>,
    basis: Basis,
    currency: Currency,
    condition: Option<Condition>,
    centre: f64,
    /// How far below and above the centre the interval reaches.
    reach: (f64, f64),
    trend: Option<Trend>,
}

/// A comparable with the logarithm of its price, adjusted for wear.
#[derive(Clone, Copy)]
struct Member<'a> {
    alike: Alike<'a>,
    value: f64,
    /// Days before the moment that is asked about.
    age: f64,
    /// By likeness and condition.
    weight: f64,
    /// What it counts for the answer, by its age too.
    counts: f64,
}

impl<'a> Sample<'a> {
    /// `None` when too few are left, or too few of them agree.
    fn new(
        found: &[Alike<'a>],
        asked: &[u32],
        question: &Question,
        basis: Basis,
        at: DateTime<Utc>,
    ) -> Option<Self> {
        let mut members = members(found, question, basis, at);
        let trend = trend(&members);
        let dropped = drop_outliers(&mut members)?;
        let least = match basis {
            Basis::Sold => LEAST_SOLD,
            Basis::Asking => LEAST_ASKING,
        };
        if members.len() < least || !agree(&members, &dropped) {
            return None;
        }
        let (level, effects) = explain(&members, asked)?;
        for member in &mut members {
            member.counts = member.weight * level.recency(member.age);
        }
        let errors = Ranked::new(errors(&members, &level, &effects, &dropped));
        let off = match basis {
            // More is paid far above the level than far below it; the answer is to be near to most of both.
            Basis::Sold => errors.mean_within(NEAR)?,
            // What stands for sale does not follow a level day by day; its lower middle is its worth.
            Basis::Asking => errors.quantile(ASKING_CENTRE)?,
        };
        let centre = level.now() + effects.of_question + off;
        let reach = reach(&errors, off, members.len());
        let (currency, condition) = (question.currency, question.condition);
        Some(Self { members, basis, currency, condition, centre, reach, trend })
    }

    fn estimate(&self, now: DateTime<Utc>) -> Estimate {
        let (low, high) = (self.centre - self.reach.0, self.centre + self.reach.1);
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
            comparables: self.listed(now),
        }
    }

    /// The members that count most.
    fn listed(&self, now: DateTime<Utc>) -> Vec<Comparable> {
        let all: f64 = self.members.iter().map(|member| member.counts).sum();
        let mut members: Vec<&Member<'_>> = self.members.iter().collect();
        members.sort_by(|a, b| b.counts.total_cmp(&a.counts));
        let share = |member: &Member<'_>| if all > 0.0 { member.counts / all } else { 0.0 };
        members
            .into_iter()
            .take(LISTED)
            .map(|member| comparable(&member.alike, share(member), self.condition, now))
            .collect()
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

/// Youngest first.
fn members<'a>(
    found: &[Alike<'a>],
    question: &Question,
    basis: Basis,
    at: DateTime<Utc>,
) -> Vec<Member<'a>> {
    let log_price = |comp: &Comp| float(comp.total.amount).max(1.0).ln();
    let prices: Vec<_> =
        found.iter().map(|alike| (alike.comp.condition, log_price(alike.comp))).collect();
    let wear = Wear::learn(question.condition, &prices);
    let youngest = newest(found.iter().map(|alike| alike.comp)).unwrap_or(at);
    let mut members: Vec<Member<'_>> = found
        .iter()
        .map(|alike| {
            let comp = alike.comp;
            // Sales of unknown date count like the newest; what is asked is asked still.
            let seen_at = if comp.has_date { comp.observed_at } else { youngest };
            let age = match basis {
                Basis::Sold => float((at - seen_at).num_minutes().max(0)) / (24.0 * 60.0),
                Basis::Asking => 0.0,
            };
            let close = closeness(question.condition, comp.condition);
            let weight = alike.likeness.powi(STEEPNESS) * close;
            let value = log_price(comp) + wear.adjustment(comp.condition);
            Member { alike: *alike, value, age, weight, counts: weight }
        })
        .collect();
    members.sort_by(|a, b| a.age.total_cmp(&b.age));
    members
}

/// The level of prices and the effects of words, each learned with the other taken out.
fn explain(members: &[Member<'_>], asked: &[u32]) -> Option<(Level, Effects)> {
    let words = Words::choose(members.iter().map(|member| member.alike.words()), asked);
    let mut effects = Effects { of_sales: vec![0.0; members.len()], of_question: 0.0 };
    let mut level = level(members, &effects)?;
    for _ in 0..ROUNDS {
        let levels = level.at(members.iter().map(|member| member.age));
        let sales: Vec<Sale> = members
            .iter()
            .zip(&levels)
            .map(|(member, level)| Sale {
                above_level: member.value - level,
                weight: member.weight * (-member.age / WORDS_HALF_LIFE_DAYS).exp2(),
            })
            .collect();
        effects = words.learn(&sales, effects::reach(&sales));
        level = self::level(members, &effects)?;
    }
    Some((level, effects))
}

fn level(members: &[Member<'_>], effects: &Effects) -> Option<Level> {
    let points: Vec<Point> = members
        .iter()
        .zip(&effects.of_sales)
        .map(|(member, effect)| Point {
            age: member.age,
            value: member.value - effect,
            weight: member.weight,
        })
        .collect();
    Level::of(&points)
}

/// How wrong estimates of the members would have been: how far each lies from its day's middle, and how far that lay from
/// what was foretold. Where the level will go nobody knows, so each shift counts both ways. What was dropped was sold
/// too and lies beyond everything else.
fn errors(
    members: &[Member<'_>],
    level: &Level,
    effects: &Effects,
    dropped: &[Weighted],
) -> Vec<Weighted> {
    let shifts = level.shifts(members.iter().map(|member| member.age));
    let mut errors = Vec::with_capacity(2 * (members.len() + dropped.len()));
    for ((member, (middle, shift)), effect) in members.iter().zip(shifts).zip(&effects.of_sales) {
        let off = member.value - effect - middle;
        let weight = spread_weight(member);
        for shift in [shift.unwrap_or(0.0), -shift.unwrap_or(0.0)] {
            errors.push(Weighted { value: off + shift, weight });
        }
    }
    for beyond in dropped {
        errors.extend([*beyond, *beyond]);
    }
    errors
}

/// How far the interval reaches below and above a centre that lies at `centre` among the errors.
fn reach(errors: &Ranked, centre: f64, n: usize) -> (f64, f64) {
    let share = (1.0 - INTERVAL) / 2.0;
    let least = NORMAL_90 * LEAST_SPREAD;
    // Where a tenth of the sales was dropped, the end would lie among slips and swindles, which tell nothing.
    let within = |end: f64| end.clamp(-OUTLYING_ALWAYS, OUTLYING_ALWAYS);
    // A few sales show neither the ends nor the middle well.
    let few = 1.0 + 2.0 / count(n);
    let end = |share| within(errors.quantile(share).unwrap_or(centre));
    let spread = if n < 10 { errors.deviation(centre).unwrap_or(0.0) * NORMAL_90 } else { 0.0 };
    let far = |distance: f64| distance.max(spread).max(least) * few;
    (far(centre - end(share)), far(end(1.0 - share) - centre))
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
        let equal = |member: &&Member<'_>| Weighted { value: member.value, weight: 1.0 };
        median(half.iter().map(equal))
    };
    let change = (middle(younger)? - middle(older)?).exp() - 1.0;
    Some(match change {
        change if change >= 0.05 => Trend::Rising,
        change if change <= -0.05 => Trend::Falling,
        _ => Trend::Steady,
    })
}

/// What a member counts where the spread of prices is told.
fn spread_weight(member: &Member<'_>) -> f64 {
    member.weight * (-member.age / SPREAD_HALF_LIFE_DAYS).exp2()
}

fn newest<'a>(comps: impl Iterator<Item = &'a Comp>) -> Option<DateTime<Utc>> {
    comps.filter(|comp| comp.has_date).map(|comp| comp.observed_at).max()
}

fn not_enough(found: &[Alike<'_>], asked: Option<Condition>, at: DateTime<Utc>) -> Estimate {
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
        comparables: found
            .iter()
            .take(LISTED)
            .map(|alike| comparable(alike, 0.0, asked, at))
            .collect(),
    }
}
