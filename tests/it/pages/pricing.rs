//! What is it worth, for people: in detail, for several at once, as of a day; and how right that is.

use crate::support::{
    TestDb,
    browser::between,
    web::{self, post_form, send},
};

/// Sales of a camera, one a day for `days`, the latest yesterday, dearer by a dollar each day back.
async fn with_sales(db: &TestDb, days: i64) {
    db.run(&format!(
        "INSERT INTO comps (user_id, source, source_id, title, price_amount, shipping_amount, currency, condition,
                            category, url, observed_at)
         SELECT (SELECT min(id) FROM users), 'csv', n::text, 'Fujifilm X-T3 camera body', 50000 + 100 * n, 1000, 'USD',
                'good', 'Digital Cameras', CASE WHEN n % 2 = 0 THEN 'https://sold.example/' || n END,
                now() - n * INTERVAL '1 day'
         FROM generate_series(1, {days}) AS n"
    ))
    .await;
}

#[tokio::test]
async fn an_answer_tells_what_it_rests_on_and_what_each_comparable_weighs() {
    let db = TestDb::new().await;
    with_sales(&db, 60).await;
    let server = web::demo(&db).await;
    let page = server.get("/pricing?title=Fujifilm+X-T3+body&condition=good").await.body;
    for text in [
        "<option value=\"Digital Cameras\">",
        "<dt>Rests on</dt><dd><b>",
        "<dt>Confidence</dt>",
        "<dt>Trend</dt>",
        "<svg class=\"strip\"",
        "% alike; sold",
        "; same condition",
        "<span class=\"unit\"> of the answer</span>",
        "href=\"https://sold.example/",
    ] {
        assert!(page.contains(text), "{text} is missing in {page}");
    }
    // A sale without an address of its own has a page here.
    let comp = between(&page, "href=\"/comps/", "\"").to_owned();
    let comp = server.get(&format!("/comps/{comp}")).await;
    assert_eq!(comp.status, 200);
    let before = between(&comp.body, "href=\"/pricing?", "\"").replace("&#38;", "&");
    let before = server.get(&format!("/pricing?{before}")).await.body;
    assert!(before.contains("<dt>As of</dt>"), "{before}");
}

#[tokio::test]
async fn a_day_is_answered_by_what_was_known_then() {
    let db = TestDb::new().await;
    with_sales(&db, 60).await;
    let server = web::demo(&db).await;
    let worth = async |query: &str| {
        let page = server.get(&format!("/pricing?title=Fujifilm+X-T3+body{query}")).await.body;
        between(&page, "<p class=\"worth\"><b>", "</b>").to_owned()
    };
    let day = (chrono::Utc::now() - chrono::TimeDelta::days(40)).date_naive();
    let (now, then) = (worth("").await, worth(&format!("&at={day}")).await);
    assert!(now < then, "{now} now, {then} then");
    let long_ago = server.get("/pricing?title=Fujifilm+X-T3+body&at=2001-01-01").await.body;
    assert!(long_ago.contains("Not enough data"), "{long_ago}");
    let refused = server.get("/pricing?title=Fujifilm+X-T3+body&at=2999-01-01").await.body;
    assert!(refused.contains("The day is in the future."), "{refused}");
    assert!(refused.contains("value=\"2999-01-01\""), "what was typed stays");
}

#[tokio::test]
async fn several_things_are_answered_at_once_and_summed() {
    let db = TestDb::new().await;
    with_sales(&db, 30).await;
    let server = web::demo(&db).await;
    let asked = "Fujifilm+X-T3+body%0D%0AGrandmother%27s+teapot%0AFujifilm+X-T3+camera+body";
    let page = server.get(&format!("/pricing?titles={asked}&condition=good")).await.body;
    for text in [
        "<h2>3 things</h2>",
        "the 2 of them that have a value",
        "not enough data",
        "href=\"/pricing?title=Fujifilm+X-T3+body&#38;condition=good\"",
    ] {
        assert!(page.contains(text), "{text} is missing in {page}");
    }
    let many = "a%0A".repeat(51);
    let refused = server.get(&format!("/pricing?titles={many}")).await.body;
    assert!(refused.contains("at most 50 fit"));
}

