//! Sessions by the API: seen and ended by whose they are.

use serde_json::json;

use crate::support::{
    people::{self, ANN, BOB, token},
    web,
};

const SESSIONS: &str = "/api/v1/sessions";

#[tokio::test]
async fn sessions_are_seen_and_ended_by_whose_they_are() {
    let db = people::two().await;
    let (one, _) = (people::session(&db, ANN).await, people::session(&db, ANN).await);
    let (ann, bob) = (token(&db, ANN, "write").await, token(&db, BOB, "write").await);
    db.run(
        "INSERT INTO sessions (user_id, token_digest, expires_at)
         SELECT id, sha256(email::BYTEA), now() - INTERVAL '1 day' FROM users",
    )
    .await;
    let server = web::serve(&db).await;
    let by_cookie =
        server.get_with(&format!("{SESSIONS}?count=true"), &[("cookie", &one)]).await.json();
    assert_eq!(by_cookie["total"], 2, "one that is over is none");
    let items = by_cookie["items"].as_array().unwrap();
    assert_eq!(items.iter().filter(|item| item["current"] == true).count(), 1);
    let current = items.iter().find(|item| item["current"] == true).unwrap();
    let place = format!("{SESSIONS}/{}", current["id"]);

    let page = people::get(&server, &ann, &format!("{SESSIONS}?limit=1&sort=created_at")).await;
    let cursor = page.json()["next_cursor"].as_str().unwrap().to_owned();
    let next = format!("{SESSIONS}?limit=1&sort=created_at&cursor={cursor}");
    let rest = people::get(&server, &ann, &next).await.json();
    assert_ne!(page.json()["items"], rest["items"]);
    assert_eq!(rest["next_cursor"], json!(null));

    assert_eq!(people::get(&server, &bob, &place).await.status, 404);
    assert_eq!(people::delete(&server, &bob, &place).await.status, 404);
    assert_eq!(people::get(&server, &bob, SESSIONS).await.json()["items"], json!([]));
    assert_eq!(
        people::get(&server, &ann, &format!("{SESSIONS}?sort=updated_at")).await.status,
        422
    );

    let shown = people::get(&server, &ann, &place).await;
    assert!(!shown.body.contains("digest") && shown.json()["current"] == false, "{}", shown.body);
    assert_eq!(people::delete(&server, &ann, &place).await.status, 204);
    assert_eq!(people::delete(&server, &ann, &place).await.status, 404);
    assert_eq!(server.get_with(SESSIONS, &[("cookie", &one)]).await.status, 401);
    assert_eq!(db.count("sessions WHERE expires_at > now()").await, 1);
}
