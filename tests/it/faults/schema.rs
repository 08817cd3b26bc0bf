//! A database that comes late, and schemas that somebody mends while we serve: noticed without a restart.

use std::time::Instant;

use super::{first_look, healed};
use crate::support::{TestDb, postgres::OwnPostgres, server::program};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_comes_late_is_found_at_once() {
    let mut postgres = OwnPostgres::prepared();
    let server = first_look(&postgres.url()).start();
    server.wait_for_line("Attempt 3/60... — ");

    postgres.start().await;
    healed(&server, "database absent at start", Instant::now()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_that_is_put_back_is_noticed() {
    let db = TestDb::new().await;
    let server = first_look(&db.url).start();
    server.ready().await;
    db.run("ALTER TABLE orders RENAME TO orders_elsewhere").await;
    let health = server.health_until(|health| health["phase"] == "degraded").await;
    assert_eq!(health["schema"]["missing"], serde_json::json!(["orders"]));
    assert_eq!(server.get("/api/v1/comps").await.status, 200, "comps are not concerned");

    db.run("ALTER TABLE orders_elsewhere RENAME TO orders").await;
    healed(&server, "table dropped by hand", Instant::now()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_schema_that_is_brought_up_by_hand_is_noticed() {
    let db = TestDb::empty().await;
    let server = first_look(&db.url).env("MIGRATE_ON_START", "false").start();
    server.health_until(|health| health["phase"] == "degraded").await;

    let (code, told, _) = program("migrate").arg("up").env("DATABASE_URL", &db.url).finish();
    assert_eq!(code, Some(0), "{told}");
    healed(&server, "migrations pending", Instant::now()).await;
}
