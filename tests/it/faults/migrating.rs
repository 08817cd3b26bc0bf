//! Migrations that fail, or whose connection the network loses in the middle of one.

use std::time::{Duration, Instant};

use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};

use super::{first_look, healed, healed_at_attempt};
use crate::support::{
    Server, TestDb,
    postgres::OwnPostgres,
    proxy::{Proxy, Way},
    server::program,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_migration_that_fails_twice_is_done_at_the_third_attempt() {
    let db = TestDb::empty().await;
    db.run("CREATE VIEW listings AS SELECT 1 AS one").await;
    let server = first_look(&db.url).start();
    for _ in 0..2 {
        server.wait_for_line("✗ Migration failed: ");
    }

    db.run("DROP VIEW listings").await;
    let wait = Duration::from_secs(4);
    healed_at_attempt(&server, "migration failed twice", Instant::now(), wait).await;
    assert!(server.entrypoint().iter().any(|line| line.starts_with("Migration attempt 3/6")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_migration_that_fails_for_ever_is_done_when_its_cause_goes() {
    let db = TestDb::new().await;
    let server = first_look(&db.url).start();
    server.ready().await;
    db.run(
        "DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE VIEW listings AS SELECT 1 AS one",
    )
    .await;
    let health = server
        .health_until(|health| health["reason"].to_string().contains("A migration fails"))
        .await;
    assert_eq!((&health["ok"], &health["phase"]), (&false.into(), &"degraded".into()));
    assert!(health["schema"]["missing"].to_string().contains("listings"), "{health:#}");
    assert!(server.get("/").await.body.contains("listings"), "the banner names what is missing");
    assert!(server.get("/status").await.body.contains("A migration fails"));

    db.run("DROP VIEW listings").await;
    healed(&server, "migration failing for ever, degraded", Instant::now()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_that_migrate_brings_back_heals_the_running_service() {
    let db = TestDb::new().await;
    let server = first_look(&db.url).start();
    server.ready().await;
    db.run("DROP TABLE orders CASCADE").await;
    let health = server.health_until(|health| health["phase"] == "degraded").await;
    assert_eq!(health["schema"]["missing"], serde_json::json!(["orders"]));
    for path in ["/", "/status"] {
        let page = server.get(path).await.body;
        assert!(page.contains("deal-scout migrate up"), "{path} names the command: {page}");
    }

    let (code, told, _) = program("migrate").arg("up").env("DATABASE_URL", &db.url).finish();
    assert_eq!(code, Some(0), "{told}");
    healed(&server, "table dropped by hand, then migrate up", Instant::now()).await;
    assert_eq!(server.get("/api/v1/orders").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_swallows_everything_in_the_middle_of_a_migration_is_told_and_tried_again() {
    let (postgres, proxy, server, mut holder) = in_the_middle().await;
    proxy.set(Way::Swallowed);
    holder.batch_execute("ROLLBACK").await.unwrap();
    let line = server.wait_for_line("✗ Migration failed: ");
    // The server ends a session that says nothing; whether that arrives is the network's affair.
    assert!(line.contains("fell silent") || line.contains("closed"), "{line}");
    assert_eq!(server.health().await["ok"], false);

    proxy.set(Way::Open);
    let wait = Duration::from_secs(8);
    let fault = "network silent in the middle of a migration";
    healed_at_attempt(&server, fault, Instant::now(), wait).await;
    drop(postgres);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_is_forgotten_in_the_middle_of_a_migration_is_broken_off() {
    let (postgres, proxy, server, mut holder) = in_the_middle().await;
    proxy.set(Way::Swallowed);
    holder.batch_execute("ROLLBACK").await.unwrap();
    let answered = "SELECT count(*) AS n FROM pg_stat_activity WHERE state = 'idle in transaction'";
    while postgres.number(answered).await == 0 {}
    // The answer has been swallowed by the time that others were given.
    for _ in 0..3 {
        assert_eq!(postgres.number(answered).await, 1);
    }

    proxy.set(Way::Open);
    let since = Instant::now();
    let line = server.wait_for_line("✗ Migration failed: ");
    assert!(line.contains("lost the connection"), "{line}");
    let fault = "connection forgotten in the middle of a migration";
    healed_at_attempt(&server, fault, since, Duration::from_secs(4)).await;
}

/// A start in the middle of a migration, which waits for what the last one holds.
async fn in_the_middle() -> (OwnPostgres, Proxy, Server, AsyncPgConnection) {
    let postgres = OwnPostgres::started().await;
    let mut holder = postgres.conn().await;
    holder.batch_execute("BEGIN; CREATE TABLE users ()").await.unwrap();
    let proxy = Proxy::to(postgres.port).await;
    let server = first_look(&OwnPostgres::url_by(proxy.port)).start();
    while postgres.number("SELECT count(*) AS n FROM pg_locks WHERE NOT granted").await == 0 {}
    (postgres, proxy, server, holder)
}
