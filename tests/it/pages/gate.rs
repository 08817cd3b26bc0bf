//! Pages while something is missing: banner, explanation, last good copy, and back without a restart.

use crate::support::{
    TestDb,
    postgres::OwnPostgres,
    server::program,
    web::{self, header},
};

#[tokio::test]
async fn a_missing_table_closes_only_the_pages_that_need_it() {
    let db = TestDb::new().await;
    web::with_ads(&db, 3).await;
    let server = web::demo(&db).await;
    db.run("ALTER TABLE comps RENAME TO comps_away").await;

    // Even before the next probe nobody is told of an error of ours.
    assert_eq!(server.get("/pricing?title=camera").await.status, 503);
    server.health_until(|health| health["phase"] == "degraded").await;
    let closed = server.get("/pricing").await;
    assert_eq!(closed.status, 503);
    assert!(closed.body.contains("<code>comps</code>"), "{}", closed.body);
    assert!(!header(&closed, "retry-after").is_empty());
    let open = server.get("/").await;
    assert_eq!(open.status, 200);
    assert!(open.body.contains("Part of the database is missing"), "{}", open.body);
    let problem = server.get("/api/v1/comps").await;
    assert_eq!(problem.status, 503);
    let problem = problem.json();
    assert_eq!(problem["code"], "schema_incomplete");
    assert_eq!(problem["missing"], serde_json::json!(["comps"]));
    assert_eq!(server.get("/api/v1/listings").await.status, 200);

    db.run("ALTER TABLE comps_away RENAME TO comps").await;
    server.ready().await;
    let back = server.get("/pricing").await;
    assert_eq!(back.status, 200);
    assert!(!back.body.contains("class=\"banner"));

    // What others ask counts as well.
    db.run("ALTER TABLE listings RENAME TO listings_away").await;
    server.health_until(|health| health["phase"] == "degraded").await;
    let closed = server.get("/pricing?title=another").await;
    assert!(
        closed.status == 503 && closed.body.contains("<code>listings</code>"),
        "{}",
        closed.body
    );
    assert_eq!(server.get("/api/v1/comps").await.status, 200);
}

#[tokio::test]
async fn while_the_database_is_away_the_last_good_page_stands_in_for_it() {
    let mut postgres = OwnPostgres::started().await;
    let server = web::demo_at(&postgres.url()).await;
    assert!(server.get("/").await.body.contains("No ads yet"));

    postgres.kill();
    server.health_until(|health| health["db"] == false).await;
    let copy = server.get("/").await;
    assert_eq!(copy.status, 200);
    assert!(copy.body.contains("This is a copy from") && copy.body.contains("No ads yet"));
    // This page was never looked at, so there is no copy of it.
    let closed = server.get("/import").await;
    assert_eq!(closed.status, 503);
    assert!(closed.body.contains("The database is not reachable"), "{}", closed.body);
    assert!(!header(&closed, "retry-after").is_empty());
    assert_eq!(server.get("/status").await.status, 200);
    let problem = server.get("/api/v1/listings").await;
    assert_eq!((problem.status, &problem.json()["code"]), (503, &"unavailable".into()));

    postgres.start().await;
    server.ready().await;
    assert!(!server.get("/").await.body.contains("This is a copy"));
}

#[tokio::test]
async fn while_it_starts_pages_ask_for_a_moment_and_come_back_by_themselves() {
    let postgres = OwnPostgres::prepared();
    let server = program("demo")
        .env("DATABASE_URL", postgres.url())
        .env("DEAL_SCOUT__STARTUP__PACE", "1")
        .start();
    let page = server.get("/").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("One moment") && page.body.contains("http-equiv=\"refresh\""));
    let problem = server.get("/api/v1/listings").await;
    assert_eq!((problem.status, &problem.json()["code"]), (503, &"unavailable".into()));
    assert!(server.get("/status").await.body.contains("Waiting for the database"));
}

#[tokio::test]
async fn every_page_that_was_looked_at_has_a_copy_and_the_others_say_why_not() {
    let mut postgres = OwnPostgres::started().await;
    let server = web::demo_at(&postgres.url()).await;
    let pages = [
        "/searches",
        "/searches/new",
        "/watchlist",
        "/channels",
        "/notifications",
        "/feeds",
        "/capture",
        "/page-choices",
        "/comps",
        "/pricing",
        "/pricing/backtest",
    ];
    for page in pages {
        assert_eq!(server.get(page).await.status, 200, "{page}");
    }
    postgres.kill();
    server.health_until(|health| health["db"] == false).await;
    for page in pages {
        let copy = server.get(page).await;
        assert_eq!(copy.status, 200, "{page}");
        assert!(copy.body.contains("This is a copy from"), "{page}: {}", copy.body);
    }
    for page in
        ["/account/preferences", "/channels/new?kind=ntfy", "/searches/1", "/watchlist?tab=all"]
    {
        let closed = server.get(page).await;
        assert_eq!(closed.status, 503, "{page}");
        assert!(closed.body.contains("The database is not reachable"), "{page}: {}", closed.body);
        assert!(!header(&closed, "retry-after").is_empty(), "{page}");
    }
    let status = server.get("/status").await;
    assert!(status.status == 200 && !status.body.contains("id=\"sources\""));
}
