//! Items with all that belongs to them.

use serde_json::{Value, json};

use super::scene::{Scene, faults, order, usd};

#[tokio::test]
async fn an_item_comes_with_its_photos_posts_and_orders() {
    let scene = Scene::new().await;
    let item = scene.made("/my-items", &json!({"title": "Leica M3", "cost": usd(50_000)})).await;
    let other = scene.made("/my-items", &json!({"title": "Another"})).await;
    for (item, number) in [(item, "1"), (item, "2"), (other, "3")] {
        let post = json!({"my_item_id": item, "platform": "ebay", "external_id": number});
        let post = scene.made("/cross-posts", &post).await;
        let mut sale = order(number);
        (sale["my_item_id"], sale["cross_post_id"]) = (json!(item), json!(post));
        scene.made("/orders", &sale).await;
    }
    for (item, position) in [(item, 2), (item, 1), (other, 0)] {
        scene
            .db
            .run(&format!(
                "INSERT INTO photos (user_id, my_item_id, position, digest, media_type, width, height, bytes)
                 SELECT id, {item}, {position}, repeat('0', 64), 'image/jpeg', 1, 1, 1
                 FROM users WHERE email = 'ann@example.org'"
            ))
            .await;
    }
    let path = format!("/my-items/{item}");
    let whole = scene.get(&path).await.json();
    assert_eq!((&whole["title"], &whole["cost"]), (&json!("Leica M3"), &usd(50_000)));
    let each = |list: &str, field: &str| -> Vec<Value> {
        whole[list].as_array().unwrap().iter().map(|row| row[field].clone()).collect()
    };
    assert_eq!(each("photos", "position"), [1, 2]);
    assert_eq!(each("cross_posts", "external_id"), ["2", "1"]);
    assert_eq!(each("orders", "platform_order_id"), ["2", "1"]);
    let listed = scene.get("/my-items?q=leica").await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(listed["items"][0].get("photos"), None);

    // What is posted and pictured goes with the item; what was sold stays sold.
    assert_eq!(scene.delete(&path).await.status, 204);
    let left = scene.get("/orders?count=true").await.json();
    assert_eq!(left["total"], 3);
    assert_eq!(left["items"][1]["my_item_id"], Value::Null);
    assert_eq!(scene.db.count("cross_posts").await, 1);
    assert_eq!(scene.db.count("photos").await, 1);
}

#[tokio::test]
async fn amounts_of_one_item_have_one_currency() {
    let scene = Scene::new().await;
    let eur = |amount: i64| json!({"amount": amount, "currency": "EUR"});
    let item = scene.made("/my-items", &json!({"title": "a", "cost": usd(1)})).await;
    let path = format!("/my-items/{item}");
    assert_eq!(faults(&scene.patch(&path, &json!({"price": eur(2)})).await), ["price"]);
    let both = scene.patch(&path, &json!({"price": eur(2), "cost": eur(1)})).await;
    assert_eq!(both.json()["cost"], eur(1));
    let cleared = scene.patch(&path, &json!({"price": null, "cost": null})).await.json();
    assert_eq!((&cleared["price"], &cleared["cost"]), (&Value::Null, &Value::Null));
    let dollars = scene.patch(&path, &json!({"price": usd(5)})).await.json();
    assert_eq!(dollars["price"], usd(5), "where nothing is left, any currency will do");
}
