//! Feeds and pages watched as sources, over real sockets.

use std::sync::{
    Arc,
    atomic::{AtomicU16, Ordering},
};

use chrono::Utc;
use deal_scout::{
    clock::Clock,
    config::{Env, Overrides, load},
    market::{
        feed::WatchedFeed,
        page::WatchedPage,
        read_politely::Visitor,
        source::{Fault, Page, Source},
    },
    model::page_choice::Extractor,
    outbound::Outbound,
};
use serde_json::Value;

use crate::support::{
    database::silent,
    http::{Reply, Web},
    market::wanted,
};

/// Who reads, from 127.0.0.1 too.
struct Desk {
    outbound: Outbound,
    clock: Clock,
}

impl Desk {
    fn new() -> Self {
        let variables =
            [("DEAL_SCOUT__OUTBOUND__ALLOW", "127.0.0.1"), ("DEAL_SCOUT__OUTBOUND__PACE_MS", "0")];
        let settings = load(&Overrides::new(None), &Env::of(std::env::temp_dir(), &variables))
            .unwrap()
            .settings;
        let clock = Clock::fixed(Utc::now());
        Self {
            outbound: Outbound::new(&settings.outbound, clock.clone(), &silent()).unwrap(),
            clock,
        }
    }

    fn visitor(&self) -> Visitor<'_> {
        Visitor { outbound: &self.outbound, clock: &self.clock }
    }

    async fn feed(&self, web: &Web, memory: &Value) -> Result<Page, Fault> {
        let source = WatchedFeed {
            name: "lamps".to_owned(),
            address: web.url("/rss"),
            visitor: self.visitor(),
        };
        source.search(&wanted("lamp"), None, memory).await
    }

    async fn page(
        &self,
        web: &Web,
        trusted: Option<Extractor>,
        memory: &Value,
    ) -> Result<Page, Fault> {
        let (name, address) = ("lamp".to_owned(), web.url("/p/1"));
        let source = WatchedPage { name, address, trusted, visitor: self.visitor() };
        source.search(&wanted("lamp"), None, memory).await
    }
}

const FEED: &str = "<rss><channel><link>https://a.example.org/</link>
    <item><title>Lamp $5</title><link>https://a.example.org/1</link></item>
    <item><title>[SOLD] Lamp $6</title><link>https://a.example.org/2</link></item></channel></rss>";

fn ad(price: &str, availability: &str) -> String {
    format!(
        "<script type='application/ld+json'>{{\"@type\":\"Product\",\"name\":\"Lamp\",\"offers\":{{\"price\":\"{price}\",
         \"priceCurrency\":\"EUR\",\"availability\":\"{availability}\"}}}}</script>
         <meta property='product:price:amount' content='6.00'><meta property='product:price:currency' content='EUR'>"
    )
}

type Expected = (u16, fn(&Fault) -> bool);

#[tokio::test]
async fn a_feed_is_read_once_and_then_only_when_it_has_changed() {
    let web = Web::start(|asked| {
        match (asked.path(), asked.header("if-none-match"), asked.header("if-modified-since")) {
            ("/rss", Some("\"v1\""), Some("Thu, 12 Nov 2015 21:16:39 GMT")) => Reply::new(304, ""),
            ("/rss", None, None) => Reply::new(200, FEED)
                .with("etag", "\"v1\"")
                .with("last-modified", "Thu, 12 Nov 2015 21:16:39 GMT"),
            _ => Reply::new(404, ""),
        }
    })
    .await;
    let desk = Desk::new();
    let first = desk.feed(&web, &Value::Null).await.unwrap();
    assert_eq!((first.listings.len(), first.gone.len(), first.is_complete), (1, 1, false));
    assert_eq!(first.gone[0].source_id, "a.example.org/2");
    let second = desk.feed(&web, &first.memory.unwrap()).await.unwrap();
    assert!(second.listings.is_empty() && second.gone.is_empty() && second.memory.is_none());
    assert!(!second.is_complete, "what a feed does not show any more is not gone");
}

