//! One row: made, shown, changed, removed, and nobody else's.

use reqwest::Method;
use serde_json::{Value, json};

use super::scene::{Scene, order, usd};
use crate::support::{
    people::{self, BOB},
    web::{header, send},
};

#[tokio::test]
async fn a_number_that_no_float_holds_stored_by_hand_leaves_rows_readable() {
    let scene = Scene::new().await;
    let ad = scene.ad(people::ANN, 77).await;
    scene.post("/orders", &order("1")).await;
    let by_hand = "SET details = '{\"n\": 1e400, \"of\": [2, -1e310]}'";
    scene.db.run(&format!("UPDATE listings {by_hand}; UPDATE orders {by_hand}")).await;
    let one = scene.get(&format!("/listings/{ad}")).await.json()["details"].clone();
    let (list, orders) = (scene.get("/listings").await, scene.get("/orders").await);
    assert_eq!((list.status, orders.status), (200, 200), "{}", list.body);
    for details in [&one, &orders.json()["items"][0]["details"]] {
        assert_eq!(details["n"], format!("1{}", "0".repeat(400)));
        assert_eq!((&details["of"][0], details["of"][1].is_string()), (&json!(2), true));
    }
}

#[tokio::test]
async fn a_row_is_made_shown_changed_and_removed() {
    let scene = Scene::new().await;
    let made = scene.post("/orders", &order("1")).await;
    assert_eq!(made.status, 201);
    let row = made.json();
    let path = format!("/orders/{}", row["id"]);
    assert_eq!(header(&made, "location"), format!("/api/v1{path}"));
    assert_eq!((&row["status"], &row["total"]), (&json!("paid"), &usd(12_000)));
    assert_eq!((&row["fee"], &row["details"]), (&Value::Null, &json!({})));

    let shown = scene.get(&path).await;
    assert_eq!((shown.status, shown.json()), (200, row.clone()));
    assert_eq!(header(&shown, "etag"), header(&made, "etag"));
    assert_eq!(scene.get("/orders").await.json()["items"], json!([row]));

    let change = json!({"status": "shipped", "fee": usd(1_000), "details": {"by": "post"}});
    let changed = scene.patch(&path, &change).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let row = changed.json();
    assert_eq!((&row["status"], &row["fee"]), (&json!("shipped"), &usd(1_000)));
    assert_eq!((&row["total"], &row["platform"]), (&usd(12_000), &json!("ebay")));
    let cleared = scene.patch(&path, &json!({"fee": null})).await.json();
    assert_eq!(cleared["fee"], Value::Null);
    assert_eq!(scene.patch(&path, &json!({})).await.status, 200);

    let removed = scene.delete(&path).await;
    assert_eq!((removed.status, removed.body.as_str()), (204, ""));
    assert_eq!(scene.get(&path).await.status, 404);
    assert_eq!(scene.delete(&path).await.status, 404);
}

#[tokio::test]
async fn what_somebody_else_owns_is_not_there() {
    let scene = Scene::new().await;
    let path = format!("/orders/{}", scene.made_by_bob("/orders", &order("1")).await);
    assert_eq!(scene.get(&path).await.status, 404);
    assert_eq!(scene.patch(&path, &json!({"status": "shipped"})).await.status, 404);
    assert_eq!(scene.delete(&path).await.status, 404);
    let list = scene.get("/orders?count=true").await.json();
    assert_eq!((&list["items"], &list["total"]), (&json!([]), &json!(0)));
    let bob = people::get(&scene.server, &scene.bob, &format!("/api/v1{path}")).await;
    assert_eq!((bob.status, &bob.json()["status"]), (200, &json!("paid")));
    // A number that is somebody else's is free for me.
    assert_eq!(scene.post("/orders", &order("1")).await.status, 201);
}

#[tokio::test]
async fn ids_that_are_none_name_no_row() {
    let scene = Scene::new().await;
    for id in ["0", "-1", "x", "1.5", "9223372036854775807", "9223372036854775808", "%00"] {
        let answer = scene.get(&format!("/orders/{id}")).await;
        assert_eq!((answer.status, &answer.json()["code"]), (404, &json!("not_found")), "{id}");
    }
}

#[tokio::test]
async fn who_may_only_read_changes_nothing() {
    let scene = Scene::new().await;
    let id = scene.made_by_bob("/orders", &order("1")).await;
    let read = people::token(&scene.db, BOB, "read").await;
    let path = format!("/api/v1/orders/{id}");
    assert_eq!(people::get(&scene.server, &read, &path).await.status, 200);
    let change = json!({"status": "shipped"});
    assert_eq!(people::patch(&scene.server, &read, &path, &change).await.status, 403);
    assert_eq!(people::delete(&scene.server, &read, &path).await.status, 403);
    let made = people::post(&scene.server, &read, "/api/v1/orders", &order("2")).await;
    assert_eq!(made.status, 403);
    assert_eq!(scene.db.count("orders WHERE status = 'paid'").await, 1);
}

#[tokio::test]
async fn a_version_is_not_sent_twice_and_not_overwritten_unseen() {
    let scene = Scene::new().await;
    let made = scene.post("/orders", &order("1")).await;
    let path = format!("/orders/{}", made.json()["id"]);
    let first = header(&made, "etag").to_owned();

    let again = scene.request(Method::GET, &path).header("if-none-match", &first);
    let again = send(again).await;
    assert_eq!((again.status, again.body.as_str()), (304, ""));

    let with = |method, etag: &str| scene.request(method, &path).header("if-match", etag);
    let ship = json!({"status": "shipped"});
    let changed = send(with(Method::PATCH, &first).json(&ship)).await;
    assert_eq!(changed.status, 200);
    let second = header(&changed, "etag").to_owned();
    assert_ne!(first, second);

    // Whoever still holds the first version has lost, however wrong the change itself may be.
    for body in [json!({"status": "refunded"}), json!({"status": "lost"})] {
        let lost = send(with(Method::PATCH, &first).json(&body)).await;
        assert_eq!(lost.status, 412, "{}", lost.body);
        assert_eq!(lost.json()["code"], "precondition_failed");
    }
    assert_eq!(send(with(Method::DELETE, &first)).await.status, 412);
    assert_eq!(scene.get(&path).await.json()["status"], "shipped");

    let listed = format!("\"0\", {second}");
    assert_eq!(send(with(Method::PATCH, &listed).json(&json!({}))).await.status, 200);
    assert_eq!(send(with(Method::DELETE, "*")).await.status, 204);
}

#[tokio::test]
async fn of_two_changes_of_one_version_one_loses() {
    let scene = Scene::new().await;
    let made = scene.post("/orders", &order("1")).await;
    let path = format!("/orders/{}", made.json()["id"]);
    let change = |status| {
        let request = scene.request(Method::PATCH, &path).header("if-match", header(&made, "etag"));
        send(request.json(&json!({"status": status})))
    };
    let (one, other) = tokio::join!(change("shipped"), change("refunded"));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
}
