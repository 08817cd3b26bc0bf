//! A run as it is followed by browsers, on whichever replica they are.

use crate::support::{
    Server, TestDb,
    browser::Browser,
    events::Events,
    market::ebay::{Ad, FakeEbay, Mishap},
    people,
    redis::OwnRedis,
    server::program,
};

/// A replica. Its sources are not waited for long.
async fn replica(db: &TestDb, ebay: &FakeEbay, redis: Option<&OwnRedis>) -> Server {
    let mut program =
        program("serve").env("DATABASE_URL", &db.url).env("DEAL_SCOUT__OUTBOUND__TIMEOUT_S", "3");
    for (name, value) in ebay.settings() {
        program = program.env(name, value);
    }
    if let Some(redis) = redis {
        program = program.env("REDIS_URL", redis.url());
    }
    let server = program.start();
    server.ready().await;
    server
}

/// Three pages of cameras. The second one does not come when it is asked for first.
async fn shop() -> FakeEbay {
    let ebay = FakeEbay::start().await;
    ebay.per_page(2);
    for number in 1..=5 {
        ebay.put(Ad::new(number, &format!("Leica M6 number {number}"), "1900.00"));
    }
    ebay.at_offset(2, Mishap::Silent);
    ebay
}

/// How many ads an event tells of.
fn found(data: &str) -> u32 {
    let Some((before, _)) = data.split_once(" ads,").or_else(|| data.split_once(" ad,")) else {
        return 0;
    };
    before.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap()
}

async fn is_followed_on_two_replicas(redis: Option<&OwnRedis>) {
    let (db, ebay) = (people::two().await, shop().await);
    db.run("INSERT INTO searches (id, user_id, name, words, enabled) VALUES (7, 1, 'M6', 'leica m6', FALSE)").await;
    let servers = [replica(&db, &ebay, redis).await, replica(&db, &ebay, redis).await];
    let cookie = people::session(&db, people::ANN).await;
    let ann = Browser::with(&servers[0], &cookie).await;
    assert_eq!(ann.post("/searches/7/scan", &[]).await.status, 303);
    let page = ann.get("/searches/7").await.body;
    let path = crate::support::browser::between(&page, "data-live=\"", "\"").to_owned();
    assert!(page.contains("<noscript><meta http-equiv=\"refresh\""), "{page}");

    // One browser drops its connection on the way and comes back, to the other replica.
    let mut dropped = Events::open(&servers[0], &cookie, &path).await;
    let (name, first) = dropped.next().await.expect("it begins with the present state");
    assert_eq!(name, "message");
    assert!(first.contains("Looking now"), "{first}");
    drop(dropped);
    let streams = [
        Events::open(&servers[0], &cookie, &path).await,
        Events::open(&servers[1], &cookie, &path).await,
    ];
    for stream in streams {
        let events = stream.rest().await;
        let (last, before) = events.split_last().expect("there are events");
        assert!(before.iter().all(|(name, _)| name == "message"), "{events:?}");
        assert_eq!((last.0.as_str(), found(&last.1)), ("over", 5), "{events:?}");
        assert!(
            before.iter().any(|(_, data)| found(data) == 2),
            "its first page was seen: {events:?}"
        );
        assert!(events.is_sorted_by_key(|(_, data)| found(data)), "{events:?}");
    }

    // Whoever comes when it is over is told so, once.
    for server in &servers {
        let late = Events::open(server, &cookie, &path).await.rest().await;
        assert_eq!(late.len(), 1, "{late:?}");
        assert_eq!((late[0].0.as_str(), found(&late[0].1)), ("over", 5));
    }
    let bob = people::session(&db, people::BOB).await;
    assert_eq!(servers[0].get_with(&path, &[("cookie", &bob)]).await.status, 404);
    assert_eq!(servers[0].get(&path).await.status, 303, "strangers are asked to sign in");
    let gone = servers[0].get_with("/scans/999/events", &[("cookie", &cookie)]).await;
    assert_eq!(gone.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_is_followed_on_two_replicas_without_redis() {
    is_followed_on_two_replicas(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_is_followed_on_two_replicas_with_redis() {
    is_followed_on_two_replicas(Some(&OwnRedis::started())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_ends_when_the_program_stops_or_the_search_is_removed() {
    let (db, ebay) = (people::two().await, shop().await);
    // Held by somebody else, so that nothing happens.
    db.run(
        "INSERT INTO searches (id, user_id, name, enabled) VALUES (7, 1, 'M6', FALSE), (8, 1, 'M7', FALSE);
         INSERT INTO scans (id, user_id, search_id, leased_until)
         VALUES (70, 1, 7, now() + INTERVAL '1 h'), (80, 1, 8, now() + INTERVAL '1 h')",
    )
    .await;
    let server = replica(&db, &ebay, None).await;
    let cookie = people::session(&db, people::ANN).await;
    let mut removed = Events::open(&server, &cookie, "/scans/70/events").await;
    let mut stopped = Events::open(&server, &cookie, "/scans/80/events").await;
    assert_eq!(removed.next().await.expect("the present state").0, "message");
    assert_eq!(stopped.next().await.expect("the present state").0, "message");
    db.run("DELETE FROM searches WHERE id = 7").await;
    assert!(removed.rest().await.iter().all(|(name, _)| name == "message"));
    let began = std::time::Instant::now();
    let (status, story) = server.terminate();
    assert!(status.success(), "{}", story.join("\n"));
    assert!(began.elapsed().as_secs() < 8, "it did not wait for the stream: {:?}", began.elapsed());
    stopped.rest().await;
}
