//! The sample market in a real database: stored whole, never twice, and taken away without a trace.

use chrono::{DateTime, Duration, Utc};
use deal_scout::{
    clock::Clock,
    db::{Counts, sources::Deleted},
    import::sample::{self, Stored},
};
use diesel::{QueryableByName, sql_types::BigInt};
use diesel_async::RunQueryDsl;

use crate::support::TestDb;

fn noon() -> DateTime<Utc> {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

fn new(rows: usize) -> Counts {
    Counts { new: rows, ..Counts::default() }
}

async fn count(db: &TestDb, sql: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let mut conn = db.conn().await;
    diesel::sql_query(format!("SELECT count(*) AS n FROM {sql}"))
        .get_result::<Row>(&mut conn)
        .await
        .unwrap()
        .n
}

#[tokio::test]
async fn the_sample_market_is_stored_once_however_often_it_is_asked_for() {
    let db = TestDb::new().await;
    let stored = sample::store(&db.pool, &Clock::fixed(noon())).await.unwrap();
    assert_eq!(stored, Stored { listings: new(2_000), comps: new(6_000) });
    assert_eq!(count(&db, "listings WHERE score_due_at IS NOT NULL").await, 2_000);
    let points = count(&db, "price_points").await;
    assert!(points > 2_200, "{points} price points");

    let later = Clock::fixed(noon() + Duration::hours(20));
    let again = sample::store(&db.pool, &later).await.unwrap();
    assert_eq!(again.listings, Counts { unchanged: 2_000, ..Counts::default() });
    assert_eq!(again.comps, Counts { unchanged: 6_000, ..Counts::default() });
    assert_eq!(count(&db, "price_points").await, points);
}

#[tokio::test]
async fn an_old_sample_market_moves_up_to_the_present_and_keeps_its_rows() {
    let db = TestDb::new().await;
    sample::store(&db.pool, &Clock::fixed(noon())).await.unwrap();
    let points = count(&db, "price_points").await;

    let next_week = noon() + Duration::days(7);
    let moved = sample::store(&db.pool, &Clock::fixed(next_week)).await.unwrap();
    assert_eq!((moved.listings.new, moved.listings.updated), (0, 2_000));
    assert_eq!((moved.comps.new, moved.comps.updated), (0, 6_000));
    assert_eq!(count(&db, "price_points").await, points);
    let fresh = "listings WHERE posted_at > '2026-11-27T11:50:00Z'";
    assert!(count(&db, fresh).await > 0);
}

#[tokio::test]
async fn removing_the_sample_market_leaves_everything_else() {
    let db = TestDb::new().await;
    db.run(
        "INSERT INTO listings (user_id, source, source_id, title, price_amount, currency)
         SELECT id, 'csv', 'mine-1', 'Leica M3', 90000, 'USD' FROM users;
         INSERT INTO comps (user_id, source, source_id, title, price_amount, currency, observed_at)
         SELECT id, 'csv', 'mine-1', 'Leica M3', 115000, 'USD', now() FROM users",
    )
    .await;
    let clock = Clock::fixed(noon());
    sample::store(&db.pool, &clock).await.unwrap();
    let deleted = sample::remove(&db.pool, &clock).await.unwrap();
    assert_eq!(deleted, Deleted { listings: 2_000, comps: 6_000 });
    assert_eq!(count(&db, "listings").await + count(&db, "comps").await, 2);
    assert_eq!(count(&db, "price_points").await, 0);
    assert_eq!(sample::remove(&db.pool, &clock).await.unwrap(), Deleted::default());
}
