//! How prices moved: their level day by day, and how fast it forgets, learned from the sales at hand.
//!
//! Prices are logarithms, ages are days before the moment that is asked about.

use super::quantile::{Ranked, Weighted, median};
use crate::scout::number::count;

/// The half-lives, in days, among which the sales choose. The first is taken where they cannot tell.
const HALF_LIVES: [f64; 8] = [30.0, 180.0, 90.0, 12.0, 6.0, 3.0, 1.5, 0.75];
/// How much less wrong than the one before a half-life has to be to be taken instead.
const BETTER: f64 = 0.98;
/// The same where one stretch of time alone can tell; it eases off with their number.
const BETTER_OF_ONE: f64 = 0.5;
/// How fast old mistakes count less when half-lives are compared, in days.
const LESSON_HALF_LIFE: f64 = 30.0;
/// There are at most about this many stretches of time.
const MOST_BINS: f64 = 240.0;

/// A price with its age and weight.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point {
    pub(super) age: f64,
    pub(super) value: f64,
    pub(super) weight: f64,
}

/// The prices of one stretch of time: a day, or longer where there are years.
#[derive(Debug, Clone, Copy)]
struct Bin {
    age: f64,
    weight: f64,
    middle: f64,
}

/// The level of prices over time, youngest first.
#[derive(Debug)]
pub(super) struct Level {
    bins: Vec<Bin>,
    width: f64,
    /// The age of the youngest price, at least a day.
    gap: f64,
    /// In how many days a price counts half.
    pub(super) half_life: f64,
}

impl Level {
    /// Of `points`, youngest first; `None` without any.
    pub(super) fn of(points: &[Point]) -> Option<Self> {
        let oldest = points.iter().map(|point| point.age).fold(0.0, f64::max);
        let width = (oldest / MOST_BINS).ceil().max(1.0);
        let bins = bins(points, width);
        let (youngest, last) = (bins.first()?.age, bins.last()?.age);
        // A gap as long as what is known leaves nothing to learn from.
        let gap = youngest.min((last - youngest) / 2.0).max(width);
        let mut level = Self { bins, width, gap, half_life: HALF_LIVES[0] };
        level.half_life = level.best_half_life();
        Some(level)
    }

    /// The level that is to be expected now.
    pub(super) fn now(&self) -> f64 {
        let youngest = self.bins.first().map_or(0.0, |bin| bin.age);
        let (mut weight, mut sum) = (0.0, 0.0);
        for bin in &self.bins {
            let counts = bin.weight * decay(bin.age - youngest, self.half_life);
            weight += counts;
            sum += counts * bin.middle;
        }
        sum / weight
    }

    /// How a price counts now that is `age` days old, against one of the youngest.
    pub(super) fn recency(&self, age: f64) -> f64 {
        let youngest = self.bins.first().map_or(0.0, |bin| bin.age);
        decay((age - youngest).max(0.0), self.half_life)
    }

    /// The level at each of `ages`, by the prices before and after.
    pub(super) fn at(&self, ages: impl Iterator<Item = f64>) -> Vec<f64> {
        let levels = self.smooth();
        ages.map(|age| levels[self.place(age)]).collect()
    }

    /// The middle of the prices of the same stretch as each of `ages`, and how far it lay from what the earlier prices
    /// foretold with the gap that there is to now: `None` where there are none so early.
    pub(super) fn shifts(&self, ages: impl Iterator<Item = f64>) -> Vec<(f64, Option<f64>)> {
        let foretold = self.foretold(self.half_life);
        let youngest = self.bins.first().map_or(0.0, |bin| bin.age);
        // Levels wander: over a gap longer than what could be tried they go further.
        let further = (youngest.max(self.gap) / self.gap).sqrt().min(4.0);
        ages.map(|age| {
            let place = self.place(age);
            let middle = self.bins[place].middle;
            (middle, foretold[place].map(|level| (middle - level) * further))
        })
        .collect()
    }

    fn place(&self, age: f64) -> usize {
        let start = (age / self.width).floor() * self.width;
        let place = self.bins.partition_point(|bin| bin.age < start);
        place.min(self.bins.len() - 1)
    }

    /// The half-life by which past levels were foretold best from the prices before them.
    fn best_half_life(&self) -> f64 {
        let youngest = self.bins.first().map_or(0.0, |bin| bin.age);
        let mut best: Option<(f64, f64)> = None;
        for half_life in HALF_LIVES {
            let (mut wrong, mut weight, mut tried) = (0.0, 0.0, 0);
            for (bin, level) in self.bins.iter().zip(self.foretold(half_life)) {
                let Some(level) = level else { continue };
                let counts = bin.weight * decay(bin.age - youngest, LESSON_HALF_LIFE);
                wrong += counts * (bin.middle - level).abs();
                weight += counts;
                tried += 1;
            }
            if weight <= 0.0 {
                break;
            }
            let (wrong, better) = (wrong / weight, BETTER - BETTER_OF_ONE / count(tried));
            if best.is_none_or(|(least, _)| wrong < least * better) {
                best = Some((wrong, half_life));
            }
        }
        best.map_or(HALF_LIVES[0], |(_, half_life)| half_life)
    }

