//! Writes that are sent again under one `Idempotency-Key`.

use reqwest::Method;
use serde_json::{Value, json};

use super::scene::{Scene, faults, order};
use crate::support::{
    people::{BOB, token},
    server::Answer,
    web::{header, send},
};

async fn post(scene: &Scene, key: &str, body: &Value) -> Answer {
    send(scene.request(Method::POST, "/orders").header("idempotency-key", key).json(body)).await
}

#[tokio::test]
async fn a_write_that_is_sent_again_is_answered_as_before_and_done_once() {
    let scene = Scene::new().await;
    let first = post(&scene, "k1", &order("1")).await;
    let again = post(&scene, "k1", &order("1")).await;
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(first.body, again.body);
    for name in ["etag", "location"] {
        assert_eq!(header(&first, name), header(&again, name));
        assert_ne!(header(&first, name), "");
    }
    assert_eq!(scene.db.count("orders").await, 1);

    let other = post(&scene, "k1", &order("2")).await;
    assert_eq!(faults(&other), ["Idempotency-Key"]);
    assert_eq!(scene.db.count("orders").await, 1);
    assert_eq!(post(&scene, "k2", &order("2")).await.status, 201);

    // Another person's key is another key.
    let bob = token(&scene.db, BOB, "write").await;
    let request = scene.server.http().post(format!("{}/api/v1/orders", scene.server.base()));
    let bob = request.bearer_auth(bob).header("idempotency-key", "k1").json(&order("3"));
    assert_eq!(send(bob).await.status, 201);
}

#[tokio::test]
async fn a_change_and_a_removal_can_be_sent_again_too() {
    let scene = Scene::new().await;
    let path = format!("/orders/{}", scene.made("/orders", &order("1")).await);
    let ship = || {
        let request = scene.request(Method::PATCH, &path).header("idempotency-key", "ship");
        send(request.json(&json!({"status": "shipped"})))
    };
    let first = ship().await;
    assert_eq!(scene.patch(&path, &json!({"status": "refunded"})).await.status, 200);
    let again = ship().await;
    assert_eq!((again.status, &again.body), (200, &first.body));
    assert_eq!(scene.get(&path).await.json()["status"], "refunded", "it was not done again");
    let remove = || send(scene.request(Method::DELETE, &path).header("idempotency-key", "away"));
    assert_eq!(remove().await.status, 204);
    assert_eq!(remove().await.status, 204);
    assert_eq!(scene.delete(&path).await.status, 404);
}

#[tokio::test]
async fn two_at_once_make_one_row() {
    let scene = Scene::new().await;
    let body = order("1");
    let (one, other) = tokio::join!(post(&scene, "k", &body), post(&scene, "k", &body));
    assert_eq!((one.status, other.status), (201, 201), "{} {}", one.body, other.body);
    assert_eq!(one.body, other.body);
    assert_eq!(scene.db.count("orders").await, 1);
}

#[tokio::test]
async fn what_failed_leaves_its_key_free() {
    let scene = Scene::new().await;
    let mut wrong = order("1");
    wrong["my_item_id"] = json!(77);
    assert_eq!(faults(&post(&scene, "k", &wrong).await), ["my_item_id"]);
    assert_eq!(scene.db.count("idempotency_keys").await, 0);
    assert_eq!(post(&scene, "k", &order("1")).await.status, 201);
    let long = "k".repeat(256);
    for key in ["", long.as_str()] {
        assert_eq!(faults(&post(&scene, key, &order("2")).await), ["Idempotency-Key"]);
    }
}