#[tokio::test]
async fn what_a_feed_cannot_give_is_a_fault_and_never_an_ad() {
    let status = Arc::new(AtomicU16::new(200));
    let told = Arc::clone(&status);
    let web = Web::start(move |asked| match (asked.path(), told.load(Ordering::SeqCst)) {
        ("/robots.txt", _) => Reply::new(404, ""),
        (_, 1) => Reply::new(200, FEED).cut_off(90),
        (_, 2) => Reply::new(200, &FEED[..120]),
        (_, 3) => Reply::new(200, "<html><title>Sign in</title>"),
        (_, 429) => Reply::new(429, "").with("retry-after", "120"),
        (_, status) => Reply::new(status, FEED),
    })
    .await;
    let desk = Desk::new();
    let answers: [Expected; 7] = [
        (1, |fault| matches!(fault, Fault::Down(_))),
        (2, |fault| matches!(fault, Fault::Nonsense(why) if why.contains("cut off"))),
        (
            3,
            |fault| matches!(fault, Fault::Nonsense(why) if why.contains("expected is a whole RSS")),
        ),
        (
            429,
            |fault| matches!(fault, Fault::Limited { retry_after: Some(wait), .. } if wait.as_secs() == 120),
        ),
        (500, |fault| matches!(fault, Fault::Down(_))),
        (403, |fault| matches!(fault, Fault::Refused(why) if why.contains("in your browser"))),
        (
            410,
            |fault| matches!(fault, Fault::Refused(why) if why.contains("no feed at the address of lamps")),
        ),
    ];
    for (answer, is_right) in answers {
        status.store(answer, Ordering::SeqCst);
        let fault = desk.feed(&web, &Value::Null).await.unwrap_err();
        assert!(is_right(&fault), "{answer}: {fault:?}");
    }
}

#[tokio::test]
async fn a_page_tells_its_ad_and_when_it_is_gone() {
    let step = Arc::new(AtomicU16::new(0));
    let told = Arc::clone(&step);
    let web = Web::start(move |asked| match (asked.path(), told.load(Ordering::SeqCst)) {
        ("/robots.txt", _) => Reply::new(404, ""),
        (_, 0) => Reply::new(200, ad("5.00", "InStock")).with("content-type", "text/html"),
        (_, 1) => Reply::new(200, ad("5.00", "https://schema.org/SoldOut")),
        (_, 2) => Reply::new(503, "later"),
        (_, 3) => Reply::new(200, "<html>Sign in"),
        _ => Reply::new(404, "not here"),
    })
    .await;
    let desk = Desk::new();
    let first = desk.page(&web, None, &Value::Null).await.unwrap();
    let ad = &first.listings[0];
    assert_eq!(
        (ad.title.as_str(), ad.price_amount, ad.source.as_str()),
        ("Lamp", Some(500), "127-0-0-1")
    );
    assert_eq!(ad.details["disagreement"]["price"]["open_graph"], "€6.00");
    let trusted = desk.page(&web, Some(Extractor::OpenGraph), &Value::Null).await.unwrap();
    assert_eq!(trusted.listings[0].price_amount, Some(600), "whom the person believes decides");
    let memory = first.memory.unwrap();
    let id = ad.source_id.clone();

    step.store(1, Ordering::SeqCst);
    let sold = desk.page(&web, None, &memory).await.unwrap();
    assert!(sold.listings.is_empty());
    assert_eq!(
        (sold.gone[0].source_id.as_str(), sold.gone[0].reason.as_str()),
        (id.as_str(), "the page says that it is sold or out of stock")
    );
    for step_of_failure in [2, 3] {
        step.store(step_of_failure, Ordering::SeqCst);
        assert!(desk.page(&web, None, &memory).await.is_err(), "a failure says nothing of the ad");
    }
    step.store(4, Ordering::SeqCst);
    let gone = desk.page(&web, None, &memory).await.unwrap();
    assert_eq!(
        (gone.gone[0].source_id.as_str(), gone.gone[0].reason.as_str()),
        (id.as_str(), "the page answers 404")
    );
}