#[tokio::test]
async fn sales_are_listed_page_by_page_and_found_by_words() {
    let db = TestDb::new().await;
    let server = web::demo(&db).await;
    assert!(server.get("/comps").await.body.contains("No sales yet"));
    with_sales(&db, 60).await;
    db.run(
        "INSERT INTO comps (user_id, source, source_id, title, basis, price_amount, currency, observed_at)
         VALUES (1, 'csv', 'x', 'Leica <M6> box', 'asking', 9000, 'EUR', now())",
    )
    .await;
    let first = server.get("/comps").await.body;
    assert!(first.contains("Leica &#60;M6&#62; box"), "{first}");
    let next = between(&first, "rel=\"next\" href=\"", "\"").replace("&#38;", "&");
    let second = server.get(&next).await.body;
    assert_eq!(second.matches("<tr><td>sold").count(), 11);
    assert!(!second.contains("rel=\"next\""));
    let found = server.get("/comps?q=leica&basis=asking").await.body;
    assert_eq!(found.matches("<tr><td>").count(), 1);
    let none = server.get("/comps?q=leicca").await.body;
    assert!(none.contains("Did you mean <a href=\"/comps?q=leica\""), "{none}");
    assert_eq!(server.get("/comps/999999").await.status, 404);
    assert_eq!(server.get("/comps/x").await.status, 404);
}

#[tokio::test]
async fn the_replay_shows_its_plots_figures_and_worst_misses() {
    let db = TestDb::new().await;
    let server = web::demo(&db).await;
    let replayed = async || loop {
        let page = server.get("/pricing/backtest").await.body;
        if !page.contains("Replaying your sales") {
            return page;
        }
        tokio::task::yield_now().await;
    };
    let empty = replayed().await;
    assert!(
        empty.contains("No dated sale is known yet") && empty.contains("<code>Sold Date</code>")
    );
    db.run(
        "INSERT INTO comps (user_id, source, source_id, title, price_amount, currency, observed_at)
         SELECT (SELECT min(id) FROM users), 'csv', 'lone-' || n, title, 5000, 'USD', now() - n * INTERVAL '1 day'
         FROM unnest(ARRAY['Brompton bike', 'Carhartt jacket', 'Gaggia Classic', 'Ibanez TS9', 'Nikon F3'])
              WITH ORDINALITY AS lone (title, n)",
    )
    .await;
    let silent = replayed().await;
    assert!(silent.contains("Not one of them got an estimate"), "{silent}");
    assert!(!silent.contains("The worst misses") && !silent.contains("<svg class=\"strip plot\""));
    db.run("DELETE FROM comps").await;
    with_sales(&db, 100).await;
    db.run("UPDATE comps SET price_amount = 200000 WHERE source_id = '5'").await;
    let page = replayed().await;
    for text in [
        "at most 600 sales of all together",
        "Estimated against paid",
        "How far off, over time",
        "<th scope=\"row\">CSV file</th>",
        "<th scope=\"row\">The thing itself</th>",
        "The worst misses",
    ] {
        assert!(page.contains(text), "{text} is missing in {page}");
    }
    assert_eq!(page.matches("<svg class=\"strip plot\"").count(), 2);
    let worst = between(&page, "<h2>The worst misses", "</tr>\n<tr>");
    assert!(worst.contains("$2,010.00") || worst.contains("href=\"/comps/"), "{worst}");
    let sale = server.get(&format!("/comps/{}", between(worst, "href=\"/comps/", "\""))).await.body;
    assert!(sale.contains("$2,010.00") && sale.contains("Take it out"), "{sale}");
    let taken = format!("/comps/{}/remove", between(worst, "href=\"/comps/", "\""));
    assert_eq!(send(post_form(&server, &taken, &[])).await.status, 303);
    assert_eq!(send(post_form(&server, &taken, &[])).await.status, 404);
    assert!(!replayed().await.contains("$2,010.00"));
}
