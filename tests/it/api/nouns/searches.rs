//! Saved searches.

use serde_json::{Value, json};

use super::scene::{Scene, faults, usd};

async fn channel(scene: &Scene, name: &str) -> i64 {
    scene.made("/channels", &json!({"name": name, "kind": "email"})).await
}

#[tokio::test]
async fn a_search_has_words_places_hours_and_channels() {
    let scene = Scene::new().await;
    let (mail, phone) = (channel(&scene, "mail").await, channel(&scene, "phone").await);
    let body = json!({
        "name": "Cameras", "words": "leica m3", "excluded_words": ["broken", "box only"],
        "sources": ["ebay"], "category": "Cameras", "conditions": ["good", "great"],
        "min_price": usd(10_000), "max_price": usd(90_000), "min_score": 60, "place": "Berlin",
        "latitude": 52.5, "longitude": 13.4, "radius_km": 30, "every_minutes": 15,
        "hours": [8, 9, 20], "enabled": false, "channel_ids": [phone, mail, phone],
    });
    let made = scene.post("/searches", &body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let row = made.json();
    for (field, value) in body.as_object().unwrap() {
        if field != "channel_ids" {
            assert_eq!(&row[field], value, "{field}");
        }
    }
    assert_eq!(row["channel_ids"], json!([mail, phone]), "one given twice counts once");
    scene.made("/searches", &json!({"name": "All else"})).await;
    let all = scene.get("/searches?sort=created_at").await.json();
    let channels: Vec<_> =
        all["items"].as_array().unwrap().iter().map(|row| row["channel_ids"].clone()).collect();
    assert_eq!(channels, [json!([mail, phone]), json!([])]);
    for (query, total) in [
        ("enabled=true", 1),
        ("category=Cameras", 1),
        ("source=ebay", 1),
        ("source=etsy", 0),
        (&format!("channel_id={phone}"), 1),
        ("channel_id=77", 0),
    ] {
        let page = scene.get(&format!("/searches?count=true&{query}")).await.json();
        assert_eq!(page["total"], total, "{query}");
    }
    let path = format!("/searches/{}", row["id"]);
    let fewer = scene.patch(&path, &json!({"channel_ids": [mail]})).await.json();
    assert_eq!(fewer["channel_ids"], json!([mail]));
    let kept = scene.patch(&path, &json!({"min_price": null})).await.json();
    assert_eq!((&kept["channel_ids"], &kept["min_price"]), (&json!([mail]), &Value::Null));
    assert_eq!(scene.delete(&format!("/channels/{mail}")).await.status, 204);
    assert_eq!(scene.get(&path).await.json()["channel_ids"], json!([]));
}

#[tokio::test]
async fn a_channel_that_is_not_ones_own_stores_nothing() {
    let scene = Scene::new().await;
    let own = channel(&scene, "mail").await;
    let bobs = scene.made_by_bob("/channels", &json!({"name": "b", "kind": "email"})).await;
    for wrong in [bobs, 123_456] {
        let body = json!({"name": "a", "channel_ids": [own, wrong]});
        assert_eq!(faults(&scene.post("/searches", &body).await), ["channel_ids"]);
    }
    assert_eq!(scene.db.count("searches").await, 0);
    let id = scene.made("/searches", &json!({"name": "a", "channel_ids": [own]})).await;
    let change = json!({"name": "b", "channel_ids": [bobs]});
    assert_eq!(faults(&scene.patch(&format!("/searches/{id}"), &change).await), ["channel_ids"]);
    let row = scene.get(&format!("/searches/{id}")).await.json();
    assert_eq!((&row["name"], &row["channel_ids"]), (&json!("a"), &json!([own])));
}

#[tokio::test]
async fn the_least_price_is_not_above_the_highest() {
    let scene = Scene::new().await;
    let body = json!({"name": "a", "min_price": usd(5), "max_price": usd(4)});
    assert_eq!(faults(&scene.post("/searches", &body).await), ["min_price"]);
    let body = json!({"name": "a", "max_price": usd(4)});
    let path = format!("/searches/{}", scene.made("/searches", &body).await);
    assert_eq!(faults(&scene.patch(&path, &json!({"min_price": usd(5)})).await), ["min_price"]);
    let both = json!({"min_price": usd(5), "max_price": null});
    assert_eq!(scene.patch(&path, &both).await.status, 200);
    for (field, value) in [
        ("hours", json!([24])),
        ("hours", json!([0.5])),
        ("conditions", json!(["shiny"])),
        ("sources", json!(["E Bay"])),
        ("excluded_words", json!([""])),
        ("every_minutes", json!(4)),
        ("latitude", json!(90.1)),
        ("radius_km", json!(0)),
        ("channel_ids", json!([null])),
    ] {
        assert_eq!(faults(&scene.patch(&path, &json!({field: value})).await), [field]);
    }
}
