use chrono::Duration;

use super::*;
use crate::model::{
    comp::ComparableId,
    condition::Condition,
    estimate::OwnAd,
    id::{CompId, ListingId},
    kind::Kind,
};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

/// Sold one day apart, the first one today.
fn sales(prices: &[i64]) -> Vec<Comp> {
    let sale = |(n, price): (i64, &i64)| Comp {
        id: ComparableId::Comp(CompId(n)),
        title: "Gigabyte RTX 3070 8GB".to_owned(),
        kind: Kind::Item,
        basis: Basis::Sold,
        total: Money::new(*price, Currency::USD),
        condition: Some(Condition::Good),
        category: None,
        observed_at: now() - Duration::days(n),
        has_date: true,
        is_choice: false,
    };
    (0..).zip(prices).map(sale).collect()
}

fn question() -> Question {
    Question {
        title: "RTX 3070 8GB".to_owned(),
        kind: Kind::Item,
        condition: Some(Condition::Good),
        currency: Currency::USD,
        category: None,
        at: None,
        ad: None,
    }
}

fn of(comps: Vec<Comp>) -> Estimate {
    estimate(&CompIndex::build(comps), &question(), now())
}

fn fair(estimate: &Estimate) -> i64 {
    estimate.fair_value.unwrap().amount
}

#[test]
fn a_slip_among_few_sales_takes_no_end_of_the_interval_with_it() {
    let near = [62_000, 66_600, 58_300, 60_400, 68_100, 71_300, 55_200, 65_900];
    for slip in [2_400_000, 1_700] {
        let worth = of(sales(&[&near[..], &[slip, slip]].concat()));
        let (low, high) = (worth.low.unwrap().amount, worth.high.unwrap().amount);
        let middle = fair(&worth);
        assert!((60_000..=67_000).contains(&middle), "{worth:?}");
        assert!(middle < 3 * low && high < 3 * middle, "{low} to {high}");
    }
}

#[test]
fn the_middle_of_like_sales_is_the_worth() {
    let worth = of(sales(&[50_000, 49_000, 51_000, 50_500, 49_500]));
    assert!((49_500..=50_500).contains(&fair(&worth)), "{worth:?}");
    assert_eq!((worth.n, worth.basis, worth.not_enough_data), (5, EstimateBasis::Sold, false));
    assert_eq!(worth.comparables.len(), 5);
    assert_eq!(worth.newest_at, Some(now()));
    let (low, high) = (worth.low.unwrap().amount, worth.high.unwrap().amount);
    assert!(low < 49_000 && high > 51_000, "{low} {high}");
}

#[test]
fn two_sales_are_not_enough() {
    let worth = of(sales(&[50_000, 49_000]));
    assert!(worth.not_enough_data && worth.fair_value.is_none() && worth.low.is_none());
    assert_eq!((worth.n, worth.basis, worth.confidence), (2, EstimateBasis::None, None));
    assert_eq!(worth.comparables.len(), 2);
    assert_eq!(of(Vec::new()).n, 0);
}

#[test]
fn peaks_and_one_dollar_sales_do_not_move_the_worth() {
    let plain = of(sales(&[50_000, 49_000, 51_000, 50_500, 49_500, 50_200, 49_900]));
    let wild = of(sales(&[50_000, 49_000, 51_000, 50_500, 49_500, 50_200, 49_900, 100, 1_000_000]));
    assert!((fair(&plain) - fair(&wild)).abs() < 500);
    assert_eq!(wild.n, 7);
}

#[test]
fn prices_that_are_all_over_are_nobodys_worth() {
    let agreeing = [50_000, 49_000, 51_000, 50_500, 49_500, 50_200];
    let three_of_nine = [&agreeing[..], &[5_000, 300_000, 900_000]].concat();
    assert!(!of(sales(&three_of_nine)).not_enough_data);
    let four_of_eight = [&agreeing[..4], &[5_000, 300_000, 900_000, 120_000]].concat();
    let worth = of(sales(&four_of_eight));
    assert!(worth.not_enough_data && worth.comparables.len() == 8, "{worth:?}");
}

#[test]
fn where_more_is_paid_far_above_the_crowd_than_far_below_it_the_worth_leans_up() {
    let crowd = [50_000, 49_800, 50_200, 49_900, 50_100, 50_000, 49_900, 50_100];
    let in_a_day = |others: [i64; 2]| {
        let mut comps = sales(&[&crowd[..], &others].concat());
        for sale in &mut comps {
            sale.observed_at = now();
        }
        of(comps)
    };
    let even = in_a_day([43_500, 57_500]);
    let (above, below) = (in_a_day([57_000, 57_500]), in_a_day([43_000, 43_500]));
    assert!((49_700..=50_300).contains(&fair(&even)), "{even:?}");
    assert!((50_300..52_000).contains(&fair(&above)), "{above:?}");
    assert!((48_000..49_700).contains(&fair(&below)), "{below:?}");
}

#[test]
fn few_sales_make_a_wider_interval_and_less_confidence() {
    let width = |worth: &Estimate| worth.high.unwrap().amount - worth.low.unwrap().amount;
    let prices = [50_000, 48_000, 52_000, 51_000, 49_000];
    let (few, many) = (of(sales(&prices[..3])), of(sales(&prices.repeat(6))));
    assert!(width(&few) > width(&many), "{few:?} {many:?}");
    assert_eq!((few.confidence, many.confidence), (Some(Confidence::Low), Some(Confidence::High)));
}

#[test]
fn newer_sales_weigh_more() {
    // Twenty newer ones at 400, twenty older ones at 600, half a year apart.
    let mut comps = sales(&[[40_000; 20], [60_000; 20]].concat());
    for old in &mut comps[20..] {
        old.observed_at -= Duration::days(180);
    }
    let worth = of(comps);
    assert!(fair(&worth) < 43_000, "{worth:?}");
    assert_eq!(worth.trend, Some(Trend::Falling));
}

