//! The calls that a marketplace allows in a day: shared, counted for everybody, never exceeded.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};
use deal_scout::{
    clock::Clock,
    config::{Env, Overrides, load},
    market::source::{Budget, Fault},
    scan::budget::Ledger,
    state::App,
    workers,
};

use crate::support::{
    TestDb,
    database::silent,
    market::ebay::{Ad, FakeEbay},
};

fn midnight() -> DateTime<Utc> {
    "2026-11-22T00:00:00Z".parse().unwrap()
}

/// The program at a time that `clock` tells, where eBay allows `calls` a day.
fn app(db: &TestDb, ebay: &FakeEbay, calls: u32, clock: Clock) -> Arc<App> {
    let mut variables = ebay.settings();
    variables.push(("DATABASE_URL", db.url.clone()));
    variables.push(("DEAL_SCOUT__EBAY__DAILY_CALLS", calls.to_string()));
    let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let env = Env::of(std::env::temp_dir(), &variables);
    let settings = load(&Overrides::new(None), &env).unwrap().settings;
    Arc::new(App::new(settings, clock, silent()).unwrap())
}

async fn searches(db: &TestDb, count: u32) {
    db.run(&format!(
        "INSERT INTO searches (id, user_id, name, words, updated_at)
         SELECT n, 1, 'Search ' || n, 'leica', '{}' FROM generate_series(1, {count}) n",
        midnight().to_rfc3339()
    ))
    .await;
}

/// How many calls a run gets when it takes all it can.
async fn taken(app: &App) -> (u32, Fault) {
    let ledger = Ledger::new(&app.db, &app.settings.market, &app.clock);
    let mut calls = 0;
    loop {
        match ledger.take("ebay").await {
            Ok(()) => calls += 1,
            Err(fault) => return (calls, fault),
        }
    }
}

/// What each of four searches gets of 240 calls in a day when it takes all it can every hour. `turns` is by how many
/// places they change their order from one hour to the next.
async fn got(turns: usize) -> [u32; 4] {
    let (db, ebay) = (TestDb::new().await, FakeEbay::start().await);
    searches(&db, 4).await;
    let mut got = [0_u32; 4];
    for hour in 0..24_u32 {
        let now = midnight() + TimeDelta::hours(i64::from(hour));
        let app = app(&db, &ebay, 240, Clock::fixed(now));
        for place in 0..4 {
            let search = (place + turns * usize::try_from(hour).unwrap()) % 4;
            got[search] += taken(&app).await.0;
        }
        let used: u32 = got.iter().sum();
        assert!(used <= 10 * (hour + 1), "{used} after hour {hour}");
        assert_eq!(db.count(&format!("source_budgets WHERE used = {used}")).await, 1);
    }
    got
}

#[tokio::test]
async fn greedy_searches_share_a_day_and_none_starves() {
    let in_turn = got(1).await;
    let (least, most) = (in_turn.iter().min().unwrap(), in_turn.iter().max().unwrap());
    assert!(in_turn.iter().sum::<u32>() >= 220 && most * 4 <= least * 5, "{in_turn:?}");
    // Even who is always last gets something every hour.
    let in_one_order = got(0).await;
    assert!(in_one_order.iter().all(|calls| *calls >= 24), "{in_one_order:?}");
}

#[tokio::test]
async fn three_replicas_that_ask_at_once_get_together_what_there_is() {
    let (db, ebay) = (TestDb::new().await, FakeEbay::start().await);
    searches(&db, 1).await;
    let noon = midnight() + TimeDelta::hours(12);
    let apps: Vec<_> = (0..3).map(|_| app(&db, &ebay, 480, Clock::fixed(noon))).collect();
    let takes = apps.iter().flat_map(|app| [taken(app), taken(app), taken(app)]);
    let got: Vec<_> = futures_util::future::join_all(takes).await;
    let sum: u32 = got.iter().map(|(calls, _)| calls).sum();
    assert_eq!(sum, 260, "13 of 24 hours' worth: {got:?}");
    assert_eq!(db.count("source_budgets WHERE used = 260").await, 1);
    assert!(
        got.iter().all(|(_, fault)| matches!(fault, Fault::Budget { until, .. } if *until > noon))
    );
}

#[tokio::test]
async fn a_share_ends_with_its_day() {
    let (db, ebay) = (TestDb::new().await, FakeEbay::start().await);
    searches(&db, 1).await;
    let minute = Arc::new(AtomicI64::new(24 * 60 - 1));
    let told = Arc::clone(&minute);
    let clock = Clock::told(move || midnight() + TimeDelta::minutes(told.load(Ordering::SeqCst)));
    let app = app(&db, &ebay, 240, clock);
    let ledger = Ledger::new(&app.db, &app.settings.market, &app.clock);
    for _ in 0..10 {
        ledger.take("ebay").await.unwrap();
    }
    // The run goes on over midnight: what was left of yesterday is no more.
    minute.store(24 * 60 + 1, Ordering::SeqCst);
    let mut calls = 0;
    let fault = loop {
        match ledger.take("ebay").await {
            Ok(()) => calls += 1,
            Err(fault) => break fault,
        }
    };
    assert_eq!(calls, 10, "an hour's worth of the next day");
    assert!(matches!(fault, Fault::Budget { .. }), "{fault}");
    assert_eq!(db.count("source_budgets WHERE day = '2026-11-22' AND used = 10").await, 1);
    assert_eq!(db.count("source_budgets WHERE day = '2026-11-23' AND used = 10").await, 1);
}

#[tokio::test]
async fn a_day_that_is_used_up_is_told_and_nobody_is_asked_before_the_next_one() {
    let (db, ebay) = (TestDb::new().await, FakeEbay::start().await);
    ebay.put(Ad::new(1, "Leica M6", "1900.00"));
    searches(&db, 1).await;
    db.run("UPDATE searches SET every_minutes = 60; INSERT INTO source_budgets VALUES ('ebay', '2026-11-22', 24)").await;
    for hour in [13, 15, 23] {
        let app = app(&db, &ebay, 24, Clock::fixed(midnight() + TimeDelta::hours(hour)));
        db.run("UPDATE searches SET next_scan_at = NULL").await;
        workers::scan::tick(&app).await.unwrap();
    }
    assert_eq!(ebay.searches().len(), 0);
    let told = "search_sources WHERE error = 'the 24 calls that ebay allows in a day are used up'
                AND next_try_at = '2026-11-23T00:00:00Z' AND failures = 0";
    assert_eq!(db.count(told).await, 1);
    assert_eq!(db.count("searches WHERE next_scan_at > '2026-11-22T23:00:00Z'").await, 1);

    let app = app(&db, &ebay, 24, Clock::fixed(midnight() + TimeDelta::hours(25)));
    workers::scan::tick(&app).await.unwrap();
    assert_eq!(ebay.searches().len(), 1, "the day has turned");
    assert_eq!(db.count("listings").await, 1);
    assert_eq!(db.count("source_budgets WHERE day = '2026-11-22' AND used = 24").await, 1);
    assert_eq!(db.count("source_budgets WHERE day = '2026-11-23' AND used = 1").await, 1);
}
