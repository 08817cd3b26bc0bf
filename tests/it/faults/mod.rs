//! Faults of the world around the program, each really done while people write: what they see, what `/health` says, that
//! nothing acknowledged is lost or doubled, and how long after the fault's end everything works again. The times are
//! printed; docs/reliability.md has them as a table.

mod clock;
mod connections;
mod database;
mod disk;
mod managed;
mod migrating;
mod network;
mod ours;
mod redis;
mod schema;
mod start;

use std::time::{Duration, Instant};

use crate::support::{
    Server,
    load::Told,
    postgres::OwnPostgres,
    server::{Answer, Builder, program},
};

/// The promise: everything works again so soon after the cause has gone.
const HEALED_WITHIN: Duration = Duration::from_secs(5);

/// The first look, without sample data, at the pace of production.
fn first_look(url: &str) -> Builder {
    set_up(program("demo"), url)
}

fn set_up(program: Builder, url: &str) -> Builder {
    program
        .env("DEAL_SCOUT__DEMO__SAMPLE", "false")
        .env("DEAL_SCOUT__STARTUP__PACE", "1")
        .env("DATABASE_URL", url)
}

/// Waits until the service is ready and answers, `since` its cause has gone, and tells how long that took.
async fn healed(server: &Server, fault: &str, since: Instant) {
    healed_at_attempt(server, fault, since, Duration::ZERO).await;
}

/// The same where the next attempt of a start may be so far away.
async fn healed_at_attempt(server: &Server, fault: &str, since: Instant, wait: Duration) {
    server.ready().await;
    let mut answer = server.get("/api/v1/comps").await;
    while answer.status != 200 {
        assert_eq!(answer.status, 503, "{}", answer.body);
        answer = server.get("/api/v1/comps").await;
    }
    let took = since.elapsed();
    eprintln!("time to heal: {fault}: {} ms", took.as_millis());
    assert!(took <= wait + HEALED_WITHIN, "{fault}: {took:?}\n{}", server.story().join("\n"));
}

/// Asserts that every sale that was acknowledged is there, none is there twice, and nobody was told anything but that it
/// is recorded or to come again.
async fn assert_nothing_lost(postgres: &OwnPostgres, told: &Told) {
    let odd = told.count(|status| status != 201 && status != 503);
    assert_eq!(odd, 0, "{:?} {:#?}", told.statuses, told.bodies);
    told.assert_stored(&mut postgres.conn().await).await;
}

/// Asserts that the API refuses for now and says when to come back.
fn assert_come_back(answer: &Answer) {
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert!(answer.headers.contains_key("retry-after"));
    assert_eq!(answer.json()["code"], "unavailable");
}
