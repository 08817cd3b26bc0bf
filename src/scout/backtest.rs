//! How right the estimates are: sales are estimated from what was known before them, and compared with what was paid.

mod figures;

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Duration, Utc};
pub use figures::{Figures, Guess, Period, Replay, Step};

use super::{comparables::CompIndex, estimate::estimate, side_by_side};
use crate::model::{
    comp::{Basis, Comp, ComparableId},
    estimate::Question,
    id::{CompId, ListingId, OrderId},
};

/// A sale with the group that its share of asked ones is taken from: its file, or where it was sold.
#[derive(Debug, Clone)]
pub struct Sale {
    /// The name of the group.
    pub group: String,
    /// The sale.
    pub comp: Comp,
}

/// Which sales an estimate may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Those that are not asked, of all groups: what was known when the asking begins.
    Earlier,
    /// All that were sold before the one in question, of all groups.
    BeforeEach,
}

/// Estimates the last `holdout` (0 to 1) of each group by date, at most the `most` latest of all, each at the moment of
/// its sale. Only sales with a price count, of one id the first.
pub fn replay(sales: Vec<Sale>, holdout: f64, known: Known, most: usize) -> Replay {
    let (earlier, mut asked) = parted(sales, holdout);
    asked.sort_by_key(|sale| sale.comp.observed_at);
    let too_early = asked.len().saturating_sub(most);
    let mut comps: Vec<Comp> = earlier;
    let questions = asked.split_off(too_early);
    if known == Known::BeforeEach {
        comps.extend(asked.into_iter().chain(questions.iter().cloned()).map(|sale| sale.comp));
    }
    let index = CompIndex::build(comps);
    Replay::of(guesses(&index, &questions, known))
}

/// The sales that are known from the beginning, and those that are asked.
fn parted(sales: Vec<Sale>, holdout: f64) -> (Vec<Comp>, Vec<Sale>) {
    let mut seen: HashSet<ComparableId> = HashSet::new();
    let mut groups: BTreeMap<String, Vec<Comp>> = BTreeMap::new();
    for sale in sales {
        let counts = sale.comp.basis == Basis::Sold && sale.comp.total.amount > 0;
        if counts && seen.insert(sale.comp.id) {
            groups.entry(sale.group).or_default().push(sale.comp);
        }
    }
    let (mut earlier, mut asked) = (Vec::new(), Vec::new());
    for (group, mut comps) in groups {
        // Where only the day is told, files tend to stand in the order of prices within it: the cut through a day must
        // not leave the cheap ones on one side and the dear ones on the other.
        comps.sort_by_key(|comp| (comp.observed_at, shuffled(comp.id)));
        let last = super::number::share(comps.len(), holdout);
        let late = comps.split_off(comps.len() - last);
        earlier.extend(comps);
        asked.extend(late.into_iter().map(|comp| Sale { group: group.clone(), comp }));
    }
    (earlier, asked)
}

/// The same number for the same sale each time, without any order from one sale to the next: a multiplication scatters the
/// ids over the upper bits.
fn shuffled(id: ComparableId) -> i64 {
    let (ComparableId::Comp(CompId(id))
    | ComparableId::Listing(ListingId(id))
    | ComparableId::Order(OrderId(id))) = id;
    id.wrapping_mul(0x1E37_79B9_7F4A_7C15).rotate_left(32)
}

/// One guess a question, in their order.
fn guesses(index: &CompIndex, questions: &[Sale], known: Known) -> Vec<Guess> {
    side_by_side::map(questions, |sale| guess(index, sale, known))
}

