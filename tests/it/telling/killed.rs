//! The real program, killed outright while it tells.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use serde_json::Value;

use crate::support::{
    Server, TestDb,
    cluster::PATIENCE,
    http::{Reply, Web},
    server::program,
};

const ROUNDS: usize = 50;
const CHANNELS: usize = 3;
/// Ads that each channel has to tell of in each round. More than a few at once come as one message.
const PER_ROUND: [usize; 3] = [1, 4, 9];

fn started(db: &TestDb) -> Server {
    program("serve")
        .env("DATABASE_URL", &db.url)
        .env("DEAL_SCOUT__OUTBOUND__ALLOW", "127.0.0.0/8")
        .start()
}

async fn until(what: &str, server: &Server, mut is_so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < PATIENCE, "{what}: {}", server.story().join("\n"));
        tokio::task::yield_now().await;
    }
}

/// Something to tell through every channel. What a sender that is gone has left behind is seen to be left behind after
/// some minutes: here at once.
async fn enqueued(db: &TestDb, round: usize) {
    // A message names twenty ads at most: what waits for any channel is kept below that.
    let many = "(SELECT count(*) AS waiting FROM notifications WHERE status = 'pending' GROUP BY channel_id) AS channels
                WHERE waiting > 11";
    let count = if db.count(many).await > 0 { 0 } else { PER_ROUND[round % PER_ROUND.len()] };
    db.run(&format!(
        "UPDATE notifications SET leased_until = now() - INTERVAL '1 s' WHERE leased_until > now();
         UPDATE channels SET wait_until = now() - INTERVAL '1 s' WHERE wait_until > now();
         INSERT INTO notifications (user_id, channel_id, channel, reason, payload, status, next_try_at)
         SELECT 1, c, 'webhook', 'find', jsonb_build_object('title', 'ad {round}-' || n || '-' || c), 'pending', now()
         FROM generate_series(1, {count}) n, generate_series(1, {CHANNELS}) c"
    ))
    .await;
}

/// The titles that a message tells of.
fn titles(body: &[u8]) -> Vec<String> {
    let body: Value = serde_json::from_slice(body).unwrap();
    let ads = body["ads"].as_array().unwrap();
    assert_eq!(body["more"].as_i64().unwrap_or(0), 0, "none is left out: {body}");
    ads.iter().map(|ad| ad["title"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sender_killed_fifty_times_loses_nothing_and_doubles_only_what_was_on_its_way() {
    let db = TestDb::new().await;
    let answered = Arc::new(AtomicUsize::new(0));
    let noted = Arc::clone(&answered);
    let web = Web::start(move |_| {
        noted.fetch_add(1, Ordering::SeqCst);
        Reply::new(200, "ok")
    })
    .await;
    db.run(&format!(
        "INSERT INTO user_prefs (user_id, daily_maximum) VALUES (1, 1000);
         INSERT INTO channels (id, user_id, name, kind, address)
         SELECT c, 1, 'hook ' || c, 'webhook', '{}/' || c FROM generate_series(1, {CHANNELS}) c",
        web.url("")
    ))
    .await;
    for round in 0..ROUNDS {
        enqueued(&db, round).await;
        let before = answered.load(Ordering::SeqCst);
        // Another moment each time: at the first answer, a later one, or when all is told; and a little after it.
        let messages = round % 7 + 1;
        let mut server = started(&db);
        until("messages come, or all are told", &server, async || {
            answered.load(Ordering::SeqCst) >= before + messages
                || db.count("notifications WHERE status = 'pending'").await == 0
        })
        .await;
        for _ in 0..(round * 37) % 300 {
            tokio::task::yield_now().await;
        }
        server.kill();
        // What it had asked of the database is done, or never will be.
        until("its connections are gone", &server, async || {
            db.count(
                "pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )
            .await
                == 0
        })
        .await;
    }
    enqueued(&db, ROUNDS).await;
    let server = started(&db);
    until("all is told", &server, async || {
        db.count("notifications WHERE status = 'pending'").await == 0
    })
    .await;

    // What a service takes that knows keys, and what one takes that does not.
    let (mut once, mut always) =
        (BTreeMap::<String, usize>::new(), BTreeMap::<String, usize>::new());
    let mut keys = BTreeMap::new();
    for asked in web.asked() {
        let key = asked.header("idempotency-key").unwrap().to_owned();
        let titles = titles(&asked.body);
        let is_first = !keys.contains_key(&key);
        assert_eq!(
            keys.entry(key).or_insert_with(|| titles.clone()),
            &titles,
            "a key is of one message"
        );
        for title in titles {
            *always.entry(title.clone()).or_default() += 1;
            *once.entry(title).or_default() += usize::from(is_first);
        }
    }
    let all = usize::try_from(db.count("notifications").await).unwrap();
    assert_eq!(db.count("notifications WHERE status = 'sent'").await, i64::try_from(all).unwrap());
    assert_eq!(once.len(), all, "none is lost");
    assert!(once.values().all(|times| *times == 1), "by its key each is taken once: {once:?}");
    let doubled = web.asked().len() - keys.len();
    eprintln!(
        "{ROUNDS} kills, {} messages of {all} notifications: {doubled} came twice, each under the same key",
        keys.len()
    );
    assert!(doubled <= ROUNDS * CHANNELS, "at most what was on its way at a kill: {doubled}");
    assert!(always.values().all(|times| *times <= 1 + ROUNDS));
}
