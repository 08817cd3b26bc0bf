//! Lists and single resources.

use serde_json::{Value, json};

use crate::support::{
    TestDb,
    web::{self, header},
};

#[tokio::test]
async fn pages_of_a_list_hold_every_row_once_in_every_order() {
    let db = TestDb::new().await;
    web::with_ads(&db, 50).await;
    let server = web::demo(&db).await;
    for sort in ["-score", "price", "-price", "-created_at", "created_at"] {
        let mut path = format!("/api/v1/listings?limit=7&count=true&sort={sort}");
        let first = path.clone();
        let mut ids = Vec::new();
        loop {
            let page = server.get(&path).await.json();
            assert_eq!(page["total"], 50);
            let items = page["items"].as_array().unwrap();
            ids.extend(items.iter().map(|item| item["id"].as_i64().unwrap()));
            match page["next_cursor"].as_str() {
                Some(cursor) => path = format!("{first}&cursor={cursor}"),
                None => break,
            }
        }
        let shown = ids.len();
        if sort == "-created_at" {
            assert!(ids.is_sorted_by(|a, b| a > b));
        }
        ids.sort_unstable();
        ids.dedup();
        assert_eq!((shown, ids.len()), (50, 50), "{sort}");
    }
}

#[tokio::test]
async fn an_ad_has_money_times_and_a_score() {
    let db = TestDb::new().await;
    web::with_ads(&db, 5).await;
    let server = web::demo(&db).await;
    let one = server.get("/api/v1/listings/4").await;
    let ad = one.json();
    assert_eq!(ad["price"], json!({"amount": 400, "currency": "USD"}));
    assert_eq!(ad["shipping"], Value::Null);
    assert_eq!(ad["score"], 40);
    assert_eq!(ad["judgement"]["summary"], "the reason for 4");
    assert_eq!(ad["created_at"], "2026-01-01T00:04:00Z");
    let etag = header(&one, "etag");
    let again = server.get_with("/api/v1/listings/4", &[("if-none-match", etag)]).await;
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    assert_eq!(server.get("/api/v1/listings/5").await.json()["price"], Value::Null);
    assert_eq!(server.get("/api/v1/listings/6").await.status, 404);
    let malformed = server.get("/api/v1/listings/six").await;
    assert_eq!(malformed.status, 404);
    assert_eq!(malformed.json()["detail"], "there is no such listing");
    let other = server.http().put(format!("{}/api/v1/listings/4", server.base()));
    let other = web::send(other).await;
    assert_eq!((other.status, header(&other, "allow")), (405, "GET, HEAD, PATCH, DELETE"));
}

#[tokio::test]
async fn what_is_asked_wrongly_is_named_field_by_field() {
    let db = TestDb::new().await;
    let server = web::demo(&db).await;
    for (query, fields) in [
        ("colour=red", vec!["colour"]),
        ("limit=0&min_score=101", vec!["min_score", "limit"]),
        ("sort=colour&condition=shiny", vec!["condition", "sort"]),
        ("cursor=nonsense", vec!["cursor"]),
        ("cursor=price~k.1.1", vec!["cursor"]),
        ("limit=1&limit=2", vec!["limit"]),
        ("q=%00", vec!["q"]),
        ("q=1+2+3+4+5+6+7+8+9+10+11", vec!["q"]),
        ("sort=-created_at&cursor=-created_at~k.-8000000000000000000.1", vec!["cursor"]),
        ("sort=created_at&cursor=created_at~k.9000000000000000000.1", vec!["cursor"]),
        ("sort=created_at&cursor=created_at~r.1.1", vec!["cursor"]),
        ("cursor=-score~r.-8000000000000000000.1", vec!["cursor"]),
    ] {
        let answer = server.get(&format!("/api/v1/listings?{query}")).await;
        assert_eq!(answer.status, 422, "{query}");
        assert_eq!(header(&answer, "content-type"), "application/problem+json");
        let problem = answer.json();
        let named: Vec<_> =
            problem["errors"].as_array().unwrap().iter().map(|e| e["field"].clone()).collect();
        assert_eq!(named, fields, "{query}");
    }
    for path in [
        "comps?min_price=1",
        "comps?q=1+2+3+4+5+6+7+8+9+10+11",
        "comps?cursor=-observed_at~k.-8000000000000000000.1",
        "comps/1?colour=red",
        "listings/1?colour=red",
    ] {
        assert_eq!(server.get(&format!("/api/v1/{path}")).await.status, 422, "{path}");
    }
    // What no row can follow ends the list; it is no fault of ours.
    let far = "/api/v1/listings?cursor=-score~k.-8000000000000000000.1";
    assert_eq!(server.get(far).await.status, 200);
}

#[tokio::test]
async fn comps_are_listed_latest_first_and_only_the_owners() {
    let db = TestDb::new().await;
    db.run(
        "INSERT INTO users (email) VALUES ('bob@example.org');
         INSERT INTO comps (id, user_id, source, source_id, title, price_amount, shipping_amount, currency, observed_at)
         SELECT n, (SELECT min(id) FROM users), 'csv', n::text, 'Camera', 100 * n, 50, 'USD',
                TIMESTAMPTZ '2026-01-01' + n / 2 * INTERVAL '1 day'
         FROM generate_series(1, 9) AS n;
         INSERT INTO comps (id, user_id, source, source_id, title, price_amount, currency, observed_at)
         SELECT 99, max(id), 'csv', '99', 'Camera', 100, 'USD', now() FROM users",
    )
    .await;
    let server = web::demo(&db).await;
    let first = server.get("/api/v1/comps?limit=4&count=true").await.json();
    let ids = |page: &Value| -> Vec<i64> {
        page["items"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()).collect()
    };
    assert_eq!((ids(&first), &first["total"]), (vec![9, 8, 7, 6], &json!(9)));
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = server.get(&format!("/api/v1/comps?limit=4&cursor={cursor}")).await.json();
    assert_eq!(ids(&second), [5, 4, 3, 2]);
    assert_eq!(first["items"][0]["total"], json!({"amount": 950, "currency": "USD"}));
    assert_eq!(server.get("/api/v1/comps/9").await.status, 200);
    assert_eq!(server.get("/api/v1/comps/99").await.status, 404, "it is somebody else's");
}
