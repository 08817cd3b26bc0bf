//! eBay: pages, tokens, limits and broken answers.

use std::time::Duration;

use deal_scout::{
    market::{
        ebay::Ebay,
        source::{Fault, Next, Source},
    },
    model::money::Money,
};
use serde_json::{Value, json};

use super::{Desk, all, first, ids, wanted};
use crate::support::{
    http::{Reply, Web},
    market::{
        ebay::{Ad, FakeEbay, Mishap},
        end_of_budget,
    },
    shared,
};

/// Five ads on three pages.
async fn five() -> FakeEbay {
    let ebay = FakeEbay::start().await;
    for number in 1..=5 {
        ebay.put(Ad::new(number, &format!("Leica M6 no. {number}"), "1999.00"));
    }
    ebay.per_page(2);
    ebay
}

fn desk(ebay: &FakeEbay) -> Desk {
    Desk::new(&ebay.settings(), 100)
}

fn source(desk: &Desk) -> Ebay<'_> {
    Ebay::new(desk.settings.market.ebay.as_ref().unwrap(), desk.means())
}

#[tokio::test]
async fn every_page_is_followed_to_the_end_with_one_token() {
    let ebay = five().await;
    let desk = desk(&ebay);
    let pages = all(&source(&desk), &wanted("leica m6")).await.unwrap();
    assert_eq!(ids(&pages), ["5", "4", "3", "2", "1"]);
    assert_eq!(ebay.offsets(), [0, 2, 4]);
    assert_eq!(pages.iter().map(|page| page.is_complete).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!((ebay.tokens(), desk.calls.taken("ebay")), (1, 3));
    let asked = &ebay.searches()[0];
    assert_eq!(asked.query("sort").as_deref(), Some("newlyListed"));
    assert_eq!(asked.query("q").as_deref(), Some("leica m6"));
    let ad = &pages[0].listings[0];
    assert_eq!((ad.source.as_str(), ad.price_amount), ("ebay", Some(199_900)));
}

#[tokio::test]
async fn a_token_is_shared_by_searches_and_replicas_that_run_at_once() {
    let ebay = five().await;
    let one = desk(&ebay);
    let other = Desk { kept: one.kept.clone(), ..desk(&ebay) };
    let (source, another) = (source(&one), source(&other));
    let pages = tokio::join!(first(&source), first(&another), first(&source), first(&another));
    assert!(pages.0.is_ok() && pages.1.is_ok() && pages.2.is_ok() && pages.3.is_ok());
    assert_eq!((ebay.tokens(), ebay.offsets().len()), (1, 4));
}

#[tokio::test]
async fn a_token_that_ends_soon_is_not_kept() {
    let ebay = five().await;
    ebay.tokens_hold(200);
    let desk = desk(&ebay);
    first(&source(&desk)).await.unwrap();
    first(&source(&desk)).await.unwrap();
    assert_eq!(ebay.tokens(), 2);
}

#[tokio::test]
async fn a_token_that_is_refused_is_renewed_once() {
    let ebay = five().await;
    let desk = desk(&ebay);
    first(&source(&desk)).await.unwrap();
    ebay.next(Mishap::Expired);
    assert_eq!(first(&source(&desk)).await.unwrap().listings.len(), 2);
    assert_eq!(ebay.tokens(), 2);
    // Twice in a row is more than a token that ended.
    ebay.next(Mishap::Expired);
    ebay.next(Mishap::Expired);
    let fault = first(&source(&desk)).await.unwrap_err();
    assert!(
        matches!(&fault, Fault::Refused(why) if why.contains("eBay's error 1001")),
        "{fault:?}"
    );
    assert_eq!(ebay.offsets().len(), 5);
}

#[tokio::test]
async fn keys_that_ebay_does_not_know_are_told_with_the_settings_to_check() {
    let ebay = five().await;
    let mut settings = ebay.settings();
    settings[1].1 = "s3cret".to_owned();
    let desk = Desk::new(&settings, 100);
    let fault = first(&source(&desk)).await.unwrap_err();
    let Fault::Refused(why) = &fault else { panic!("{fault:?}") };
    assert!(
        why.contains("client authentication failed") && why.contains("ebay.client_secret"),
        "{why}"
    );
    assert!(!why.contains("s3cret"));
    // A token is no search.
    assert_eq!(desk.calls.taken("ebay"), 0);
}

#[tokio::test]
async fn each_mishap_is_a_fault_of_its_kind_and_never_an_empty_page() {
    let ebay = five().await;
    let desk = desk(&ebay);
    let limited = |retry_after| Fault::Limited { source_name: "eBay".to_owned(), retry_after };
    ebay.next(Mishap::Limited(Some(7)));
    assert_eq!(first(&source(&desk)).await.unwrap_err(), limited(Some(Duration::from_secs(7))));
    ebay.next(Mishap::Limited(None));
    assert_eq!(first(&source(&desk)).await.unwrap_err(), limited(None));
    for mishap in [Mishap::CutOff, Mishap::Broken, Mishap::Silent] {
        ebay.next(mishap);
        let fault = first(&source(&desk)).await.unwrap_err();
        assert!(matches!(fault, Fault::Down(_)), "{mishap:?}: {fault:?}");
    }
    for mishap in [Mishap::Html, Mishap::Empty] {
        ebay.next(mishap);
        let fault = first(&source(&desk)).await.unwrap_err();
        assert!(matches!(fault, Fault::Nonsense(_)), "{mishap:?}: {fault:?}");
    }
    assert_eq!(first(&source(&desk)).await.unwrap().listings.len(), 2);
}

#[tokio::test]
async fn a_fault_in_the_middle_leaves_the_pages_before_it() {
    let ebay = five().await;
    ebay.at_offset(2, Mishap::CutOff);
    let desk = desk(&ebay);
    let source = source(&desk);
    let page = first(&source).await.unwrap();
    assert!(!page.is_complete);
    let here = page.next.unwrap();
    let wanted = wanted("leica");
    assert!(matches!(source.search(&wanted, Some(&here), &Value::Null).await, Err(Fault::Down(_))));
    let again = source.search(&wanted, Some(&here), &Value::Null).await.unwrap();
    assert_eq!(again.listings.len(), 2);
}

#[tokio::test]
async fn no_call_is_made_beyond_the_budget() {
    let ebay = five().await;
    let desk = Desk::new(&ebay.settings(), 2);
    let pages = all(&source(&desk), &wanted("leica")).await.unwrap();
    assert_eq!(ids(&pages), ["5", "4", "3", "2"]);
    let last = pages.last().unwrap();
    assert!(!last.is_complete && last.skipped[0].contains("not read to its end"), "{last:?}");
    let fault = first(&source(&desk)).await.unwrap_err();
    assert!(matches!(fault, Fault::Budget { until, .. } if until == end_of_budget()), "{fault:?}");
    assert_eq!(ebay.offsets().len(), 2);
}

#[tokio::test]
async fn an_ad_that_cannot_be_read_makes_the_run_incomplete() {
    let ebay = five().await;
    ebay.put(
        Ad::new(6, "Leica M6", "1.00").with("price", json!({"value": "N/A", "currency": "USD"})),
    );
    let desk = desk(&ebay);
    let pages = all(&source(&desk), &wanted("leica")).await.unwrap();
    assert_eq!(ids(&pages).len(), 5);
    assert!(pages[0].skipped[0].contains("ad 1 cannot be read"), "{:?}", pages[0].skipped);
    assert!(!pages.last().unwrap().is_complete);
}

#[tokio::test]
async fn a_search_without_words_says_what_it_needs() {
    let ebay = five().await;
    let desk = desk(&ebay);
    let fault = source(&desk).search(&wanted("-box"), None, &Value::Null).await.unwrap_err();
    assert!(matches!(&fault, Fault::Refused(why) if why.contains("needs a word")), "{fault:?}");
    let page = Next("nonsense".to_owned());
    assert!(source(&desk).search(&wanted("leica"), Some(&page), &Value::Null).await.is_err());
    assert!(ebay.asked().is_empty());
}

#[tokio::test]
async fn prices_are_narrowed_at_the_source() {
    let ebay = five().await;
    ebay.put(Ad::new(9, "Leica M6 for parts", "300.00"));
    let desk = desk(&ebay);
    let mut wanted = wanted("leica");
    wanted.max_price = Some(Money::new(50_000, wanted.currency));
    let page = source(&desk).search(&wanted, None, &Value::Null).await.unwrap();
    assert_eq!(ids(&[page]), ["9"]);
}

#[tokio::test]
async fn sales_come_along_once_a_day_where_the_keys_may_see_them() {
    let ebay = five().await;
    let mut settings = ebay.settings();
    settings.push(("DEAL_SCOUT__EBAY__INSIGHTS", "true".to_owned()));
    let desk = Desk::new(&settings, 100);
    // Without the scope there are no sales, and the ads come all the same.
    let page = first(&source(&desk)).await.unwrap();
    assert_eq!((page.listings.len(), page.comps.len(), page.memory), (2, 0, None));
    assert!(page.skipped[0].starts_with("eBay tells no sales"), "{:?}", page.skipped);

    ebay.sell(77, "Leica M6 body", "1850.00", "2026-11-02T10:00:00.000Z");
    let page = first(&source(&desk)).await.unwrap();
    assert_eq!(page.comps[0].price_amount, 185_000);
    let memory = page.memory.unwrap();
    let again = source(&desk).search(&wanted("leica"), None, &memory).await.unwrap();
    assert!(again.comps.is_empty() && again.memory.is_none());
}

#[tokio::test]
async fn a_real_answer_is_read_whole() {
    let Some(data) = shared::data() else { return };
    let file = std::fs::read(data.join("ebay/browse_search_iphone.json")).unwrap();
    let web = Web::start(move |asked| match asked.method.as_str() {
        "POST" => Reply::json(&json!({"access_token": "t", "expires_in": 7200})),
        _ => Reply::new(200, file.clone()).with("content-type", "application/json"),
    })
    .await;
    let mut settings = five().await.settings();
    settings[2].1 = web.url("");
    let desk = Desk::new(&settings, 100);
    let page = first(&source(&desk)).await.unwrap();
    assert_eq!((page.listings.len(), page.skipped.len()), (100, 0));
    assert!(page.listings.iter().all(|ad| ad.price_amount.is_some() && ad.url.is_some()));
    // Millions fit, so that one is missing says nothing.
    assert_eq!(page.next, Some(Next("100 in part".to_owned())));
}
