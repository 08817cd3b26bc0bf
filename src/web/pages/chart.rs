//! Small charts as numbers for inline SVG: whole units of the drawing, worked out with integers.

pub(in crate::web) mod course;

use std::fmt::Write;

use chrono::{DateTime, Utc};

use super::view;
use crate::model::{estimate::Estimate, money::Money};

/// Maps amounts to places along an axis.
#[derive(Debug, Clone, Copy)]
struct Scale {
    low: i64,
    high: i64,
    from: i64,
    to: i64,
}

impl Scale {
    /// An axis of `from..=to` that shows all of `values` with a little room at both ends.
    fn over(values: impl Iterator<Item = i64> + Clone, from: i64, to: i64) -> Option<Self> {
        let (low, high) = (values.clone().min()?, values.max()?);
        let room = ((high - low) / 12).max(high / 50).max(1);
        Some(Self { low: (low - room).max(0), high: high.saturating_add(room), from, to })
    }

    fn at(self, value: i64) -> i64 {
        let span = i128::from(self.high - self.low).max(1);
        let part = i128::from(value.clamp(self.low, self.high) - self.low);
        let place = part * i128::from(self.to - self.from) / span;
        self.from + i64::try_from(place).unwrap_or_default()
    }
}

/// A price on the range of what the thing is worth, in a drawing of 240 by 26.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) struct Gauge {
    /// Where the range begins.
    pub(in crate::web) low: i64,
    /// How wide the range is.
    pub(in crate::web) width: i64,
    /// The fair value.
    pub(in crate::web) fair: i64,
    /// The price.
    pub(in crate::web) price: i64,
}

impl Gauge {
    /// Of a price and what it is compared with; `None` without an estimate in the same currency.
    pub(in crate::web) fn of(price: Money, estimate: &Estimate) -> Option<Self> {
        let (low, fair, high) = (estimate.low?, estimate.fair_value?, estimate.high?);
        let values = [low.amount, fair.amount, high.amount, price.amount];
        let scale = Scale::over(values.into_iter(), 6, 234)?;
        (fair.currency == price.currency).then(|| Self {
            low: scale.at(low.amount),
            width: (scale.at(high.amount) - scale.at(low.amount)).max(2),
            fair: scale.at(fair.amount),
            price: scale.at(price.amount),
        })
    }
}

/// The comparables' prices as dots over the range, in a drawing of 480 by 120.
#[derive(Debug)]
pub(in crate::web) struct Strip {
    pub(in crate::web) low: i64,
    pub(in crate::web) width: i64,
    pub(in crate::web) fair: i64,
    pub(in crate::web) price: Option<i64>,
    pub(in crate::web) dots: Vec<Dot>,
    pub(in crate::web) ticks: Vec<Tick>,
}

/// One comparable.
#[derive(Debug)]
pub(in crate::web) struct Dot {
    pub(in crate::web) x: i64,
    pub(in crate::web) y: i64,
    /// Half its width.
    pub(in crate::web) r: i64,
    /// What it stands for: its price and title.
    pub(in crate::web) words: String,
}

/// A labelled place on the axis.
#[derive(Debug)]
pub(in crate::web) struct Tick {
    pub(in crate::web) x: i64,
    pub(in crate::web) label: String,
}

