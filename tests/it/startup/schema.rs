//! A schema that cannot be brought up, was changed by hand, or is another version's.

use deal_scout::db::catalog;

use super::{assert_api_refuses, assert_banner, assert_story};
use crate::support::{Server, TestDb, server::program};

fn start(db: &TestDb) -> Server {
    program("demo").env("DEAL_SCOUT__DEMO__SAMPLE", "false").env("DATABASE_URL", &db.url).start()
}

#[tokio::test]
async fn a_migration_that_fails_twice_is_tried_again() {
    let db = TestDb::empty().await;
    db.run("CREATE VIEW listings AS SELECT 1 AS one").await;
    let server = program("demo")
        .env("DEAL_SCOUT__DEMO__SAMPLE", "false")
        .env("DATABASE_URL", &db.url)
        .env("DEAL_SCOUT__STARTUP__PACE", "0.2")
        .start();

    for _ in 0..2 {
        server.wait_for_line("✗ Migration failed: ");
    }
    db.run("DROP VIEW listings").await;
    server.ready().await;
    assert_story(
        &server,
        &[
            "Migration attempt 1/6 (delay: 0s)...",
            "✗ Migration failed: ",
            "Retrying in 2s...",
            "Migration attempt 2/6 (delay: 2s)...",
            "✗ Migration failed: ",
            "Retrying in 4s...",
            "Migration attempt 3/6 (delay: 4s)...",
            "✓ Migrations applied successfully. (",
            "✓ Schema verified: ",
            "Startup complete in ",
        ],
    );
}

#[tokio::test]
async fn a_migration_that_always_fails_leaves_a_banner_and_heals_when_its_cause_goes() {
    let db = TestDb::empty().await;
    db.run("CREATE VIEW listings AS SELECT 1 AS one").await;
    let server = start(&db);

    let health = server.health_until(|health| health["phase"] == "degraded").await;
    assert_eq!((&health["ok"], &health["db"]), (&false.into(), &true.into()));
    assert_eq!(health["schema"]["complete"], false);
    let missing = health["schema"]["missing"].to_string();
    assert!(missing.contains("listings") && missing.contains("comps"), "{missing}");
    assert!(!health["schema"]["pending"].as_array().unwrap().is_empty());
    assert_eq!(server.get("/health").await.status, 200);
    assert_eq!(server.get("/health/ready").await.status, 503);
    assert_story(
        &server,
        &[
            "Migration attempt 6/6 (delay: 32s)...",
            "✗ Migration failed: ",
            "⚠ Migrations did not complete after 6 attempts.",
            "WARNING: Service will start but may have incomplete schema.",
        ],
    );
    assert_banner(&server, "/", "listings").await;
    assert_banner(&server, "/status", "listings").await;
    let problem = assert_api_refuses(&server, "schema_incomplete").await;
    assert!(problem.to_string().contains("listings"), "{problem:#}");

    db.run("DROP VIEW listings").await;
    server.ready().await;
    assert_eq!(server.get("/").await.status, 200);
    assert_eq!(server.get("/api/v1/listings").await.status, 200);
}

#[tokio::test]
async fn a_table_dropped_by_hand_is_named_while_the_other_pages_work() {
    let db = TestDb::new().await;
    let server = start(&db);
    server.ready().await;

    db.run("ALTER TABLE comps RENAME TO comps_elsewhere").await;
    let health = server.health_until(|health| health["phase"] == "degraded").await;
    assert_eq!(health["schema"]["missing"], serde_json::json!(["comps"]));
    let page = assert_banner(&server, "/", "comps").await;
    assert_eq!(page.status, 200, "the deals need no comps");
    let page = assert_banner(&server, "/pricing?title=iphone", "comps").await;
    assert_eq!(page.status, 503, "pricing does");
    assert_eq!(server.get("/api/v1/listings").await.status, 200);
    assert_eq!(server.get("/api/v1/comps").await.json()["code"], "schema_incomplete");

    db.run("ALTER TABLE comps_elsewhere RENAME TO comps").await;
    server.ready().await;
    assert_eq!(server.get("/pricing?title=iphone").await.status, 200);
}

#[tokio::test]
async fn a_column_of_another_type_is_found_by_name_and_type() {
    let db = TestDb::new().await;
    db.run("ALTER TABLE comps ALTER COLUMN source_id TYPE varchar(200)").await;
    let server = start(&db);

    let health = server.health_until(|health| health["phase"] == "degraded").await;
    assert_eq!(
        health["schema"]["missing"],
        serde_json::json!(["comps.source_id (text expected, character varying found)"])
    );
    assert_banner(&server, "/", "comps.source_id").await;

    db.run("ALTER TABLE comps ALTER COLUMN source_id TYPE text").await;
    server.ready().await;
}

#[tokio::test]
async fn a_complete_schema_is_served_though_somebody_sits_on_the_migration_lock() {
    let db = TestDb::new().await;
    let stuck = db.target.client().await.unwrap();
    catalog::hold_migration_lock(&stuck).await.unwrap();

    let server = start(&db);
    server.ready().await;

    assert_eq!(server.get("/").await.status, 200);
    assert_story(&server, &["✓ Migrations applied successfully. (0 new, ", "✓ Schema verified: "]);
}

#[tokio::test]
async fn a_schema_newer_than_the_program_is_served_with_a_warning() {
    let db = TestDb::new().await;
    db.run(
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000001'); \
         ALTER TABLE listings ADD COLUMN of_a_later_version text",
    )
    .await;
    let server = start(&db);

    let health = server.ready().await;
    assert_eq!(health["schema"]["unknown"], serde_json::json!(["29990101000001"]));
    assert_eq!(server.get("/").await.status, 200);
    assert_story(
        &server,
        &["✓ Schema verified: ", "WARNING: The schema is newer than this program"],
    );
    let status = server.get("/status").await;
    assert!(status.body.contains("29990101000001"), "the status page names it");
}

#[tokio::test]
async fn without_migrations_on_start_the_banner_says_what_is_pending_and_a_command_heals_it() {
    let db = TestDb::empty().await;
    let server = program("demo")
        .env("DEAL_SCOUT__DEMO__SAMPLE", "false")
        .env("DATABASE_URL", &db.url)
        .env("MIGRATE_ON_START", "false")
        .start();

    let health = server.health_until(|health| health["phase"] == "degraded").await;
    assert_eq!(health["schema"]["applied"], 0);
    assert!(!server.story().iter().any(|line| line.contains("Migration attempt")));
    assert_banner(&server, "/", "create_users").await;

    let (code, told, _) = program("migrate").arg("up").env("DATABASE_URL", &db.url).finish();
    assert_eq!(code, Some(0), "{told}");
    server.ready().await;
    let (code, told, _) =
        program("migrate").arg("status").arg("--json").env("DATABASE_URL", &db.url).finish();
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("\"complete\":true"), "{told}");
}
