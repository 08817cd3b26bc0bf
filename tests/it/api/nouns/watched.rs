//! Watchlist items: what they cost when they were saved, buying one, and lists that leave out what was put aside.

use serde_json::json;

use crate::support::{
    TestDb,
    people::{self, ANN, get, patch, post, token},
    web,
};

async fn ads(db: &TestDb) {
    db.run(
        "INSERT INTO listings (id, user_id, source, source_id, title, price_amount, shipping_amount, currency, condition,
                               category, score_due_at)
         SELECT n, (SELECT id FROM users WHERE email = 'ann@example.org'), 'ebay', n::text, 'Camera ' || n, n * 1000, 500,
                'EUR', 'good', 'Cameras', NULL
         FROM generate_series(1, 5) n",
    )
    .await;
}

#[tokio::test]
async fn an_item_knows_what_its_ad_cost_when_it_was_saved() {
    let db = people::two().await;
    ads(&db).await;
    let server = web::serve(&db).await;
    let ann = token(&db, ANN, "write").await;
    let made = post(&server, &ann, "/api/v1/watchlist-items", &json!({"listing_id": 3})).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(made.json()["saved_price"], json!({"amount": 3000, "currency": "EUR"}));
    db.run("UPDATE listings SET price_amount = 2000 WHERE id = 3").await;
    let path = format!("/api/v1/watchlist-items/{}", made.json()["id"]);
    let later = patch(&server, &ann, &path, &json!({"note": "hm"})).await.json();
    assert_eq!(later["saved_price"]["amount"], 3000);
    assert_eq!(later["listing"]["price"]["amount"], 2000);
    let ignored = json!({"listing_id": 4, "status": "ignored"});
    let ignored = post(&server, &ann, "/api/v1/watchlist-items", &ignored).await;
    assert_eq!(ignored.json()["saved_price"], json!(null));
}

#[tokio::test]
async fn buying_makes_one_thing_however_often_it_is_said() {
    let db = people::two().await;
    ads(&db).await;
    let server = web::serve(&db).await;
    let ann = token(&db, ANN, "write").await;
    let item = post(&server, &ann, "/api/v1/watchlist-items", &json!({"listing_id": 3})).await;
    let path = format!("/api/v1/watchlist-items/{}", item.json()["id"]);
    let bought = post(&server, &ann, &format!("{path}/bought"), &json!(null)).await;
    assert_eq!(bought.status, 200, "{}", bought.body);
    let thing = bought.json();
    assert_eq!((&thing["title"], &thing["listing_id"]), (&json!("Camera 3"), &json!(3)));
    assert_eq!(thing["cost"], json!({"amount": 3500, "currency": "EUR"}), "with shipping");
    assert_eq!((&thing["condition"], &thing["category"]), (&json!("good"), &json!("Cameras")));
    assert!(thing["acquired_at"].is_string());
    let again = post(&server, &ann, &format!("{path}/bought"), &json!(null)).await;
    assert_eq!(again.json()["id"], thing["id"]);
    assert_eq!(db.count("my_items").await, 1);
    assert_eq!(get(&server, &ann, &path).await.json()["status"], "bought");
    let read = token(&db, ANN, "read").await;
    assert_eq!(post(&server, &read, &format!("{path}/bought"), &json!(null)).await.status, 403);
    assert_eq!(
        post(&server, &ann, "/api/v1/watchlist-items/99/bought", &json!(null)).await.status,
        404
    );
}

#[tokio::test]
async fn lists_of_ads_leave_out_what_was_put_aside_when_asked_to() {
    let db = people::two().await;
    ads(&db).await;
    db.run(
        "INSERT INTO watchlist_items (user_id, listing_id, status, snoozed_until)
         SELECT user_id, id, (ARRAY['saved', 'ignored', 'snoozed', 'snoozed'])[id],
                CASE id WHEN 3 THEN now() + INTERVAL '1 hour' WHEN 4 THEN now() - INTERVAL '1 hour' END
         FROM listings WHERE id <= 4",
    )
    .await;
    let server = web::serve(&db).await;
    let ann = token(&db, ANN, "read").await;
    let ids = async |query: &str| {
        let path = format!("/api/v1/listings?sort=price&count=true{query}");
        let page = get(&server, &ann, &path).await.json();
        let items = page["items"].as_array().unwrap();
        assert_eq!(page["total"], items.len());
        items.iter().map(|item| item["id"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(ids("").await, [1, 2, 3, 4, 5], "nothing is left out unless asked for");
    assert_eq!(ids("&hidden=false").await, [1, 4, 5]);
    assert_eq!(ids("&hidden=true").await, [2, 3]);
    assert_eq!(ids("&watched=snoozed").await, [3, 4]);
    assert_eq!(ids("&watched=saved&hidden=false&q=camera").await, [1]);
}
