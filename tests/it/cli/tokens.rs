//! `token`: keys for programs by command.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{
    TestDb,
    people::{self, ANN, BOB},
    server::{Builder, program},
    web,
};

/// Runs `token …` over a database.
fn token(db: &TestDb, arguments: &[&str]) -> (Option<i32>, String, String) {
    let command = program("token").env("DATABASE_URL", &db.url);
    arguments.iter().fold(command, Builder::arg).finish()
}

#[tokio::test]
async fn a_token_of_a_command_opens_the_door_until_it_is_revoked() {
    let db = people::two().await;
    let server = web::serve(&db).await;
    let (code, out, _) = token(&db, &["add", ANN, "--scope", "admin", "--json"]);
    let made: Value = serde_json::from_str(&out).unwrap();
    let fields: BTreeSet<_> = made.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!((code, fields), (Some(0), BTreeSet::from(["token", "id", "scope"])));
    assert_eq!(made["scope"], "admin");
    let text = made["token"].as_str().unwrap();
    assert_eq!(people::get(&server, text, "/api/v1/listings").await.status, 200);
    let stored =
        format!("api_tokens WHERE token_digest = sha256('{text}') AND '{text}' LIKE prefix || '%'");
    assert_eq!(db.count(&stored).await, 1, "only its digest and its beginning are stored");

    let id = made["id"].to_string();
    assert_eq!(token(&db, &["revoke", &id]).1.trim(), format!("token {id} is revoked"));
    assert_eq!(people::get(&server, text, "/api/v1/listings").await.status, 401);
    assert_eq!(token(&db, &["revoke", &id]).1.trim(), format!("token {id} was revoked already"));
}

#[tokio::test]
async fn the_token_alone_is_the_result() {
    let db = people::two().await;
    let (code, out, messages) = token(&db, &["add", "BOB@example.org"]);
    assert_eq!(code, Some(0));
    assert!(out.starts_with("ds_") && out.trim().len() == 46, "{out}");
    assert!(messages.contains("scope read") && messages.contains("not shown again"), "{messages}");
    assert!(!messages.contains(out.trim()), "{messages}");
}

#[tokio::test]
async fn tokens_are_listed_without_themselves() {
    let db = people::two().await;
    let more = ["--scope", "write", "--name", "backup", "--expires-in-days", "90"];
    let (_, text, _) = token(&db, &[&["add", BOB], more.as_slice()].concat());
    token(&db, &["add", ANN]);
    let (code, out, _) = token(&db, &["list", "--json"]);
    let list: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, list.as_array().unwrap().len()), (Some(0), 2));
    assert_eq!((&list[0]["name"], &list[0]["scope"]), (&"backup".into(), &"write".into()));
    assert_eq!(&list[0]["prefix"], &text[..11]);
    assert!(!out.contains(text.trim()) && !out.contains("digest"));
    assert_eq!(db.count("api_tokens WHERE expires_at::DATE - created_at::DATE = 90").await, 1);
    let (_, out, _) = token(&db, &["list", BOB]);
    assert!(out.contains("bob@example.org: backup") && !out.contains(ANN), "{out}");
    assert!(out.contains("never") && out.contains("valid"), "{out}");
}

#[tokio::test]
async fn what_is_wrong_is_said_and_nothing_is_stored() {
    let db = people::two().await;
    db.run("INSERT INTO users (email, disabled_at) VALUES ('off@example.org', now())").await;
    let cases: [(&[&str], i32, &str); 8] = [
        (&["add", "eve@example.org"], 1, "nobody has an account as eve@example.org"),
        (&["add", "eve"], 1, "'eve' is not an e-mail address"),
        (&["add", BOB, "--scope", "admin"], 1, "the scope admin is for owners"),
        (&["add", "off@example.org"], 1, "is disabled"),
        (&["add", BOB, "--scope", "everything"], 2, "read, write, admin"),
        (&["add", BOB, "--expires-in-days", "0"], 2, "expires-in-days"),
        (&["add", BOB, "--name", ""], 1, "the name is empty"),
        (&["revoke", "77"], 1, "there is no token 77"),
    ];
    for (arguments, code, told) in cases {
        let (ended, out, messages) = token(&db, arguments);
        assert_eq!((ended, out.as_str()), (Some(code), ""), "{arguments:?} {messages}");
        assert!(messages.contains(told), "{arguments:?}: {messages}");
    }
    assert_eq!(db.count("api_tokens").await, 0);
}
