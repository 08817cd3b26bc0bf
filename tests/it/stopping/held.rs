//! SIGTERM while a request waits for the database: it is finished when it can be, and broken off when its time is over.

use std::{collections::BTreeSet, time::Instant};

use diesel::{QueryableByName, sql_types::BigInt};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use tokio::task::JoinHandle;

use super::{on, until_workers, workers};
use crate::support::{Server, TestDb, cluster::PATIENCE};

#[derive(QueryableByName)]
struct Waiting {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

type Answered = JoinHandle<reqwest::Result<(u16, bool, String)>>;

/// A list that waits for a table which only it reads: the connection that holds the table, and the answer to come.
async fn held(db: &TestDb, server: &Server) -> (AsyncPgConnection, Answered) {
    let mut holder = hold(db).await;
    let answer = ask(server);
    until_waiting(&mut holder, 1).await;
    (holder, answer)
}

/// Holds the table until it commits.
async fn hold(db: &TestDb) -> AsyncPgConnection {
    let mut holder = db.conn().await;
    let lock = "BEGIN; LOCK TABLE cross_posts IN ACCESS EXCLUSIVE MODE";
    holder.batch_execute(lock).await.expect("the table is held");
    holder
}

/// Asks for the list, on a connection of its own.
fn ask(server: &Server) -> Answered {
    let http = reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap();
    let url = format!("{}/api/v1/cross-posts", server.base());
    tokio::spawn(async move {
        let answer = http.get(url).send().await?;
        let closes = answer.headers().get("connection").is_some_and(|value| value == "close");
        Ok((answer.status().as_u16(), closes, answer.text().await?))
    })
}

/// Waits until so many requests have come to the table.
async fn until_waiting(holder: &mut AsyncPgConnection, requests: i64) {
    let began = Instant::now();
    let sql = "SELECT count(*) AS count FROM pg_locks \
               WHERE NOT granted AND relation = 'cross_posts'::regclass";
    loop {
        let waiting: Waiting =
            diesel::sql_query(sql).get_result(holder).await.expect("locks are told");
        if waiting.count >= requests {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "the requests come to the table");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_under_way_is_finished() {
    let db = TestDb::new().await;
    let server = on(&db).start();
    server.ready().await;
    let (mut holder, answer) = held(&db, &server).await;

    server.ask_to_stop();
    server.wait_for_line("stopping");
    holder.batch_execute("COMMIT").await.unwrap();

    let (status, closes, body) = answer.await.unwrap().expect("it is answered");
    assert_eq!((status, closes), (200, true), "{body}");
    assert!(body.starts_with("{\"items\":[]") && body.ends_with('}'), "the whole list: {body}");
    let (status, story) = server.ended();
    assert!(status.success(), "{status}\n{}", story.join("\n"));
    assert!(!story.iter().any(|line| line.contains("broken off")), "{}", story.join("\n"));
}

/// Connections to the database that were made for a request of one worker serve those of others, and that worker ends
/// first when it has nothing to do.
#[tokio::test(flavor = "multi_thread")]
async fn requests_under_way_are_finished_though_other_workers_have_ended() {
    let db = TestDb::new().await;
    let server = on(&db).env("DEAL_SCOUT__DATABASE__POOL_SIZE", "8").start();
    server.ready().await;
    // Eight connections, made for requests of all workers.
    let mut holder = hold(&db).await;
    let answers: Vec<_> = (0..8).map(|_| ask(&server)).collect();
    until_waiting(&mut holder, 8).await;
    holder.batch_execute("COMMIT").await.unwrap();
    for answer in answers {
        assert_eq!(answer.await.unwrap().expect("it is answered").0, 200);
    }
    // Connections go to one worker after the other, and every other one ends at once: of two workers one has nothing to do.
    let mut holder = hold(&db).await;
    let mut answers = Vec::new();
    let all = workers(&server).max(1);
    let busy: BTreeSet<usize> = (0..4).map(|held| 2 * held % all).collect();
    for waiting in 1..=4 {
        answers.push(ask(&server));
        until_waiting(&mut holder, waiting).await;
        let http = reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap();
        assert_eq!(
            http.get(format!("{}/robots.txt", server.base())).send().await.unwrap().status(),
            200
        );
    }

    server.ask_to_stop();
    until_workers(&server, busy.len());
    holder.batch_execute("COMMIT").await.unwrap();

    for answer in answers {
        let (status, _, body) = answer.await.unwrap().expect("it is answered");
        assert_eq!(status, 200, "{body}");
    }
    let (status, story) = server.ended();
    assert!(status.success(), "{status}\n{}", story.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_end_in_its_time_is_broken_off() {
    let db = TestDb::new().await;
    let server = on(&db).env("DEAL_SCOUT__STOP__GRACE_S", "1").start();
    server.ready().await;
    let (mut holder, answer) = held(&db, &server).await;

    let asked_at = Instant::now();
    let (status, story) = server.terminate();

    assert!(status.success(), "{status}\n{}", story.join("\n"));
    assert!(asked_at.elapsed().as_secs() < 8, "it ended after {:?}", asked_at.elapsed());
    let told = "what had not ended within 1 s was broken off";
    assert!(story.iter().any(|line| line == told), "{}", story.join("\n"));
    assert_eq!(story.last().map(String::as_str), Some("stopped"), "{}", story.join("\n"));
    let answered = answer.await.unwrap();
    let is_told = answered.as_ref().map_or(true, |(status, _, _)| *status == 503);
    assert!(is_told, "the client learns that nothing was done: {answered:?}");
    holder.batch_execute("COMMIT").await.unwrap();
}
