//! What a person sold is a comparable of theirs.

use deal_scout::workers::estimate;
use serde_json::{Value, json};

use crate::{
    support::{
        Server,
        cluster::PATIENCE,
        people::{self, ANN, BOB, token},
        web,
    },
    workers::estimate::{app, now},
};

const QUESTION: &str = "Fujifilm X-T3 body";

async fn worth(server: &Server, token: &str) -> Value {
    let question = json!({"title": QUESTION, "currency": "USD"});
    people::post(server, token, "/api/v1/pricing/estimate", &question).await.json()
}

async fn made(server: &Server, token: &str, path: &str, body: Value) -> Value {
    let made = people::post(server, token, path, &body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    made.json()
}

#[tokio::test]
async fn an_order_that_is_recorded_moves_the_estimate_of_its_owner_alone() {
    let db = people::two().await;
    let (ann, bob) = (token(&db, ANN, "write").await, token(&db, BOB, "write").await);
    let server = web::serve(&db).await;
    let app = app(&db, now());
    let ad = json!({"title": "Fujifilm X-T3 camera body", "price": {"amount": 30_000, "currency": "USD"}});
    made(&server, &ann, "/api/v1/listings", ad).await;
    estimate::run_until_idle(&app).await.unwrap();
    assert_eq!(worth(&server, &ann).await["not_enough_data"], true);

    let item =
        made(&server, &ann, "/api/v1/my-items", json!({"title": "Fujifilm X-T3 camera body"}))
            .await;
    let mut orders = Vec::new();
    for (n, amount) in [(1, 48_000), (2, 50_000), (3, 52_000)] {
        let order = json!({
            "platform": "ebay", "platform_order_id": format!("o-{n}"), "my_item_id": item["id"], "status": "completed",
            "total": {"amount": amount, "currency": "USD"},
        });
        orders.push(made(&server, &ann, "/api/v1/orders", order).await);
    }
    let known = worth(&server, &ann).await;
    let fair = known["fair_value"]["amount"].as_i64().unwrap_or_default();
    assert!((46_000..=54_000).contains(&fair), "{known}");
    assert_eq!((&known["basis"], &known["n"]), (&json!("sold"), &json!(3)));
    let compared = &known["comparables"][0];
    assert_eq!(compared["order_id"], compared["id"], "{compared}");
    assert_eq!(worth(&server, &bob).await["not_enough_data"], true, "nobody else's");
    let cookie = people::session(&db, ANN).await;
    let page = server.get_with("/pricing?title=Fujifilm+X-T3+body", &[("cookie", &cookie)]).await;
    assert!(page.body.contains("Fujifilm X-T3 camera body"));

    // Due at once, or scored already: the server's own worker may be faster than this question.
    let looked_at = "(SELECT id FROM listings WHERE score_due_at < now() + INTERVAL '10 minutes'
                      UNION ALL SELECT id FROM listing_scores WHERE value IS NOT NULL) AS ads";
    let began = std::time::Instant::now();
    while db.count(looked_at).await == 0 {
        assert!(began.elapsed() < PATIENCE, "the ad that the sales concern is scored again");
    }

    let path = format!("/api/v1/orders/{}", orders[0]["id"]);
    let undone = people::patch(&server, &ann, &path, &json!({"status": "refunded"})).await;
    assert_eq!(undone.status, 200, "{}", undone.body);
    assert_eq!(worth(&server, &ann).await["not_enough_data"], true, "two sales are too few");
}
