//! The deals page and the page of one ad.

use crate::support::{TestDb, web};

#[tokio::test]
async fn without_ads_the_page_says_how_to_get_some() {
    let db = TestDb::new().await;
    let server = web::demo(&db).await;
    let page = server.get("/").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("No ads yet") && page.body.contains("href=\"/import\""));
}

#[tokio::test]
async fn the_best_come_first_and_the_unjudged_apart() {
    let db = TestDb::new().await;
    web::with_ads(&db, 20).await;
    let server = web::demo(&db).await;
    let page = server.get("/").await.body;
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text} is missing"));
    // 13 scores 60, 12 is a third one and has no score.
    assert!(at("the reason for 13") < at("the reason for 19"));
    assert!(at("the reason for 7") < at("Not judged") && at("Not judged") < at("number 12"));
    assert!(page.contains("20 ads"));
    assert!(
        page.contains("&#60;b&#62;number") && !page.contains("<b>number"),
        "titles are escaped"
    );
    assert!(page.contains("No price given"));
}

#[tokio::test]
async fn filters_narrow_the_list_and_bad_ones_are_named() {
    let db = TestDb::new().await;
    web::with_ads(&db, 20).await;
    let server = web::demo(&db).await;

    let some = server.get("/?q=CAMERA+number&min_price=3&max_price=4.00").await.body;
    assert!(some.contains("2 of 20 ads match"), "{some}");
    let none = server.get("/?q=bicycle").await.body;
    assert!(none.contains("No ad matches") && none.contains("Clear all filters"));
    let odd = server.get("/?min_price=cheap&utm_source=x").await;
    assert_eq!(odd.status, 200);
    assert!(odd.body.contains("is not a price"));
    assert!(server.get("/?q=%25").await.body.contains("0 of 20 ads match"), "% is no wildcard");
}

#[tokio::test]
async fn following_the_link_to_more_shows_every_ad_once() {
    let db = TestDb::new().await;
    web::with_ads(&db, 60).await;
    let server = web::demo(&db).await;
    for sort in ["-score", "price", "-price", "-created_at", "created_at"] {
        let mut seen = super::ads_of_all_pages(&server, format!("/?sort={sort}")).await;
        let shown = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!((shown, seen.len()), (60, 60), "{sort}");
    }
}

#[tokio::test]
async fn one_ad_shows_its_worth_and_what_its_price_was() {
    let db = TestDb::new().await;
    web::with_ads(&db, 8).await;
    db.run(
        "INSERT INTO price_points (listing_id, price_amount, currency, seen_at)
         VALUES (4, 700, 'USD', now() - INTERVAL '5 days'), (4, 400, 'USD', now());
         UPDATE listings SET url = 'javascript:alert(1)' WHERE id = 4;
         UPDATE listings SET url = 'https://ads.example/8' WHERE id = 8",
    )
    .await;
    let server = web::demo(&db).await;
    let page = server.get("/listings/4").await.body;
    for text in ["the reason for 4", "$9.00", "56 % under", "Price history", "from 9 sales"] {
        assert!(page.contains(text), "{text} is missing in {page}");
    }
    assert!(!page.contains("javascript:"));
    let with_link = server.get("/listings/8").await.body;
    assert!(with_link.contains("href=\"https://ads.example/8\" rel=\"noopener noreferrer\""));
    assert_eq!(server.get("/listings/99").await.status, 404);
    assert_eq!(server.get("/listings/abc").await.status, 404);
}