impl Strip {
    /// Of an estimate, with the ad's price when there is one in the same currency.
    pub(in crate::web) fn of(estimate: &Estimate, price: Option<Money>) -> Option<Self> {
        let (low, fair, high) = (estimate.low?, estimate.fair_value?, estimate.high?);
        let price = price.filter(|price| price.currency == fair.currency);
        let comparables =
            || estimate.comparables.iter().filter(|comp| comp.price.currency == fair.currency);
        let marks = [Some(low), Some(fair), Some(high), price];
        let values: Vec<i64> = marks
            .into_iter()
            .flatten()
            .chain(comparables().map(|comp| comp.price))
            .map(|money| money.amount)
            .collect();
        let scale = Scale::over(values.iter().copied(), 12, 468)?;
        // Dots of close prices are laid out in rows so that none hides another.
        let dots = comparables().zip([0, 2, 4, 1, 3].into_iter().cycle()).map(|(comp, row)| Dot {
            x: scale.at(comp.price.amount),
            y: 34 + row * 11,
            r: radius(comp.weight),
            words: format!("{}: {}", comp.price, comp.title),
        });
        Some(Self {
            low: scale.at(low.amount),
            width: (scale.at(high.amount) - scale.at(low.amount)).max(2),
            fair: scale.at(fair.amount),
            price: price.map(|price| scale.at(price.amount)),
            dots: dots.collect(),
            ticks: ticks(scale, fair),
        })
    }
}

/// A price's history as a line of steps, in a drawing of 480 by 120.
#[derive(Debug)]
pub(in crate::web) struct Steps {
    /// The `d` of the path.
    pub(in crate::web) path: String,
    pub(in crate::web) dots: Vec<Dot>,
}

impl Steps {
    /// Of prices, oldest first, up to `now`; `None` when there is but one.
    pub(in crate::web) fn of(
        points: &[(DateTime<Utc>, Money)],
        now: DateTime<Utc>,
    ) -> Option<Self> {
        if points.len() < 2 {
            return None;
        }
        let moments = points.iter().map(|(at, _)| at.timestamp());
        let start = moments.clone().min()?;
        let end = now.timestamp().max(moments.max()?);
        let time = Scale { low: start, high: end.max(start + 1), from: 10, to: 470 };
        let height = Scale::over(points.iter().map(|(_, price)| price.amount), 104, 16)?;
        let places: Vec<(i64, i64)> = points
            .iter()
            .map(|(at, price)| (time.at(at.timestamp()), height.at(price.amount)))
            .collect();
        let (first, rest) = places.split_first()?;
        let mut path = format!("M{} {}", first.0, first.1);
        for (x, y) in rest {
            // Writing to a string cannot fail.
            let _ = write!(path, "H{x}V{y}");
        }
        path.push_str("H470");
        let dots = places.iter().zip(points).map(|(&(x, y), (at, price))| Dot {
            x,
            y,
            r: 4,
            words: format!("{price} from {}", at.format("%Y-%m-%d")),
        });
        Some(Self { path, dots: dots.collect() })
    }
}

/// Pairs of what was paid and what was estimated as dots, both axes alike, in a drawing of 480 by 340.
#[derive(Debug)]
pub(in crate::web) struct Scatter {
    pub(in crate::web) left: i64,
    pub(in crate::web) right: i64,
    pub(in crate::web) top: i64,
    pub(in crate::web) bottom: i64,
    pub(in crate::web) dots: Vec<Dot>,
    pub(in crate::web) across: Vec<Tick>,
    /// The places are heights.
    pub(in crate::web) up: Vec<Tick>,
}

impl Scatter {
    /// Of what was paid, what was estimated, and a title; all in one currency. The axes end where all but a few of the
    /// dearest are shown; those stand at the edge.
    pub(in crate::web) fn of<'a>(
        pairs: impl Iterator<Item = (Money, Money, &'a str)>,
    ) -> Option<Self> {
        let pairs: Vec<_> = pairs.collect();
        let mut amounts: Vec<i64> =
            pairs.iter().flat_map(|(paid, fair, _)| [paid.amount, fair.amount]).collect();
        amounts.sort_unstable();
        let shown = &amounts[..=(amounts.len().checked_sub(1)? * 98 / 100)];
        let (left, right, top, bottom) = (52, 470, 18, 304);
        let across = Scale::over(shown.iter().copied(), left, right)?;
        let up = Scale { from: bottom, to: top, ..across };
        let sample = pairs.first()?.0;
        let dots = pairs.iter().map(|(paid, fair, title)| Dot {
            x: across.at(paid.amount),
            y: up.at(fair.amount),
            r: 3,
            words: format!("paid {paid}, estimated {fair}: {title}"),
        });
        Some(Self {
            left,
            right,
            top,
            bottom,
            dots: dots.collect(),
            across: ticks(across, sample),
            up: ticks(up, sample),
        })
    }
}

