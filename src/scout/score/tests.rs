use super::*;
use crate::model::{
    comp::{Basis, ComparableId},
    estimate::{Comparable, Confidence, Trend},
    id::CompId,
};
use serde_json::json;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

fn usd(amount: i64) -> Money {
    Money::new(amount, Currency::USD)
}

/// 41 sales around 500 dollars.
fn worth() -> Estimate {
    Estimate {
        fair_value: Some(usd(50_000)),
        low: Some(usd(45_000)),
        high: Some(usd(56_000)),
        interval: 0.8,
        confidence: Some(Confidence::High),
        n: 41,
        basis: EstimateBasis::Sold,
        trend: Some(Trend::Steady),
        newest_at: Some(now() - Duration::days(3)),
        not_enough_data: false,
        comparables: Vec::new(),
    }
}

fn unknown(n: usize) -> Estimate {
    Estimate {
        fair_value: None,
        low: None,
        high: None,
        confidence: None,
        n,
        basis: EstimateBasis::None,
        not_enough_data: true,
        ..worth()
    }
}

/// What 12 others ask, as far as one can be sure of that.
fn asked() -> Estimate {
    Estimate {
        confidence: Some(Confidence::Medium),
        n: 12,
        basis: EstimateBasis::Asking,
        newest_at: Some(now()),
        ..worth()
    }
}

/// Comparables that an answer lists.
fn listed(basis: Basis, number: usize) -> Vec<Comparable> {
    let one = Comparable {
        id: ComparableId::Comp(CompId(1)),
        basis,
        title: "RTX 3070".to_owned(),
        price: Money::new(1, Currency::USD),
        condition: None,
        observed_at: now(),
        likeness: 1.0,
        weight: 0.0,
        why: String::new(),
    };
    vec![one; number]
}

fn ad(price: i64) -> Ad {
    Ad {
        title: "Gigabyte GeForce RTX 3070 8GB".to_owned(),
        description: Some("Bought last year, works without fault. ".repeat(8)),
        kind: Kind::Item,
        price_amount: Some(price),
        shipping_amount: Some(0),
        currency: Currency::USD,
        condition: Some(Condition::Good),
        has_picture: true,
        distance_km: None,
        details: json!({}),
        posted_at: Some(now() - Duration::hours(2)),
        is_sought: false,
    }
}

fn score(ad: &Ad, estimate: &Estimate, now: DateTime<Utc>) -> Score {
    super::score(ad, estimate, &Weights::default(), now)
}

fn value(ad: &Ad) -> i32 {
    score(ad, &worth(), now()).value.unwrap()
}

#[test]
fn a_score_says_why() {
    let score = score(&ad(31_000), &worth(), now());
    assert_eq!(score.summary, "38 % under the median of 41 sales; posted 2 h ago");
    assert_eq!(score.profit, Some(usd(50_000 - 6_840 - 31_000)));
    assert_eq!(
        score.parts[0].words,
        "38 % under the median of 41 sales: reselling leaves about $121.60 after fees and shipping"
    );
    assert_eq!(score.parts[1].words, "sure: 41 sales, mostly $450.00 to $560.00");
    let sum: f64 = score.parts.iter().map(|part| part.points).sum();
    assert_eq!(score.value, Some(crate::scout::number::whole(sum).try_into().unwrap()));
}

#[test]
fn asking_prices_are_called_so_and_count_less_than_sales() {
    let by_asking = score(&ad(31_000), &asked(), now());
    assert_eq!(
        by_asking.summary,
        "38 % under the lower middle of 12 asking prices; posted 2 h ago"
    );
    assert_eq!(
        by_asking.parts.iter().find(|part| part.name == "certainty").unwrap().words,
        "fairly sure: 12 asking prices, not sales, mostly $450.00 to $560.00"
    );
    let mut sold = worth();
    for confidence in [Confidence::Medium, Confidence::Low] {
        sold.confidence = Some(confidence);
        let by_asking = Estimate { confidence: Some(confidence), ..asked() };
        let by_sales = score(&ad(31_000), &sold, now()).value;
        assert!(score(&ad(31_000), &by_asking, now()).value < by_sales);
    }
    // Even free, new, near and just posted.
    let best = Ad {
        condition: Some(Condition::New),
        distance_km: Some(0.0),
        posted_at: Some(now()),
        ..ad(0)
    };
    assert!(score(&best, &asked(), now()).value < Some(80));
    assert!(score(&best, &worth(), now()).value > Some(95));
}

