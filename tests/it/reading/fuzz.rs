//! Whatever stands at an address: no parser panics, hangs, or lets through what must not be stored.

use std::path::Path;

use deal_scout::{
    market::{asked, decode, feed, identity, page},
    model::{listing::NewListing, money::Currency},
};
use proptest::prelude::*;

use crate::support::shared;

/// A folder of the shared files, and what reads them.
type Reader = (&'static str, fn(&str));

/// How many inputs each parser gets.
fn config(few: u32) -> ProptestConfig {
    let cases = std::env::var("DEAL_SCOUT_FUZZ").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: cases.unwrap_or(few),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// What holds for every ad that comes out, whatever went in.
fn check(ad: &NewListing) {
    let is_slug = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
    assert!((1..=50).contains(&ad.source.len()) && ad.source.bytes().all(is_slug), "{ad:?}");
    assert!(ad.source != "sample", "nothing but the sample is the sample: {ad:?}");
    assert!((1..=200).contains(&ad.source_id.chars().count()), "{ad:?}");
    assert!((1..=500).contains(&ad.title.chars().count()), "{ad:?}");
    assert!(ad.description.as_ref().is_none_or(|text| text.chars().count() <= 20_000));
    let texts = [
        Some(&ad.source_id),
        Some(&ad.title),
        ad.category.as_ref(),
        ad.url.as_ref(),
        ad.image_url.as_ref(),
    ];
    assert!(!texts.into_iter().flatten().any(|text| text.contains(char::is_control)), "{ad:?}");
    assert!(
        !ad.description
            .as_ref()
            .is_some_and(|text| text.contains(|c: char| c.is_control() && c != '\n'))
    );
    for amount in [ad.price_amount, ad.shipping_amount].into_iter().flatten() {
        assert!(amount >= 0, "{ad:?}");
    }
    for link in [&ad.url, &ad.image_url].into_iter().flatten() {
        assert!(link.starts_with("http://") || link.starts_with("https://"), "{ad:?}");
    }
    let carried = format!("{}{}", ad.details, ad.location);
    assert!(!carried.contains("\\u0000") && carried.len() < 200_000, "{ad:?}");
    assert!(ad.details.is_object() && ad.location.is_object(), "{ad:?}");
}

fn read_feed(text: &str) {
    let _ = feed::is_feed(text);
    let Ok(feed) = feed::read(text) else { return };
    for told in &feed.entries {
        match told {
            feed::Told::Ad(ad) => check(ad),
            feed::Told::Gone(gone) => assert!(!gone.source_id.is_empty()),
            feed::Told::Nothing(why) => assert!(!why.is_empty()),
        }
    }
}

fn read_page(text: &str) {
    let _ = page::is_page(text);
    let Ok(page) = page::read(text, Some("https://shop.example.org/p/1")) else { return };
    let _ = (page.disagreements(), page.available(None));
    if let Ok(ad) = page.listing(None) {
        check(&ad);
    }
}

/// Pieces that feeds and pages are made of, put together as no site would.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("<?xml version=\"1.0\"?>".to_owned()),
        prop::sample::select(vec![
            "<rss>", "</rss>", "<channel>", "</channel>", "<item>", "</item>", "<feed>", "</feed>", "<entry>", "</entry>",
            "<rdf:RDF>", "</rdf:RDF>", "<title>", "</title>", "<link>", "</link>", "<link href='/a'/>", "<guid>", "</guid>",
            "<description>", "</description>", "<![CDATA[", "]]>", "<g:price>", "</g:price>", "<media:content url='x.jpg'/>",
            "<georss:point>", "</georss:point>", "<g:shipping>", "</g:shipping>", "&amp;", "&#0;", "&#x1F600;", "&lol;", "<!--", "-->",
            "<script type=\"application/ld+json\">", "</script>", "{\"@type\":\"Product\",\"name\":\"A\",\"offers\":",
            "{\"price\":", "\"priceCurrency\":\"USD\"", "}", "]", "[", ",", "\"\\u0000\"", "-1", "1e308", "{\"@graph\":[",
            "<div itemscope itemtype='https://schema.org/Product'>", "<span itemprop=price content='5'>", "</span>", "</div>",
            "<meta property='product:price:amount' content='9,99'>", "<meta property='og:title' content='A\u{0}B'>",
            "<b class=price>$5</b>", "<s>", "<base href='//x'>", "<link rel=canonical href='javascript:1'>", "$5", "free", "€",
            "https://a.example.org/1", "http://sample/1", "\u{0}", "\u{202e}", "<a b='", "\"", "<", ">",
            "{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{\"id\":\"1\",\"url\":\"https://a.b/1\",\"title\":\"A $5\"}",
        ])
        .prop_map(str::to_owned),
        "[ -~]{0,12}",
        any::<String>().prop_map(|text| text.chars().take(12).collect()),
        (0_u64..u64::MAX).prop_map(|number| format!("${number}")),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(config(600))]

    #[test]
    fn fuzz_feeds_made_of_pieces(inner in pieces(), wrapped: bool) {
        if wrapped {
            read_feed(&format!("<rss><channel><item>{inner}</item><item><title>A $5</title><link>https://a.b/1</link></item></channel></rss>"));
        } else {
            read_feed(&inner);
        }
    }

    #[test]
    fn fuzz_pages_made_of_pieces(text in pieces()) {
        read_page(&text);
    }

    #[test]
    fn fuzz_words_about_prices(text in "[$€£ a-zA-Z0-9.,'(){}/+-]{0,60}", other in any::<String>()) {
        for text in [text, other] {
            if let Some(price) = asked::in_title(&text, Currency::USD).money(Currency::USD) {
                prop_assert!(price.amount >= 0, "{text}: {price}");
            }
            let _ = (asked::in_text(&text, Currency::EUR), asked::is_free(&text), asked::is_sold(&text), asked::is_offer(&text));
        }
    }

    #[test]
    fn fuzz_links(text in any::<String>(), path in "[!-~]{0,300}", host in "[a-zA-Z0-9.:@-]{1,80}") {
        for link in [text, format!("https://{host}/{path}"), format!("HTTP://www.ebay.com/itm/{path}")] {
            if let Some(known) = identity::of_link(&link) {
                let again = identity::of_link(&known.url).expect("what is canonical is an address");
                prop_assert_eq!(&again, &known, "{}", link);
                prop_assert!(known.source.len() <= 50 && known.source_id.len() <= 200 && known.source != "sample");
            }
        }
    }

    #[test]
    fn fuzz_bytes_of_any_encoding(bytes in prop::collection::vec(any::<u8>(), 0..400), kind in "[ -~]{0,40}") {
        let text = decode::text(&bytes, Some(&kind));
        read_feed(&text);
        read_page(&text);
    }
}

#[test]
fn fuzz_real_files_cut_and_stirred() {
    let Some(data) = shared::data() else { return };
    let rounds = config(6).cases;
    let mut seed = 7_u64;
    let mut draw = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below.max(1)
    };
    let readers: [Reader; 3] =
        [("feeds", read_feed), ("pages", read_page), ("malformed", read_page)];
    for (folder, read) in readers {
        for path in files(&data.join(folder)) {
            let whole = std::fs::read(&path).unwrap();
            for _ in 0..rounds {
                let mut bytes = whole.clone();
                match draw(3) {
                    0 => bytes.truncate(draw(whole.len())),
                    1 => {
                        let (from, length) = (draw(whole.len()), draw(4_000));
                        bytes.drain(from..(from + length).min(whole.len()));
                    }
                    _ => {
                        for _ in 0..draw(200) {
                            let at = draw(whole.len());
                            bytes[at] = b"<>\"'&{}[]\0$0/=\xFF"[draw(15)];
                        }
                    }
                }
                read(&String::from_utf8_lossy(&bytes));
            }
        }
    }
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        entries.filter(|path| path.extension().is_none_or(|ending| ending != "jpg")).collect();
    files.sort();
    files
}
