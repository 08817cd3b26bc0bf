//! Reverb and Etsy: pages, limits, keys, and what they say themselves about an ad.

use std::time::Duration;

use deal_scout::market::{
    etsy::Etsy,
    reverb::Reverb,
    set_up,
    source::{Fault, Source},
};
use serde_json::{Value, json};

use super::{Desk, all, ids, wanted};
use crate::support::{
    http::Reply,
    market::{ebay::FakeEbay, etsy::FakeEtsy, reverb::FakeReverb},
};

async fn a_reverb() -> FakeReverb {
    let reverb = FakeReverb::start().await;
    for number in 1..=5 {
        reverb.put(number, &format!("Fender Jazz Bass no. {number}"), "1999.00", "live");
    }
    reverb.per_page(2);
    reverb
}

async fn an_etsy() -> FakeEtsy {
    let etsy = FakeEtsy::start().await;
    for number in 1..=5 {
        etsy.put(number, &format!("Oak stool no. {number}"), 4550, "active");
    }
    etsy.per_page(2);
    etsy
}

fn reverb(desk: &Desk) -> Reverb<'_> {
    Reverb::new(desk.settings.market.reverb.as_ref().unwrap(), desk.means())
}

fn etsy(desk: &Desk) -> Etsy<'_> {
    Etsy::new(desk.settings.market.etsy.as_ref().unwrap(), desk.means())
}

fn is_limited(told: &Result<Vec<deal_scout::market::source::Page>, Fault>, seconds: u64) -> bool {
    let wait = Some(Duration::from_secs(seconds));
    matches!(told, Err(Fault::Limited { retry_after, .. }) if *retry_after == wait)
}

