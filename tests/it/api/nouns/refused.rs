//! Bodies that are refused: each says why, and stores nothing.

use reqwest::Method;
use serde_json::{Value, json};

use super::scene::{Scene, faults, order, usd};
use crate::support::{people::BOB, server::Answer, web::send};

fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}

async fn raw(scene: &Scene, kind: Option<&str>, body: impl Into<reqwest::Body>) -> Answer {
    let request = scene.request(Method::POST, "/my-items").body(body);
    send(match kind {
        Some(kind) => request.header("content-type", kind),
        None => request,
    })
    .await
}

#[tokio::test]
async fn a_field_of_another_shape_is_named() {
    let scene = Scene::new().await;
    let item = json!({"title": "Leica M3"});
    for (field, value) in [
        ("title", json!(5)),
        ("title", json!(null)),
        ("title", json!("")),
        ("title", json!(" \t ")),
        ("title", json!("a\u{0}b")),
        ("title", json!("x".repeat(501))),
        ("description", json!(["a"])),
        ("attributes", json!("none")),
        ("attributes", json!({"a": {"b": "\u{0}"}})),
        ("attributes", json!({"a": "x".repeat(70_000)})),
        ("condition", json!("Good")),
        ("status", json!("gone")),
        ("quantity", json!(-1)),
        ("quantity", json!(1.5)),
        ("quantity", json!("1")),
        ("quantity", json!(1_000_001)),
        ("price", json!(5)),
        ("price", json!({"amount": 5})),
        ("price", json!({"amount": -5, "currency": "USD"})),
        ("price", json!({"amount": 10_i64.pow(12) + 1, "currency": "USD"})),
        ("price", json!({"amount": 10_f64.powi(300), "currency": "USD"})),
        ("price", json!({"amount": 5, "currency": "XQQ"})),
        ("price", json!({"amount": 5, "currency": "usd"})),
        ("price", json!({"amount": 5, "currency": "USD", "note": ""})),
        ("acquired_at", json!("2026-02-30T00:00:00Z")),
        ("acquired_at", json!("0000-01-01T00:00:00Z")),
        ("acquired_at", json!("99999-01-01T00:00:00Z")),
        ("acquired_at", json!(1_767_225_600)),
        ("listing_id", json!("1")),
        ("listing_id", json!(0)),
        ("listing_id", json!(9_223_372_036_854_775_808_u64)),
        ("colour", json!("red")),
        ("id", json!(7)),
        ("user_id", json!(1)),
        ("created_at", json!("2026-01-01T00:00:00Z")),
    ] {
        let answer = scene.post("/my-items", &with(item.clone(), field, value.clone())).await;
        assert_eq!(faults(&answer), [field], "{value}");
    }
    assert_eq!(faults(&scene.post("/my-items", &json!({})).await), ["title"]);
    let many = json!({"title": 1, "status": 2, "colour": 3});
    assert_eq!(faults(&scene.post("/my-items", &many).await), ["title", "status", "colour"]);
    let mixed = json!({"title": "a", "cost": usd(1), "price": {"amount": 1, "currency": "EUR"}});
    assert_eq!(faults(&scene.post("/my-items", &mixed).await), ["price"]);
    assert_eq!(scene.db.count("my_items").await, 0);
}

