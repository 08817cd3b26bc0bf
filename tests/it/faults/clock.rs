//! A clock that jumps: work done while it was wrong neither holds up what comes after nor is done twice.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use deal_scout::{
    clock::Clock,
    config::{Env, Overrides, load},
    state::App,
    workers::{Outcome, estimate, tidy},
};

use crate::support::{TestDb, database::silent};

fn app(db: &TestDb, now: DateTime<Utc>) -> Arc<App> {
    let env = Env::of(std::env::temp_dir(), &[("DATABASE_URL", &db.url)]);
    let settings = load(&Overrides::new(None), &env).unwrap().settings;
    Arc::new(App::new(settings, Clock::fixed(now), silent()).unwrap())
}

/// Rows get their first times from the database's clock, so the scene begins a little after it.
fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_micros(Utc::now().timestamp_micros()).unwrap() + TimeDelta::seconds(2)
}

async fn with_an_ad() -> TestDb {
    let db = TestDb::new().await;
    db.run("INSERT INTO listings (user_id, source_id, title, price_amount, currency) VALUES (1, 'a', 'Leica M6', 100000, 'USD')")
        .await;
    db
}

#[tokio::test]
async fn what_a_clock_years_ahead_put_off_is_due_when_it_is_right_again() {
    let (db, now) = (with_an_ad().await, now());
    let wrong = now + TimeDelta::days(3_650);
    assert_eq!(estimate::tick(&app(&db, wrong)).await.unwrap(), Outcome::Worked);
    let far = wrong.to_rfc3339();
    db.run(&format!(
        "INSERT INTO searches (id, user_id, name, words, every_minutes, next_scan_at)
         VALUES (1, 1, 'M6', 'leica m6', 60, '{far}');
         INSERT INTO scans (user_id, search_id, trigger, leased_until) VALUES (1, 1, 'person', '{far}');
         INSERT INTO channels (id, user_id, name, kind, address, wait_until, last_sent_at)
         VALUES (1, 1, 'phone', 'ntfy', 'https://ntfy.sh/x', '{far}', '{far}');
         INSERT INTO notifications (user_id, listing_id, channel_id, channel, reason, next_try_at, leased_until)
         SELECT 1, id, 1, 'ntfy', 'find', '{far}', '{far}' FROM listings"
    ))
    .await;

    let right = app(&db, now);
    assert_eq!(estimate::tick(&right).await.unwrap(), Outcome::Idle, "it waits for ten years");
    tidy::tick(&right).await.unwrap();

    assert_eq!(estimate::tick(&right).await.unwrap(), Outcome::Worked, "it does not");
    let soon = now.to_rfc3339();
    for due in [
        format!("searches WHERE next_scan_at <= '{soon}'"),
        format!("scans WHERE leased_until <= '{soon}'"),
        format!("channels WHERE wait_until <= '{soon}' AND last_sent_at <= '{soon}'"),
        format!("notifications WHERE next_try_at <= '{soon}' AND leased_until <= '{soon}'"),
    ] {
        assert_eq!(db.count(&due).await, 1, "{due}");
    }
}

#[tokio::test]
async fn a_clock_that_goes_back_does_nothing_twice() {
    let (db, now) = (with_an_ad().await, now());
    assert_eq!(estimate::tick(&app(&db, now)).await.unwrap(), Outcome::Worked);

    let back = app(&db, now - TimeDelta::hours(2));
    tidy::tick(&back).await.unwrap();
    assert_eq!(estimate::tick(&back).await.unwrap(), Outcome::Idle);
    assert_eq!(db.count("listing_scores").await, 1);

    // When it has caught up, the work goes on.
    let later = app(&db, now + TimeDelta::days(2));
    assert_eq!(estimate::tick(&later).await.unwrap(), Outcome::Worked);
    assert_eq!(db.count("listing_scores").await, 1);
}
