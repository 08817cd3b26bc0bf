//! What keeps a start from reaching its database, and goes: noticed without a restart, at the next attempt.

use std::{fs, time::Instant};

use deal_scout::db::catalog;
use diesel_async::SimpleAsyncConnection;

use super::{assert_come_back, first_look, healed, set_up};
use crate::support::{
    TestDb,
    postgres::OwnPostgres,
    server::{program_with_hosts, resolves},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_that_is_put_right_is_taken() {
    let postgres = OwnPostgres::started().await;
    let server = first_look(&postgres.url_with("wrong-horse")).start();
    let line = server.wait_for_line("Attempt 3/60... — ");
    assert!(line.contains("password authentication failed"), "{line}");
    assert_eq!(server.health().await["phase"], "waiting_for_database");
    assert_come_back(&server.get("/api/v1/comps").await);

    let right = "ALTER ROLE deals PASSWORD 'wrong-horse'";
    postgres.conn().await.batch_execute(right).await.unwrap();
    healed(&server, "wrong password, put right", Instant::now()).await;
    assert!(!server.story().join("\n").contains("wrong-horse"), "no secret in the log");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_comes_to_lead_somewhere_is_followed() {
    let postgres = OwnPostgres::started().await;
    let folder = tempfile::tempdir().unwrap();
    let hosts = folder.path().join("hosts");
    fs::write(&hosts, "127.0.0.1 localhost\n").unwrap();
    let Some(program) = program_with_hosts("demo", &hosts) else { return };
    let url = postgres.url().replace("127.0.0.1", "database.invalid");
    let server = set_up(program, &url).start();
    let line = server.wait_for_line("Attempt 3/60... — ");
    assert!(line.contains("failed to lookup address"), "{line}");
    assert!(!resolves("database.invalid"), "the name is this program's alone");

    // The same file goes on, as it does where somebody mends it in place.
    fs::write(&hosts, "127.0.0.1 localhost database.invalid\n").unwrap();
    healed(&server, "name that leads nowhere, then somewhere", Instant::now()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_migration_that_waits_for_a_lock_goes_on_when_it_is_free() {
    let db = TestDb::empty().await;
    let holder = db.target.client().await.unwrap();
    // Without the limit of an idle session that who migrates has.
    catalog::hold_migration_lock(&holder).await.unwrap();
    holder.batch_execute("SET idle_session_timeout = 0").await.unwrap();
    let server = first_look(&db.url).start();
    while db.count("pg_locks WHERE locktype = 'advisory' AND NOT granted").await == 0 {
        tokio::task::yield_now().await;
    }
    let health = server.health().await;
    assert_eq!((&health["ok"], &health["phase"]), (&false.into(), &"migrating".into()));
    assert!(server.get("/").await.body.contains("class=\"banner"));
    assert_come_back(&server.get("/api/v1/comps").await);

    drop(holder);
    healed(&server, "lock held against the migration", Instant::now()).await;
    let failed = server.entrypoint().iter().any(|line| line.contains("✗"));
    assert!(!failed, "{}", server.story().join("\n"));
}
