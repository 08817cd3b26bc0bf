//! Services and sources that never come to an end: they hold up nobody else, and not the end of the program.

use std::time::{Duration, Instant};

use crate::support::{
    Server, TestDb,
    cluster::PATIENCE,
    http::{Reply, Web},
    server::program,
};

/// How long the program may take to stop: requests eight seconds, workers ten, and a little.
const STOPPING: Duration = Duration::from_secs(22);

fn started(db: &TestDb) -> Server {
    program("serve")
        .env("DATABASE_URL", &db.url)
        .env("DEAL_SCOUT__OUTBOUND__ALLOW", "127.0.0.0/8")
        .env("DEAL_SCOUT__OUTBOUND__PACE_MS", "0")
        .start()
}

async fn until(server: &Server, what: &str, mut is_so: impl AsyncFnMut() -> bool) -> Duration {
    let began = Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < PATIENCE, "{what}: {}", server.story().join("\n"));
        tokio::task::yield_now().await;
    }
    began.elapsed()
}

fn stops(server: Server) {
    let began = Instant::now();
    let (status, story) = server.terminate();
    assert!(status.success(), "{}", story.join("\n"));
    assert!(began.elapsed() < STOPPING, "{:?}: {}", began.elapsed(), story.join("\n"));
}

const FEED: &str =
    "<rss version=\"2.0\"><channel><title>t</title><item><guid>1</guid><title>[WTS] Leica M6, $1900</title>
    <link>http://127.0.0.1/1</link></item></channel></rss>";

/// A source that drips bytes for ever, and one that answers at once, on another host.
async fn sources(db: &TestDb) -> [Web; 2] {
    let drip = Web::start(|asked| match asked.path() {
        "/rss" => Reply::Dripping(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/rss+xml\r\n\r\n<rss>".to_vec(),
        ),
        _ => Reply::new(404, ""),
    })
    .await;
    let fine = Web::on("127.0.0.2:0", |asked| match asked.path() {
        "/rss" => Reply::new(200, FEED).with("content-type", "application/rss+xml"),
        _ => Reply::new(404, ""),
    })
    .await;
    db.run(&format!(
        "INSERT INTO feeds (user_id, name, address) VALUES (1, 'drip', '{}'), (1, 'fine', '{}')",
        drip.url("/rss"),
        fine.url("/rss")
    ))
    .await;
    [drip, fine]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_drips_for_ever_holds_up_neither_other_searches_nor_the_end() {
    let db = TestDb::new().await;
    let [drip, _fine] = sources(&db).await;
    let server = started(&db);
    server.ready().await;
    db.run("INSERT INTO searches (id, user_id, name, sources) VALUES (1, 1, 'drips', '{drip}')")
        .await;
    let asked = async || drip.paths().contains(&"/rss".to_owned());
    until(&server, "the slow one is asked", asked).await;
    // It comes due while the other one is read.
    db.run("INSERT INTO searches (id, user_id, name, sources) VALUES (2, 1, 'quick', '{fine}')")
        .await;
    let took = until(&server, "the other search is run", async || {
        db.count("scans WHERE search_id = 2 AND status = 'done'").await == 1
    })
    .await;
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert_eq!(db.count("scans WHERE search_id = 1 AND status = 'running'").await, 1);
    assert_eq!(db.count("listings").await, 1);
    stops(server);
    let free = "scans WHERE search_id = 1 AND status = 'running' AND leased_until <= now()";
    assert_eq!(db.count(free).await, 1, "another one goes on with it at once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_search_with_a_source_that_drips_for_ever_reads_the_others_first_the_next_time() {
    let db = TestDb::new().await;
    let [drip, fine] = sources(&db).await;
    db.run(
        "INSERT INTO searches (id, user_id, name, sources) VALUES (1, 1, 'both', '{drip,fine}');
         INSERT INTO search_sources (user_id, search_id, source, failures, next_try_at)
         VALUES (1, 1, 'drip', 1, now() - INTERVAL '1 s')",
    )
    .await;
    let server = started(&db);
    server.ready().await;
    until(&server, "the slow one is asked", async || drip.paths().contains(&"/rss".to_owned()))
        .await;
    assert!(fine.paths().contains(&"/rss".to_owned()));
    assert_eq!(db.count("listings").await, 1);
    stops(server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_channel_that_never_answers_holds_up_neither_the_others_nor_the_end() {
    let db = TestDb::new().await;
    let web = Web::start(|asked| match asked.path() {
        "/silent" => Reply::Stalled(Vec::new()),
        "/drip" => Reply::Dripping(b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n".to_vec()),
        _ => Reply::new(200, "ok"),
    })
    .await;
    for (id, path) in [(1, "/silent"), (2, "/drip"), (3, "/fine")] {
        let url = web.url(path);
        db.run(&format!(
            "INSERT INTO channels (id, user_id, name, kind, address) VALUES ({id}, 1, 'hook {id}', 'webhook', '{url}')"
        ))
        .await;
    }
    let tell = async |channel: i64| {
        db.run(&format!(
            "INSERT INTO notifications (user_id, channel_id, channel, reason, payload, status, next_try_at)
             VALUES (1, {channel}, 'webhook', 'find', '{{\"title\": \"M6\"}}', 'pending', now())"
        ))
        .await;
    };
    let server = started(&db);
    server.ready().await;
    tell(1).await;
    tell(2).await;
    until(&server, "the slow ones are asked", async || web.asked().len() == 2).await;
    tell(3).await;
    let took = until(&server, "the other one is told", async || {
        db.count("notifications WHERE channel_id = 3 AND status = 'sent'").await == 1
    })
    .await;
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert_eq!(db.count("notifications WHERE status = 'pending' AND attempts = 0").await, 2);
    stops(server);
}
