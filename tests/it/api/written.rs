//! Ads and comparables written by hand.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    Server, TestDb,
    server::Answer,
    web::{self, header},
};

async fn ask(
    server: &Server,
    method: Method,
    path: &str,
    body: &Value,
    headers: &[(&str, &str)],
) -> Answer {
    let mut request = server.http().request(method, format!("{}/api/v1/{path}", server.base()));
    if !body.is_null() {
        request = request.json(body);
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    web::send(request).await
}

async fn post(server: &Server, path: &str, body: Value) -> Answer {
    ask(server, Method::POST, path, &body, &[]).await
}

async fn patch(server: &Server, path: &str, body: Value) -> Answer {
    ask(server, Method::PATCH, path, &body, &[]).await
}

fn usd(amount: i64) -> Value {
    json!({"amount": amount, "currency": "USD"})
}

#[tokio::test]
async fn an_ad_is_made_by_hand_changed_and_removed() {
    let db = TestDb::new().await;
    let server = web::demo(&db).await;
    let made =
        post(&server, "listings", json!({"title": "Empty box for Leica M6", "price": usd(5_000)}))
            .await;
    assert_eq!(made.status, 201, "{}", made.body);
    let ad = made.json();
    let path = format!("listings/{}", ad["id"]);
    assert_eq!(header(&made, "location"), format!("/api/v1/{path}"));
    assert_eq!((&ad["source"], &ad["kind"]), (&json!("manual"), &json!("empty_box")));
    assert_eq!(ad["source_id"].as_str().map(str::len), Some(36), "an id is made");
    assert_eq!(ad["price_history"].as_array().unwrap().len(), 1);

    let changed = patch(&server, &path, json!({"price": usd(4_000), "condition": "good"})).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let prices: Vec<_> = changed.json()["price_history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["price"]["amount"].clone())
        .collect();
    assert_eq!(prices, [json!(5_000), json!(4_000)]);
    let same =
        patch(&server, &path, json!({"price": usd(4_000), "title": "Leica M6"})).await.json();
    assert_eq!(same["price_history"].as_array().unwrap().len(), 2, "the same price is no news");
    assert_eq!(same["kind"], "item", "another title may be another kind");
    let cleared = patch(&server, &path, json!({"price": null, "condition": null, "kind": "parts"}))
        .await
        .json();
    assert_eq!(
        (&cleared["price"], &cleared["condition"], &cleared["kind"]),
        (&Value::Null, &Value::Null, &json!("parts"))
    );

    assert_eq!(ask(&server, Method::DELETE, &path, &Value::Null, &[]).await.status, 204);
    assert_eq!(server.get(&format!("/api/v1/{path}")).await.status, 404);
}

#[tokio::test]
async fn a_change_puts_an_ad_in_line_to_be_judged_again() {
    let db = TestDb::new().await;
    web::with_ads(&db, 3).await;
    let server = web::demo(&db).await;
    assert_eq!(patch(&server, "listings/2", json!({"price": usd(1)})).await.status, 200);
    // With no comparables the worker says so, which replaces the score that the scene made up.
    let judged = async || server.get("/api/v1/listings/2").await.json()["score"].is_null();
    let began = std::time::Instant::now();
    while !judged().await {
        assert!(began.elapsed() < crate::support::cluster::PATIENCE, "the worker takes it up");
    }
    let one = server.get("/api/v1/listings/2").await.json();
    assert_eq!(one["scores"][0]["metric"], "deal_score");
    assert_eq!(one["judgement"]["estimate"]["comparables"], json!([]));
}

#[tokio::test]
async fn a_comparable_by_hand_bears_on_estimates_at_once() {
    let db = TestDb::new().await;
    let server = web::demo(&db).await;
    let estimate = async || {
        let question = json!({"title": "Sony PS5 Disc Edition"});
        post(&server, "pricing/estimate", question).await.json()["fair_value"]["amount"].clone()
    };
    assert_eq!(estimate().await, Value::Null);
    let mut paths = Vec::new();
    for _ in 0..6 {
        let made =
            post(&server, "comps", json!({"title": "Sony PS5 Disc Edition", "price": usd(40_000)}))
                .await;
        assert_eq!(made.status, 201, "{}", made.body);
        let comp = made.json();
        assert_eq!((&comp["basis"], &comp["source"]), (&json!("sold"), &json!("manual")));
        paths.push(format!("comps/{}", comp["id"]));
    }
    assert_eq!(estimate().await, 40_000);
    for path in &paths {
        let changed =
            patch(&server, path, json!({"price": usd(30_000), "shipping": usd(1_000)})).await;
        assert_eq!(changed.json()["total"], usd(31_000));
    }
    assert_eq!(estimate().await, 31_000);
    for path in &paths {
        assert_eq!(ask(&server, Method::DELETE, path, &Value::Null, &[]).await.status, 204);
    }
    assert_eq!(estimate().await, Value::Null);
}

#[tokio::test]
async fn versions_and_keys_guard_writes() {
    let db = TestDb::new().await;
    let server = web::demo(&db).await;
    let body = json!({"title": "Leica M6", "price": usd(100), "source_id": "mine"});
    let key = [("idempotency-key", "abc")];
    let first = ask(&server, Method::POST, "comps", &body, &key).await;
    let again = ask(&server, Method::POST, "comps", &body, &key).await;
    assert_eq!((first.status, again.status, &first.body), (201, 201, &again.body));
    let other = json!({"title": "Leica M3", "price": usd(100)});
    assert_eq!(ask(&server, Method::POST, "comps", &other, &key).await.status, 422);
    assert_eq!(post(&server, "comps", body).await.status, 409, "the same identity");

    let path = format!("comps/{}", first.json()["id"]);
    let etag = header(&first, "etag").to_owned();
    let change = json!({"price": usd(200)});
    let matching = [("if-match", etag.as_str())];
    assert_eq!(ask(&server, Method::PATCH, &path, &change, &matching).await.status, 200);
    let lost = ask(&server, Method::PATCH, &path, &change, &matching).await;
    assert_eq!((lost.status, &lost.json()["code"]), (412, &json!("precondition_failed")));
    assert_eq!(ask(&server, Method::DELETE, &path, &Value::Null, &matching).await.status, 412);
    assert_eq!(server.get("/api/v1/comps?count=true").await.json()["total"], 1);
}

#[tokio::test]
async fn what_is_written_wrongly_is_named_and_nothing_is_stored() {
    let db = TestDb::new().await;
    let server = web::demo(&db).await;
    let long = "x".repeat(501);
    for (noun, body, fields) in [
        ("listings", json!({}), vec!["title"]),
        ("listings", json!({"title": ""}), vec!["title"]),
        ("listings", json!({"title": long}), vec!["title"]),
        ("listings", json!({"title": "a\u{0}b"}), vec!["title"]),
        ("listings", json!({"title": 5, "colour": "red"}), vec!["title", "colour"]),
        ("listings", json!({"title": "a", "price": usd(-1)}), vec!["price"]),
        (
            "listings",
            json!({"title": "a", "price": {"amount": 1e30, "currency": "USD"}}),
            vec!["price"],
        ),
        (
            "listings",
            json!({"title": "a", "price": {"amount": 1, "currency": "XQQ"}}),
            vec!["price"],
        ),
        (
            "listings",
            json!({"title": "a", "price": usd(1), "shipping": {"amount": 1, "currency": "EUR"}}),
            vec!["shipping"],
        ),
        ("listings", json!({"title": "a", "source": "sample"}), vec!["source"]),
        ("listings", json!({"title": "a", "source": "E Bay"}), vec!["source"]),
        ("listings", json!({"title": "a", "condition": "shiny"}), vec!["condition"]),
        (
            "listings",
            json!({"title": "a", "posted_at": "99999-01-01T00:00:00Z"}),
            vec!["posted_at"],
        ),
        ("listings", json!({"title": "a", "url": "javascript:alert(1)"}), vec!["url"]),
        ("listings", json!({"title": "a", "details": {"a": "\u{0}"}}), vec!["details"]),
        ("comps", json!({"title": "a"}), vec!["price"]),
        ("comps", json!({"title": "a", "price": null}), vec!["price"]),
        (
            "comps",
            json!({"title": "a", "price": usd(1), "basis": "guess", "id": 5}),
            vec!["basis", "id"],
        ),
        (
            "comps",
            json!({"title": "a", "price": usd(1), "observed_at": "yesterday"}),
            vec!["observed_at"],
        ),
    ] {
        let answer = post(&server, noun, body.clone()).await;
        assert_eq!(answer.status, 422, "{noun} {body}: {}", answer.body);
        let problem = answer.json();
        let named: Vec<_> =
            problem["errors"].as_array().unwrap().iter().map(|e| e["field"].clone()).collect();
        assert_eq!(named, fields, "{noun} {body}");
    }
    let raw = async |body: &'static str, kind: &str| {
        let request = server.http().post(format!("{}/api/v1/listings", server.base()));
        web::send(request.header("content-type", kind).body(body)).await.status
    };
    assert_eq!(raw(r#"{"title": "\ud800"}"#, "application/json").await, 400, "a lone surrogate");
    assert_eq!(raw("{", "application/json").await, 400);
    assert_eq!(raw("title=a", "application/x-www-form-urlencoded").await, 415);
    assert_eq!(patch(&server, "listings/99", json!({"title": "a"})).await.status, 404);
    for noun in ["listings", "comps"] {
        assert_eq!(
            server.get(&format!("/api/v1/{noun}?count=true")).await.json()["total"],
            0,
            "{noun}"
        );
    }
}

#[tokio::test]
async fn anothers_ads_and_comparables_are_not_there() {
    let db = TestDb::new().await;
    db.run(
        "INSERT INTO users (email) VALUES ('bob@example.org');
         INSERT INTO listings (id, user_id, source, source_id, title, price_amount, currency)
         SELECT 7, max(id), 'csv', '1', 'Leica', 1, 'USD' FROM users;
         INSERT INTO comps (id, user_id, source, source_id, title, price_amount, currency)
         SELECT 7, max(id), 'csv', '1', 'Leica', 1, 'USD' FROM users",
    )
    .await;
    let server = web::demo(&db).await;
    for path in ["listings/7", "comps/7"] {
        assert_eq!(server.get(&format!("/api/v1/{path}")).await.status, 404, "{path}");
        assert_eq!(patch(&server, path, json!({"title": "mine"})).await.status, 404, "{path}");
        assert_eq!(
            ask(&server, Method::DELETE, path, &Value::Null, &[]).await.status,
            404,
            "{path}"
        );
    }
    assert_eq!(server.get("/api/v1/listings?q=leica&count=true").await.json()["total"], 0);
}
