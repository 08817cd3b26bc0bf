//! What wear does to a price.

use super::quantile::{Weighted, median};
use crate::model::condition::Condition;

/// From this many sales in each of two conditions on, their own medians tell the ratio.
const ENOUGH: usize = 5;

/// What a thing brings in this condition, as a share of what it brings new: an ordinary thing, where the sales at hand
/// do not tell.
fn ordinary_share(condition: Condition) -> f64 {
    match condition {
        Condition::New => 1.0,
        Condition::Excellent => 0.92,
        Condition::Great => 0.86,
        Condition::Good => 0.8,
        Condition::Fair => 0.68,
        Condition::Poor => 0.4,
    }
}

/// How much a sale in another condition counts: less for each step between them, and for an unknown one.
pub(super) fn closeness(asked: Option<Condition>, sold: Option<Condition>) -> f64 {
    match (asked, sold) {
        (Some(asked), Some(sold)) => {
            let steps = rank(asked).abs_diff(rank(sold));
            1.0 / (1.0 + 0.5 * crate::scout::number::count(steps))
        }
        _ => 0.7,
    }
}

/// Its place from new to worn.
fn rank(condition: Condition) -> usize {
    Condition::ALL.iter().position(|c| *c == condition).unwrap_or(0)
}

/// The factors that turn prices in each condition into the price in the condition asked for.
pub(super) struct Wear {
    asked: Option<Condition>,
    /// The median price in a condition, where there are enough sales.
    medians: Vec<(Condition, f64)>,
}

impl Wear {
    /// Learns from `sales`, each a condition and the logarithm of a price.
    pub(super) fn learn(asked: Option<Condition>, sales: &[(Option<Condition>, f64)]) -> Self {
        let mut prices = vec![Vec::new(); Condition::ALL.len()];
        for (sold, price) in sales {
            if let Some(sold) = sold {
                prices[rank(*sold)].push(Weighted { value: *price, weight: 1.0 });
            }
        }
        let enough = Condition::ALL.iter().zip(prices).filter(|(_, p)| p.len() >= ENOUGH);
        let medians = enough.filter_map(|(condition, prices)| Some((*condition, median(prices)?)));
        Self { asked, medians: medians.collect() }
    }

    /// What to add to the logarithm of a price that was paid in condition `sold`. A ratio that was learned stays
    /// between a half and 1.25 of the ordinary one: a handful of sales is no law.
    pub(super) fn adjustment(&self, sold: Option<Condition>) -> f64 {
        let (Some(asked), Some(sold)) = (self.asked, sold) else { return 0.0 };
        let ordinary = (ordinary_share(asked) / ordinary_share(sold)).ln();
        let known = |wanted| self.medians.iter().find(|(c, _)| *c == wanted).map(|(_, m)| *m);
        match (known(asked), known(sold)) {
            (Some(to), Some(from)) => (to - from).clamp(ordinary - 0.5, ordinary + 0.5),
            _ => ordinary,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_used_price_is_raised_for_a_new_thing() {
        let wear = Wear::learn(Some(Condition::New), &[]);
        assert!((wear.adjustment(Some(Condition::Good)).exp() - 1.25).abs() < 1e-9);
        assert!(wear.adjustment(Some(Condition::New)).abs() < 1e-9);
        assert!(wear.adjustment(None).abs() < 1e-9);
    }

    #[test]
    fn enough_sales_tell_their_own_ratio() {
        let mut sales = vec![(Some(Condition::New), 1_f64); 5];
        sales.extend(vec![(Some(Condition::Good), 0.95); 5]);
        let wear = Wear::learn(Some(Condition::New), &sales);
        assert!((wear.adjustment(Some(Condition::Good)) - 0.05).abs() < 1e-9);
    }

    #[test]
    fn nearer_conditions_count_more() {
        let close = |sold| closeness(Some(Condition::New), Some(sold));
        assert!(close(Condition::New) > close(Condition::Great));
        assert!(close(Condition::Great) > close(Condition::Fair));
    }
}
