//! Finds as a feed.

use deal_scout::market::feed;

use crate::support::{
    Server, TestDb,
    browser::{self, Browser, between},
    web::{self, header},
};

/// Two searches, six finds; Ann is signed in. Ad `n` was found `n` hours after midnight.
async fn scene(db: &TestDb) -> Server {
    web::with_ads(db, 6).await;
    db.run(
        "INSERT INTO searches (id, user_id, name, words) VALUES (1, 1, 'Cameras & <lenses>', 'camera'), (2, 1, 'Two', 'x');
         INSERT INTO finds (user_id, search_id, listing_id, source, matched, first_found_at, last_found_at)
         SELECT 1, 1 + n % 2, n, 'csv', n <> 6, '2026-11-22Z'::timestamptz + n * INTERVAL '1 hour', '2026-11-22Z'
         FROM generate_series(1, 6) n;
         UPDATE listings SET title = E'Leica ]]> & <b>M3</b>\\x0b\\u0001', image_url = 'https://img.example/1.png?a=1&b=2',
                             url = 'https://ads.example/1?a=1&b=2', shipping_amount = 250 WHERE id = 1",
    )
    .await;
    web::serve(db).await
}

/// The path of the feed, once it is made, without what says its form.
async fn made(ann: &Browser<'_>) -> String {
    assert_eq!(ann.post("/account/finds/renew", &[]).await.status, 303);
    let page = ann.get("/account/finds?done=made").await.body;
    let address = between(&page, "<code id=\"finds-rss\">", ".rss</code>");
    format!("/finds/{}", address.split_once("/finds/").unwrap().1)
}

fn titles(text: &str) -> Vec<String> {
    let entries = feed::read(text).expect("it is a feed").entries.len();
    let titles: Vec<String> = if text.starts_with('{') {
        let json: serde_json::Value = serde_json::from_str(text).unwrap();
        let items = json["items"].as_array().unwrap();
        items.iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
    } else {
        text.split("<item>")
            .skip(1)
            .map(|item| decoded(between(item, "<title>", "</title>")))
            .collect()
    };
    assert_eq!(titles.len(), entries);
    titles
}

fn decoded(text: &str) -> String {
    html_escape::decode_html_entities(text).into_owned()
}

#[tokio::test]
async fn a_feed_reader_gets_the_finds_without_signing_in() {
    let db = TestDb::new().await;
    let server = scene(&db).await;
    let ann = browser::owner(&server).await;
    assert!(ann.get("/account/finds").await.body.contains("Make the address"));
    let path = made(&ann).await;
    for form in ["rss", "json"] {
        let feed = server.get(&format!("{path}.{form}")).await;
        assert_eq!(feed.status, 200, "{}", feed.body);
        assert_eq!(header(&feed, "cache-control"), "private, max-age=60");
        let titles = titles(&feed.body);
        assert_eq!(titles.len(), 5, "what did not match is left out: {titles:?}");
        assert!(titles[0].contains("No price given") && titles[1].starts_with("$4.00 · Camera"));
        assert_eq!(titles[4], "$1.00 · Leica ]]> & <b>M3</b> (10)");
    }
    let rss = server.get(&format!("{path}.rss")).await.body;
    let item = rss.rsplit("<item>").next().unwrap();
    assert_eq!(between(item, "<pubDate>", "</pubDate>"), "Sun, 22 Nov 2026 01:00:00 +0000");
    assert_eq!(between(item, "<guid isPermaLink=\"false\">", "</guid>"), "deal-scout:listing:1");
    assert!(between(item, "<link>", "</link>").ends_with("/listings/1"));
    assert!(item.contains(
        "<media:content url=\"https://img.example/1.png?a=1&#38;b=2\" medium=\"image\"/>"
    ));
    let html = decoded(between(item, "<description>", "</description>"));
    for text in [
        "$1.00",
        "$2.50 shipping",
        "the reason for 1",
        "https://ads.example/1?a=1&#38;b=2",
        "img.example/1.png",
    ] {
        assert!(html.contains(text), "{text} is missing in {html}");
    }
}

#[tokio::test]
async fn a_feed_can_be_of_one_search_and_best_first_and_hides_what_was_put_aside() {
    let db = TestDb::new().await;
    let server = scene(&db).await;
    let ann = browser::owner(&server).await;
    let path = made(&ann).await;
    let count = async |query: &str| {
        let feed = server.get(&format!("{path}.rss{query}")).await;
        titles(&feed.body)
    };
    assert_eq!(count("?search=1").await.len(), 2);
    assert_eq!(count("?search=99").await.len(), 0);
    let best = count("?order=best").await;
    assert!(best[0].ends_with("(50)") && best[1].ends_with("(40)"), "{best:?}");
    db.run(
        "INSERT INTO watchlist_items (user_id, listing_id, status) VALUES (1, 1, 'ignored'), (1, 2, 'saved');
         UPDATE listings SET available = FALSE WHERE id = 3;
         UPDATE searches SET min_score = 60 WHERE id = 2",
    )
    .await;
    assert_eq!(count("").await.len(), 2);
}

#[tokio::test]
async fn a_reader_that_has_it_gets_304_until_something_changes() {
    let db = TestDb::new().await;
    let server = scene(&db).await;
    let ann = browser::owner(&server).await;
    let path = format!("{}.rss", made(&ann).await);
    let feed = server.get(&path).await;
    let (etag, changed) = (header(&feed, "etag"), header(&feed, "last-modified"));
    assert!(!etag.is_empty() && changed.ends_with(" GMT"), "{changed}");
    for known in [("if-none-match", etag), ("if-modified-since", changed)] {
        let again = server.get_with(&path, &[known]).await;
        assert_eq!((again.status, again.body.as_str()), (304, ""), "{known:?}");
    }
    db.run("UPDATE listings SET available = FALSE WHERE id = 2").await;
    assert_eq!(server.get_with(&path, &[("if-none-match", etag)]).await.status, 200);
}

#[tokio::test]
async fn another_address_ends_the_one_before_and_off_ends_both() {
    let db = TestDb::new().await;
    let server = scene(&db).await;
    let ann = browser::owner(&server).await;
    let first = made(&ann).await;
    let second = made(&ann).await;
    assert_ne!(first, second);
    let status = async |path: &str| server.get(path).await.status;
    assert_eq!(status(&format!("{first}.rss")).await, 404);
    assert_eq!(status(&format!("{second}.rss")).await, 200);
    for wrong in [
        format!("{second}.txt"),
        second.clone(),
        format!("{}x.rss", &second),
        "/finds/1.2.x.rss".to_owned(),
    ] {
        assert_eq!(status(&wrong).await, 404, "{wrong}");
    }
    assert_eq!(ann.post("/account/finds/off", &[]).await.status, 303);
    assert_eq!(status(&format!("{second}.rss")).await, 404);
    let third = made(&ann).await;
    assert!(third != first && third != second, "an address never comes back");
    for _ in 0..60 {
        status(&format!("{third}.rss")).await;
    }
    let often = server.get(&format!("{third}.rss")).await;
    assert_eq!(often.status, 429);
    assert!(!header(&often, "retry-after").is_empty());
}
