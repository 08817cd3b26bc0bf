//! What one replica knows, the others know: sessions, and how much somebody has asked for. (That a run is followed on
//! another replica than the one that does it: `pages/searches_live.rs`; that guesses are counted together:
//! `pages/limits.rs`.)

use super::KEY;
use crate::support::{
    Server, TestDb,
    browser::{self, Browser},
    people,
    redis::OwnRedis,
    server::program,
};

async fn two(db: &TestDb, redis: &OwnRedis, a_minute: u32) -> [Server; 2] {
    let start = || {
        program("serve")
            .env("DATABASE_URL", &db.url)
            .env("REDIS_URL", redis.url())
            .env("DEAL_SCOUT__SECRET_KEY", KEY)
            .env("DEAL_SCOUT__LIMITS__REQUESTS_PER_MINUTE", a_minute.to_string())
            .start()
    };
    let servers = [start(), start()];
    for server in &servers {
        server.ready().await;
        server.health_until(|health| health["redis"] == true).await;
    }
    servers
}

#[tokio::test]
async fn who_signs_in_at_one_goes_on_at_another_and_is_signed_out_of_both() {
    let (db, redis) = (TestDb::new().await, OwnRedis::started());
    let [one, other] = two(&db, &redis, 0).await;
    let here = browser::owner(&one).await;
    let there = Browser::with(&other, &here.cookie).await;
    assert_eq!(here.csrf, there.csrf, "a form of one is taken by the other");
    let form =
        [("name", "M6"), ("words", "leica m6"), ("every_minutes", "60"), ("rearm_minutes", "60")];
    let made = there.post("/searches/new", &form).await;
    assert_eq!(made.status, 303, "{}", made.body);
    assert!(
        here.get("/searches").await.body.contains("M6"),
        "what is written at one is read at the other"
    );

    let there = Browser::with(&other, &here.cookie).await;
    assert_eq!(there.post("/logout", &[]).await.status, 303);
    assert!(!there.is_signed_in().await && !here.is_signed_in().await, "gone from both at once");
}

#[tokio::test]
async fn what_was_asked_of_one_counts_at_the_other() {
    let (db, redis) = (people::two().await, OwnRedis::started());
    let servers = two(&db, &redis, 10).await;
    let token = people::token(&db, people::ANN, "read").await;
    let mut statuses = Vec::new();
    for n in 0..12 {
        statuses.push(people::get(&servers[n % 2], &token, "/api/v1/listings").await.status);
    }
    assert_eq!(statuses[..10], [200; 10], "ten are allowed in all");
    assert_eq!(statuses[10..], [429, 429], "and then neither of them answers");
}