#[test]
fn old_sales_give_an_estimate_without_confidence() {
    let mut comps = sales(&[50_000; 30]);
    for comp in &mut comps {
        comp.observed_at -= Duration::days(6 * 365);
    }
    let worth = of(comps);
    assert_eq!(fair(&worth), 50_000);
    assert_eq!(worth.confidence, Some(Confidence::Low));
}

#[test]
fn sales_without_a_date_count_and_make_no_trend() {
    let mut comps = sales(&[50_000; 20]);
    for comp in &mut comps {
        comp.has_date = false;
    }
    let worth = of(comps);
    assert_eq!((worth.n, worth.trend, worth.newest_at), (20, None, None));
    assert_eq!(worth.confidence, Some(Confidence::Medium));
}

/// Ads that ask these prices, seen today.
fn asks(prices: &[i64]) -> Vec<Comp> {
    let mut asks = sales(prices);
    for (n, ask) in (0..).zip(&mut asks) {
        (ask.id, ask.basis) = (ComparableId::Listing(ListingId(n)), Basis::Asking);
        ask.observed_at = now();
    }
    asks
}

#[test]
fn what_is_asked_serves_where_too_little_was_sold() {
    let mut comps = asks(&[50_000, 51_000, 52_000, 53_000, 54_000]);
    comps.extend(sales(&[40_000, 40_000]));
    let worth = of(comps.clone());
    assert_eq!((worth.basis, worth.confidence), (EstimateBasis::Asking, Some(Confidence::Low)));
    assert_eq!(worth.n, 5);
    assert!(worth.comparables.iter().all(|comparable| comparable.basis == Basis::Asking));
    comps.extend(sales(&[40_000]));
    let worth = of(comps);
    assert_eq!((worth.basis, fair(&worth), worth.n), (EstimateBasis::Sold, 40_000, 3));
}

#[test]
fn asking_prices_are_taken_at_their_lower_middle_and_never_for_sure() {
    let prices: Vec<i64> = (0..40).map(|n| 50_000 + n * 17 % 40 * 100).collect();
    let (asked, sold) = (of(asks(&prices)), of(sales(&prices)));
    assert!(fair(&asked) < fair(&sold), "{asked:?} {sold:?}");
    assert_eq!(asked.confidence, Some(Confidence::Medium));
    assert_eq!(sold.confidence, Some(Confidence::High));
    assert_eq!(of(asks(&prices[..9])).confidence, Some(Confidence::Low));
}

#[test]
fn four_asking_prices_are_not_enough_and_what_is_known_is_listed() {
    let mut comps = asks(&[50_000, 51_000, 52_000, 53_000]);
    comps.extend(sales(&[40_000]));
    let worth = of(comps);
    assert_eq!((worth.n, worth.basis), (5, EstimateBasis::None));
    assert_eq!(worth.comparables.iter().filter(|c| c.basis == Basis::Sold).count(), 1);
}

#[test]
fn ten_ads_of_one_seller_are_one_opinion() {
    let worth = of(asks(&[&[50_000; 10][..], &[60_000, 61_000]].concat()));
    assert_eq!((worth.n, worth.not_enough_data), (3, true));
}

#[test]
fn an_ad_is_not_compared_with_itself_nor_with_itself_put_up_again() {
    let mut comps = asks(&[45_000, 50_000, 51_000, 52_000, 53_000, 54_000]);
    comps[0].title = "RTX 3070 8GB".to_owned();
    let by = |id, total| {
        let ad = OwnAd { id: ListingId(id), total_amount: Some(total), is_choice: false };
        let asked = Question { ad: Some(ad), ..question() };
        estimate(&CompIndex::build(comps.clone()), &asked, now())
    };
    let lists = |worth: &Estimate, amount| {
        worth.comparables.iter().any(|comparable| comparable.price.amount == amount)
    };
    assert!(!lists(&by(0, 45_000), 45_000), "its own row");
    assert!(!lists(&by(77, 45_000), 45_000), "the same words at the same price");
    assert!(lists(&by(77, 44_000), 45_000), "another price is another ad");
    assert!(lists(&by(77, 50_000), 50_000), "another title is another ad");
}

#[test]
fn ads_with_variations_compare_with_each_other() {
    let mut comps = asks(&[50_000, 51_000, 52_000, 53_000, 54_000]);
    for price in [20_000, 21_000, 22_000, 23_000, 24_000] {
        let ask = asks(&[price]).remove(0);
        comps.push(Comp { is_choice: true, ..ask });
    }
    let by = |is_choice| {
        let ad = OwnAd { id: ListingId(99), total_amount: None, is_choice };
        let asked = Question { ad: Some(ad), ..question() };
        fair(&estimate(&CompIndex::build(comps.clone()), &asked, now()))
    };
    assert!(by(false) > 50_000);
    assert!(by(true) < 24_000);
}

#[test]
fn wear_is_reckoned_with() {
    let asked = Question { condition: Some(Condition::New), ..question() };
    let worth = estimate(&CompIndex::build(sales(&[40_000; 6])), &asked, now());
    assert_eq!(fair(&worth), 50_000);
}

#[test]
fn the_largest_and_smallest_amounts_break_nothing() {
    for price in [1, i64::MAX, i64::MAX - 1] {
        let worth = of(sales(&[price; 4]));
        let (low, high) = (worth.low.unwrap().amount, worth.high.unwrap().amount);
        assert!(low >= 0 && low <= fair(&worth) && fair(&worth) <= high, "{worth:?}");
    }
}
