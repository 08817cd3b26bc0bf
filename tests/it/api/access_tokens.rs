//! Tokens by the API: shown once, never wider than whoever makes them, taken back.

use serde_json::{Value, json};

use crate::support::{
    people::{self, ANN, BOB, token},
    web::{self, header, send},
};

const TOKENS: &str = "/api/v1/api-tokens";

#[tokio::test]
async fn a_token_is_shown_once_and_works() {
    let db = people::two().await;
    let ann = token(&db, ANN, "write").await;
    let server = web::serve(&db).await;
    let wanted = json!({"name": "backup", "scope": "write", "expires_at": "2199-01-01T00:00:00Z"});
    let made = people::post(&server, &ann, TOKENS, &wanted).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let place = header(&made, "location").to_owned();
    let (etag, made) = (header(&made, "etag").to_owned(), made.json());
    let text = made["token"].as_str().unwrap();
    assert_eq!(made["prefix"], text[..11]);
    assert_eq!(made["scope"], "write");

    let shown = people::get(&server, &ann, &place).await;
    assert_eq!(header(&shown, "etag"), etag, "the tag is of the row, without the token");
    assert_eq!(shown.json()["token"], Value::Null);
    assert!(!shown.body.contains(text));
    let list = people::get(&server, text, &format!("{TOKENS}?count=true&scope=write")).await;
    assert_eq!((list.status, &list.json()["total"]), (200, &json!(2)));
    assert!(!list.body.contains(text) && !list.body.contains("digest"), "{}", list.body);
    let stored = format!("api_tokens t WHERE t::TEXT LIKE '%{text}%'");
    assert_eq!(db.count(&stored).await, 0);
}

#[tokio::test]
async fn the_same_request_again_makes_one_token_and_shows_it_once() {
    let db = people::two().await;
    let ann = token(&db, ANN, "write").await;
    let server = web::serve(&db).await;
    let ask = async |name: &str| {
        let request = server.http().post(format!("{}{TOKENS}", server.base())).bearer_auth(&ann);
        let request = request.header("idempotency-key", "one");
        send(request.json(&json!({"name": name}))).await
    };
    let first = ask("a").await;
    let again = ask("a").await;
    assert_eq!((first.status, again.status, ask("b").await.status), (201, 201, 422));
    assert_eq!(header(&first, "location"), header(&again, "location"));
    assert_eq!(first.json()["scope"], "read", "the least, when nothing is said");
    let text = first.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(again.json()["token"], Value::Null);
    assert_eq!(db.count("api_tokens").await, 2);
    let kept = format!("idempotency_keys WHERE encode(body, 'escape') LIKE '%{text}%'");
    assert_eq!(db.count(&kept).await, 0, "what is kept for the key does not hold the token");
}

#[tokio::test]
async fn nobody_gives_more_than_they_have() {
    let db = people::two().await;
    let (read, write) = (token(&db, ANN, "read").await, token(&db, ANN, "write").await);
    let (admin, bob) = (token(&db, ANN, "admin").await, token(&db, BOB, "admin").await);
    let server = web::serve(&db).await;
    for (own, wanted, status) in [
        (&read, "read", 403),
        (&write, "read", 201),
        (&write, "write", 201),
        (&write, "admin", 403),
        (&admin, "admin", 201),
        (&bob, "admin", 403),
        (&bob, "write", 201),
    ] {
        let made = people::post(&server, own, TOKENS, &json!({"name": "x", "scope": wanted})).await;
        assert_eq!(made.status, status, "{wanted}: {}", made.body);
    }
    assert_eq!(db.count("api_tokens WHERE name = 'x'").await, 4);
}

#[tokio::test]
async fn a_token_that_is_taken_back_stays_listed_until_it_is_removed() {
    let db = people::two().await;
    let (ann, bob) = (token(&db, ANN, "write").await, token(&db, BOB, "write").await);
    let server = web::serve(&db).await;
    let made = people::post(&server, &ann, TOKENS, &json!({"name": "x"})).await;
    let (place, made) = (header(&made, "location").to_owned(), made.json());
    let text = made["token"].as_str().unwrap();

    for status in
        [people::get(&server, &bob, &place).await, people::delete(&server, &bob, &place).await]
    {
        assert_eq!(status.status, 404, "it is somebody else's");
    }
    let lost = server.http().delete(format!("{}{place}", server.base())).bearer_auth(&ann);
    assert_eq!(send(lost.header("if-match", "\"other\"")).await.status, 412);
    assert_eq!(people::get(&server, text, TOKENS).await.status, 200);

    assert_eq!(people::delete(&server, &ann, &place).await.status, 204);
    assert_eq!(people::get(&server, text, TOKENS).await.status, 401);
    let shown = people::get(&server, &ann, &place).await.json();
    assert!(shown["revoked_at"].is_string(), "{shown}");
    let revoked = people::get(&server, &ann, &format!("{TOKENS}?revoked=true")).await.json();
    assert_eq!(revoked["items"][0]["id"], made["id"]);
    assert_eq!(people::delete(&server, &ann, &place).await.status, 204);
    assert_eq!(people::get(&server, &ann, &place).await.status, 404);
}

#[tokio::test]
async fn the_name_alone_changes() {
    let db = people::two().await;
    let ann = token(&db, ANN, "write").await;
    let server = web::serve(&db).await;
    let made = people::post(&server, &ann, TOKENS, &json!({"name": "x"})).await;
    let place = header(&made, "location").to_owned();
    let changed = people::patch(&server, &ann, &place, &json!({"name": "y"})).await;
    assert_eq!((changed.status, &changed.json()["name"]), (200, &json!("y")));
    for wrong in [json!({"scope": "write"}), json!({"expires_at": null}), json!({"name": null})] {
        assert_eq!(people::patch(&server, &ann, &place, &wrong).await.status, 422, "{wrong}");
    }
    assert_eq!(db.count("api_tokens WHERE name = 'y' AND scope = 'read'").await, 1);
}

#[tokio::test]
async fn what_is_wrong_with_a_token_is_named_and_nothing_is_stored() {
    let db = people::two().await;
    let ann = token(&db, ANN, "admin").await;
    let server = web::serve(&db).await;
    for (wanted, field) in [
        (json!({}), "name"),
        (json!({"name": ""}), "name"),
        (json!({"name": "a\u{0}"}), "name"),
        (json!({"name": "a".repeat(201)}), "name"),
        (json!({"name": "x", "scope": "everything"}), "scope"),
        (json!({"name": "x", "scope": null}), "scope"),
        (json!({"name": "x", "expires_at": "2001-01-01T00:00:00Z"}), "expires_at"),
        (json!({"name": "x", "expires_at": "soon"}), "expires_at"),
        (json!({"name": "x", "token": "ds_mine"}), "token"),
        (json!(["name"]), "body"),
    ] {
        let refused = people::post(&server, &ann, TOKENS, &wanted).await;
        assert_eq!(refused.status, 422, "{wanted}: {}", refused.body);
        assert_eq!(refused.json()["errors"][0]["field"], field, "{wanted}");
    }
    for query in ["colour=red", "sort=name", "scope=all", "cursor=x", "limit=0"] {
        let refused = people::get(&server, &ann, &format!("{TOKENS}?{query}")).await;
        assert_eq!(refused.status, 422, "{query}");
    }
    assert_eq!(db.count("api_tokens").await, 1);
}
