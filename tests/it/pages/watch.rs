//! The controls beside an ad, and the page of what is watched.

use crate::support::{
    TestDb,
    browser::{self, Browser, between},
    people::BOB,
    server::{Answer, Server},
    web::{self, header},
};

/// Ann, signed in, with twelve ads; ad 1 costs a dollar and ten of shipping.
async fn scene(db: &TestDb) -> Server {
    web::with_ads(db, 12).await;
    db.run("UPDATE listings SET shipping_amount = 1000 WHERE id = 1").await;
    web::serve(db).await
}

async fn say(ann: &Browser<'_>, ad: i64, action: &str) -> Answer {
    let form = [("action", action), ("next", "/?sort=price")];
    ann.post(&format!("/listings/{ad}/watch"), &form).await
}

/// Sends the Undo of the note at the address that a form led to.
async fn undo(ann: &Browser<'_>, said: &Answer) -> Answer {
    let page = ann.get(header(said, "location")).await.body;
    let form = between(&page, "watch-note", "</div>");
    let field = |name: &str| {
        form.split_once(&format!("name=\"{name}\" value=\""))
            .map(|(_, rest)| rest.split('"').next().unwrap().replace("&#38;", "&"))
    };
    let ad = between(form, "action=\"", "\"").to_owned();
    let (was, made) = (field("was").unwrap(), field("made"));
    let mut sent = vec![("action", "undo"), ("was", was.as_str()), ("next", "/")];
    sent.extend(made.as_deref().map(|made| ("made", made)));
    ann.post(&ad, &sent).await
}

fn shows(page: &str, ad: i64) -> bool {
    page.contains(&format!("<h3><a href=\"/listings/{ad}\">"))
}

#[tokio::test]
async fn what_is_ignored_or_snoozed_leaves_the_deals_and_undo_brings_it_back() {
    let db = TestDb::new().await;
    let server = scene(&db).await;
    let ann = browser::owner(&server).await;
    for action in ["ignore", "snooze-tonight", "snooze-tomorrow", "snooze-week"] {
        let said = say(&ann, 4, action).await;
        assert_eq!(said.status, 303, "{action}: {}", said.body);
        assert_eq!(header(&said, "location"), "/?sort=price&watched=4&was=open");
        assert!(!shows(&ann.get("/").await.body, 4), "{action}");
        assert!(shows(&ann.get("/?hidden=too").await.body, 4));
        let only = ann.get("/?hidden=only").await.body;
        assert!(shows(&only, 4) && !shows(&only, 5));
        assert_eq!(undo(&ann, &said).await.status, 303);
        assert!(shows(&ann.get("/").await.body, 4), "{action} is undone");
        assert_eq!(db.count("watchlist_items").await, 0);
    }
    say(&ann, 4, "save").await;
    let ignored = say(&ann, 4, "ignore").await;
    undo(&ann, &ignored).await;
    assert_eq!(db.count("watchlist_items WHERE status = 'saved' AND saved_amount = 400").await, 1);
}

#[tokio::test]
async fn a_snooze_until_a_day_ends_on_that_day_where_the_person_lives() {
    let db = TestDb::new().await;
    let server = scene(&db).await;
    let ann = browser::owner(&server).await;
    db.run("INSERT INTO user_prefs (user_id, time_zone) VALUES (1, 'Pacific/Auckland')").await;
    let until = async |date: &str| {
        ann.post("/listings/4/watch", &[("action", "snooze-date"), ("date", date)]).await
    };
    let wrong = until("2020-01-01").await;
    assert_eq!(header(&wrong, "location"), "/?watched=4&fault=date".to_owned());
    assert!(ann.get(header(&wrong, "location")).await.body.contains("Choose a day to come"));
    assert_eq!(db.count("watchlist_items").await, 0);
    let year = chrono::Datelike::year(&chrono::Utc::now()) + 1;
    assert_eq!(until(&format!("{year}-07-01")).await.status, 303);
    let is_that = format!("watchlist_items WHERE snoozed_until = '{year}-06-30T20:00:00Z'");
    assert_eq!(db.count(&is_that).await, 1);
    let page = ann.get("/listings/4").await.body;
    assert!(page.contains("1 Jul, 08:00"), "{page}");
}

#[tokio::test]
async fn buying_makes_a_thing_with_its_cost_and_undo_takes_away_what_nobody_touched() {
    let db = TestDb::new().await;
    let server = scene(&db).await;
    let ann = browser::owner(&server).await;
    let bought = say(&ann, 1, "bought").await;
    let cost = "my_items WHERE listing_id = 1 AND cost_amount = 1100 AND acquired_at IS NOT NULL";
    assert_eq!(db.count(cost).await, 1);
    say(&ann, 1, "bought").await;
    assert_eq!(db.count("my_items").await, 1, "twice is once");
    undo(&ann, &bought).await;
    assert_eq!((db.count("my_items").await, db.count("watchlist_items").await), (0, 0));

    let bought = say(&ann, 1, "bought").await;
    db.run("UPDATE my_items SET place = 'Shelf 1', updated_at = now()").await;
    undo(&ann, &bought).await;
    assert_eq!(db.count("my_items").await, 1, "what was worked on stays");
}

