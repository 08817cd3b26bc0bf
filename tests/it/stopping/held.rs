//! SIGTERM while a request waits for the database: it is finished when it can be, and broken off when its time is over.

use std::time::Instant;

use diesel::{QueryableByName, sql_types::BigInt};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use tokio::task::JoinHandle;

use super::on;
use crate::support::{Server, TestDb, cluster::PATIENCE};

#[derive(QueryableByName)]
struct Waiting {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

type Answered = JoinHandle<reqwest::Result<(u16, bool, String)>>;

/// A list that waits for a table which only it reads: the connection that holds the table, and the answer to come.
async fn held(db: &TestDb, server: &Server) -> (AsyncPgConnection, Answered) {
    let mut holder = db.conn().await;
    holder
        .batch_execute("BEGIN; LOCK TABLE cross_posts IN ACCESS EXCLUSIVE MODE")
        .await
        .expect("the table is held");
    let (http, url) = (server.http().clone(), format!("{}/api/v1/cross-posts", server.base()));
    let answer = tokio::spawn(async move {
        let answer = http.get(url).send().await?;
        let closes = answer.headers().get("connection").is_some_and(|value| value == "close");
        Ok((answer.status().as_u16(), closes, answer.text().await?))
    });
    let began = Instant::now();
    while waiting(&mut holder).await == 0 {
        assert!(began.elapsed() < PATIENCE, "the request comes to the table");
    }
    (holder, answer)
}

async fn waiting(conn: &mut AsyncPgConnection) -> i64 {
    let sql = "SELECT count(*) AS count FROM pg_locks \
               WHERE NOT granted AND relation = 'cross_posts'::regclass";
    let waiting: Waiting = diesel::sql_query(sql).get_result(conn).await.expect("locks are told");
    waiting.count
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
