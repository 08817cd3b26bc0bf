//! A database that is there, late, absent, locked or killed.

use super::{assert_api_refuses, assert_banner, assert_story};
use crate::support::{TestDb, postgres::OwnPostgres, server::program, web};

#[tokio::test]
async fn a_healthy_database_is_ready_at_once_and_the_log_tells_the_story() {
    let db = TestDb::empty().await;
    let server = program("demo")
        .env("DEAL_SCOUT__DEMO__SAMPLE", "false")
        .env("DATABASE_URL", &db.url)
        .start();

    let health = server.ready().await;

    assert_eq!(health["phase"], "ready");
    assert_eq!((&health["db"], &health["redis"]), (&true.into(), &true.into()));
    assert_eq!(
        (&health["mode"], &health["redis_mode"]),
        (&"external".into(), &"in_process".into())
    );
    assert_eq!(health["schema"]["complete"], true);
    assert_eq!(health["schema"]["pending"], serde_json::json!([]));
    for path in ["/health/live", "/health/ready", "/health/startup"] {
        assert_eq!(server.get(path).await.status, 200, "{path}");
    }
    let page = server.get("/").await;
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("class=\"banner"), "a ready service has no banner: {}", page.body);
    assert_eq!(server.get("/api/v1/listings").await.status, 200);
    assert_story(
        &server,
        &[
            "====",
            concat!("Deal Scout ", env!("CARGO_PKG_VERSION")),
            "Configuration: database=postgres://",
            "Listening on 127.0.0.1:",
            "Waiting for Postgres at ",
            "Attempt 1/60...",
            "✓ DB connectivity check complete.",
            "Running database migrations...",
            "Migration attempt 1/6 (delay: 0s)...",
            "✓ Migrations applied successfully. (",
            "✓ Schema verified: ",
            "Startup complete in ",
        ],
    );
}

#[tokio::test]
async fn a_database_thirty_seconds_late_is_waited_for() {
    let mut postgres = OwnPostgres::prepared();
    let server = program("demo")
        .env("DEAL_SCOUT__DEMO__SAMPLE", "false")
        .env("DATABASE_URL", postgres.url())
        .env("DEAL_SCOUT__STARTUP__PACE", "0.1")
        .start();

    server.wait_for_line("Attempt 30/60... — ");
    let health = server.health().await;
    assert_eq!((&health["ok"], &health["phase"]), (&false.into(), &"waiting_for_database".into()));
    assert_eq!(server.get("/health").await.status, 200);
    assert_eq!(server.get("/health/live").await.status, 200);
    assert_eq!(server.get("/health/ready").await.status, 503);
    assert_eq!(server.get("/health/startup").await.status, 503);
    let page = assert_banner(&server, "/", "starting").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("http-equiv=\"refresh\""), "the page comes back by itself");
    assert_api_refuses(&server, "unavailable").await;

    postgres.launch();
    server.ready().await;
    assert_story(
        &server,
        &["Attempt 30/60... — ", "✓ DB connectivity check complete.", "Startup complete in "],
    );
    assert_eq!(server.get("/").await.status, 200);
}

#[tokio::test]
async fn a_database_that_never_comes_leaves_the_service_degraded_and_still_trying() {
    let mut postgres = OwnPostgres::prepared();
    let server = program("demo")
        .env("DEAL_SCOUT__DEMO__SAMPLE", "false")
        .env("DATABASE_URL", postgres.url())
        .start();

    server.wait_for_line("Attempt 60/60... — ");
    let health = server.health_until(|health| health["phase"] == "degraded").await;
    assert_eq!((&health["ok"], &health["db"]), (&false.into(), &false.into()));
    assert!(health["reason"].as_str().is_some_and(|r| r.contains("not reachable")), "{health:#}");
    assert_eq!(server.get("/health/ready").await.status, 503);
    assert_banner(&server, "/", "not reachable").await;
    assert_banner(&server, "/status", "not reachable").await;
    assert_api_refuses(&server, "unavailable").await;

    postgres.start().await;
    server.ready().await;
    assert_eq!(server.get("/").await.status, 200);
    assert_eq!(server.get("/api/v1/listings").await.status, 200);
}

