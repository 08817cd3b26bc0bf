//! The real program, killed outright on the way, and several of it at once.

use std::time::Instant;

use crate::support::{
    Server, TestDb,
    cluster::PATIENCE,
    market::ebay::{Ad, FakeEbay},
    server,
};

const ROUNDS: u64 = 50;
const PER_PAGE: usize = 5;
/// Ads at the beginning: twelve pages.
const ADS: u64 = 60;

fn camera(number: u64, dollars: u64) -> Ad {
    Ad::new(number, &format!("Leica M6 number {number}"), &format!("{dollars}.00"))
}

async fn shop() -> FakeEbay {
    let ebay = FakeEbay::start().await;
    ebay.per_page(PER_PAGE);
    for number in 1..=ADS {
        ebay.put(camera(number, 2_000));
    }
    ebay
}

fn started(db: &TestDb, ebay: &FakeEbay) -> Server {
    let mut program = server::program("serve").env("DATABASE_URL", &db.url);
    for (name, value) in ebay.settings() {
        program = program.env(name, value);
    }
    program.start()
}

/// Waits until something is so, without losing a moment.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < PATIENCE, "{what}");
        tokio::task::yield_now().await;
    }
}

/// Somebody wants a run; the one that was left behind is gone on with. A holder that is gone is seen to be gone after
/// some minutes: here at once.
async fn wanted(db: &TestDb) {
    db.run(
        "UPDATE scans SET leased_until = now() - INTERVAL '1 s' WHERE status = 'running';
         INSERT INTO scans (user_id, search_id, trigger, leased_until)
         VALUES (1, 1, 'person', now()) ON CONFLICT DO NOTHING",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scan_killed_fifty_times_loses_and_doubles_nothing() {
    let (db, ebay) = (TestDb::new().await, shop().await);
    db.run("INSERT INTO searches (id, user_id, name, words, every_minutes) VALUES (1, 1, 'M6', 'leica m6', 10080);
            UPDATE searches SET enabled = FALSE")
        .await;
    for round in 1..=ROUNDS {
        // Something to lose and to double each time: a new ad, and a price that has changed once.
        ebay.put(camera(ADS + round, 2_000));
        ebay.put(camera(round, 1_900));
        wanted(&db).await;
        let before = ebay.searches().len();
        // Another moment each time: between the first page and the last, and a little before or after the answer.
        let pages = usize::try_from(round % 11).unwrap() + 1;
        let mut server = started(&db, &ebay);
        let is_running = "scans WHERE status = 'running'";
        until("pages are asked for, or the run is over", async || {
            ebay.searches().len() >= before + pages || db.count(is_running).await == 0
        })
        .await;
        for _ in 0..(round * 37) % 400 {
            tokio::task::yield_now().await;
        }
        server.kill();
    }
    let _server = started(&db, &ebay);
    for _ in 0..2 {
        wanted(&db).await;
        until("a run is over", async || db.count("scans WHERE status = 'running'").await == 0)
            .await;
    }

    let all = i64::try_from(ADS + ROUNDS).unwrap();
    assert_eq!(db.count("listings WHERE available").await, all);
    assert_eq!(db.count("listings").await, all);
    assert_eq!(db.count("finds WHERE matched AND missed = 0").await, all);
    let cheaper = "listings WHERE price_amount = 190000 AND source_id IN
                   (SELECT n::text FROM generate_series(1, 50) n)";
    assert_eq!(db.count(cheaper).await, 50);
    let points = db.count("price_points").await;
    assert!((all..=all + 50).contains(&points), "{points}: no price is written twice");
    let twice = "(SELECT listing_id FROM price_points GROUP BY listing_id, price_amount HAVING count(*) > 1) AS t";
    assert_eq!(db.count(twice).await, 0);
    let told = "(SELECT sum((progress -> 'sources' -> 'ebay' ->> 'new')::int) AS new FROM scans) AS t WHERE new = ";
    assert_eq!(db.count(&format!("{told}{all}")).await, 1, "each ad was new once");
    let taken_over = db.count("scans WHERE attempts > 1").await;
    assert!(taken_over > 0, "at least one was caught on the way");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_replicas_share_the_searches_and_run_none_twice() {
    let (db, ebay) = (TestDb::new().await, shop().await);
    db.run(
        "INSERT INTO searches (id, user_id, name, words, every_minutes)
         SELECT n, 1, 'Search ' || n, 'leica m6', 10080 FROM generate_series(1, 12) n",
    )
    .await;
    let _servers = [started(&db, &ebay), started(&db, &ebay), started(&db, &ebay)];
    until("all are done", async || db.count("scans WHERE status = 'done'").await == 12).await;
    assert_eq!(db.count("scans").await, 12);
    assert_eq!(db.count("scans WHERE attempts = 1").await, 12);
    assert_eq!(ebay.searches().len(), 12 * 12, "each page of each search was read once");
    assert_eq!(db.count("finds").await, 12 * 60);
    assert_eq!(db.count("listings").await, 60);
}
