//! People in a scene: Ann, the owner, and Bob, a member, with tokens and sessions that need no sign-in.

use reqwest::Method;
use serde_json::Value;

use super::{Server, TestDb, server::Answer, web::send};

/// The owner.
pub(crate) const ANN: &str = "ann@example.org";
/// A member.
pub(crate) const BOB: &str = "bob@example.org";

/// A database with Ann and Bob. Nobody has a password.
pub(crate) async fn two() -> TestDb {
    let db = TestDb::new().await;
    db.run(&format!(
        "UPDATE users SET email = '{ANN}', name = 'Ann' WHERE role = 'owner';
         INSERT INTO users (email, name) VALUES ('{BOB}', 'Bob')"
    ))
    .await;
    db
}

/// A token of `email`'s with a scope, straight into the database.
pub(crate) async fn token(db: &TestDb, email: &str, scope: &str) -> String {
    let token = deal_scout::web::auth::token::NewToken::draw();
    db.run(&format!(
        "INSERT INTO api_tokens (user_id, name, scope, prefix, token_digest)
         SELECT id, 'a {scope} token', '{scope}', '{}', sha256('{}') FROM users WHERE email = '{email}'",
        token.prefix, token.text
    ))
    .await;
    token.text
}

/// The cookie of a signed-in browser of `email`'s.
pub(crate) async fn session(db: &TestDb, email: &str) -> String {
    let text = format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>());
    db.run(&format!(
        "INSERT INTO sessions (user_id, token_digest, expires_at)
         SELECT id, sha256('{text}'), now() + INTERVAL '30 days' FROM users WHERE email = '{email}'"
    ))
    .await;
    format!("deal_scout_session={text}")
}

/// The value of the header that carries a token.
pub(crate) fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// `GET` with a token.
pub(crate) async fn get(server: &Server, token: &str, path: &str) -> Answer {
    call(server, token, Method::GET, path, None).await
}

/// `POST` of JSON with a token.
pub(crate) async fn post(server: &Server, token: &str, path: &str, body: &Value) -> Answer {
    call(server, token, Method::POST, path, Some(body)).await
}

/// `PATCH` of JSON with a token.
pub(crate) async fn patch(server: &Server, token: &str, path: &str, body: &Value) -> Answer {
    call(server, token, Method::PATCH, path, Some(body)).await
}

/// `DELETE` with a token.
pub(crate) async fn delete(server: &Server, token: &str, path: &str) -> Answer {
    call(server, token, Method::DELETE, path, None).await
}

async fn call(
    server: &Server,
    token: &str,
    method: Method,
    path: &str,
    body: Option<&Value>,
) -> Answer {
    let request = server.http().request(method, format!("{}{path}", server.base()));
    let request = request.bearer_auth(token);
    send(match body {
        Some(body) => request.json(body),
        None => request,
    })
    .await
}