fn guess(index: &CompIndex, sale: &Sale, known: Known) -> Guess {
    let comp = &sale.comp;
    let at: DateTime<Utc> = match known {
        Known::Earlier => comp.observed_at,
        // Neither itself nor what went in the same moment was known before it.
        Known::BeforeEach => comp.observed_at - Duration::milliseconds(1),
    };
    let question = Question {
        title: comp.title.clone(),
        kind: comp.kind,
        condition: comp.condition,
        currency: comp.total.currency,
        category: None,
        at: Some(at),
        ad: None,
    };
    let worth = estimate(index, &question, at);
    Guess {
        id: comp.id,
        group: sale.group.clone(),
        title: comp.title.clone(),
        kind: comp.kind,
        condition: comp.condition,
        sold_at: comp.observed_at,
        paid: comp.total,
        fair_value: worth.fair_value,
        low: worth.low,
        high: worth.high,
        n: worth.n,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        condition::Condition,
        kind::Kind,
        money::{Currency, Money},
    };

    fn sale(id: i64, group: &str, amount: i64) -> Sale {
        Sale {
            group: group.to_owned(),
            comp: Comp {
                id: ComparableId::Comp(CompId(id)),
                title: "Gigabyte RTX 3070 8GB".to_owned(),
                kind: Kind::Item,
                basis: Basis::Sold,
                total: Money::new(amount, Currency::USD),
                condition: Some(Condition::Good),
                category: None,
                observed_at: DateTime::from_timestamp(1_700_000_000 + id * 86_400, 0).unwrap(),
                has_date: true,
                is_choice: false,
            },
        }
    }

    #[test]
    fn the_latest_of_each_group_are_asked() {
        let mut sales: Vec<Sale> = (0..20).map(|n| sale(n, "a", 50_000)).collect();
        sales.extend((20..30).map(|n| sale(n, "b", 50_000)));
        sales.push(sale(29, "b", 50_000));
        let replay = replay(sales, 0.2, Known::Earlier, 1_000);
        assert_eq!((replay.all.asked, replay.all.answered), (6, 6));
        let groups: Vec<_> =
            replay.groups.iter().map(|(name, f)| (name.as_str(), f.asked)).collect();
        assert_eq!(groups, [("a", 4), ("b", 2)]);
        assert_eq!(replay.all.median_error, Some(0.0));
    }

    #[test]
    fn the_cut_through_a_day_does_not_part_the_cheap_from_the_dear() {
        let day = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let mut sales: Vec<Sale> = (0..100).map(|n| sale(n, "a", 50_000 + n * 100)).collect();
        for sale in &mut sales {
            sale.comp.observed_at = day;
        }
        let (earlier, asked) = parted(sales, 0.5);
        let mean = |prices: &mut dyn Iterator<Item = i64>| prices.sum::<i64>() / 50;
        let known = mean(&mut earlier.iter().map(|comp| comp.total.amount));
        let rest = mean(&mut asked.iter().map(|sale| sale.comp.total.amount));
        assert!((known - rest).abs() < 1_500, "{known} {rest}");
    }

    #[test]
    fn nothing_later_is_known() {
        // The price rises by a quarter with the asked ones: who knows only the earlier is off by a fifth, who knows all
        // before learns.
        let sales: Vec<Sale> =
            (0..40).map(|n| sale(n, "a", if n < 32 { 50_000 } else { 62_500 })).collect();
        let by = |known| replay(sales.clone(), 0.2, known, 1_000).all.median_error.unwrap();
        assert!((by(Known::Earlier) - 0.2).abs() < 0.01, "{}", by(Known::Earlier));
        assert!(by(Known::BeforeEach) < 0.19, "{}", by(Known::BeforeEach));
    }

    #[test]
    fn at_most_so_many_are_asked_the_latest_ones() {
        let sales: Vec<Sale> = (0..40).map(|n| sale(n, "a", 50_000)).collect();
        let replay = replay(sales, 0.5, Known::BeforeEach, 3);
        let asked: Vec<_> = replay.guesses.iter().map(|guess| guess.id).collect();
        assert_eq!(asked, [37, 38, 39].map(|id| ComparableId::Comp(CompId(id))));
    }

    #[test]
    fn nothing_asked_has_no_figures() {
        let replay = replay(Vec::new(), 0.2, Known::Earlier, 10);
        assert_eq!(
            (replay.all.asked, replay.all.median_error, replay.all.coverage),
            (0, None, None)
        );
    }
}