#[test]
fn cheaper_is_better_until_it_is_too_good_to_be_true() {
    let prices = [60_000, 50_000, 45_000, 40_000, 35_000, 30_000];
    let values = prices.map(|price| value(&ad(price)));
    assert!(values.is_sorted(), "{values:?}");
    assert!(values[0] < 40 && values[5] > 80, "{values:?}");
    assert!(value(&ad(5_000)) < value(&ad(40_000)));
}

#[test]
fn a_deal_gets_older_and_less_good() {
    let posted = |hours| Ad { posted_at: Some(now() - Duration::hours(hours)), ..ad(35_000) };
    assert!(value(&posted(1)) > value(&posted(48)));
    assert!(value(&posted(48)) > value(&posted(480)));
}

#[test]
fn what_is_given_away_is_a_deal() {
    let free = score(&ad(0), &worth(), now());
    assert!(free.value.unwrap() > 85);
    assert!(free.summary.starts_with("free, against the median of 41 sales"), "{}", free.summary);
}

#[test]
fn shipping_counts_twice_here_and_onward() {
    let shipped = Ad { shipping_amount: Some(3_000), ..ad(35_000) };
    assert!(value(&shipped) < value(&ad(35_000)));
    assert_eq!(score(&shipped, &worth(), now()).profit, Some(usd(50_000 - 6_840 - 3_000 - 38_000)));
    let silent = Ad { shipping_amount: None, ..ad(35_000) };
    assert!(score(&silent, &worth(), now()).parts[0].words.ends_with("shipping is not stated"));
}

#[test]
fn the_present_bid_is_not_the_price() {
    let bid = |details| Ad { details, ..ad(31_000) };
    let auction = bid(json!({"price_is": "current_bid", "buying_options": ["AUCTION"]}));
    assert!(value(&auction) < 50);
    assert!(score(&auction, &worth(), now()).summary.contains("an auction is running"));
    let both = bid(json!({"buying_options": ["AUCTION", "FIXED_PRICE"]}));
    assert_eq!(value(&both), value(&ad(31_000)));
}

#[test]
fn the_cheapest_variation_is_not_the_thing() {
    let group = Ad { details: json!({"item_group": true}), ..ad(31_000) };
    assert!(value(&group) < value(&ad(31_000)) - 15);
}

#[test]
fn signs_of_risk_take_away_and_are_named() {
    let risky = [
        Ad { kind: Kind::Picture, ..ad(31_000) },
        Ad { kind: Kind::EmptyBox, ..ad(31_000) },
        Ad {
            details: json!({"seller_feedback_percentage": "88.1", "seller_feedback_score": 40}),
            ..ad(31_000)
        },
        Ad {
            details: json!({"seller_feedback_percentage": 91.0, "seller_feedback_score": 40}),
            ..ad(31_000)
        },
        Ad {
            details: json!({"seller_feedback_percentage": "0.0", "seller_feedback_score": 0}),
            ..ad(31_000)
        },
        Ad { title: "RTX 3070 READ DESCRIPTION!".to_owned(), ..ad(31_000) },
        Ad { description: Some("Untested, sold as is. Stock photo.".to_owned()), ..ad(31_000) },
    ];
    for ad_at_risk in &risky {
        let score = score(ad_at_risk, &worth(), now());
        let risk = score.parts.iter().find(|part| part.name == "risk").unwrap();
        assert!(risk.points < 0.0 && !risk.words.is_empty(), "{score:?}");
        assert!(score.value.unwrap() < value(&ad(31_000)), "{score:?}");
        assert!(score.summary.ends_with(&risk.words), "{}", score.summary);
    }
}

