use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::{model::kind::Kind, scout::normalize::kind_of};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn sample() -> SampleMarket {
    market(at("2026-11-20T18:30:12Z"))
}

#[test]
fn the_market_is_the_same_every_time_within_a_minute() {
    assert_eq!(sample(), market(at("2026-11-20T18:30:59.5Z")));
}

#[test]
fn another_day_moves_times_and_nothing_else() {
    let (mut one, mut other) = (sample(), market(at("2027-01-02T03:04:00Z")));
    let shift = at("2027-01-02T03:04:00Z") - at("2026-11-20T18:30:00Z");
    assert_ne!(one, other);
    for ad in &mut one.listings {
        ad.listing.posted_at = ad.listing.posted_at.map(|at| at + shift);
        ad.earlier_prices.iter_mut().for_each(|(at, _)| *at += shift);
    }
    one.comps.iter_mut().for_each(|comp| comp.observed_at += shift);
    assert!(one.listings == other.listings && one.comps == other.comps);
    other.comps.truncate(0);
}

#[test]
fn it_has_its_size_and_each_row_its_own_identity() {
    let market = sample();
    let ads: BTreeSet<_> = market.listings.iter().map(|ad| &ad.listing.source_id).collect();
    let sales: BTreeSet<_> = market.comps.iter().map(|comp| &comp.source_id).collect();
    assert_eq!((ads.len(), sales.len()), (2_000, 6_000));
    assert!(market.listings.iter().all(|ad| ad.listing.source == SOURCE));
    assert!(market.comps.iter().all(|comp| comp.source == SOURCE));
}

#[test]
fn every_category_is_on_offer_and_sold() {
    let market = sample();
    for category in catalogue::categories() {
        let name = Some(category.name);
        let ads = market.listings.iter().filter(|a| a.listing.category.as_deref() == name).count();
        let sales = market.comps.iter().filter(|c| c.category.as_deref() == name).count();
        assert!(ads >= 60 && sales >= 200, "{}: {ads} ads, {sales} sales", category.name);
    }
}

#[test]
fn prices_and_titles_fit_the_schema() {
    let market = sample();
    for ad in &market.listings {
        let price = ad.listing.price_amount.unwrap();
        assert_eq!(price == 0, ad.offer == Offer::Free, "{}", ad.listing.title);
        assert!((1..=120).contains(&ad.listing.title.chars().count()), "{}", ad.listing.title);
        assert!(!ad.listing.title.contains('{'), "{}", ad.listing.title);
    }
    for comp in &market.comps {
        assert!(comp.price_amount >= 99, "{} for {}", comp.title, comp.price_amount);
        assert!(!comp.title.contains('{') && !comp.title.is_empty(), "{}", comp.title);
    }
}

#[test]
fn a_tenth_are_bargains_and_every_kind_of_junk_is_there() {
    let mut offers: BTreeMap<Offer, usize> = BTreeMap::new();
    for ad in sample().listings {
        *offers.entry(ad.offer).or_default() += 1;
    }
    assert!((160..=240).contains(&offers[&Offer::Bargain]), "{offers:?}");
    for offer in [Offer::Free, Offer::Wanted, Offer::OneOff, Offer::Parts, Offer::Accessory] {
        assert!(offers[&offer] >= 8, "{offers:?}");
    }
    for offer in [Offer::Bundle, Offer::EmptyBox, Offer::Picture, Offer::Service, Offer::Scam] {
        assert!(offers[&offer] >= 6, "{offers:?}");
    }
    let kinds: BTreeSet<Kind> = sample().comps.iter().map(|comp| comp.kind).collect();
    assert!(kinds.contains(&Kind::EmptyBox) && kinds.contains(&Kind::Parts), "{kinds:?}");
}

#[test]
fn ads_are_minutes_to_weeks_old_and_the_freshest_tells_the_age_of_the_market() {
    let market = sample();
    let now = at("2026-11-20T18:30:00Z");
    let posted: Vec<_> = market.listings.iter().filter_map(|ad| ad.listing.posted_at).collect();
    assert_eq!(as_of(*posted.iter().max().unwrap()), now);
    assert!(posted.iter().all(|at| now - *at < Duration::days(62)));
    let today = posted.iter().filter(|at| now - **at < Duration::days(1)).count();
    assert!((200..900).contains(&today), "{today} ads of the last day");
    assert!(market.comps.iter().all(|c| now - c.observed_at < Duration::days(120)));
}

#[test]
fn earlier_prices_fall_and_lie_between_posting_and_today() {
    let market = sample();
    let dropped: Vec<_> = market.listings.iter().filter(|a| !a.earlier_prices.is_empty()).collect();
    assert!(dropped.len() > 100, "{} ads came down", dropped.len());
    for ad in dropped {
        let mut prices: Vec<i64> = ad.earlier_prices.iter().map(|(_, price)| *price).collect();
        prices.push(ad.listing.price_amount.unwrap());
        assert!(prices.is_sorted_by(|a, b| a > b), "{prices:?}");
        assert_eq!(ad.earlier_prices[0].0, ad.listing.posted_at.unwrap());
        assert!(ad.earlier_prices.is_sorted());
        assert!(ad.earlier_prices.iter().all(|(at, _)| *at < super::as_of(at_now())));
    }
}

fn at_now() -> DateTime<Utc> {
    at("2026-11-20T18:30:00Z")
}

#[test]
fn some_things_stand_on_both_sites() {
    let market = sample();
    let copies = market.listings.iter().filter(|a| a.listing.details["same_as"].is_string());
    let mut count = 0;
    for copy in copies {
        let first = market
            .listings
            .iter()
            .find(|ad| copy.listing.details["same_as"] == ad.listing.source_id.as_str())
            .unwrap();
        assert_ne!(first.listing.details["site"], copy.listing.details["site"]);
        assert_eq!(first.listing.category, copy.listing.category);
        count += 1;
    }
    assert!((30..=120).contains(&count), "{count} copies");
}

#[test]
fn rare_things_have_hardly_any_sale() {
    let sales = sample().comps.iter().filter(|c| c.title.contains("Linea Mini")).count();
    assert_eq!(sales, 0);
}

#[test]
fn whole_things_are_hardly_ever_taken_for_something_else_by_their_words() {
    let market = sample();
    let whole: Vec<_> = market.listings.iter().filter(|ad| ad.offer.is_the_thing()).collect();
    let mistaken: Vec<&str> = whole
        .iter()
        .filter(|ad| kind_of(&ad.listing.title, ad.listing.description.as_deref()) != Kind::Item)
        .map(|ad| ad.listing.title.as_str())
        .collect();
    assert!(
        mistaken.len() * 100 <= whole.len(),
        "{} of {}: {mistaken:?}",
        mistaken.len(),
        whole.len()
    );
}
