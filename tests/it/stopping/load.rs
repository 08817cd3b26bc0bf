//! SIGTERM while many ask: each asks until it is told that the service is not ready any more, as a balancer does.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering::SeqCst},
    },
    time::Instant,
};

use super::on;
use crate::support::{TestDb, cluster::PATIENCE};

/// So many ask at once, each over a connection of its own that it keeps as long as it may.
const ASKING: usize = 12;
/// What they ask for: a page, a list, a file.
const PATHS: [&str; 3] = ["/", "/api/v1/listings", "/robots.txt"];

#[derive(Debug, Default)]
struct Tally {
    answered: AtomicU32,
    closed: AtomicU32,
    after: AtomicU32,
}

#[tokio::test(flavor = "multi_thread")]
async fn under_load_no_request_fails() {
    let db = TestDb::new().await;
    // At the tests' pace a second and a half.
    let server = on(&db).env("DEAL_SCOUT__STOP__DRAIN_S", "75").start();
    server.ready().await;
    let tally = Arc::new(Tally::default());
    let (told, gone) = (Arc::new(AtomicBool::default()), Arc::new(AtomicBool::default()));

    let asking: Vec<_> = (0..ASKING)
        .map(|at| {
            let base = server.base().to_owned();
            let (tally, told, gone) = (Arc::clone(&tally), Arc::clone(&told), Arc::clone(&gone));
            let http = reqwest::Client::builder().pool_max_idle_per_host(1).build().unwrap();
            tokio::spawn(async move {
                for path in PATHS.iter().cycle().skip(at) {
                    if gone.load(SeqCst) {
                        break;
                    }
                    let answer = http.get(format!("{base}{path}")).send().await;
                    let answer =
                        answer.unwrap_or_else(|e| panic!("{path} was not answered: {e:?}"));
                    assert_eq!(answer.status(), 200, "{path}");
                    let closes = answer.headers().get("connection").is_some_and(|c| c == "close");
                    answer.bytes().await.unwrap_or_else(|e| panic!("{path} broke off: {e:?}"));
                    tally.answered.fetch_add(1, SeqCst);
                    tally.closed.fetch_add(u32::from(closes), SeqCst);
                    tally.after.fetch_add(u32::from(told.load(SeqCst)), SeqCst);
                }
            })
        })
        .collect();
    while tally.answered.load(SeqCst) < 200 {
        tokio::task::yield_now().await;
    }
    assert_eq!(tally.closed.load(SeqCst), 0, "connections are kept while it serves");

    let asked_at = Instant::now();
    server.ask_to_stop();
    told.store(true, SeqCst);
    // The balancer's own probe; what it learns, the others hear once they have asked some more.
    let ready = loop {
        let ready = server.get("/health/ready").await;
        if ready.status == 503 {
            break ready;
        }
        assert!(asked_at.elapsed() < PATIENCE, "it calls itself not ready");
    };
    let health = ready.json();
    assert_eq!(health["ok"], false, "{health:#}");
    assert!(health["reason"].as_str().unwrap().starts_with("Told to stop"), "{health:#}");
    assert_eq!(server.get("/health/live").await.status, 200, "it is alive all the same");
    let before = tally.closed.load(SeqCst);
    while tally.closed.load(SeqCst) < before + 50 {
        assert!(asked_at.elapsed() < PATIENCE, "it goes on answering, and closes connections");
        tokio::task::yield_now().await;
    }
    gone.store(true, SeqCst);
    for one in asking {
        one.await.expect("no request failed");
    }
    let (status, story) = server.ended();

    assert!(status.success(), "{status}\n{}", story.join("\n"));
    assert_eq!(story.last().map(String::as_str), Some("stopped"), "{}", story.join("\n"));
    eprintln!(
        "{} requests answered, {} of them after SIGTERM; ended after {:?}",
        tally.answered.load(SeqCst),
        tally.after.load(SeqCst),
        asked_at.elapsed()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_drain_connections_that_idle_are_closed_and_it_ends_at_once() {
    let db = TestDb::new().await;
    let server = on(&db).start();
    server.ready().await;
    // The client keeps the connection.
    assert_eq!(server.get("/robots.txt").await.status, 200);

    let asked_at = Instant::now();
    let (status, story) = server.terminate();

    assert!(status.success(), "{status}\n{}", story.join("\n"));
    assert!(asked_at.elapsed().as_secs() < 5, "it ended after {:?}", asked_at.elapsed());
}