#[test]
fn a_seller_whom_nobody_has_rated_this_year_is_not_a_bad_one() {
    let rated = |details| value(&Ad { details, ..ad(31_000) });
    let resting = json!({"seller_feedback_percentage": "0.0", "seller_feedback_score": 252});
    assert_eq!(rated(resting), value(&ad(31_000)));
    let unknown = json!({"seller_feedback_percentage": "0.0", "seller_feedback_score": 0});
    assert!(rated(unknown) < value(&ad(31_000)));
}

#[test]
fn an_unsure_worth_makes_a_lower_score() {
    let low = Estimate { confidence: Some(Confidence::Low), n: 3, ..worth() };
    assert!(score(&ad(31_000), &low, now()).value.unwrap() < value(&ad(31_000)) - 10);
}

#[test]
fn old_sales_are_said_to_be_old() {
    let old = Estimate { newest_at: Some(now() - Duration::days(2_200)), ..worth() };
    let words = &score(&ad(31_000), &old, now()).parts[1].words;
    assert!(words.ends_with("the newest of them is 6 years old"), "{words}");
}

#[test]
fn without_a_worth_or_a_price_there_is_no_score() {
    let missing = |ad: &Ad, estimate: &Estimate| {
        let score = score(ad, estimate, now());
        assert_eq!((score.value, score.parts.len(), score.profit), (None, 0, None));
        score.summary
    };
    assert_eq!(missing(&ad(1), &unknown(0)), "not enough data: nothing comparable is known yet");
    let some = |comparables: Vec<Comparable>| Estimate { comparables, ..unknown(6) };
    assert_eq!(
        missing(&ad(1), &some([listed(Basis::Sold, 2), listed(Basis::Asking, 4)].concat())),
        "not enough data: only 2 sales and 4 asking prices known, 3 sales or 5 asking prices are needed"
    );
    assert_eq!(
        missing(&ad(1), &some(listed(Basis::Asking, 6))),
        "not enough data: the 6 comparables known do not agree"
    );
    let unpriced = Ad { price_amount: None, ..ad(1) };
    assert_eq!(missing(&unpriced, &worth()), "the price is not known");
    let euros = Ad { currency: Currency::EUR, ..ad(1) };
    assert_eq!(missing(&euros, &worth()), "the price is in EUR, its worth in USD");
}

#[test]
fn odd_input_makes_no_odd_score() {
    let amounts = [0, 1, -5, i64::MAX, i64::MIN, 31_000];
    let titles = ["", "🔥🔥🔥", "a\u{301}\u{202e}b", &"X ".repeat(250)];
    for price in amounts {
        for shipping in amounts {
            for worth_amount in amounts {
                for title in titles {
                    let odd = Ad {
                        title: title.to_owned(),
                        shipping_amount: Some(shipping),
                        distance_km: Some(f64::NAN),
                        details: json!({"seller_feedback_percentage": "NaN", "buying_options": 7}),
                        posted_at: DateTime::from_timestamp(price.clamp(-1, 4_000_000_000), 0),
                        ..ad(price)
                    };
                    let estimate = Estimate {
                        fair_value: Some(usd(worth_amount)),
                        low: Some(usd(worth_amount / 2)),
                        n: 0,
                        ..worth()
                    };
                    let score = score(&odd, &estimate, now());
                    assert!(score.value.is_none_or(|value| (0..=100).contains(&value)));
                    assert!(score.parts.iter().all(|part| part.points.is_finite()), "{score:?}");
                    assert!(!score.summary.is_empty());
                }
            }
        }
    }
}

#[test]
fn a_score_survives_being_stored() {
    let score = score(&ad(31_000), &worth(), now());
    let stored = serde_json::to_value(&score).unwrap();
    assert_eq!(serde_json::from_value::<Score>(stored).unwrap(), score);
}

