//! The worker that scores ads.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use deal_scout::{
    clock::Clock,
    config::{Env, Overrides, load},
    db::listing_scores,
    model::score::Score,
    state::App,
    workers::{Outcome, estimate},
};
use diesel::{
    QueryableByName, sql_query,
    sql_types::{BigInt, Int4, Jsonb, Nullable, Timestamptz},
};
use diesel_async::RunQueryDsl;

use crate::support::{TestDb, database::silent};

#[derive(Debug, QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    score_due_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Int4>)]
    value: Option<i32>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    parts: Option<serde_json::Value>,
}

impl Row {
    fn score(&self) -> Score {
        serde_json::from_value(self.parts.clone().expect("it was scored")).unwrap()
    }
}

/// The real time: rows get their times from the database's clock. To the microsecond, as the database keeps it.
pub(crate) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_micros(Utc::now().timestamp_micros()).unwrap() + Duration::seconds(2)
}

pub(crate) fn app(db: &TestDb, now: DateTime<Utc>) -> Arc<App> {
    let env = Env::of(std::env::temp_dir(), &[("DATABASE_URL", &db.url)]);
    let settings = load(&Overrides::new(None), &env).unwrap().settings;
    Arc::new(App::new(settings, Clock::fixed(now), silent()).unwrap())
}

async fn rows(db: &TestDb) -> Vec<Row> {
    sql_query(
        "SELECT l.id, l.score_due_at, s.value, s.parts
         FROM listings l LEFT JOIN listing_scores s ON s.listing_id = l.id ORDER BY l.id",
    )
    .load(&mut db.conn().await)
    .await
    .unwrap()
}

/// Ten sales of a graphics card around 500 dollars.
pub(crate) async fn sales(db: &TestDb) {
    db.run(
        "INSERT INTO comps (user_id, source, source_id, title, price_amount, currency, condition, observed_at)
         SELECT 1, 'ebay', n::text, 'Gigabyte RTX 3070 8GB', 49000 + n * 200, 'USD', 'good', now() - n * INTERVAL '1 day'
         FROM generate_series(1, 10) n",
    )
    .await;
}

/// An ad posted an hour ago.
async fn ad(db: &TestDb, id: &str, title: &str, price: &str) {
    db.run(&format!(
        "INSERT INTO listings (user_id, source, source_id, title, price_amount, currency, condition, posted_at)
         VALUES (1, 'ebay', '{id}', '{title}', {price}, 'USD', 'good', now() - INTERVAL '1 hour')"
    ))
    .await;
}

#[tokio::test]
async fn due_ads_are_scored_with_reasons_and_fall_due_again() {
    let db = TestDb::new().await;
    sales(&db).await;
    ad(&db, "a", "RTX 3070 8GB Eagle", "31000").await;
    ad(&db, "b", "RTX 3070 8GB", "52000").await;
    ad(&db, "c", "RTX 4090 24GB", "31000").await;
    ad(&db, "d", "RTX 3070", "NULL").await;
    let now = now();
    let app = app(&db, now);

    assert_eq!(estimate::tick(&app).await.unwrap(), Outcome::Worked);
    assert_eq!(estimate::tick(&app).await.unwrap(), Outcome::Idle);

    let rows = rows(&db).await;
    let scores: Vec<Score> = rows.iter().map(Row::score).collect();
    assert!(scores[0].value > Some(60), "{:?}", scores[0]);
    assert!(scores[1].value < Some(40), "{:?}", scores[1]);
    assert!(
        scores[0].summary.ends_with("under the median of 10 sales; posted 1 h ago"),
        "{}",
        scores[0].summary
    );
    assert_eq!(scores[2].summary, "not enough data: nothing comparable is known yet");
    assert_eq!(scores[3].summary, "the price is not known");
    for (row, score) in rows.iter().zip(&scores) {
        assert_eq!(row.value, score.value);
        assert_eq!(row.score_due_at, Some(now + Duration::hours(1)));
    }
}

#[tokio::test]
async fn a_score_follows_new_sales() {
    let db = TestDb::new().await;
    ad(&db, "a", "RTX 3070 8GB", "31000").await;
    let app = app(&db, now());
    estimate::run_until_idle(&app).await.unwrap();
    assert_eq!(rows(&db).await[0].value, None);

    sales(&db).await;
    db.run("UPDATE listings SET score_due_at = now()").await;
    assert_eq!(estimate::run_until_idle(&app).await.unwrap(), 1);

    assert!(rows(&db).await[0].value.is_some());
}

