//! Our own process, killed outright while people write.

use std::time::Instant;

use super::{assert_nothing_lost, healed};
use crate::support::{Server, load::Load, postgres::OwnPostgres, server::program};

const ROUNDS: u32 = 50;

fn started(postgres: &OwnPostgres) -> Server {
    program("demo")
        .env("DEAL_SCOUT__DEMO__SAMPLE", "false")
        .env("DATABASE_URL", postgres.url())
        .start()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_fifty_times_under_writes_every_acknowledged_sale_is_there_once() {
    let postgres = OwnPostgres::started().await;
    let mut server = started(&postgres);
    server.ready().await;
    let load = Load::start(&server, 4);
    for round in 0..ROUNDS {
        load.more(8).await;
        // Another moment each time.
        for _ in 0..(round * 37) % 400 {
            tokio::task::yield_now().await;
        }
        server.kill();
        let killed = Instant::now();
        server = started(&postgres);
        load.turn_to(&server);
        if round + 1 == ROUNDS {
            healed(&server, "our process killed under load", killed).await;
        }
    }
    load.more(8).await;
    let told = load.end().await;
    assert!(told.broken > 0, "some were in the middle of it");
    assert_nothing_lost(&postgres, &told).await;
}