#[test]
fn fresh_ads_are_looked_at_again_soonest() {
    let wait = |hours| next_change(Some(now() - Duration::hours(hours)), now()) - now();
    assert_eq!(wait(1), Duration::hours(1));
    assert_eq!(wait(-5), Duration::hours(1));
    assert_eq!(wait(100), Duration::hours(6));
    assert_eq!(wait(10_000), Duration::hours(24));
    assert_eq!(next_change(None, now()) - now(), Duration::hours(24));
}

/// What stands at the going rate, long ago, hardly described, of unsure worth.
fn ordinary() -> i32 {
    let unsure = Estimate { confidence: Some(Confidence::Medium), ..worth() };
    let plain = Ad {
        description: None,
        condition: None,
        posted_at: Some(now() - Duration::days(9)),
        ..ad(52_000)
    };
    score(&plain, &unsure, now()).value.unwrap()
}

#[test]
fn junk_never_stands_above_ordinary_ads_however_cheap_and_fresh() {
    let of_kind = |kind| Ad { kind, ..ad(2_500) };
    let junk = [
        of_kind(Kind::Picture),
        of_kind(Kind::EmptyBox),
        of_kind(Kind::Service),
        of_kind(Kind::Accessory),
        Ad { kind: Kind::Parts, ..ad(30_000) },
        Ad { condition: Some(Condition::Poor), ..ad(30_000) },
        ad(100),
        ad(13_000),
    ];
    let careless = Weights { risk: 50, price: 100, ..Weights::default() };
    for ad in &junk {
        assert!(value(ad) < ordinary(), "{} is below {}: {ad:?}", value(ad), ordinary());
        let valued = super::score(ad, &worth(), &careless, now()).value.unwrap();
        assert!(valued < ordinary(), "{valued} is below {}: {ad:?}", ordinary());
    }
    assert!(value(&ad(31_000)) > 75);
}

#[test]
fn what_a_search_looks_for_is_no_junk() {
    let case = Ad { kind: Kind::Accessory, ..ad(31_000) };
    let sought = Ad { is_sought: true, ..case.clone() };
    assert!(value(&case) < 20 && value(&sought) > 70, "{} {}", value(&case), value(&sought));
    assert!(value(&Ad { is_sought: true, ..ad(100) }) < 20, "a price of one is no price");
}

#[test]
fn among_broken_things_the_better_deal_stands_higher() {
    let broken = |price| Ad { kind: Kind::Parts, ..ad(price) };
    assert!(value(&broken(31_000)) > value(&broken(50_000)));
}

#[test]
fn other_weights_make_another_score() {
    let weighed = |weights: &Weights, ad: &Ad| super::score(ad, &worth(), weights, now());
    let by_price =
        Weights { certainty: 0, age: 0, condition: 0, photo: 0, words: 0, ..Weights::default() };
    let by_age = Weights { price: 1, age: 100, ..Weights::default() };
    let (fresh, cheap) = (
        Ad { posted_at: Some(now()), ..ad(50_000) },
        Ad { posted_at: Some(now() - Duration::days(20)), ..ad(31_000) },
    );
    assert!(weighed(&by_price, &cheap).value > weighed(&by_price, &fresh).value);
    assert!(weighed(&by_age, &cheap).value < weighed(&by_age, &fresh).value);
    for weights in [by_price, by_age, Weights { price: 1, ..Weights::default() }] {
        let most: f64 = weighed(&weights, &Ad { distance_km: Some(1.0), ..ad(1) })
            .parts
            .iter()
            .map(|part| part.max)
            .sum();
        assert!((most - 100.0).abs() < 0.01, "the parts share a hundred points: {most}");
    }
    let careful = Weights { risk: 200, ..Weights::default() };
    let risky = Ad { title: "RTX 3070 8GB read description".to_owned(), ..ad(31_000) };
    assert_eq!(value(&risky) - weighed(&careful, &risky).value.unwrap(), 5,);
}
