//! A Redis that is slow, silent, full or lying: it costs speed, never a page, and fills no log.

use std::time::{Duration, Instant};

use super::first_look;
use crate::support::{
    Server, TestDb,
    http::{Reply, Web},
    proxy::{Proxy, Way},
    redis::OwnRedis,
};

const AWAY: &str = "Redis does not answer";

async fn started(db: &TestDb, port: u16) -> Server {
    let server =
        first_look(&db.url).env("REDIS_URL", format!("redis://127.0.0.1:{port}/0")).start();
    server.ready().await;
    server
}

async fn assert_served(server: &Server) {
    for path in ["/", "/status", "/api/v1/listings", "/api/v1/comps"] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    }
    assert_eq!(server.health().await["ok"], true);
}

fn told(server: &Server, text: &str) -> usize {
    server.story().iter().filter(|line| line.contains(text)).count()
}

async fn back(server: &Server, fault: &str, since: Instant) {
    server.health_until(|health| health["redis"] == true).await;
    server.wait_for_line("Redis is back");
    let took = since.elapsed();
    eprintln!("time to heal: {fault}: {} ms", took.as_millis());
    assert!(took <= super::HEALED_WITHIN, "{fault}: {took:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_redis_is_left_alone_until_it_is_quick_again() {
    let (db, redis) = (TestDb::new().await, OwnRedis::started());
    let proxy = Proxy::to(redis.port()).await;
    let server = started(&db, proxy.port).await;
    server.health_until(|health| health["redis"] == true).await;

    proxy.set(Way::Slow(Duration::from_millis(150)));
    server.wait_for_line(AWAY);
    for _ in 0..3 {
        assert_served(&server).await;
    }
    // It answers, after all; and it is not told again and again.
    server.health_until(|health| health["redis"] == true).await;
    assert_eq!(told(&server, AWAY), 1);

    proxy.set(Way::Open);
    back(&server, "Redis slow", Instant::now()).await;
    assert_served(&server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_redis_costs_no_page_and_its_dead_connections_are_given_up() {
    let (db, redis) = (TestDb::new().await, OwnRedis::started());
    let proxy = Proxy::to(redis.port()).await;
    let server = started(&db, proxy.port).await;
    server.health_until(|health| health["redis"] == true).await;
    assert_served(&server).await;

    proxy.set(Way::Swallowed);
    server.health_until(|health| health["redis"] == false).await;
    assert_served(&server).await;

    proxy.set(Way::Open);
    back(&server, "Redis silent", Instant::now()).await;
    assert_served(&server).await;
    assert_eq!(told(&server, AWAY), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_redis_is_told_once_and_gone_on_without() {
    let (db, mut redis) = (TestDb::new().await, OwnRedis::prepared());
    redis.start_with(&["--maxmemory", "1kb", "--maxmemory-policy", "noeviction"]);
    let server = started(&db, redis.port()).await;
    server.health_until(|health| health["redis"] == true).await;

    for _ in 0..3 {
        assert_served(&server).await;
    }
    server.wait_for_line("Redis refuses what it is asked");
    assert_eq!(told(&server, "Redis refuses what it is asked"), 1);
    assert!(server.story().join("\n").contains("maxmemory"), "it is said what to look at");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_lies_is_not_believed() {
    let db = TestDb::new().await;
    // To every question it has the same answer: a short text.
    let liar = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = liar.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = liar.accept().await.unwrap();
            tokio::spawn(async move {
                use tokio::io::{AsyncReadExt, AsyncWriteExt};
                let mut asked = [0; 4096];
                while matches!(stream.read(&mut asked).await, Ok(1..)) {
                    if stream.write_all(b"$3\r\nyes\r\n").await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    let server = started(&db, port).await;
    for _ in 0..3 {
        assert_served(&server).await;
    }
    assert_eq!(server.health().await["redis"], false, "it is no Redis");
    assert!(told(&server, AWAY) <= 1);

    // Neither is what speaks another language.
    let web = Web::start(|_| Reply::new(200, "hello")).await;
    let server = started(&db, web.port()).await;
    assert_served(&server).await;
    assert_eq!(server.health().await["redis"], false);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_else_wrote_under_our_names_is_a_miss() {
    let (db, redis) = (TestDb::new().await, OwnRedis::started());
    let server = started(&db, redis.port()).await;
    server.health_until(|health| health["redis"] == true).await;
    assert_served(&server).await;

    let client = ::redis::Client::open(redis.url()).unwrap();
    let mut conn = client.get_multiplexed_async_connection().await.unwrap();
    let names: Vec<String> =
        ::redis::cmd("KEYS").arg("deal-scout:*").query_async(&mut conn).await.unwrap();
    assert!(!names.is_empty(), "something is kept there");
    for name in &names {
        let _: () = ::redis::cmd("DEL").arg(name).query_async(&mut conn).await.unwrap();
        let _: () =
            ::redis::cmd("RPUSH").arg(name).arg("nonsense").query_async(&mut conn).await.unwrap();
    }
    assert_served(&server).await;
}
