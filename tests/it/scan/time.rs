//! Ads over time: gone by evidence alone, and back when they are met again.

use deal_scout::market::source::{Gone, Page};

use super::scene::{Scene, Script, card, down, last};

/// Runs the search over a shop that has these ads.
async fn shows(scene: &Scene, minute: i64, ids: &[&str]) {
    let shop = Script::new("shop", vec![Ok(last(ids.iter().map(|id| card(id, 300)).collect()))]);
    scene.due().await;
    scene.run(minute, &[&shop]).await;
}

#[tokio::test]
async fn an_ad_is_gone_when_two_full_scans_in_a_row_have_missed_it() {
    let scene = Scene::new().await;
    shows(&scene, 0, &["a", "b"]).await;
    shows(&scene, 100, &["a"]).await;
    assert_eq!(scene.ads().await, "a 30000 t, b 30000 t");
    shows(&scene, 200, &["a", "b"]).await;
    shows(&scene, 300, &["a"]).await;
    assert_eq!(scene.ads().await, "a 30000 t, b 30000 t", "not in a row");
    shows(&scene, 400, &["a"]).await;
    assert_eq!(scene.ads().await, "a 30000 t, b 30000 f");
    let why = "listings WHERE gone_at IS NOT NULL AND gone_reason = 'not at shop any more, looked for twice'";
    assert_eq!(scene.db.count(why).await, 1);
    assert_eq!(scene.progress().await.sources["shop"].gone, 1);

    shows(&scene, 500, &["a", "b"]).await;
    assert_eq!(scene.ads().await, "a 30000 t, b 30000 t");
    assert_eq!(scene.db.count("listings WHERE gone_at IS NOT NULL").await, 0);
}

#[tokio::test]
async fn neither_faults_nor_answers_that_are_not_everything_are_evidence() {
    let scene = Scene::new().await;
    shows(&scene, 0, &["a", "b"]).await;
    let answers = [
        Err(down()),
        Ok(Page { is_complete: false, ..last(vec![card("a", 300)]) }),
        Ok(Page { is_complete: false, ..Page::default() }),
    ];
    for round in 0..3 {
        for (at, answer) in (0..).zip(&answers) {
            scene.due().await;
            let shop = Script::new("shop", vec![answer.clone()]);
            scene.run(1_000 + 1_000 * (round * 4 + at), &[&shop]).await;
        }
    }
    assert_eq!(scene.ads().await, "a 30000 t, b 30000 t");
    assert_eq!(scene.db.count("finds WHERE missed > 0").await, 0);
}

#[tokio::test]
async fn an_ad_that_another_search_still_meets_is_not_gone() {
    let scene = Scene::new().await;
    shows(&scene, 0, &["a", "b"]).await;
    shows(&scene, 100, &["a"]).await;
    scene
        .db
        .run(&format!(
            "INSERT INTO searches (id, user_id, name, enabled) VALUES (2, 1, 'All', FALSE);
             INSERT INTO finds (user_id, search_id, listing_id, source, matched, first_found_at, last_found_at)
             SELECT 1, 2, id, 'shop', TRUE, '{0}', '{0}' FROM listings WHERE source_id = 'b'",
            scene.time(150).to_rfc3339()
        ))
        .await;
    shows(&scene, 200, &["a"]).await;
    assert_eq!(scene.ads().await, "a 30000 t, b 30000 t");
}

#[tokio::test]
async fn what_a_search_has_not_looked_for_since_it_was_changed_is_not_missed() {
    let scene = Scene::new().await;
    shows(&scene, 0, &["a", "b"]).await;
    let changed = scene.time(50).to_rfc3339();
    scene.db.run(&format!("UPDATE searches SET updated_at = '{changed}'")).await;
    for minute in [100, 200, 300] {
        shows(&scene, minute, &["a"]).await;
    }
    assert_eq!(scene.ads().await, "a 30000 t, b 30000 t");
}

#[tokio::test]
async fn a_source_that_says_an_ad_is_gone_is_believed_at_once() {
    let scene = Scene::new().await;
    shows(&scene, 0, &["a", "b"]).await;
    let gone = Gone {
        source: "shop-example-org".to_owned(),
        source_id: "b".to_owned(),
        reason: "sold".to_owned(),
    };
    let shop = Script::new("shop", vec![Ok(Page { gone: vec![gone], ..Page::default() })]);
    scene.due().await;
    scene.run(100, &[&shop]).await;
    assert_eq!(scene.ads().await, "a 30000 t, b 30000 f");
    assert_eq!(scene.db.count("listings WHERE gone_reason = 'sold'").await, 1);
}
