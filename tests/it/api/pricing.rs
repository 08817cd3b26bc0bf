//! What is it worth, for programs.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{
    TestDb,
    server::{Answer, Server},
    web::{self, header, send},
};

async fn ask(server: &Server, question: &Value) -> Answer {
    let address = format!("{}/api/v1/pricing/estimate", server.base());
    send(server.http().post(address).json(question)).await
}

async fn with_sales(db: &TestDb) {
    db.run(
        "INSERT INTO comps (user_id, source, source_id, title, price_amount, currency, observed_at)
         SELECT (SELECT min(id) FROM users), 'csv', n::text, 'Fujifilm X-T3 camera body', 50000 + 500 * n, 'USD',
                now() - n * INTERVAL '1 day'
         FROM generate_series(1, 20) AS n",
    )
    .await;
}

#[tokio::test]
async fn a_known_thing_has_a_worth_and_an_unknown_one_an_honest_answer() {
    let db = TestDb::new().await;
    with_sales(&db).await;
    let server = web::demo(&db).await;

    let known = ask(&server, &json!({"title": "Fujifilm X-T3 body", "currency": "USD"})).await;
    assert_eq!(known.status, 200);
    let known = known.json();
    let fair = known["fair_value"]["amount"].as_i64().unwrap();
    assert!((50_000..=60_000).contains(&fair), "{known}");
    assert_eq!((&known["basis"], &known["not_enough_data"]), (&json!("sold"), &json!(false)));
    let fields: BTreeSet<_> = known.as_object().unwrap().keys().map(String::as_str).collect();
    let promised =
        "fair_value low high interval confidence n basis trend not_enough_data comparables";
    assert_eq!(fields, promised.split(' ').collect());
    assert!(known["comparables"].as_array().is_some_and(|list| !list.is_empty()));

    let both = json!([{"title": "Grandmother's teapot"}, {"title": "Fujifilm X-T3 body"}]);
    let both = ask(&server, &both).await.json();
    let items = both["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(
        (&items[0]["not_enough_data"], &items[0]["fair_value"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(items[1]["fair_value"]["amount"], fair);

    let page = server.get("/pricing?title=Fujifilm+X-T3+body").await.body;
    assert!(page.contains("What it is compared with") && page.contains("<svg class=\"strip\""));
    let page = server.get("/pricing?title=Grandmother%27s+teapot").await.body;
    assert!(page.contains("Not enough data"));
}

#[tokio::test]
async fn bad_questions_are_told_apart() {
    let db = TestDb::new().await;
    let server = web::demo(&db).await;
    let address = format!("{}/api/v1/pricing/estimate", server.base());
    let raw = |kind: &'static str, body: &str| {
        send(server.http().post(&address).header("content-type", kind).body(body.to_owned()))
    };
    assert_eq!(raw("application/json", "{").await.status, 400);
    assert_eq!(raw("text/plain", "{}").await.status, 415);
    let large = raw("application/json", &" ".repeat(17 * 1024 * 1024)).await;
    assert_eq!(large.status, 413);
    assert!(large.body.contains("16777216"), "{}", large.body);
    let wordy = vec![json!({"title": "a", "description": "b ".repeat(1_000)}); 1_000];
    assert_eq!(ask(&server, &json!(wordy)).await.status, 200);
    assert_eq!(ask(&server, &json!({"title": "a", "colour": 1})).await.status, 422);
    assert_eq!(ask(&server, &json!(vec![json!({"title": "a"}); 1_001])).await.status, 422);
    assert_eq!(ask(&server, &json!(vec![json!({"title": "a b c"}); 1_000])).await.status, 200);
    assert_eq!(ask(&server, &json!([])).await.json(), json!({"items": []}));
    let faults = ask(&server, &json!([{"title": "a"}, {}])).await.json();
    assert_eq!(faults["errors"][0]["field"], "[1].title");
    let faults =
        ask(&server, &json!([{"title": "a"}, {"title": "a", "condition": 7}])).await.json();
    assert_eq!(faults["errors"][0]["field"], "[1].condition");
    let asked = server.http().post(format!("{address}?colour=red")).json(&json!({"title": "a"}));
    assert_eq!(send(asked).await.json()["errors"][0]["field"], "colour");
    let other = server.get("/api/v1/pricing/estimate").await;
    assert_eq!((other.status, header(&other, "allow")), (405, "POST"));
}
