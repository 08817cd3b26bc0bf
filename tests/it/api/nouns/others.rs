//! What is special to the rest: preferences, watched ads, notifications, snap jobs.

use serde_json::{Value, json};

use super::scene::{Scene, faults, usd};
use crate::support::people::ANN;

#[tokio::test]
async fn everybody_has_preferences_once() {
    let scene = Scene::new().await;
    let made = scene.post("/user-prefs", &json!({})).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let row = made.json();
    assert_eq!((&row["time_zone"], &row["locale"]), (&json!("UTC"), &json!("en-US")));
    assert_eq!((&row["notify"], &row["quiet_from"]), (&json!("instantly"), &Value::Null));
    assert_eq!(scene.post("/user-prefs", &json!({})).await.status, 409);
    scene.made_by_bob("/user-prefs", &json!({"time_zone": "Europe/Berlin"})).await;
    let path = format!("/user-prefs/{}", row["id"]);
    let change = json!({"time_zone": "America/New_York", "locale": "de-DE", "currency": "EUR",
                        "included_words": ["leica"], "quiet_from": 22, "quiet_until": 7,
                        "min_condition": "good", "notify": "daily"});
    let changed = scene.patch(&path, &change).await.json();
    for (field, value) in change.as_object().unwrap() {
        assert_eq!(&changed[field], value, "{field}");
    }
    for (field, value) in [
        ("time_zone", json!("Mars/Base")),
        ("locale", json!("german")),
        ("digest_weekday", json!(0)),
        ("quiet_from", json!(24)),
        ("currency", json!("XQQ")),
        ("longitude", json!(181)),
        ("included_words", json!("leica")),
        ("weights", json!({"price": 101})),
    ] {
        assert_eq!(faults(&scene.patch(&path, &json!({field: value})).await), [field]);
    }
}

#[tokio::test]
async fn a_watched_ad_shows_itself() {
    let scene = Scene::new().await;
    for id in 1..=3 {
        scene.ad(ANN, id).await;
        let body = json!({"listing_id": id, "target": usd(90), "drop_percent": 10});
        scene.made("/watchlist-items", &body).await;
    }
    let page = scene.get("/watchlist-items?sort=created_at").await.json();
    let ad = |at: usize| page["items"][at]["listing"].clone();
    let shown = |id: i64| json!({"title": format!("Camera {id}"), "price": usd(id * 100), "available": true});
    assert_eq!((ad(0), ad(1), ad(2)), (shown(1), shown(2), shown(3)));
    let path = format!("/watchlist-items/{}", page["items"][0]["id"]);
    assert_eq!(faults(&scene.patch(&path, &json!({"told": usd(1)})).await), ["told"]);

    scene.db.run("UPDATE watchlist_items SET told_amount = 95").await;
    let cheaper = scene.patch(&path, &json!({"target": usd(80)})).await.json();
    assert_eq!(cheaper["told"], usd(95));
    let euros = json!({"amount": 80, "currency": "EUR"});
    let other = scene.patch(&path, &json!({"target": euros, "status": "snoozed"})).await.json();
    assert_eq!((&other["target"], &other["told"]), (&euros, &Value::Null));
    assert_eq!(scene.get("/watchlist-items?status=snoozed&count=true").await.json()["total"], 1);
    scene.db.run("DELETE FROM listings WHERE id = 1").await;
    assert_eq!(scene.get(&path).await.status, 404, "it went with its ad");
}

#[tokio::test]
async fn a_notification_is_made_and_read() {
    let scene = Scene::new().await;
    let ad = scene.ad(ANN, 1).await;
    let body = json!({"channel": "email", "listing_id": ad, "payload": {"title": "Camera"}});
    let path = format!("/notifications/{}", scene.made("/notifications", &body).await);
    let read = scene.patch(&path, &json!({"status": "read"})).await.json();
    assert_eq!((&read["status"], &read["attempts"]), (&json!("read"), &json!(0)));
    for (field, value) in
        [("attempts", json!(3)), ("sent_at", json!("2026-01-01T00:00:00Z")), ("error", json!("x"))]
    {
        assert_eq!(faults(&scene.patch(&path, &json!({field: value})).await), [field]);
    }
    for (query, total) in
        [("status=read", 1), ("status=pending", 0), ("channel=email", 1), ("listing_id=1", 1)]
    {
        let page = scene.get(&format!("/notifications?count=true&{query}")).await.json();
        assert_eq!(page["total"], total, "{query}");
    }
}

#[tokio::test]
async fn a_snap_job_comes_with_its_photos_and_outlives_its_item() {
    let scene = Scene::new().await;
    let item = scene.made("/my-items", &json!({"title": "a"})).await;
    let body = json!({"my_item_id": item, "notes": "grandma's", "price": usd(5)});
    let made = scene.post("/snap-jobs", &body).await.json();
    assert_eq!((&made["status"], &made["step"]), (&json!("pending"), &json!("photos")));
    assert_eq!((&made["price"], &made["photos"]), (&usd(5), &json!([])));
    let path = format!("/snap-jobs/{}", made["id"]);
    assert_eq!(scene.delete(&format!("/my-items/{item}")).await.status, 204);
    assert_eq!(scene.get(&path).await.json()["my_item_id"], Value::Null);
    assert_eq!(faults(&scene.patch(&path, &json!({"step": "done"})).await), ["step"]);
}