#[tokio::test]
async fn a_body_that_is_no_json_object_is_refused() {
    let scene = Scene::new().await;
    let json = Some("application/json");
    for text in ["", "{", "nonsense", r#"{"title": "\ud800"}"#, r#"{"title": "a"} x"#, "\u{0}"] {
        let answer = raw(&scene, json, text.to_owned()).await;
        assert_eq!((answer.status, &answer.json()["code"]), (400, &json!("bad_request")), "{text}");
    }
    assert_eq!(raw(&scene, json, vec![b'"', 0xff, b'"']).await.status, 400);
    let deep = format!("{}1{}", "[".repeat(1_000), "]".repeat(1_000));
    assert_eq!(raw(&scene, json, deep).await.status, 400);
    for text in ["[]", "null", "1", r#""title""#] {
        assert_eq!(faults(&raw(&scene, json, text.to_owned()).await), ["body"]);
    }
    for kind in [None, Some("text/plain"), Some("application/x-www-form-urlencoded")] {
        let answer = raw(&scene, kind, r#"{"title": "a"}"#).await;
        assert_eq!(answer.status, 415, "{kind:?}");
    }
    let large = format!(r#"{{"title": "{}"}}"#, "x".repeat(10 << 20));
    assert_eq!(raw(&scene, json, large).await.status, 413);
    assert_eq!(scene.db.count("my_items").await, 0);
    let right = raw(&scene, Some("application/json; charset=utf-8"), r#"{"title": "a"}"#).await;
    assert_eq!(right.status, 201);
}

#[tokio::test]
async fn a_reference_to_nothing_or_to_somebody_elses_row_is_named() {
    let scene = Scene::new().await;
    let bobs = scene.made_by_bob("/my-items", &json!({"title": "Bob's"})).await;
    let bobs_ad = scene.ad(BOB, 900).await;
    let channel = json!({"name": "Bob's", "kind": "email"});
    let bobs_channel = scene.made_by_bob("/channels", &channel).await;
    let post = json!({"my_item_id": 1, "platform": "ebay"});
    let told = json!({"channel": "email"});
    let score = json!({"listing_id": 1, "metric": "taste", "value": 5});
    for (path, body, field, id) in [
        ("/orders", order("1"), "my_item_id", bobs),
        ("/orders", order("1"), "cross_post_id", 77),
        ("/cross-posts", post, "my_item_id", bobs),
        ("/my-items", json!({"title": "a"}), "listing_id", bobs_ad),
        ("/snap-jobs", json!({}), "my_item_id", bobs),
        ("/watchlist-items", json!({}), "listing_id", bobs_ad),
        ("/listing-scores", score, "listing_id", bobs_ad),
        ("/notifications", told.clone(), "channel_id", bobs_channel),
        ("/notifications", told.clone(), "listing_id", bobs_ad),
        ("/notifications", told, "search_id", 77),
    ] {
        for id in [id, 123_456_789, i64::MAX] {
            let answer = scene.post(path, &with(body.clone(), field, json!(id))).await;
            assert_eq!(faults(&answer), [field], "{path} {id}");
        }
    }
    let own = scene.made("/orders", &order("1")).await;
    let change = json!({"my_item_id": bobs, "status": "shipped"});
    let answer = scene.patch(&format!("/orders/{own}"), &change).await;
    assert_eq!(faults(&answer), ["my_item_id"]);
    assert_eq!(scene.get(&format!("/orders/{own}")).await.json()["status"], "paid");
    for table in ["cross_posts", "snap_jobs", "watchlist_items", "listing_scores", "notifications"]
    {
        assert_eq!(scene.db.count(table).await, 0, "{table}");
    }
}

#[tokio::test]
async fn what_is_there_already_is_a_conflict() {
    let scene = Scene::new().await;
    let listing_id = scene.ad(crate::support::people::ANN, 1).await;
    let item = scene.made("/my-items", &json!({"title": "a", "sku": "S1"})).await;
    let post = json!({"my_item_id": item, "platform": "ebay", "external_id": "v1|1"});
    for (path, body, field) in [
        ("/orders", order("1"), "platform_order_id"),
        ("/my-items", json!({"title": "b", "sku": "S2"}), "sku"),
        ("/cross-posts", post, "external_id"),
        ("/channels", json!({"name": "mail", "kind": "email"}), "name"),
        ("/searches", json!({"name": "cameras"}), "name"),
        ("/watchlist-items", json!({"listing_id": listing_id}), "listing_id"),
        ("/marketplace-accounts", json!({"platform": "ebay"}), "account_name"),
        (
            "/listing-scores",
            json!({"listing_id": listing_id, "metric": "taste", "value": 5}),
            "metric",
        ),
        ("/user-prefs", json!({}), "user_id"),
    ] {
        scene.made(path, &body).await;
        let again = scene.post(path, &body).await;
        assert_eq!((again.status, &again.json()["code"]), (409, &json!("conflict")), "{path}");
        let told = again.json()["detail"].as_str().unwrap().to_owned();
        assert!(told.contains(field), "{path}: {told}");
        assert_eq!(
            scene.get(&format!("{path}?count=true")).await.json()["total"],
            match path {
                "/my-items" => 2,
                _ => 1,
            }
        );
    }
    let other = scene.made("/orders", &order("2")).await;
    let taken = scene.patch(&format!("/orders/{other}"), &json!({"platform_order_id": "1"})).await;
    assert_eq!(taken.status, 409);
}
