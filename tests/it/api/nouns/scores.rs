//! Scores: those that are worked out are not written, and can be had anew; ratings are a person's own.

use serde_json::json;

use super::scene::{Scene, faults};
use crate::support::people::ANN;

#[tokio::test]
async fn a_rating_stands_beside_the_score_that_is_worked_out() {
    let scene = Scene::new().await;
    let ad = scene.ad(ANN, 1).await;
    let score = "INSERT INTO listing_scores (user_id, listing_id, value, parts)
                 SELECT user_id, id, 70, '{\"summary\": \"good\"}' FROM listings";
    scene.db.run(score).await;
    let rating =
        json!({"listing_id": ad, "metric": "taste", "value": 20, "parts": {"why": "ugly"}});
    let rating = scene.made("/listing-scores", &rating).await;
    let one = scene.get("/listing-scores?metric=deal_score&min_value=70").await.json();
    let worked_out = format!("/listing-scores/{}", one["items"][0]["id"]);
    assert_eq!(scene.get(&worked_out).await.json()["parts"]["summary"], "good");
    // The ads go by the score that is worked out.
    let ads = scene.get("/listings").await.json();
    assert_eq!(ads["items"].as_array().unwrap().len(), 1);
    assert_eq!(ads["items"][0]["score"], 70);

    let own = format!("/listing-scores/{rating}");
    let changed = scene.patch(&own, &json!({"value": 90})).await.json();
    assert_eq!((&changed["value"], &changed["metric"]), (&json!(90), &json!("taste")));
    assert_eq!(scene.delete(&own).await.status, 204);
    assert_eq!(scene.db.count("listings WHERE score_due_at IS NOT NULL").await, 0);
    assert_eq!(scene.delete(&worked_out).await.status, 204);
    // Due again, unless the worker was faster than this question.
    let due = "(SELECT id FROM listings WHERE score_due_at IS NOT NULL
                UNION ALL SELECT id FROM listing_scores WHERE metric = 'deal_score') AS due";
    assert!(scene.db.count(due).await > 0);
}

#[tokio::test]
async fn the_score_that_is_worked_out_is_not_written() {
    let scene = Scene::new().await;
    let ad = scene.ad(ANN, 1).await;
    scene
        .db
        .run("INSERT INTO listing_scores (user_id, listing_id, value) SELECT user_id, id, 70 FROM listings")
        .await;
    let body = json!({"listing_id": ad, "metric": "deal_score", "value": 100});
    let refused = scene.post("/listing-scores", &body).await;
    assert_eq!(faults(&refused), ["metric"]);
    assert!(refused.body.contains("is worked out by Deal Scout"));
    let one = scene.get("/listing-scores").await.json();
    let path = format!("/listing-scores/{}", one["items"][0]["id"]);
    assert_eq!(faults(&scene.patch(&path, &json!({"value": 100})).await), ["metric"]);
    let own = json!({"listing_id": ad, "metric": "taste", "value": 5});
    let own = format!("/listing-scores/{}", scene.made("/listing-scores", &own).await);
    assert_eq!(faults(&scene.patch(&own, &json!({"metric": "deal_score"})).await), ["metric"]);
    assert_eq!(scene.get(&path).await.json()["value"], 70);
    for value in [json!(-1), json!(101), json!(null), json!(5.5)] {
        let body = json!({"listing_id": ad, "metric": "other", "value": value});
        assert_eq!(faults(&scene.post("/listing-scores", &body).await), ["value"]);
    }
}
