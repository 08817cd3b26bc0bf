use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::model::money::Currency;

fn ad(title: &str, description: &str) -> NewListing {
    NewListing {
        source: "ebay".to_owned(),
        source_id: "1".to_owned(),
        title: title.to_owned(),
        description: (!description.is_empty()).then(|| description.to_owned()),
        kind: kind_of(title, None),
        price_amount: Some(20_000),
        shipping_amount: None,
        currency: Currency::USD,
        condition: None,
        category: None,
        url: None,
        image_url: None,
        location: json!({}),
        details: json!({}),
        posted_at: None,
    }
}

fn criteria(words: &str, excluded: &[&str], limits: Limits) -> Criteria {
    let excluded: Vec<String> = excluded.iter().map(|word| (*word).to_owned()).collect();
    Criteria::new(&words.parse().unwrap(), &excluded, limits)
}

/// The reason against an ad; empty when it fits.
fn against(criteria: &Criteria, ad: &NewListing) -> String {
    match criteria.verdict(ad) {
        Verdict::Fits(_) => String::new(),
        Verdict::Differs(why) => why,
    }
}

#[test]
fn every_word_and_phrase_has_to_be_said_in_the_title_or_the_description() {
    let leica = criteria(r#"leica "rigid body" summi*"#, &[], Limits::default());
    assert_eq!(against(&leica, &ad("LEICA Summicron 50mm rigid body", "")), "");
    assert_eq!(against(&leica, &ad("Leica 50mm", "A Summicron, rigid-body version")), "");
    assert_eq!(against(&leica, &ad("Summicron rigid body", "")), "does not say “leica”");
    let apart = ad("Leica Summicron with a body that is rigid", "");
    assert_eq!(against(&leica, &apart), "does not say “rigid body”");
}

#[test]
fn case_accents_plurals_and_the_way_of_writing_numbers_do_not_matter() {
    let wanted = criteria("stussy jacket", &[], Limits::default());
    assert!(wanted.verdict(&ad("Two STÜSSY Jackets", "")).fits());
    let wanted = criteria("WH-1000XM4", &[], Limits::default());
    assert!(wanted.verdict(&ad("Sony wh1000 xm4 headphones", "")).fits());
    assert!(!wanted.verdict(&ad("Sony WH-1000XM5", "")).fits());
}

#[test]
fn excluded_words_count_over_title_and_description_alike() {
    let wanted = criteria("rtx 3070 -laptop", &["broken", "for parts"], Limits::default());
    let said = |title: &str, description: &str| against(&wanted, &ad(title, description));
    assert_eq!(said("RTX 3070 8GB", "Works well"), "");
    assert_eq!(said("RTX 3070 8GB", "One fan is BROKEN."), "has “broken” in its description");
    assert_eq!(said("RTX 3070 gaming laptop", ""), "has “laptop” in its title");
    assert_eq!(said("RTX 3070", "sold for parts"), "has “for parts” in its description");
    assert_eq!(said("RTX 3070", "unbroken seal"), "");
}

#[test]
fn prices_are_compared_within_one_currency_only() {
    let dollars = |amount| Some(Money::new(amount, Currency::USD));
    let range =
        Limits { min_price: dollars(10_000), max_price: dollars(30_000), ..Limits::default() };
    let wanted = criteria("rtx", &[], range);
    let costing = |amount, currency| {
        let ad = NewListing { price_amount: amount, currency, ..ad("RTX", "") };
        against(&wanted, &ad)
    };
    assert_eq!(costing(Some(30_000), Currency::USD), "");
    assert_eq!(costing(Some(42_000), Currency::USD), "costs $420.00, more than $300.00");
    assert_eq!(costing(Some(0), Currency::USD), "costs $0.00, less than $100.00");
    let euros = "costs €200.00, which cannot be compared with a range in USD";
    assert_eq!(costing(Some(20_000), Currency::EUR), euros);
    assert_eq!(costing(None, Currency::USD), "names no price, and the search sets a range");
    let anything = criteria("rtx", &[], Limits::default());
    assert!(anything.verdict(&NewListing { price_amount: None, ..ad("RTX", "") }).fits());
}

#[test]
fn a_condition_or_a_category_that_is_not_known_does_not_speak_against_an_ad() {
    let limits = Limits {
        conditions: vec![Condition::Good, Condition::Great],
        category: Some("Graphics Cards".to_owned()),
        ..Limits::default()
    };
    let wanted = criteria("rtx", &[], limits);
    assert!(wanted.verdict(&ad("RTX", "")).fits());
    let worn = NewListing { condition: Some(Condition::Fair), ..ad("RTX", "") };
    assert_eq!(against(&wanted, &worn), "is in fair condition, not in good or great");
    let filed =
        |category: &str| NewListing { category: Some(category.to_owned()), ..ad("RTX", "") };
    assert!(wanted.verdict(&filed("Computers > Graphics/Video Cards")).fits());
    assert_eq!(against(&wanted, &filed("Toys")), "is filed under Toys, not Graphics Cards");
    assert!(wanted.verdict(&filed("27386")).fits(), "an id cannot be compared with a name");
}

#[test]
fn what_is_too_far_away_is_dropped_and_an_unknown_place_is_kept_and_told() {
    let around = Some(Around { latitude: 52.52, longitude: 13.405, radius_km: 30.0 });
    let wanted = criteria("bike", &[], Limits { around, ..Limits::default() });
    let at = |location| NewListing { location, ..ad("Bike", "") };
    assert_eq!(wanted.verdict(&at(json!({"lat": 52.4, "lng": 13.06}))), Verdict::Fits(None));
    let hamburg = at(json!({"lat": 53.551, "lng": 9.994}));
    assert_eq!(against(&wanted, &hamburg), "is 255 km away, more than 30");
    assert_eq!(against(&wanted, &at(json!({"distance_km": 48}))), "is 48 km away, more than 30");
    let unknown = wanted.verdict(&at(json!({"text": "Germany"})));
    assert_eq!(unknown, Verdict::Fits(Some("does not say where it is".to_owned())));
}

#[test]
fn what_is_not_the_thing_is_dropped_unless_it_is_asked_for() {
    let leica = criteria("leica m6", &[], Limits::default());
    let of_kind = |title: &str, kind| NewListing { kind, ..ad(title, "") };
    let case = of_kind("Leica M6 leather case", Kind::Accessory);
    assert_eq!(against(&leica, &case), "is an accessory, not the thing itself");
    assert!(criteria("leica m6 leather case", &[], Limits::default()).verdict(&case).fits());
    let broken = of_kind("Leica M6 for parts", Kind::Parts);
    assert_eq!(against(&leica, &broken), "is broken, or sold for its parts");
    let poor = Limits { conditions: vec![Condition::Poor], ..Limits::default() };
    assert!(criteria("leica m6", &[], poor).verdict(&broken).fits());
    assert!(leica.verdict(&of_kind("Leica M6 with 50mm", Kind::Bundle)).fits());
    assert!(!leica.verdict(&of_kind("Leica M6 box only", Kind::EmptyBox)).fits());
}

#[test]
fn a_search_without_words_takes_whatever_its_limits_allow() {
    assert!(criteria("", &[], Limits::default()).verdict(&ad("Anything", "")).fits());
}

proptest! {
    #[test]
    fn an_ad_that_says_the_words_fits_whatever_else_it_says(
        words in prop::collection::vec("[a-z]{2,8}", 1..6),
        around in "\\PC{0,40}",
    ) {
        let wanted = criteria(&words.join(" "), &[], Limits::default());
        let title = format!("{} {around}", words.join(" "));
        let ad = NewListing { kind: Kind::Item, ..ad(&title, "") };
        prop_assert!(wanted.verdict(&ad).fits());
    }

    #[test]
    fn no_text_breaks_it(title in "\\PC{1,80}", description in "\\PC{0,200}", typed in "\\PC{0,30}") {
        let wanted = criteria("leica", &[&typed], Limits::default());
        let _ = wanted.verdict(&ad(&title, &description));
    }
}
