//! How far estimates lay from what was paid, over time: a band and its middle for each period.

use chrono::NaiveDate;

use super::{Scale, Tick};
use crate::scout::backtest::{Period, Step};

/// The furthest that is shown, in tenths of a per cent; what lies beyond stands at the edge.
const FURTHEST: i64 = 1_000;
/// Labels under the axis at most.
const LABELS: usize = 6;

/// Deviations by period in a drawing of 480 by 240: above the line too high, below too low.
#[derive(Debug)]
pub(in crate::web) struct Course {
    pub(in crate::web) bands: Vec<Band>,
    /// The `d` of the line through the middles.
    pub(in crate::web) line: String,
    /// The height of "exactly right".
    pub(in crate::web) right: i64,
    /// The places are heights.
    pub(in crate::web) up: Vec<Tick>,
    pub(in crate::web) across: Vec<Tick>,
}

/// One period.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::web) struct Band {
    pub(in crate::web) x: i64,
    /// Where its bar begins.
    pub(in crate::web) left: i64,
    pub(in crate::web) width: i64,
    pub(in crate::web) top: i64,
    pub(in crate::web) height: i64,
    pub(in crate::web) middle: i64,
    /// What it says, in words.
    pub(in crate::web) words: String,
}

impl Course {
    /// Of periods, the earliest first; `None` with fewer than two, which tell of no change.
    pub(in crate::web) fn of(step: Step, periods: &[Period]) -> Option<Self> {
        let [first, .., last] = periods else { return None };
        let (first, last) = (first.begins, last.begins);
        let days = |day: NaiveDate| i64::from(day.to_epoch_days());
        let half = match step {
            Step::Week => 4,
            Step::Month => 16,
        };
        let across = Scale { low: days(first) - half, high: days(last) + half, from: 52, to: 470 };
        let most = periods.iter().flat_map(|period| [tenths(period.low), tenths(period.high)]);
        let most = most.map(i64::abs).max()?.clamp(50, FURTHEST);
        let most = if most <= 100 { 100 } else { (most + 99) / 100 * 100 };
        let up = Scale { low: -most, high: most, from: 204, to: 14 };
        let width = ((across.at(days(first) + half) - across.at(days(first))) * 3 / 2).clamp(3, 40);
        let bands: Vec<Band> = periods
            .iter()
            .map(|period| {
                let x = across.at(days(period.begins));
                let (top, bottom) = (up.at(tenths(period.high)), up.at(tenths(period.low)));
                Band {
                    x,
                    left: x - width / 2,
                    width,
                    top,
                    height: (bottom - top).max(2),
                    middle: up.at(tenths(period.middle)),
                    words: words(step, period),
                }
            })
            .collect();
        let places: Vec<_> =
            bands.iter().map(|band| format!("{} {}", band.x, band.middle)).collect();
        let every = periods.len().div_ceil(LABELS);
        let label = |period: &Period| Tick {
            x: across.at(days(period.begins)),
            label: short(step, period.begins),
        };
        Some(Self {
            bands,
            line: format!("M{}", places.join("L")),
            right: up.at(0),
            up: [most, most / 2, 0, -most / 2, -most].map(|share| height(up, share)).into(),
            across: periods.iter().step_by(every).map(label).collect(),
        })
    }
}

/// A share in tenths of a per cent.
fn tenths(share: f64) -> i64 {
    let text = format!("{:.0}", (share * 1_000.0).clamp(-1e6, 1e6));
    text.parse().unwrap_or_default()
}

fn height(scale: Scale, share: i64) -> Tick {
    let sign = if share > 0 { "+" } else { "" };
    Tick { x: scale.at(share), label: format!("{sign}{} %", share / 10) }
}

/// A deviation in words: "+4.5 %".
pub(in crate::web) fn deviation(share: f64) -> String {
    format!("{:+.1} %", share * 100.0)
}

/// When a period is: "the week of 2026-03-02", "March 2026".
pub(in crate::web) fn when(step: Step, begins: NaiveDate) -> String {
    match step {
        Step::Week => format!("the week of {begins}"),
        Step::Month => begins.format("%B %Y").to_string(),
    }
}

fn short(step: Step, begins: NaiveDate) -> String {
    match step {
        Step::Week => begins.format("%-d %b").to_string(),
        Step::Month => begins.format("%b %Y").to_string(),
    }
}

fn words(step: Step, period: &Period) -> String {
    let sales = if period.answered == 1 { "sale" } else { "sales" };
    format!(
        "{}: half of {} {sales} above {}, most between {} and {}",
        when(step, period.begins),
        period.answered,
        deviation(period.middle),
        deviation(period.low),
        deviation(period.high)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(day: &str, low: f64, middle: f64, high: f64) -> Period {
        Period { begins: day.parse().unwrap(), answered: 4, low, middle, high }
    }

    #[test]
    fn too_high_stands_above_the_line_and_what_is_far_off_at_the_edge() {
        let periods =
            [period("2026-03-02", -0.05, 0.02, 0.1), period("2026-03-09", -0.3, -0.2, 9.0)];
        let course = Course::of(Step::Week, &periods).unwrap();
        let (first, second) = (&course.bands[0], &course.bands[1]);
        assert!(first.middle < course.right && course.right < second.middle);
        assert_eq!(second.top, 14);
        assert!(first.x < second.x && first.left + first.width < second.left);
        let heights: Vec<_> = course.up.iter().map(|tick| tick.label.as_str()).collect();
        assert_eq!(heights, ["+100 %", "+50 %", "0 %", "-50 %", "-100 %"]);
    }

    #[test]
    fn two_periods_can_be_drawn_and_one_is_no_course() {
        let months = ["2026-03-01", "2026-04-01"].map(|day| period(day, 0.0, 0.0, 0.0));
        let course = Course::of(Step::Month, &months).unwrap();
        assert_eq!((course.bands.len(), course.across[0].label.as_str()), (2, "Mar 2026"));
        assert!(Course::of(Step::Month, &months[..1]).is_none());
        assert!(Course::of(Step::Week, &[]).is_none());
    }
}