    /// For each stretch the level that the ones at least the gap before it foretell.
    fn foretold(&self, half_life: f64) -> Vec<Option<f64>> {
        let mut levels = vec![None; self.bins.len()];
        let (mut weight, mut sum, mut seen_at) = (0.0, 0.0, f64::INFINITY);
        let mut next = self.bins.len();
        for (place, bin) in self.bins.iter().enumerate().rev() {
            let from = bin.age + self.gap;
            if seen_at.is_finite() {
                let faded = decay(seen_at - from, half_life);
                weight *= faded;
                sum *= faded;
            }
            seen_at = from;
            while next > 0 && self.bins[next - 1].age >= from {
                next -= 1;
                let early = self.bins[next];
                let counts = early.weight * decay(early.age - from, half_life);
                weight += counts;
                sum += counts * early.middle;
            }
            levels[place] = (weight > f64::MIN_POSITIVE).then(|| sum / weight);
        }
        levels
    }

    /// The level of each stretch by all around it.
    fn smooth(&self) -> Vec<f64> {
        let half_life = self.half_life.max(self.width);
        let sums = |bins: &mut dyn Iterator<Item = &Bin>| -> Vec<(f64, f64)> {
            let (mut weight, mut sum, mut last) = (0.0, 0.0, None);
            bins.map(|bin| {
                let faded = last.map_or(1.0, |age: f64| decay((age - bin.age).abs(), half_life));
                last = Some(bin.age);
                weight = weight * faded + bin.weight;
                sum = sum * faded + bin.weight * bin.middle;
                (weight, sum)
            })
            .collect()
        };
        let younger = sums(&mut self.bins.iter());
        let older = sums(&mut self.bins.iter().rev());
        let both = younger.iter().zip(older.iter().rev()).zip(&self.bins);
        // What both sides hold is the stretch itself.
        both.map(|((a, b), bin)| (a.1 + b.1 - bin.weight * bin.middle) / (a.0 + b.0 - bin.weight))
            .collect()
    }
}

fn decay(days: f64, half_life: f64) -> f64 {
    (-days / half_life).exp2()
}

/// Stretches of `width` days, youngest first. `points` come youngest first.
fn bins(points: &[Point], width: f64) -> Vec<Bin> {
    let start = |point: &Point| (point.age / width).floor() * width;
    let stretches = points.chunk_by(|a, b| start(a).total_cmp(&start(b)).is_eq());
    let mut bins: Vec<Bin> = stretches
        .filter_map(|together| {
            let age = start(together.first()?);
            let weight: f64 = together.iter().map(|point| point.weight).sum();
            let values = together.iter().map(|p| Weighted { value: p.value, weight: p.weight });
            Some(Bin { age, weight, middle: Ranked::new(values).midmean()? })
        })
        .collect();
    // A day with far fewer sales than usual is an odd one, or one that is not over.
    let usual = median(bins.iter().map(|bin| Weighted { value: bin.weight, weight: 1.0 }));
    for bin in &mut bins {
        bin.weight *= bin.weight / (bin.weight + usual.unwrap_or(0.0));
    }
    bins
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(level: impl Fn(f64) -> f64, days: u32) -> Vec<Point> {
        (0..days)
            .map(f64::from)
            .flat_map(|age| {
                [-0.02, 0.0, 0.02].map(|off| Point { age, value: level(age) + off, weight: 1.0 })
            })
            .collect()
    }

    #[test]
    fn a_level_that_wanders_is_followed_at_once() {
        let level = Level::of(&points(|age| if age < 10.0 { 1.2 } else { 1.0 }, 60)).unwrap();
        assert!(level.half_life <= 3.0, "{}", level.half_life);
        assert!((level.now() - 1.2).abs() < 0.01);
    }

    #[test]
    fn a_level_that_jumps_to_and_fro_is_averaged() {
        let noisy = |age: f64| if age % 2.0 < 1.0 { 1.1 } else { 0.9 };
        let level = Level::of(&points(noisy, 60)).unwrap();
        assert!(level.half_life >= 12.0, "{}", level.half_life);
        assert!((level.now() - 1.0).abs() < 0.03);
    }

    #[test]
    fn a_day_with_a_third_of_the_usual_sales_counts_a_sixth_of_a_usual_one() {
        let mut points = points(|_| 1.0, 30);
        points.drain(..2);
        let level = Level::of(&points).unwrap();
        let (thin, usual) = (level.bins[0].weight, level.bins[1].weight);
        assert!((thin * 6.0 - usual).abs() < 1e-9, "{thin} {usual}");
    }

    #[test]
    fn a_single_day_is_a_level() {
        let level = Level::of(&points(|_| 1.0, 1)).unwrap();
        assert!((level.now() - 1.0).abs() < 1e-9);
        assert_eq!(level.shifts([0.0].into_iter())[0].1, None);
        assert!(Level::of(&[]).is_none());
    }

    #[test]
    fn steady_prices_foretell_themselves_and_a_long_silence_makes_less_sure() {
        let shift = |points: &[Point]| {
            let level = Level::of(points).unwrap();
            let found = level.shifts(points.iter().map(|point| point.age));
            found.iter().filter_map(|(_, shift)| *shift).map(f64::abs).fold(0.0, f64::max)
        };
        assert!(shift(&points(|_| 1.0, 30)) < 1e-9);
        let mut wandering = points(|age| (age / 7.0).sin() / 10.0, 60);
        let fresh = shift(&wandering);
        for point in &mut wandering {
            point.age += 300.0;
        }
        assert!(shift(&wandering) > fresh);
    }
}
