//! A watched ad over time: what its source says becomes what its watcher is told, and a source that fails says nothing.

use deal_scout::{
    market::source::{Fault, Page},
    workers::estimate,
};

use super::scene::{Scene, Script, card, down, last};

/// What the source answers at a minute, and what follows is judged and told.
async fn answers(scene: &Scene, minute: i64, answer: Result<Page, Fault>) {
    scene.due().await;
    let shop = Script::new("shop", vec![answer]);
    scene.run(minute, &[&shop]).await;
    estimate::run_until_idle(&scene.app(minute)).await.unwrap();
}

fn at(dollars: &[i64]) -> Page {
    last(dollars.iter().map(|dollars| card("a", *dollars)).collect())
}

/// What was told of the watched ad: `price_drop 36000, gone ?`.
async fn told(scene: &Scene) -> String {
    scene
        .text(
            "SELECT string_agg(reason || ' ' || coalesce(price_amount::text, '?'), ', ' ORDER BY id) AS said
             FROM notifications WHERE reason <> 'find'",
        )
        .await
}

async fn watching(terms: &str) -> Scene {
    let scene = Scene::new().await;
    answers(&scene, 0, Ok(at(&[400]))).await;
    scene
        .db
        .run(&format!(
            "INSERT INTO watchlist_items (user_id, listing_id, currency, created_at, saved_at, saved_amount,
                                          saved_currency, {terms})
             SELECT 1, id, 'USD', '2026-01-01Z', '2026-01-01Z', 40000, 'USD', {} FROM listings",
            if terms == "drop_percent" { 10 } else { 30_000 }
        ))
        .await;
    scene
}

#[tokio::test]
async fn a_drop_is_told_once_and_faults_and_ups_and_downs_are_none() {
    let scene = watching("drop_percent").await;
    answers(&scene, 60, Err(down())).await;
    answers(&scene, 120, Ok(at(&[365]))).await;
    assert_eq!(told(&scene).await, "");
    answers(&scene, 180, Ok(at(&[360]))).await;
    assert_eq!(told(&scene).await, "price_drop 36000");
    for (minute, answer) in
        [(240, Ok(at(&[400]))), (300, Err(down())), (360, Ok(at(&[360]))), (420, Ok(at(&[330])))]
    {
        answers(&scene, minute, answer).await;
    }
    assert_eq!(told(&scene).await, "price_drop 36000");
    answers(&scene, 480, Ok(at(&[324]))).await;
    assert_eq!(told(&scene).await, "price_drop 36000, price_drop 32400");
}

#[tokio::test]
async fn a_target_is_told_when_it_is_reached() {
    let scene = watching("target_amount").await;
    answers(&scene, 60, Ok(at(&[301]))).await;
    assert_eq!(told(&scene).await, "");
    answers(&scene, 120, Ok(at(&[300]))).await;
    answers(&scene, 180, Ok(at(&[299]))).await;
    assert_eq!(told(&scene).await, "target 30000");
}

#[tokio::test]
async fn an_ad_that_went_is_told_once_on_evidence_alone() {
    let scene = watching("drop_percent").await;
    answers(&scene, 60, Err(down())).await;
    answers(&scene, 120, Ok(at(&[]))).await;
    assert_eq!(told(&scene).await, "");
    answers(&scene, 180, Ok(at(&[]))).await;
    assert_eq!(told(&scene).await, "gone ?");
    answers(&scene, 240, Ok(at(&[400]))).await;
    answers(&scene, 300, Ok(at(&[]))).await;
    answers(&scene, 360, Ok(at(&[]))).await;
    assert_eq!(scene.ads().await, "a 40000 f");
    assert_eq!(told(&scene).await, "gone ?", "once, though it came back and went again");
}
