//! The door for programs: which tokens open it, how far, and what the others are told.

use serde_json::json;

use crate::support::{
    Server,
    people::{self, ANN, BOB, bearer, token},
    server::Answer,
    web::{self, header, send},
};

async fn listings(server: &Server, authorization: &str) -> Answer {
    server.get_with("/api/v1/listings", &[("authorization", authorization)]).await
}

async fn estimate(server: &Server, token: &str) -> Answer {
    let request = server.http().post(format!("{}/api/v1/pricing/estimate", server.base()));
    send(request.bearer_auth(token).json(&json!({"title": "Leica M3"}))).await
}

#[tokio::test]
async fn a_token_opens_the_door_without_a_cookie() {
    let db = people::two().await;
    let ann = token(&db, ANN, "read").await;
    let server = web::serve(&db).await;
    let answer = listings(&server, &bearer(&ann)).await;
    assert_eq!((answer.status, answer.json()["items"].clone()), (200, json!([])));
    assert_eq!(listings(&server, &format!("bearer  {ann}")).await.status, 200);
    let head = server.http().head(format!("{}/api/v1/listings", server.base())).bearer_auth(&ann);
    assert_eq!(send(head).await.status, 200);
    // Its method may change something, but it asks a question.
    assert_eq!(estimate(&server, &ann).await.status, 200);
}

#[tokio::test]
async fn a_token_that_does_not_open_the_door_is_told_why() {
    let db = people::two().await;
    let mut tokens = Vec::new();
    for change in [
        "expires_at = now() - INTERVAL '1 second'",
        "revoked_at = now()",
        "token_digest = sha256('another')",
        "user_id = (SELECT id FROM users WHERE email = 'bob@example.org')",
    ] {
        let text = token(&db, ANN, "admin").await;
        let prefix = &text[..11];
        db.run(&format!("UPDATE api_tokens SET {change} WHERE prefix = '{prefix}'")).await;
        tokens.push(text);
    }
    db.run("UPDATE users SET disabled_at = now() WHERE email = 'bob@example.org'").await;
    let server = web::serve(&db).await;
    let altered = token(&db, ANN, "read").await.replace("ds_", "ds_x");
    let [expired, revoked, unknown, disabled] = tokens.as_slice() else { panic!("four") };
    for (authorization, told) in [
        (bearer(expired), "expired; make another"),
        (bearer(revoked), "revoked; make another"),
        (bearer(unknown), "not known here"),
        (bearer(disabled), "is disabled"),
        (bearer(&altered), "not a token; send"),
        ("Bearer".to_owned(), "not a token; send"),
        ("bearer hunter2".to_owned(), "not a token; send"),
    ] {
        let answer = listings(&server, &authorization).await;
        let problem = answer.json();
        assert_eq!((answer.status, &problem["code"]), (401, &json!("invalid_token")), "{told}");
        assert_eq!(header(&answer, "www-authenticate"), "Bearer error=\"invalid_token\"");
        assert!(problem["detail"].as_str().unwrap().contains(told), "{problem}");
        assert!(!answer.body.contains("hunter2"), "{problem}");
    }
    let none = server.get("/api/v1/listings").await;
    assert_eq!((none.status, header(&none, "www-authenticate")), (401, "Bearer"));
    assert_eq!(none.json()["code"], "unauthorized");
}

#[tokio::test]
async fn a_token_goes_before_the_cookie_and_is_never_ignored() {
    let db = people::two().await;
    let cookie = people::session(&db, ANN).await;
    let bob = token(&db, BOB, "read").await;
    let server = web::serve(&db).await;
    let with = async |authorization: &str| {
        let headers = [("cookie", cookie.as_str()), ("authorization", authorization)];
        server.get_with("/api/v1/users", &headers).await
    };
    assert_eq!(with(&bearer(&bob)).await.json()["items"][0]["email"], BOB);
    assert_eq!(with("Bearer nonsense").await.status, 401);
    // Another scheme is somebody else's, such as a proxy's in front.
    assert_eq!(with("Basic YW5uOnNlY3JldA==").await.status, 200);

    let demo = web::demo(&db).await;
    assert_eq!(listings(&demo, "Bearer nonsense").await.status, 401);
    assert_eq!(demo.get("/api/v1/listings").await.status, 200);
}

