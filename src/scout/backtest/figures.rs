//! The figures of a replay.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};

use crate::{
    model::{comp::ComparableId, condition::Condition, kind::Kind, money::Money},
    scout::number::{count, float, share},
};

/// An estimate that counts as near: at most this far from what was paid, as a share of it.
const NEAR: f64 = 0.2;
/// How many of the worst misses are kept.
const WORST: usize = 25;

/// A sale and what was estimated for it.
#[derive(Debug, Clone)]
pub struct Guess {
    /// The sale.
    pub id: ComparableId,
    /// Its group.
    pub group: String,
    /// Its title.
    pub title: String,
    /// What was really sold.
    pub kind: Kind,
    /// How worn it was.
    pub condition: Option<Condition>,
    /// When it was sold.
    pub sold_at: DateTime<Utc>,
    /// What was paid, shipping included.
    pub paid: Money,
    /// What was estimated; `None` when there was not enough data.
    pub fair_value: Option<Money>,
    /// The lower end of the interval.
    pub low: Option<Money>,
    /// The upper end of the interval.
    pub high: Option<Money>,
    /// How many comparables it rested on.
    pub n: usize,
}

impl Guess {
    /// How far the estimate lies from what was paid, as a share of that: 0.1 is ten percent. `None` without one.
    pub fn error(&self) -> Option<f64> {
        let off = self.fair_value?.amount.saturating_sub(self.paid.amount).saturating_abs();
        Some(float(off) / float(self.paid.amount.max(1)))
    }

    /// The same with its sign: above 0 when the estimate was too high.
    pub fn deviation(&self) -> Option<f64> {
        let off = self.fair_value?.amount.saturating_sub(self.paid.amount);
        Some(float(off) / float(self.paid.amount.max(1)))
    }

    /// Whether the interval holds what was paid.
    fn is_held(&self) -> bool {
        let is_above = self.low.is_some_and(|low| low.amount <= self.paid.amount);
        is_above && self.high.is_some_and(|high| self.paid.amount <= high.amount)
    }
}

/// How right some guesses were. Shares are 0 to 1, of those that were answered; `None` when none was.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// How many were asked.
    pub asked: usize,
    /// How many got an estimate.
    pub answered: usize,
    /// The median of how far estimates lie from what was paid.
    pub median_error: Option<f64>,
    /// The share at most 20 % off.
    pub within_20: Option<f64>,
    /// The share inside the interval.
    pub coverage: Option<f64>,
}

/// What came of a replay.
#[derive(Debug, Clone)]
pub struct Replay {
    /// Over all.
    pub all: Figures,
    /// By group.
    pub groups: BTreeMap<String, Figures>,
    /// By kind.
    pub kinds: BTreeMap<String, Figures>,
    /// Every guess, oldest first.
    pub guesses: Vec<Guess>,
}

impl Replay {
    pub(super) fn of(guesses: Vec<Guess>) -> Self {
        Self {
            all: figures(guesses.iter()),
            groups: by(&guesses, |guess| guess.group.clone()),
            kinds: by(&guesses, |guess| guess.kind.to_string()),
            guesses,
        }
    }

    /// The guesses that were furthest off, worst first.
    pub fn worst(&self) -> Vec<&Guess> {
        let mut missed: Vec<(f64, &Guess)> =
            self.guesses.iter().filter_map(|guess| Some((guess.error()?, guess))).collect();
        missed.sort_by(|a, b| b.0.total_cmp(&a.0));
        missed.into_iter().take(WORST).map(|(_, guess)| guess).collect()
    }
}

/// How long the periods are that the guesses of a replay are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A week, from Monday on.
    Week,
    /// A month.
    Month,
}

impl Step {
    /// The first day of the period that holds `day`.
    fn begin(self, day: NaiveDate) -> NaiveDate {
        let since = match self {
            Self::Week => day.weekday().num_days_from_monday(),
            Self::Month => day.day0(),
        };
        day.checked_sub_days(Days::new(since.into())).unwrap_or(day)
    }
}

/// How far the estimates of one period lay from what was paid. Shares of that; above 0 when they were too high.
#[derive(Debug, Clone, PartialEq)]
pub struct Period {
    /// Its first day.
    pub begins: NaiveDate,
    /// How many were answered.
    pub answered: usize,
    /// A tenth of them lay below.
    pub low: f64,
    /// Half of them lay below.
    pub middle: f64,
    /// A tenth of them lay above.
    pub high: f64,
}