#[tokio::test]
async fn what_has_gone_keeps_its_last_score_and_is_left_alone() {
    let db = TestDb::new().await;
    sales(&db).await;
    ad(&db, "a", "RTX 3070 8GB", "31000").await;
    let app = app(&db, now());
    estimate::run_until_idle(&app).await.unwrap();
    let before = rows(&db).await[0].value;

    db.run("UPDATE listings SET available = FALSE, price_amount = 99000, score_due_at = now()")
        .await;
    estimate::run_until_idle(&app).await.unwrap();

    let after = &rows(&db).await[0];
    assert_eq!((after.value, after.score_due_at), (before, None));
}

#[tokio::test]
async fn workers_at_once_share_the_ads_and_each_is_scored_once() {
    let db = TestDb::new().await;
    sales(&db).await;
    db.run(
        "INSERT INTO listings (user_id, source, source_id, title, price_amount, currency)
         SELECT 1, 'ebay', n::text, 'RTX 3070 8GB', 30000 + n, 'USD' FROM generate_series(1, 1700) n",
    )
    .await;
    let now = now();
    let apps = [app(&db, now), app(&db, now), app(&db, now)];

    let [a, b, c] = &apps;
    let done = tokio::try_join!(
        estimate::run_until_idle(a),
        estimate::run_until_idle(b),
        estimate::run_until_idle(c)
    )
    .unwrap();

    assert_eq!(done.0 + done.1 + done.2, 1_700, "{done:?}");
    assert!(rows(&db).await.iter().all(|row| row.value.is_some()));
}

#[tokio::test]
async fn a_change_during_the_reckoning_wins_over_its_outcome() {
    let db = TestDb::new().await;
    ad(&db, "a", "RTX 3070 8GB", "31000").await;
    ad(&db, "b", "RTX 3070 8GB", "32000").await;
    let now = now();
    let mut conn = db.conn().await;
    let claimed = listing_scores::claim_due(&mut conn, now, 10).await.unwrap();
    assert_eq!(claimed.len(), 2);
    assert!(listing_scores::claim_due(&mut conn, now, 10).await.unwrap().is_empty());

    db.run("UPDATE listings SET score_due_at = now(), price_amount = 1 WHERE source_id = 'a'")
        .await;
    db.run("DELETE FROM listings WHERE source_id = 'b'").await;
    let outcomes: Vec<_> = claimed
        .iter()
        .map(|due| listing_scores::Settled {
            id: due.id,
            leased_until: due.leased_until,
            score: None,
            next_due_at: None,
        })
        .collect();

    assert!(listing_scores::settle(&mut conn, &outcomes).await.unwrap().is_empty());
    let left = rows(&db).await;
    assert_eq!(left.len(), 1);
    assert!(left[0].score_due_at.is_some_and(|due| due <= now), "{left:?}");
}

#[tokio::test]
async fn a_worker_that_died_is_taken_over_after_its_lease() {
    let db = TestDb::new().await;
    sales(&db).await;
    ad(&db, "a", "RTX 3070 8GB", "31000").await;
    let now = now();
    let mut conn = db.conn().await;
    assert_eq!(listing_scores::claim_due(&mut conn, now, 10).await.unwrap().len(), 1);

    let soon = app(&db, now + Duration::minutes(1));
    assert_eq!(estimate::run_until_idle(&soon).await.unwrap(), 0);
    let later = app(&db, now + Duration::minutes(6));
    assert_eq!(estimate::run_until_idle(&later).await.unwrap(), 1);

    assert!(rows(&db).await[0].value.is_some());
}

#[tokio::test]
async fn one_persons_sales_say_nothing_about_anothers_ads() {
    let db = TestDb::new().await;
    sales(&db).await;
    db.run("INSERT INTO users (id, role) VALUES (77, 'member')").await;
    ad(&db, "a", "RTX 3070 8GB", "31000").await;
    db.run("UPDATE listings SET user_id = 77").await;
    let app = app(&db, now());

    estimate::run_until_idle(&app).await.unwrap();

    let rows = rows(&db).await;
    assert_eq!(rows[0].value, None, "ad {}", rows[0].id);
}
