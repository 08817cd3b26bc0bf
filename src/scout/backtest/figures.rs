//! The figures of a replay.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::{
    model::{comp::ComparableId, condition::Condition, kind::Kind, money::Money},
    scout::number::{count, float},
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
    let share = |part: usize| (answered > 0).then(|| count(part) / count(answered));
    Figures {
        asked,
        answered,
        median_error: middle(&errors),
        within_20: share(errors.partition_point(|error| *error <= NEAR)),
        coverage: share(held),
    }
}

/// The median of ascending values.
fn middle(sorted: &[f64]) -> Option<f64> {
    let (low, high) =
        (sorted.get(sorted.len().checked_sub(1)? / 2)?, sorted.get(sorted.len() / 2)?);
    Some(f64::midpoint(*low, *high))
}
