//! What strangers must not be able to do, held against every address that there is.

mod doors;
mod files;
mod forms;
mod headers;
mod logs;
mod planted;
mod raw;
mod routes;
mod scene;
mod secrets;
mod timing;

use crate::support::{
    Server, TestDb, people,
    provider::{CLIENT, FakeProvider, SECRET},
    server::program,
    web,
};

/// A server of Ann's and Bob's with a few ads, which nobody asks too often.
async fn without_limit() -> (TestDb, Server) {
    let db = people::two().await;
    web::with_ads(&db, 3).await;
    let server = program("serve")
        .env("DATABASE_URL", &db.url)
        .env("DEAL_SCOUT__LIMITS__REQUESTS_PER_MINUTE", "100000")
        .start();
    server.ready().await;
    (db, server)
}

/// A server at which people sign in through `provider`, too.
async fn with_provider(db: &TestDb, provider: &FakeProvider) -> Server {
    let server = program("serve")
        .env("DATABASE_URL", &db.url)
        .env("DEAL_SCOUT__OIDC__ISSUER", &provider.issuer)
        .env("DEAL_SCOUT__OIDC__CLIENT_ID", CLIENT)
        .env("DEAL_SCOUT__OIDC__CLIENT_SECRET", SECRET)
        .start();
    server.ready().await;
    server
}
