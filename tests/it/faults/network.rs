//! The network between the program and its database: cut, silent, slow, narrow, and a name that leads nowhere.

use std::time::{Duration, Instant};

use super::{assert_come_back, assert_nothing_lost, first_look, healed};
use crate::support::{
    load::Load,
    postgres::OwnPostgres,
    proxy::{Proxy, Way},
    server::program,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_cut_under_load_heals_with_every_acknowledged_sale() {
    let postgres = OwnPostgres::started().await;
    let proxy = Proxy::to(postgres.port).await;
    let server = first_look(&OwnPostgres::url_by(proxy.port)).start();
    server.ready().await;
    let load = Load::start(&server, 4);
    load.more(50).await;

    proxy.set(Way::Cut);
    let health = server.health_until(|health| health["db"] == false).await;
    assert_eq!(health["phase"], "degraded");
    assert_come_back(&server.get("/api/v1/comps").await);
    assert!(server.get("/").await.body.contains("not reachable"));

    proxy.set(Way::Open);
    healed(&server, "connection to the database cut", Instant::now()).await;
    load.more(50).await;
    let told = load.end().await;
    assert!(told.count(|status| status == 503) > 0, "they were told to come again");
    assert_eq!(told.broken, 0, "everybody had an answer");
    assert_nothing_lost(&postgres, &told).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_swallows_what_is_sent_leaves_nobody_waiting_and_heals() {
    let postgres = OwnPostgres::started().await;
    let proxy = Proxy::to(postgres.port).await;
    let server = first_look(&OwnPostgres::url_by(proxy.port)).start();
    server.ready().await;
    let load = Load::start(&server, 12);
    load.more(50).await;

    proxy.set(Way::Swallowed);
    server.health_until(|health| health["db"] == false).await;
    let before = load.told().count(|status| status == 503);
    while load.told().count(|status| status == 503) < before + 12 {
        tokio::task::yield_now().await;
    }

    // The connections of before stay dead; only new ones get through.
    proxy.set(Way::Open);
    healed(&server, "network silent", Instant::now()).await;
    load.more(50).await;
    let told = load.end().await;
    assert_eq!(told.broken, 0, "everybody had an answer in time");
    assert_nothing_lost(&postgres, &told).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_takes_the_call_and_says_nothing_is_waited_for() {
    let postgres = OwnPostgres::started().await;
    let (code, told, _) = program("migrate").arg("up").env("DATABASE_URL", postgres.url()).finish();
    assert_eq!(code, Some(0), "{told}");
    let proxy = Proxy::to(postgres.port).await;
    proxy.set(Way::Swallowed);
    let server = first_look(&OwnPostgres::url_by(proxy.port)).start();

    let line = server.wait_for_line("Attempt 1/60... — ");
    assert!(line.contains("no answer within"), "{line}");
    let health = server.health().await;
    assert_eq!((&health["ok"], &health["phase"]), (&false.into(), &"waiting_for_database".into()));
    assert_come_back(&server.get("/api/v1/comps").await);

    proxy.set(Way::Open);
    healed(&server, "database took the call and said nothing", Instant::now()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_network_slows_answers_and_nothing_else() {
    let postgres = OwnPostgres::started().await;
    let proxy = Proxy::to(postgres.port).await;
    let server = first_look(&OwnPostgres::url_by(proxy.port)).start();
    server.ready().await;
    assert_eq!(server.get("/api/v1/comps").await.status, 200);

    proxy.set(Way::Slow(Duration::from_millis(100)));
    for _ in 0..2 {
        for path in ["/", "/api/v1/comps"] {
            let answer = server.get(path).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
        }
        assert_eq!(server.health().await["ok"], true);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_narrow_network_is_enough_to_start_and_to_serve() {
    let postgres = OwnPostgres::started().await;
    let proxy = Proxy::to(postgres.port).await;
    proxy.set(Way::Narrow(512 * 1024));
    let server = first_look(&OwnPostgres::url_by(proxy.port)).start();

    server.ready().await;
    assert_eq!(server.get("/").await.status, 200);
    assert_eq!(server.get("/api/v1/comps").await.status, 200);
    assert_eq!(server.health().await["ok"], true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_leads_nowhere_is_told_and_tried_again() {
    let server = first_look("postgres://deals@database.invalid/deals").start();
    for attempt in ["Attempt 1/60... — ", "Attempt 2/60... — "] {
        let line = server.wait_for_line(attempt);
        assert!(line.contains("failed to lookup address"), "{line}");
    }
    let health = server.health().await;
    assert_eq!((&health["ok"], &health["db"]), (&false.into(), &false.into()));
    let page = server.get("/").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("class=\"banner"), "{}", page.body);
    assert_come_back(&server.get("/api/v1/comps").await);
}
