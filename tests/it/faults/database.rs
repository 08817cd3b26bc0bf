//! The database under load: killed, restarted, out of connections.

use std::time::Instant;

use diesel_async::SimpleAsyncConnection;

use super::{assert_come_back, assert_nothing_lost, first_look, healed};
use crate::support::{load::Load, postgres::OwnPostgres};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_killed_under_load_keeps_every_acknowledged_sale() {
    let mut postgres = OwnPostgres::started().await;
    let server = first_look(&postgres.url()).start();
    server.ready().await;
    let load = Load::start(&server, 4);
    load.more(50).await;

    postgres.kill();
    let health = server.health_until(|health| health["db"] == false).await;
    assert_eq!((&health["ok"], &health["phase"]), (&false.into(), &"degraded".into()));

    postgres.start().await;
    healed(&server, "database killed under load", Instant::now()).await;
    load.more(50).await;
    let told = load.end().await;
    assert_eq!(told.broken, 0, "everybody had an answer");
    assert_nothing_lost(&postgres, &told).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_restarted_under_load_is_hardly_noticed() {
    let mut postgres = OwnPostgres::started().await;
    let server = first_look(&postgres.url()).start();
    server.ready().await;
    let load = Load::start(&server, 4);
    load.more(50).await;

    postgres.stop();
    postgres.start().await;
    healed(&server, "database restarted under load", Instant::now()).await;
    load.more(50).await;
    let told = load.end().await;
    assert_eq!(told.broken, 0, "everybody had an answer");
    assert_nothing_lost(&postgres, &told).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_every_connection_is_taken_others_are_told_to_come_again() {
    let postgres = OwnPostgres::started().await;
    let server = first_look(&postgres.url())
        .env("DEAL_SCOUT__DATABASE__POOL_SIZE", "3")
        .env("DEAL_SCOUT__DATABASE__STATEMENT_TIMEOUT_S", "20")
        .start();
    server.ready().await;
    let mut greedy = postgres.conn().await;
    greedy.batch_execute("BEGIN; LOCK TABLE comps IN ACCESS EXCLUSIVE MODE").await.unwrap();

    let held: Vec<_> = (0..3)
        .map(|_| {
            let request = server.http().get(format!("{}/api/v1/comps", server.base()));
            tokio::spawn(async move { request.send().await.unwrap().status().as_u16() })
        })
        .collect();
    let waiting =
        "SELECT count(*) AS n FROM pg_locks WHERE NOT granted AND relation = 'comps'::regclass";
    while postgres.number(waiting).await < 3 {
        tokio::task::yield_now().await;
    }
    assert_come_back(&server.get("/api/v1/channels").await);
    assert_eq!(server.get("/health").await.status, 200);
    assert_eq!(server.get("/health/live").await.status, 200);

    greedy.batch_execute("COMMIT").await.unwrap();
    healed(&server, "every connection taken", Instant::now()).await;
    for request in held {
        assert_eq!(request.await.unwrap(), 200, "who waited long enough is served");
    }
}