#[tokio::test]
async fn an_altered_or_finished_session_is_none() {
    let db = people::two().await;
    let cookie = people::session(&db, ANN).await;
    let server = web::serve(&db).await;
    let get = async |cookie: &str| {
        server.get_with("/api/v1/listings", &[("cookie", cookie)]).await.status
    };
    assert_eq!(get(&cookie).await, 200);
    let (name, value) = cookie.split_once('=').unwrap();
    for altered in [
        format!("{cookie}0"),
        cookie[..cookie.len() - 1].to_owned(),
        format!("{name}={}", value.to_uppercase()),
        format!("{name}="),
        format!("{name}=' OR 1=1 --"),
    ] {
        assert_eq!(get(&altered).await, 401, "{altered}");
    }
    db.run("UPDATE users SET disabled_at = now() WHERE email = 'ann@example.org'").await;
    assert_eq!(get(&cookie).await, 401);
    db.run("UPDATE users SET disabled_at = NULL; UPDATE sessions SET expires_at = now()").await;
    assert_eq!(get(&cookie).await, 401);
}

#[tokio::test]
async fn what_goes_beyond_a_scope_is_refused_with_the_one_that_is_needed() {
    let db = people::two().await;
    let read = token(&db, ANN, "read").await;
    let write = token(&db, ANN, "write").await;
    let former = token(&db, BOB, "admin").await;
    let server = web::serve(&db).await;
    let before = db.count("users").await + db.count("api_tokens").await;

    let name = json!({"name": "x"});
    let made = people::post(&server, &read, "/api/v1/api-tokens", &name).await;
    assert_eq!((made.status, &made.json()["code"]), (403, &json!("forbidden")));
    assert!(made.body.contains("scope write") && made.body.contains("has read"), "{}", made.body);

    let person = json!({"email": "eve@example.org", "password": "correct horse battery"});
    for (token, told) in
        [(&read, "scope admin"), (&write, "has write"), (&former, "only the owner")]
    {
        let made = people::post(&server, token, "/api/v1/users", &person).await;
        assert_eq!(made.status, 403, "{}", made.body);
        assert!(made.body.contains(told), "{}", made.body);
    }
    assert_eq!(db.count("users").await + db.count("api_tokens").await, before);
    // Whoever is no longer the owner keeps what everybody has.
    assert_eq!(people::post(&server, &former, "/api/v1/api-tokens", &name).await.status, 201);
}

#[tokio::test]
async fn a_program_needs_no_proof_of_its_origin() {
    let db = people::two().await;
    let ann = token(&db, ANN, "write").await;
    let server = web::serve(&db).await;
    let request = server.http().post(format!("{}/api/v1/api-tokens", server.base()));
    let request = request.header("origin", "https://tools.example").bearer_auth(&ann);
    assert_eq!(send(request.json(&json!({"name": "x"}))).await.status, 201);
}

#[tokio::test]
async fn the_use_of_tokens_and_sessions_is_noted_once_a_minute() {
    let db = people::two().await;
    let ann = token(&db, ANN, "read").await;
    let cookie = people::session(&db, BOB).await;
    db.run(
        "UPDATE sessions SET last_seen_at = now() - INTERVAL '1 hour';
         CREATE TABLE notes (noun TEXT);
         CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
             'BEGIN INSERT INTO notes VALUES (TG_TABLE_NAME); RETURN NEW; END';
         CREATE TRIGGER t AFTER UPDATE ON api_tokens FOR EACH ROW EXECUTE FUNCTION note();
         CREATE TRIGGER t AFTER UPDATE ON sessions FOR EACH ROW EXECUTE FUNCTION note();",
    )
    .await;
    let server = web::serve(&db).await;
    for _ in 0..5 {
        assert_eq!(listings(&server, &bearer(&ann)).await.status, 200);
        assert_eq!(server.get_with("/", &[("cookie", &cookie)]).await.status, 200);
    }
    // The notes are written beside the requests.
    while db.count("notes").await < 2 {
        server.get_with("/", &[("cookie", &cookie)]).await;
    }
    listings(&server, &bearer(&ann)).await;
    assert_eq!(db.count("notes").await, 2);
    let tokens = server.get_with("/api/v1/api-tokens", &[("authorization", &bearer(&ann))]).await;
    assert!(tokens.json()["items"][0]["last_used_at"].is_string(), "{}", tokens.body);
}

#[tokio::test]
async fn more_requests_than_the_limit_are_too_many() {
    let db = people::two().await;
    let (ann, bob) = (token(&db, ANN, "read").await, token(&db, BOB, "read").await);
    let server = crate::support::server::program("serve")
        .env("DATABASE_URL", &db.url)
        .env("DEAL_SCOUT__LIMITS__REQUESTS_PER_MINUTE", "5")
        .start();
    server.ready().await;
    let mut refused = None;
    // The minute may change in between; it does so once.
    for _ in 0..11 {
        let answer = listings(&server, &bearer(&ann)).await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
        assert_eq!(answer.status, 200);
    }
    let refused = refused.unwrap();
    let wait: u64 = header(&refused, "retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(refused.json()["code"], "too_many_requests");
    assert_eq!(listings(&server, &bearer(&bob)).await.status, 200, "each for itself");
    assert_eq!(server.get("/health").await.status, 200);
}