#[tokio::test]
async fn the_script_gets_the_controls_alone() {
    let db = TestDb::new().await;
    let server = scene(&db).await;
    let ann = browser::owner(&server).await;
    let form = [("action", "ignore"), ("csrf", &ann.csrf), ("whole", "1")];
    let request = web::post_form(&server, "/listings/4/watch", &form).header("cookie", &ann.cookie);
    let part = web::send(request.header("x-part", "1")).await;
    assert_eq!(part.status, 200);
    assert!(
        part.body.starts_with("<div class=\"watch\" data-watch data-state=\"ignored\">"),
        "{}",
        part.body
    );
    assert!(part.body.contains("Ignored: left out") && part.body.contains("value=\"undo\""));
    assert!(!part.body.contains("<html"));
}

#[tokio::test]
async fn the_watchlist_tells_how_prices_went_and_how_far_it_is_to_the_target() {
    let db = TestDb::new().await;
    let server = scene(&db).await;
    let ann = browser::owner(&server).await;
    let empty = ann.get("/watchlist").await;
    assert!(empty.status == 200 && empty.body.contains("Nothing saved yet"), "{}", empty.body);
    let terms = async |target: &str, percent: &str| {
        let form = [
            ("action", "terms"),
            ("target", target),
            ("drop_percent", percent),
            ("note", "for <b>mum</b>"),
        ];
        ann.post("/listings/12/watch", &form).await
    };
    for (target, percent, fault) in
        [("cheap", "", "target"), ("", "100", "percent"), ("1.234", "", "target")]
    {
        let refused = terms(target, percent).await;
        assert_eq!(header(&refused, "location"), format!("/?watched=12&fault={fault}"));
    }
    assert_eq!(terms("8.00", "10 %").await.status, 303);
    db.run(
        "UPDATE listings SET price_amount = 1000 WHERE id = 12;
         INSERT INTO price_points (listing_id, price_amount, currency, seen_at)
         VALUES (12, 1200, 'USD', now() - INTERVAL '2 days'), (12, 1000, 'USD', now());
         INSERT INTO watchlist_items (user_id, listing_id, status) SELECT 1, id, 'saved' FROM listings WHERE id IN (6, 7);
         UPDATE listings SET available = FALSE, gone_reason = 'sold' WHERE id = 7",
    )
    .await;
    let page = ann.get("/watchlist").await.body;
    for text in [
        "$12.00 → $10.00 is 16 % less",
        "Target <b>$8.00</b>: $2.00 (20 %) to go",
        "for &#60;b&#62;mum",
        "class=\"steps spark\"",
        "<span class=\"pill warn\">gone</span>",
        "Tell me at 8 USD or less, and when it is 10 % less",
    ] {
        assert!(page.contains(text), "{text} is missing in {page}");
    }
    db.run("UPDATE listings SET price_amount = 800 WHERE id = 12").await;
    assert!(ann.get("/watchlist").await.body.contains("<span class=\"off under\">reached</span>"));
    assert!(ann.get("/watchlist?tab=ignored").await.body.contains("Nothing ignored"));
    let gone = ann.get("/listings/7").await.body;
    assert!(gone.contains("This ad is gone") && gone.contains("Sold."), "{gone}");
}

#[tokio::test]
async fn the_watchlist_goes_on_page_by_page() {
    let db = TestDb::new().await;
    web::with_ads(&db, 60).await;
    db.run(
        "INSERT INTO watchlist_items (user_id, listing_id, status, created_at)
         SELECT 1, id, 'saved', TIMESTAMPTZ '2026-01-01Z' + id / 2 * INTERVAL '1 minute' FROM listings",
    )
    .await;
    let server = web::demo(&db).await;
    let seen = super::ads_of_all_pages(&server, "/watchlist".to_owned()).await;
    assert_eq!(seen, (1..=60).rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn nobody_says_anything_of_anothers_ads_or_without_the_token() {
    let db = TestDb::new().await;
    let server = scene(&db).await;
    let ann = browser::owner(&server).await;
    db.run(&format!("INSERT INTO users (email, name) VALUES ('{BOB}', 'Bob')")).await;
    let cookie = crate::support::people::session(&db, BOB).await;
    let bob = Browser::with(&server, &cookie).await;
    for action in ["save", "ignore", "snooze-week", "bought", "forget", "terms"] {
        assert_eq!(say(&bob, 4, action).await.status, 404, "{action}");
    }
    let undo = [("action", "undo"), ("was", "saved")];
    assert_eq!(bob.post("/listings/4/watch", &undo).await.status, 404);
    assert_eq!(ann.post_bare("/listings/4/watch", &[("action", "save")]).await.status, 403);
    assert_eq!(say(&ann, 4, "explode").await.status, 400);
    let elsewhere = [("action", "save"), ("next", "//evil.example")];
    let said = ann.post("/listings/4/watch", &elsewhere).await;
    assert_eq!(header(&said, "location"), "/?watched=4&was=open");
    assert_eq!(db.count("watchlist_items").await, 1);
}

#[tokio::test]
async fn an_ad_shows_where_else_the_same_thing_is() {
    let db = TestDb::new().await;
    let server = scene(&db).await;
    db.run("UPDATE listings SET same_as = 4 WHERE id IN (6, 8); UPDATE listings SET source = 'reverb' WHERE id = 6").await;
    let ann = browser::owner(&server).await;
    for (ad, others) in [(4, [6, 8]), (8, [4, 6])] {
        let page = ann.get(&format!("/listings/{ad}")).await.body;
        let also = between(&page, "Also on", "</ul>");
        for other in others {
            assert!(
                also.contains(&format!("href=\"/listings/{other}\"")),
                "{other} beside {ad}: {also}"
            );
        }
    }
    assert!(!ann.get("/listings/5").await.body.contains("Also on"));
}
