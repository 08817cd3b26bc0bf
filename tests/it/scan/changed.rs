//! What a search looks for changes: what was read before is read again, and what nobody looks for is told apart.

use deal_scout::{db::listings, market::source::Page, model::id::UserId, scan};
use serde_json::{Value, json};

use super::scene::{Meanwhile, Scene, Script, boxed, card, last};

fn remembered(ads: &[&str]) -> Page {
    let ads = ads.iter().map(|id| card(id, 300)).collect();
    Page { memory: Some(json!({"etag": "one"})), ..last(ads) }
}

/// What the source was handed as its memory, run by run.
async fn memories(scene: &Scene, minute: i64) -> Value {
    let shop = Script::new("shop", vec![Ok(remembered(&["a"]))]);
    scene.due().await;
    scene.run(minute, &[&shop]).await;
    let asked = shop.asked.lock().unwrap();
    asked[0].1.clone()
}

#[tokio::test]
async fn a_source_is_read_anew_after_what_is_looked_for_has_changed() {
    let scene = Scene::new().await;
    assert_eq!(memories(&scene, 0).await, Value::Null);
    assert_eq!(memories(&scene, 100).await, json!({"etag": "one"}));
    let changed = scene.time(150).to_rfc3339();
    scene.db.run(&format!("UPDATE searches SET words = 'rtx', updated_at = '{changed}'")).await;
    assert_eq!(memories(&scene, 200).await, Value::Null);
    assert_eq!(memories(&scene, 300).await, json!({"etag": "one"}));

    let changed = scene.time(350).to_rfc3339();
    scene
        .db
        .run(&format!(
            "INSERT INTO user_prefs (user_id, excluded_words, updated_at) VALUES (1, '{{defect}}', '{changed}')
             ON CONFLICT (user_id) DO UPDATE SET excluded_words = '{{defect}}', updated_at = '{changed}'"
        ))
        .await;
    assert_eq!(memories(&scene, 400).await, Value::Null, "what its owner never wants has changed");
}

#[tokio::test]
async fn a_change_during_a_run_is_looked_for_a_minute_later() {
    let scene = Scene::new().await;
    assert_eq!(memories(&scene, 0).await, Value::Null);
    scene.due().await;
    let app = scene.app(100);
    let job = scene.claimed(&app).await.unwrap();
    let meanwhile = Meanwhile {
        scene: &scene,
        sql: "UPDATE searches SET words = 'rtx', updated_at = now() + INTERVAL '101 minutes'",
        answer: Ok(remembered(&["a"])),
    };
    scan::run(&app.desk(), &job, &[Box::new(meanwhile)]).await.unwrap();
    assert_eq!(scene.memory("shop").await, json!({}), "it was matched against other words");
    // Nobody has to make it due.
    let shop = Script::new("shop", vec![Ok(remembered(&["a"]))]);
    let app = scene.app(102);
    let job = scene.claimed(&app).await.expect("the search is due");
    scan::run(&app.desk(), &job, &boxed(&[&shop])).await.unwrap();
    assert_eq!(shop.asked.lock().unwrap()[0].1, Value::Null);
}

#[tokio::test]
async fn a_change_by_a_replica_whose_clock_is_ahead_is_no_reason_to_run_without_end() {
    let scene = Scene::new().await;
    scene.due().await;
    scene.db.run("UPDATE searches SET updated_at = now() + INTERVAL '10 minutes'").await;
    scene.run(0, &[&Script::new("shop", vec![Ok(remembered(&["a"]))])]).await;
    let app = scene.app(0);
    assert!(scene.claimed(&app).await.is_none(), "it has just been run");
    assert!(scene.claimed(&scene.app(1)).await.is_some(), "what was changed is looked for");
}

/// The ads with whether they are dropped: `a f, b t, c -`.
async fn dropped(scene: &Scene) -> String {
    scene
        .text(
            "SELECT string_agg(source_id || ' ' || coalesce(left(dropped::text, 1), '-'), ', ' ORDER BY source_id) AS said
             FROM listings",
        )
        .await
}

#[tokio::test]
async fn an_ad_is_dropped_while_none_of_the_searches_that_alone_brought_it_looks_for_it() {
    let scene = Scene::new().await;
    let mut broken = card("b", 300);
    broken.title = "RTX 3070 broken".to_owned();
    let mut known = card("c", 300);
    known.title = "RTX 3070 broken, too".to_owned();
    let ads = vec![card("a", 300), broken.clone(), known.clone()];
    listings::upsert_many(&mut scene.db.conn().await, UserId(1), &[known], scene.time(-1))
        .await
        .unwrap();
    let run = async |minute: i64| {
        scene.due().await;
        scene.run(minute, &[&Script::new("shop", vec![Ok(last(ads.clone()))])]).await;
    };
    run(0).await;
    assert_eq!(dropped(&scene).await, "a f, b t, c -");

    let changed = scene.time(50).to_rfc3339();
    let change = |words: &str| {
        format!("UPDATE searches SET excluded_words = '{{{words}}}', updated_at = '{changed}'")
    };
    scene.db.run(&change("number")).await;
    run(100).await;
    assert_eq!(dropped(&scene).await, "a t, b f, c -", "it goes with what is looked for");
    scene.db.run(&change("broken")).await;
    run(200).await;
    assert_eq!(dropped(&scene).await, "a f, b t, c -");

    // Somebody brings it: by a file, say, even one that tells nothing new.
    listings::upsert_many(&mut scene.db.conn().await, UserId(1), &[broken], scene.time(250))
        .await
        .unwrap();
    run(300).await;
    assert_eq!(dropped(&scene).await, "a f, b -, c -");
    scene.db.run("DELETE FROM searches").await;
    assert_eq!(dropped(&scene).await, "a f, b -, c -");
}
