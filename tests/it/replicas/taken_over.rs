//! What a replica had claimed when it was killed is done by those that are left.

use std::{collections::BTreeSet, time::Instant};

use super::{REPLICAS, Replicas};
use crate::support::{
    cluster::PATIENCE,
    http::{Reply, Web},
    market::ebay::{Ad, FakeEbay, Mishap},
};

/// Ads on the marketplace: twelve pages.
const ADS: u64 = 60;
/// Ads that came otherwise, and have no score yet: three claims for each killed replica.
const DUE: usize = 3_000;
/// Messages that wait.
const TOLD: usize = 12;

async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < PATIENCE, "{what}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scans_scores_and_messages_of_a_killed_replica_are_taken_over() {
    let ebay = FakeEbay::start().await;
    ebay.per_page(5);
    for number in 1..=ADS {
        ebay.put(Ad::new(number, &format!("Leica M6 number {number}"), "1900.00"));
    }
    let web = Web::start(|_| Reply::new(200, "ok")).await;
    let mut settings = ebay.settings();
    settings.push(("DEAL_SCOUT__OUTBOUND__ALLOW", "127.0.0.0/8".to_owned()));
    let mut scene = Replicas::started_with(&settings).await;
    for server in scene.servers.iter().flatten() {
        server.freeze();
    }
    let db = &scene.db;
    db.run(&format!(
        "INSERT INTO user_prefs (user_id, daily_maximum) VALUES (1, 1000) ON CONFLICT (user_id) DO UPDATE SET daily_maximum = 1000;
         INSERT INTO channels (id, user_id, name, kind, address) VALUES (1, 1, 'hook', 'webhook', '{}');
         INSERT INTO listings (user_id, source, source_id, title, price_amount, currency, score_due_at)
         SELECT 1, 'csv', 'ad-' || n, 'Rolleiflex number ' || n, 10000 + n, 'USD', now() FROM generate_series(1, {DUE}) n;
         INSERT INTO notifications (user_id, channel_id, channel, reason, payload, status, next_try_at)
         SELECT 1, 1, 'webhook', 'find', jsonb_build_object('title', 'ad ' || n), 'pending', now() FROM generate_series(1, {TOLD}) n;
         INSERT INTO searches (id, user_id, name, words, every_minutes)
         SELECT n, 1, 'Search ' || n, 'leica m6', 10080 FROM generate_series(1, 6) n",
        web.url("/hook")
    ))
    .await;

    // One has all the work, and is killed in the middle of it; then another; the third does the rest.
    let mut held = Vec::new();
    for at in 0..REPLICAS - 1 {
        let offset = 20 + at * 5;
        ebay.at_offset(offset, Mishap::Silent);
        let mut server = scene.servers[at].take().expect("it runs");
        server.thaw();
        until("it waits for a page", async || ebay.offsets().contains(&offset)).await;
        until("it has told somebody", async || !web.asked().is_empty()).await;
        server.kill();
        held.push((
            db.count("scans WHERE status = 'running' AND leased_until > now()").await,
            db.count("listings l WHERE score_due_at > now() AND NOT EXISTS (SELECT FROM listing_scores s WHERE s.listing_id = l.id)").await,
        ));
        // A holder that is gone is seen to be gone after some minutes: here at once.
        db.run(
            "UPDATE scans SET leased_until = now() - INTERVAL '1 s' WHERE status = 'running';
             UPDATE notifications SET leased_until = now() - INTERVAL '1 s' WHERE leased_until > now();
             UPDATE channels SET wait_until = now() - INTERVAL '1 s' WHERE wait_until > now();
             UPDATE listings SET score_due_at = now()
             WHERE NOT EXISTS (SELECT FROM listing_scores s WHERE s.listing_id = listings.id)",
        )
        .await;
    }
    assert!(held.iter().all(|(scans, _)| *scans > 0), "each had claimed a run: {held:?}");
    scene.servers[REPLICAS - 1].as_ref().expect("it is there").thaw();
    until("every search has run", async || db.count("scans WHERE status = 'done'").await == 6)
        .await;
    let all = i64::try_from(DUE).unwrap() + i64::try_from(ADS).unwrap();
    until("every ad has its score", async || db.count("listing_scores").await == all).await;
    until("everything is told", async || {
        db.count("notifications WHERE status = 'sent'").await == db.count("notifications").await
    })
    .await;
    assert_eq!(db.count("scans").await, 6, "each search ran once");
    assert_eq!(db.count("listings").await, all, "no ad is lost or there twice");
    assert_eq!(db.count("finds").await, 6 * i64::try_from(ADS).unwrap());
    let keys: BTreeSet<String> = web
        .asked()
        .iter()
        .map(|asked| asked.header("idempotency-key").unwrap().to_owned())
        .collect();
    assert!(
        web.asked().len() <= keys.len() + REPLICAS,
        "twice at most what was on its way at a kill"
    );
    eprintln!("runs and ads that were claimed at the kills: {held:?}");
}
