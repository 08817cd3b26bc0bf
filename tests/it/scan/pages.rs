//! Pages: what is stored of them, and what faults do to it.

use std::time::Duration;

use deal_scout::{
    market::source::{Fault, Page},
    model::scan::{ScanStatus, SourceState},
    scan::Ended,
};
use serde_json::json;

use super::scene::{Scene, Script, card, down, last, page};

#[tokio::test]
async fn every_page_is_matched_and_stored_and_the_search_waits_for_its_next_time() {
    let scene = Scene::new().await;
    let mut broken = card("c", 100);
    broken.description = Some("One fan is broken.".to_owned());
    let shop = Script::new(
        "shop",
        vec![Ok(page(vec![card("a", 300), card("b", 700)], "2")), Ok(last(vec![broken]))],
    );
    assert_eq!(scene.run(0, &[&shop]).await, Ended::Over(ScanStatus::Done));

    assert_eq!(scene.ads().await, "a 30000 t, b 70000 t, c 10000 t");
    let reasons = "SELECT string_agg(l.source_id || ': ' || coalesce(f.reason, 'fits'), '; ' ORDER BY l.source_id) AS said
                   FROM finds f JOIN listings l ON l.id = f.listing_id";
    assert_eq!(
        scene.text(reasons).await,
        "a: fits; b: costs $700.00, more than $500.00; c: has “broken” in its description"
    );
    let progress = scene.progress().await;
    let shop = &progress.sources["shop"];
    assert_eq!((shop.state, shop.pages, shop.found), (SourceState::Done, 2, 3));
    assert_eq!((shop.matched, shop.dropped, shop.new, shop.changed), (1, 2, 3, 0));
    let done = "scans WHERE status = 'done' AND finished_at IS NOT NULL AND leased_until IS NULL";
    assert_eq!(scene.db.count(done).await, 1);
    let waits = "searches WHERE last_scan_at IS NOT NULL AND next_scan_at - last_scan_at BETWEEN '1 h' AND '66 min'";
    assert_eq!(scene.db.count(waits).await, 1);
    assert!(scene.claimed(&scene.app(59)).await.is_none());
    assert!(scene.claimed(&scene.app(67)).await.is_some());
}

#[tokio::test]
async fn prices_are_recorded_when_they_change_and_only_then() {
    let scene = Scene::new().await;
    for (minute, dollars) in [(0, 300), (100, 300), (200, 250)] {
        let shop = Script::new("shop", vec![Ok(last(vec![card("a", dollars)]))]);
        scene.run(minute, &[&shop]).await;
    }
    let prices =
        "SELECT string_agg(price_amount::text, ' ' ORDER BY seen_at) AS said FROM price_points";
    assert_eq!(scene.text(prices).await, "30000 25000");
    assert_eq!(scene.progress().await.sources["shop"].changed, 1);
}

#[tokio::test]
async fn a_source_that_breaks_off_is_asked_again_at_once_and_then_left_alone_for_a_while() {
    let scene = Scene::new().await;
    let flaky = Script::new("flaky", vec![Err(down()), Ok(last(vec![card("a", 300)]))]);
    assert_eq!(scene.run(0, &[&flaky]).await, Ended::Over(ScanStatus::Done));
    assert_eq!((flaky.times_asked(), scene.ads().await.as_str()), (2, "a 30000 t"));

    let dead = Script::new("dead", vec![Err(down())]);
    let fine = Script::new("fine", vec![Ok(last(vec![card("b", 200)]))]);
    scene.due().await;
    assert_eq!(scene.run(100, &[&dead, &fine]).await, Ended::Over(ScanStatus::Done));
    assert_eq!((dead.times_asked(), fine.times_asked()), (3, 1), "one does not hold up the other");
    let progress = scene.progress().await;
    assert_eq!(progress.sources["dead"].state, SourceState::Failed);
    assert_eq!(progress.sources["dead"].error.as_deref(), Some("the answer broke off"));
    assert!(progress.sources["dead"].next_try_at > Some(scene.time(101)));

    // The run that comes early is for the failed one alone.
    assert!(scene.claimed(&scene.app(101)).await.is_none());
    assert_eq!(scene.run(104, &[&dead, &fine]).await, Ended::Over(ScanStatus::Failed));
    assert_eq!((dead.times_asked(), fine.times_asked()), (6, 1));
    assert_eq!(scene.progress().await.sources["fine"].state, SourceState::Skipped);
    assert_eq!(scene.db.count("search_sources WHERE source = 'dead' AND failures = 2").await, 1);
}

#[tokio::test]
async fn pages_before_a_fault_stand_and_nothing_follows_from_those_that_are_missing() {
    let scene = Scene::new().await;
    let all = Script::new("shop", vec![Ok(last(vec![card("a", 300), card("b", 200)]))]);
    scene.run(0, &[&all]).await;
    for minute in [100, 200, 300] {
        let limited = Fault::Limited {
            source_name: "shop".to_owned(),
            retry_after: Some(Duration::from_mins(20)),
        };
        let shop = Script::new("shop", vec![Ok(page(vec![card("a", 250)], "2")), Err(limited)]);
        scene.due().await;
        scene.run(minute, &[&shop]).await;
        assert_eq!(shop.times_asked(), 2, "who asks for patience gets it");
    }
    assert_eq!(scene.ads().await, "a 25000 t, b 20000 t");
    assert_eq!(scene.db.count("finds WHERE missed > 0").await, 0);
    let waits = format!(
        "search_sources WHERE failures = 0 AND next_try_at = '{}'",
        scene.time(320).to_rfc3339()
    );
    assert_eq!(scene.db.count(&waits).await, 1);
    assert!(scene.claimed(&scene.app(319)).await.is_none());
    assert!(scene.claimed(&scene.app(321)).await.is_some(), "it comes back for the rest");
}

#[tokio::test]
async fn what_a_source_asks_to_remember_is_kept_when_it_was_read_to_its_end_and_not_before() {
    let scene = Scene::new().await;
    let remember = |etag: &str| Some(json!({"etag": etag}));
    let broken = Script::new(
        "shop",
        vec![Ok(Page { memory: remember("one"), ..page(vec![card("a", 300)], "2") }), Err(down())],
    );
    scene.run(0, &[&broken]).await;
    assert_eq!(scene.memory("shop").await, json!({}));

    let shop = Script::new(
        "shop",
        vec![
            Ok(Page { memory: remember("two"), ..last(vec![card("a", 300)]) }),
            Ok(Page::default()),
        ],
    );
    scene.run(100, &[&shop]).await;
    assert_eq!(scene.memory("shop").await, json!({"etag": "two"}));
    scene.run(200, &[&shop]).await;
    assert_eq!(scene.memory("shop").await, json!({"etag": "two"}), "it said nothing else");
    let asked = shop.asked.lock().unwrap().clone();
    assert_eq!(asked[1].1, json!({"etag": "two"}));
}
