//! Feeds, pages and the answers of marketplaces: what comes out can be stored and shown.

use chrono::{DateTime, Datelike, Utc};
use deal_scout::{
    market::{Row, decode, ebay, etsy, feed, page, reverb, source},
    model::{comp::NewComp, listing::NewListing},
};
use serde_json::Value;

const CONTENT_TYPES: [&str; 3] =
    ["text/html", "application/rss+xml; charset=utf-8", "text/xml; charset=iso-8859-1"];
const ADDRESS: &str = "https://shop.example.org/p/1?x=2";

/// What holds for an ad.
pub(super) fn ad(ad: &NewListing) {
    let is_slug = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
    assert!((1..=50).contains(&ad.source.len()) && ad.source.bytes().all(is_slug), "{ad:?}");
    assert!(ad.source != "sample", "nothing but the sample is the sample: {ad:?}");
    assert!((1..=200).contains(&ad.source_id.chars().count()), "{ad:?}");
    assert!((1..=500).contains(&ad.title.chars().count()), "{ad:?}");
    let about = ad.description.as_deref().unwrap_or_default();
    assert!(about.chars().count() <= 20_000, "{ad:?}");
    assert!(!about.contains(|c: char| c.is_control() && c != '\n'), "{ad:?}");
    let (category, url, picture) = (&ad.category, &ad.url, &ad.image_url);
    plain([
        Some(&ad.source_id),
        Some(&ad.title),
        category.as_ref(),
        url.as_ref(),
        picture.as_ref(),
    ]);
    for amount in [ad.price_amount, ad.shipping_amount].into_iter().flatten() {
        assert!(amount >= 0, "{ad:?}");
    }
    for link in [url, picture].into_iter().flatten() {
        assert!(link.starts_with("http://") || link.starts_with("https://"), "{ad:?}");
    }
    if let Some(at) = ad.posted_at {
        moment(at);
    }
    carried(&ad.details);
    carried(&ad.location);
}

/// What holds for a sale.
pub(super) fn sale(sale: &NewComp) {
    assert!((1..=50).contains(&sale.source.len()), "{sale:?}");
    assert!((1..=200).contains(&sale.source_id.chars().count()), "{sale:?}");
    assert!((1..=500).contains(&sale.title.chars().count()), "{sale:?}");
    assert!(sale.price_amount >= 0 && sale.shipping_amount.is_none_or(|a| a >= 0), "{sale:?}");
    plain([Some(&sale.source_id), Some(&sale.title), sale.category.as_ref(), sale.url.as_ref()]);
    moment(sale.observed_at);
    carried(&sale.details);
}

/// What holds for a row of a file.
pub(super) fn row(row: Result<Row, String>) {
    match row {
        Ok(Row::Listing(told)) => ad(&told),
        Ok(Row::Comp(told)) => sale(&told),
        Err(why) => reason(&why),
    }
}

/// A reason is shown to people: there is one, and it does not repeat a whole file.
fn reason(why: &str) {
    assert!(!why.is_empty() && why.chars().count() < 2_000, "{} characters", why.len());
}

fn reasons(all: &[String]) {
    for why in all {
        reason(why);
    }
}

fn plain<const N: usize>(texts: [Option<&String>; N]) {
    for text in texts.into_iter().flatten() {
        assert!(!text.contains(char::is_control), "{text:?}");
    }
}

/// PostgreSQL, JSON and people have years of four digits in common.
fn moment(at: DateTime<Utc>) {
    assert!((1970..=2200).contains(&at.year()), "{at}");
}

/// What is kept beside the columns: an object, not too large, without what PostgreSQL's JSON does not take.
fn carried(value: &Value) {
    let text = value.to_string();
    assert!(value.is_object() && !text.contains("\\u0000") && text.len() < 100_000, "{text:.200}");
}

/// The bytes as text, as an answer with one of a few content types would be read.
fn text(bytes: &[u8]) -> String {
    let (first, rest) = bytes.split_first().unwrap_or((&0, &[]));
    let kind = CONTENT_TYPES.get(usize::from(*first)).copied();
    decode::text(if kind.is_some() { rest } else { bytes }, kind)
}

/// RSS, Atom, RDF and JSON Feed.
pub(super) fn feeds(bytes: &[u8]) {
    let text = text(bytes);
    let _ = feed::is_feed(&text);
    let feed = match feed::read(&text) {
        Ok(feed) => feed,
        Err(why) => return reason(&why),
    };
    assert!(feed.entries.len() <= feed::MAX_ENTRIES, "{}", feed.entries.len());
    for told in &feed.entries {
        match told {
            feed::Told::Ad(told) => ad(told),
            feed::Told::Gone(gone) => is_gone(gone),
            feed::Told::Nothing(why) => reason(why),
        }
    }
}

/// JSON-LD, microdata, `OpenGraph`, and prices in plain sight.
pub(super) fn pages(bytes: &[u8]) {
    let text = text(bytes);
    let _ = page::is_page(&text);
    for address in [Some(ADDRESS), None] {
        let page = match page::read(&text, address) {
            Ok(page) => page,
            Err(why) => {
                reason(&why);
                continue;
            }
        };
        let _ = (page.disagreements(), page.available(None));
        match page.listing(None) {
            Ok(told) => ad(&told),
            Err(why) => reason(&why),
        }
    }
}

/// The JSON that eBay, Reverb and Etsy answer with, each read as every one's.
pub(super) fn marketplaces(bytes: &[u8]) {
    let Ok(body) = serde_json::from_slice::<Value>(bytes) else { return };
    for offset in [0, 9_800] {
        if let Ok(ads) = ebay::answer::ads(&body, offset) {
            ads.listings.iter().for_each(ad);
            reasons(&ads.skipped);
            assert!(ads.next.is_none_or(|next| next > 0), "{:?}", ads.next);
        }
        if let Ok(ads) = etsy::answer::ads(&body, offset) {
            found(&ads.page);
            assert!(ads.next.is_none_or(|next| next > offset), "{:?}", ads.next);
        }
    }
    if let Ok(ads) = reverb::answer::ads(&body) {
        found(&ads.page);
    }
    if let Ok((sales, skipped)) = ebay::answer::sales(&body) {
        sales.iter().for_each(sale);
        reasons(&skipped);
    }
    let guides = reverb::guide::guides(&body).unwrap_or_default();
    let guide = guides
        .into_iter()
        .next()
        .unwrap_or(reverb::guide::Guide { id: "7".to_owned(), title: "A guide".to_owned() });
    if let Ok((sales, _)) = reverb::guide::sales(&guide, &body) {
        sales.iter().for_each(sale);
    }
    if let Some((token, seconds)) = ebay::answer::token(&body) {
        assert!(token.bytes().all(|byte| byte.is_ascii_graphic()) && seconds <= 86_400);
    }
    let errors =
        [ebay::answer::error(&body), reverb::answer::error(&body), etsy::answer::error(&body)];
    for why in errors.into_iter().flatten() {
        reason(&why);
        assert!(!why.contains(char::is_control), "{why:?}");
    }
}

fn found(page: &source::Page) {
    page.listings.iter().for_each(ad);
    page.gone.iter().for_each(is_gone);
    page.comps.iter().for_each(sale);
    reasons(&page.skipped);
}

fn is_gone(gone: &source::Gone) {
    assert!((1..=200).contains(&gone.source_id.chars().count()), "{gone:?}");
    assert!(!gone.source.is_empty() && !gone.reason.is_empty(), "{gone:?}");
    plain([Some(&gone.source_id), Some(&gone.source)]);
}
