//! A Redis that is absent, killed and back: it costs speed, never a page.

use crate::support::{TestDb, redis::OwnRedis, server::program};

#[tokio::test]
async fn redis_is_told_while_the_database_is_waited_for() {
    let redis = OwnRedis::started();
    let server = program("demo")
        .env("DATABASE_URL", "postgres://deals@127.0.0.1:1/deals?sslmode=disable")
        .env("REDIS_URL", redis.url())
        .env("DEAL_SCOUT__STARTUP__PACE", "0.5")
        .start();
    let health = server.health_until(|health| health["redis"] == true).await;
    assert_eq!((&health["db"], &health["phase"]), (&false.into(), &"waiting_for_database".into()));
}

#[tokio::test]
async fn redis_absent_then_there_then_killed_then_back() {
    let db = TestDb::new().await;
    let mut redis = OwnRedis::prepared();
    let server = program("demo")
        .env("DEAL_SCOUT__DEMO__SAMPLE", "false")
        .env("DATABASE_URL", &db.url)
        .env("REDIS_URL", redis.url())
        .start();

    let health = server.ready().await;
    assert_eq!((&health["redis"], &health["redis_mode"]), (&false.into(), &"shared".into()));
    assert_eq!(server.get("/").await.status, 200);

    redis.start();
    server.health_until(|health| health["redis"] == true).await;
    assert_eq!(server.get("/").await.status, 200);

    redis.kill();
    let health = server.health_until(|health| health["redis"] == false).await;
    assert_eq!(health["ok"], true, "losing Redis is no reason not to be ready");
    assert_eq!(server.get("/").await.status, 200);

    redis.start();
    server.health_until(|health| health["redis"] == true).await;
    server.wait_for_line("Redis is back");
}