#[tokio::test]
async fn reverb_is_read_along_its_links_with_the_sales_of_its_guide() {
    let fake = a_reverb().await;
    fake.put(9, "Fender Jazz Bass, sold", "1500.00", "sold");
    fake.sell("2026-11-01", "1750.00");
    let desk = Desk::new(&fake.settings(), 100);
    let pages = all(&reverb(&desk), &wanted("jazz bass")).await.unwrap();
    assert_eq!(ids(&pages), ["5", "4", "3", "2", "1"]);
    assert_eq!(pages.iter().map(|page| page.is_complete).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!(
        (pages[0].gone[0].source_id.as_str(), pages[0].gone[0].reason.as_str()),
        ("9", "sold")
    );
    assert_eq!(pages[0].comps[0].price_amount, 175_000);
    assert_eq!(desk.calls.taken("reverb"), 5);
    // The guide is asked once a day.
    let memory = pages[0].memory.clone().unwrap();
    let again = reverb(&desk).search(&wanted("jazz bass"), None, &memory).await.unwrap();
    assert!(again.comps.is_empty());
    assert_eq!(desk.calls.taken("reverb"), 6);
}

#[tokio::test]
async fn a_link_to_another_host_is_not_followed_with_the_token() {
    let fake = a_reverb().await;
    let other = a_reverb().await;
    fake.links_to("http://127.0.0.2:1");
    let desk = Desk::new(&fake.settings(), 100);
    let told = all(&reverb(&desk), &wanted("bass")).await;
    assert!(matches!(&told, Err(Fault::Nonsense(why)) if why.contains("another host")), "{told:?}");
    assert!(other.asked().is_empty());
}

#[tokio::test]
async fn reverbs_faults_are_told_apart() {
    let fake = a_reverb().await;
    let desk = Desk::new(&fake.settings(), 100);
    let bass = wanted("bass");
    fake.next(Reply::new(429, "").with("retry-after", "30"));
    assert!(is_limited(&all(&reverb(&desk), &bass).await, 30));
    fake.next(Reply::json(&json!({"total": 5, "listings": []})).cut_off(10));
    assert!(matches!(all(&reverb(&desk), &bass).await, Err(Fault::Down(_))));
    fake.next(Reply::json(&json!({"total": 5, "listings": []})));
    assert!(matches!(all(&reverb(&desk), &bass).await, Err(Fault::Nonsense(_))));
    fake.next(Reply::json(&json!({"message": "price_max is odd"})).status(412));
    let told = all(&reverb(&desk), &bass).await;
    assert!(
        matches!(&told, Err(Fault::Refused(why)) if why.contains("412: price_max is odd")),
        "{told:?}"
    );

    let mut settings = fake.settings();
    settings[0].1 = "wrong".to_owned();
    let told = all(&reverb(&Desk::new(&settings, 9)), &bass).await;
    assert!(matches!(&told, Err(Fault::Refused(why)) if why.contains("reverb.token")), "{told:?}");
}

#[tokio::test]
async fn etsy_is_read_page_by_page() {
    let fake = an_etsy().await;
    fake.put(9, "Oak stool, sold", 100, "sold_out");
    let desk = Desk::new(&fake.settings(), 100);
    let pages = all(&etsy(&desk), &wanted("oak stool")).await.unwrap();
    assert_eq!(ids(&pages), ["5", "4", "3", "2", "1"]);
    assert_eq!(pages[0].gone[0].source_id, "9");
    assert!(pages.last().unwrap().is_complete);
    assert_eq!(pages[0].listings[0].price_amount, Some(4550));
    assert_eq!((fake.asked().len(), desk.calls.taken("etsy")), (3, 3));
}

#[tokio::test]
async fn etsys_faults_are_told_apart() {
    let fake = an_etsy().await;
    let desk = Desk::new(&fake.settings(), 100);
    let stool = wanted("stool");
    fake.next(Reply::json(&json!({"error": "Exceeded"})).status(429).with("retry-after", "2"));
    assert!(is_limited(&all(&etsy(&desk), &stool).await, 2));
    fake.next(Reply::json(&json!({"count": 5, "results": []})).cut_off(3));
    assert!(matches!(all(&etsy(&desk), &stool).await, Err(Fault::Down(_))));
    fake.next(Reply::new(200, "<html>"));
    assert!(matches!(all(&etsy(&desk), &stool).await, Err(Fault::Nonsense(_))));
    let broke = Desk::new(&fake.settings(), 1);
    let pages = all(&etsy(&broke), &stool).await.unwrap();
    assert!(!pages.last().unwrap().is_complete && ids(&pages).len() == 2);
    assert!(matches!(all(&etsy(&broke), &stool).await, Err(Fault::Budget { .. })));

    let mut settings = fake.settings();
    settings[0].1 = "wrong".to_owned();
    let told = all(&etsy(&Desk::new(&settings, 9)), &stool).await;
    assert!(matches!(&told, Err(Fault::Refused(why)) if why.contains("etsy.api_key")), "{told:?}");
}

#[tokio::test]
async fn only_marketplaces_with_keys_are_set_up_and_the_others_say_what_they_need() {
    let (ebay, fake) = (FakeEbay::start().await, an_etsy().await);
    let settings: Vec<_> = ebay.settings().into_iter().chain(fake.settings()).collect();
    let desk = Desk::new(&settings, 100);
    let names = |desk: &Desk| -> Vec<String> {
        let all = set_up::all(&desk.settings.market, &desk.means());
        all.iter().map(|source| source.name().to_owned()).collect()
    };
    assert_eq!(names(&desk), ["ebay", "etsy"]);
    assert!(names(&Desk::new(&[], 0)).is_empty());
    assert!(set_up::missing("ebay").unwrap().contains("EBAY_APP_ID"));
    assert_eq!(set_up::missing("flats"), None);
    assert_eq!(set_up::daily_calls(&desk.settings.market, "etsy"), Some(10_000));
    assert_eq!(set_up::daily_calls(&desk.settings.market, "reverb"), None);
    let none =
        all(set_up::all(&desk.settings.market, &desk.means())[1].as_ref(), &wanted("nothing"))
            .await;
    assert_eq!(none.unwrap()[0].memory, None::<Value>);
}