/// How large the dot of a comparable is, by its share in the answer.
fn radius(weight: f64) -> i64 {
    match weight {
        0.2.. => 8,
        0.1.. => 7,
        0.05.. => 6,
        0.02.. => 5,
        _ => 4,
    }
}

/// Round amounts along the axis: the step is 1, 2 or 5 times a power of ten.
fn ticks(scale: Scale, sample: Money) -> Vec<Tick> {
    let span = scale.high - scale.low;
    let unit = sample.currency.scale();
    let step = std::iter::successors(Some(unit), |step| step.checked_mul(10))
        .flat_map(|power| [power, power * 2, power * 5])
        .find(|step| span / step <= 5)
        .unwrap_or(unit);
    let first = (scale.low + step - 1) / step;
    (first..=scale.high / step)
        .map(|nth| nth * step)
        .map(|amount| Tick {
            x: scale.at(amount),
            label: view::whole(Money::new(amount, sample.currency)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        estimate::{Confidence, EstimateBasis},
        money::Currency,
    };

    fn usd(amount: i64) -> Money {
        Money::new(amount, Currency::USD)
    }

    fn estimate(low: i64, fair: i64, high: i64) -> Estimate {
        Estimate {
            newest_at: None,
            fair_value: Some(usd(fair)),
            low: Some(usd(low)),
            high: Some(usd(high)),
            interval: 0.8,
            confidence: Some(Confidence::High),
            n: 20,
            basis: EstimateBasis::Sold,
            trend: None,
            not_enough_data: false,
            comparables: Vec::new(),
        }
    }

    #[test]
    fn a_low_price_stands_left_of_the_range() {
        let gauge = Gauge::of(usd(5_000), &estimate(8_000, 10_000, 12_000)).unwrap();
        assert!(gauge.price < gauge.low && gauge.low < gauge.fair);
        assert!(gauge.fair < gauge.low + gauge.width && gauge.low + gauge.width <= 234);
    }

    #[test]
    fn what_was_guessed_right_lies_on_the_line() {
        let pairs = [(usd(10_000), usd(10_000), "a"), (usd(20_000), usd(10_000), "b")];
        let scatter = Scatter::of(pairs.into_iter()).unwrap();
        let (right, low) = (&scatter.dots[0], &scatter.dots[1]);
        let part = |x: i64| (x - scatter.left) * 100 / (scatter.right - scatter.left);
        let height = (scatter.bottom - right.y) * 100 / (scatter.bottom - scatter.top);
        assert!((part(right.x) - height).abs() <= 1);
        assert!(low.x > right.x && low.y == right.y);
        assert!(Scatter::of(std::iter::empty()).is_none());
    }

    #[test]
    fn one_price_alone_can_be_drawn() {
        let gauge = Gauge::of(usd(0), &estimate(0, 0, 0)).unwrap();
        assert!(gauge.price >= 6 && gauge.price <= 234);
    }

    #[test]
    fn the_axis_has_a_few_round_amounts() {
        let strip = Strip::of(&estimate(8_000, 10_000, 12_000), Some(usd(5_000))).unwrap();
        let labels: Vec<_> = strip.ticks.iter().map(|tick| tick.label.as_str()).collect();
        assert_eq!(labels, ["$60", "$80", "$100", "$120"]);
    }

    #[test]
    fn a_price_that_never_changed_has_no_chart() {
        let at = |s| DateTime::from_timestamp(s, 0).unwrap();
        assert!(Steps::of(&[(at(0), usd(100))], at(9)).is_none());
        let steps = Steps::of(&[(at(0), usd(200)), (at(50), usd(100))], at(100)).unwrap();
        assert_eq!(steps.path, "M10 23H240V98H470");
    }
}
