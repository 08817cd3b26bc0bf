//! The managed PostgreSQL, killed while people write: it is started again, and nothing acknowledged is lost.

use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process};

use super::{healed, healed_at_attempt};
use crate::support::{Server, cluster::PATIENCE, load::Load, server::program};

/// The database's first process.
fn postmaster(server: &Server) -> Pid {
    let file = server.data_dir.path().join("postgres/postmaster.pid");
    let text = std::fs::read_to_string(file).expect("the database runs");
    Pid::from_raw(text.lines().next().unwrap().parse().unwrap()).unwrap()
}

/// How often PostgreSQL has said that it is ready.
fn recoveries(server: &Server) -> usize {
    let log = std::fs::read_to_string(server.data_dir.path().join("postgres.log"));
    log.unwrap().matches("ready to accept connections").count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_managed_database_killed_under_load_is_started_again_with_every_acknowledged_sale() {
    let server = program("demo")
        .env("DEAL_SCOUT__DEMO__SAMPLE", "false")
        .env("DEAL_SCOUT__STARTUP__PACE", "1")
        .start();
    server.ready().await;
    let load = Load::start(&server, 4);
    load.more(50).await;

    let killed = postmaster(&server);
    let recovered = recoveries(&server) + 1;
    kill_process(killed, Signal::KILL).unwrap();
    let since = Instant::now();
    server.health_until(|health| health["db"] == false).await;
    // PostgreSQL's own recovery takes what the disk takes; it is over when it says so.
    while recoveries(&server) < recovered {
        tokio::task::yield_now().await;
    }
    healed(&server, "managed database killed under load, once recovered", Instant::now()).await;
    let fault = "managed database killed under load, its recovery included";
    healed_at_attempt(&server, fault, since, PATIENCE).await;
    assert_ne!(postmaster(&server), killed);

    load.more(50).await;
    let told = load.end().await;
    assert_eq!(told.broken, 0, "everybody had an answer");
    let odd = told.count(|status| status != 201 && status != 503);
    assert_eq!(odd, 0, "{:?} {:#?}", told.statuses, told.bodies);
    let listed = server.get("/api/v1/comps?count=true&limit=1").await.json();
    assert_eq!(listed["total"], told.recorded.len(), "each acknowledged sale is there, once");
    let (status, _) = server.terminate();
    assert!(status.success(), "{status}");
}