impl Replay {
    /// How far the estimates lay from what was paid, over time: by the week when the sales are of less than forty, else
    /// by the month. Periods without an answer are left out.
    pub fn over_time(&self) -> (Step, Vec<Period>) {
        let days = || self.guesses.iter().map(|guess| guess.sold_at.date_naive());
        let span =
            days().max().zip(days().min()).map_or(0, |(last, first)| (last - first).num_weeks());
        let step = if span < 40 { Step::Week } else { Step::Month };
        let mut parts: BTreeMap<NaiveDate, Vec<f64>> = BTreeMap::new();
        for guess in &self.guesses {
            if let Some(deviation) = guess.deviation() {
                parts.entry(step.begin(guess.sold_at.date_naive())).or_default().push(deviation);
            }
        }
        let period = |(begins, mut part): (NaiveDate, Vec<f64>)| {
            part.sort_by(f64::total_cmp);
            let at = |share_below: f64| part[share(part.len() - 1, share_below)];
            let (low, high) = (at(0.1), at(0.9));
            Period { begins, answered: part.len(), low, middle: middle(&part).unwrap_or(0.0), high }
        };
        (step, parts.into_iter().map(period).collect())
    }
}

fn by(guesses: &[Guess], name: fn(&Guess) -> String) -> BTreeMap<String, Figures> {
    let mut parts: BTreeMap<String, Vec<&Guess>> = BTreeMap::new();
    for guess in guesses {
        parts.entry(name(guess)).or_default().push(guess);
    }
    parts.into_iter().map(|(name, part)| (name, figures(part.into_iter()))).collect()
}

fn figures<'a>(guesses: impl Iterator<Item = &'a Guess>) -> Figures {
    let (mut asked, mut held, mut errors) = (0, 0, Vec::new());
    for guess in guesses {
        asked += 1;
        held += usize::from(guess.is_held());
        errors.extend(guess.error());
    }
    errors.sort_by(f64::total_cmp);
    let answered = errors.len();
    let part_of = |part: usize| (answered > 0).then(|| count(part) / count(answered));
    Figures {
        asked,
        answered,
        median_error: middle(&errors),
        within_20: part_of(errors.partition_point(|error| *error <= NEAR)),
        coverage: part_of(held),
    }
}

/// The median of ascending values.
fn middle(sorted: &[f64]) -> Option<f64> {
    let (low, high) =
        (sorted.get(sorted.len().checked_sub(1)? / 2)?, sorted.get(sorted.len() / 2)?);
    Some(f64::midpoint(*low, *high))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{id::CompId, money::Currency};

    fn guess(day: &str, fair: i64) -> Guess {
        let usd = |amount| Money::new(amount, Currency::USD);
        Guess {
            id: ComparableId::Comp(CompId(1)),
            group: "csv".to_owned(),
            title: "Leica M3".to_owned(),
            kind: Kind::Item,
            condition: None,
            sold_at: format!("{day}T12:00:00Z").parse().unwrap(),
            paid: usd(10_000),
            fair_value: (fair > 0).then(|| usd(fair)),
            low: None,
            high: None,
            n: 5,
        }
    }

    #[test]
    fn deviations_are_told_by_the_week_with_the_band_that_holds_most_of_them() {
        let mut guesses: Vec<Guess> =
            (0..=10).map(|n| guess("2026-03-04", 9_500 + n * 100)).collect();
        guesses.push(guess("2026-03-09", 12_000));
        guesses.push(guess("2026-03-10", 0));
        let (step, periods) = Replay::of(guesses).over_time();
        assert_eq!(step, Step::Week);
        let begins: Vec<_> = periods.iter().map(|period| period.begins.to_string()).collect();
        assert_eq!(begins, ["2026-03-02", "2026-03-09"]);
        let first = &periods[0];
        assert_eq!((first.answered, first.middle), (11, 0.0));
        assert!((first.low + 0.04).abs() < 1e-9 && (first.high - 0.04).abs() < 1e-9, "{first:?}");
        assert!((periods[1].middle - 0.2).abs() < 1e-9, "what was not answered does not count");
    }

    #[test]
    fn long_histories_are_told_by_the_month() {
        let (step, periods) =
            Replay::of(vec![guess("2025-01-31", 9_000), guess("2026-02-01", 9_000)]).over_time();
        assert_eq!(step, Step::Month);
        assert_eq!(periods[0].begins.to_string(), "2025-01-01");
        assert_eq!(Replay::of(Vec::new()).over_time(), (Step::Week, Vec::new()));
    }
}