#[tokio::test]
async fn a_wrong_password_is_named_and_never_shown() {
    let postgres = OwnPostgres::started().await;
    let server = program("demo")
        .env("DEAL_SCOUT__DEMO__SAMPLE", "false")
        .env("DATABASE_URL", postgres.url_with("wrong-horse"))
        .start();

    let line = server.wait_for_line("Attempt 1/60... — ");
    assert!(line.contains("password authentication failed"), "{line}");
    server.wait_for_line("Attempt 60/60... — ");
    let health = server.health_until(|health| health["phase"] == "degraded").await;
    assert!(
        health["reason"].as_str().is_some_and(|r| r.contains("password authentication failed")),
        "{health:#}"
    );
    assert_banner(&server, "/", "password authentication failed").await;
    assert!(!server.story().join("\n").contains("wrong-horse"), "no secret in the log");
    let attempts = server.entrypoint().iter().filter(|line| line.starts_with("Attempt ")).count();
    let refused = postgres.log().matches("password authentication failed").count();
    assert!(attempts >= 60 && refused <= attempts + 10, "{refused} calls in {attempts} attempts");
}

#[tokio::test]
async fn a_database_killed_while_serving_is_noticed_and_its_return_heals() {
    let mut postgres = OwnPostgres::started().await;
    let server = program("demo")
        .env("DEAL_SCOUT__DEMO__SAMPLE", "false")
        .env("DATABASE_URL", postgres.url())
        .start();
    server.ready().await;
    assert_eq!(server.get("/").await.status, 200);

    postgres.kill();
    let health = server.health_until(|health| health["db"] == false).await;
    assert_eq!((&health["ok"], &health["phase"]), (&false.into(), &"degraded".into()));
    assert_banner(&server, "/", "not reachable").await;
    assert_api_refuses(&server, "unavailable").await;

    postgres.start().await;
    server.ready().await;
    let page = server.get("/").await;
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("class=\"banner"), "the banner has gone: {}", page.body);
    assert_eq!(server.get("/api/v1/listings").await.status, 200);
    assert_story(&server, &["Startup complete in ", "✓ Recovered: "]);
}

#[tokio::test]
async fn a_frozen_database_is_noticed_and_its_thaw_heals() {
    let postgres = OwnPostgres::started().await;
    let server = program("demo")
        .env("DEAL_SCOUT__DEMO__SAMPLE", "false")
        .env("DATABASE_URL", postgres.url())
        .start();
    server.ready().await;

    postgres.freeze();
    let health = server.health_until(|health| health["ok"] == false).await;
    assert_eq!((&health["phase"], &health["db"]), (&"degraded".into(), &false.into()));
    assert_banner(&server, "/status", "not reachable").await;
    assert_api_refuses(&server, "unavailable").await;

    postgres.thaw();
    server.ready().await;
    assert_eq!(server.get("/api/v1/listings").await.status, 200);
}

#[tokio::test]
async fn two_processes_at_once_on_an_empty_database_both_become_ready() {
    at_once(2).await;
}

#[tokio::test]
async fn ten_processes_at_once_on_an_empty_database_all_become_ready() {
    at_once(10).await;
}

async fn at_once(processes: u32) {
    let db = TestDb::empty().await;
    let servers: Vec<_> = (0..processes)
        .map(|_| {
            program("demo")
                .env("DEAL_SCOUT__DEMO__SAMPLE", "false")
                .env("DEAL_SCOUT__DATABASE__POOL_SIZE", "2")
                .env("DATABASE_URL", &db.url)
                .start()
        })
        .collect();

    let mut applied = 0;
    for server in &servers {
        let health = server.ready().await;
        assert_eq!(health["schema"]["complete"], true);
        let story = server.entrypoint();
        assert!(
            !story.iter().any(|line| line.contains('✗')),
            "nobody failed:\n{}",
            story.join("\n")
        );
        applied += usize::from(!story.iter().any(|line| line.contains("successfully. (0 new")));
    }
    assert_eq!(applied, 1, "one of them migrated, the others found it done");
}

#[tokio::test]
async fn a_port_that_is_taken_is_said_and_the_program_ends() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (code, _, told) = program("serve")
        .env("PORT", port.to_string())
        .env("DATABASE_URL", "postgres://127.0.0.1:1/x")
        .finish();
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains(&format!("127.0.0.1:{port} cannot be listened on")), "{told}");
}

#[tokio::test]
async fn sigterm_stops_it_in_order() {
    let db = TestDb::new().await;
    let server = web::demo(&db).await;
    let (status, story) = server.terminate();
    assert!(status.success(), "{status}");
    assert_eq!(story.last().map(String::as_str), Some("stopped"), "{}", story.join("\n"));
}
