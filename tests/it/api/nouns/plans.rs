//! What a page costs: among a hundred thousand rows it reads about as many as it shows, however deep it is and
//! whichever filter narrows it.

use deal_scout::{
    db::{
        cross_posts::{self, CrossPost},
        keyset::After,
        listing_scores_list::{self, ListingScore},
        my_items::{self, MyItem},
        notifications::{self, Notification},
        orders::{self, Order},
        owned::{By, Owned, Sort},
        snap_jobs::{self, SnapJob},
        watchlist_items::{self, WatchlistItem},
    },
    model::{
        cross_post::CrossPostStatus, id::UserId, my_item::MyItemStatus,
        notification::NotificationStatus, order::OrderStatus, snap_job::SnapJobStatus,
        watchlist_item::WatchlistStatus,
    },
};
use diesel::{
    QueryableByName, sql_query,
    sql_types::{BigInt, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::support::TestDb;

const OWNER: UserId = UserId(1);
const PAGE: i64 = 20;
/// A page and the row too many, a few times: as the index brings them, and once more for what completes them.
const ENOUGH: i64 = 80;

#[derive(QueryableByName)]
struct Read {
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

/// Rows of a table that were read so far, by this connection or another.
async fn rows_read(conn: &mut AsyncPgConnection, table: &str) -> i64 {
    sql_query("SELECT pg_stat_force_next_flush()").execute(conn).await.unwrap();
    let read = sql_query(
        "SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) AS rows
         FROM pg_stat_user_tables WHERE relname = $1",
    );
    read.bind::<Text, _>(table).get_result::<Read>(conn).await.unwrap().rows
}

async fn check<R: Owned>(conn: &mut AsyncPgConnection, what: &str, filter: R::Filter, deep: i64) {
    for by in By::<R::Sort>::all() {
        assert!(by.sort.is_by_time());
        // Rows are a second apart.
        let key = 1_767_225_600_000_000 + 1_000_000 * deep;
        for after in [None, Some(After { rest: false, key, id: deep })] {
            let before = rows_read(conn, R::TABLE).await;
            let rows = R::list(conn, OWNER, &filter, by, after, PAGE + 1).await.unwrap();
            assert!(!rows.is_empty(), "{} {what} {by}", R::TABLE);
            let read = rows_read(conn, R::TABLE).await - before;
            assert!(
                read <= ENOUGH,
                "{} {what} {by} after {after:?}: {read} rows were read for {}",
                R::TABLE,
                rows.len()
            );
        }
    }
}

/// A hundred thousand rows of each: `n` is made `n` seconds into the year, and every two-thousandth one is rare.
const SCENE: &str = "
INSERT INTO listings (id, user_id, source_id, title, score_due_at)
SELECT n, 1, n::text, 'Camera ' || n, NULL FROM generate_series(1, 100000) n;
INSERT INTO my_items (user_id, title, status, category, created_at, updated_at)
SELECT 1, 'Camera ' || n, CASE WHEN n % 2000 = 0 THEN 'sold' ELSE 'draft' END,
       CASE WHEN n % 2000 = 0 THEN 'rare' ELSE 'usual' END, t, t
FROM (SELECT n, TIMESTAMPTZ '2026-01-01Z' + n * INTERVAL '1 second' AS t FROM generate_series(1, 100000) n) rows;
INSERT INTO cross_posts (user_id, my_item_id, platform, status, created_at, updated_at)
SELECT 1, id, CASE WHEN id % 2000 = 0 THEN 'reverb' ELSE 'ebay' END,
       CASE WHEN id % 2000 = 0 THEN 'failed' ELSE 'live' END, created_at, created_at FROM my_items;
INSERT INTO orders (user_id, my_item_id, platform, platform_order_id, status, total_amount, currency, ordered_at,
                    created_at, updated_at)
SELECT 1, id, CASE WHEN id % 2000 = 0 THEN 'reverb' ELSE 'ebay' END, id::text,
       CASE WHEN id % 2000 = 0 THEN 'refunded' ELSE 'paid' END, 1, 'USD', created_at, created_at, created_at FROM my_items;
INSERT INTO snap_jobs (user_id, status, created_at, updated_at)
SELECT 1, CASE WHEN id % 2000 = 0 THEN 'failed' ELSE 'ready' END, created_at, created_at FROM my_items;
INSERT INTO notifications (user_id, channel, status, created_at, updated_at)
SELECT 1, 'email', CASE WHEN id % 2000 = 0 THEN 'pending' ELSE 'sent' END, created_at, created_at FROM my_items;
INSERT INTO watchlist_items (user_id, listing_id, status, created_at, updated_at)
SELECT 1, id, CASE WHEN id % 2000 = 0 THEN 'bought' ELSE 'saved' END, created_at, created_at FROM my_items;
INSERT INTO listing_scores (user_id, listing_id, metric, value, created_at, updated_at)
SELECT 1, id, CASE WHEN id % 2000 = 0 THEN 'taste' ELSE 'deal_score' END, 50, created_at, created_at FROM my_items;
ANALYZE";

#[tokio::test]
async fn a_page_reads_little_more_than_it_shows() {
    let db = TestDb::new().await;
    db.run(SCENE).await;
    let conn = &mut db.conn().await;
    let rare = 50_000;

    check::<MyItem>(conn, "all", my_items::Filter::default(), rare).await;
    check::<CrossPost>(conn, "all", cross_posts::Filter::default(), rare).await;
    check::<Order>(conn, "all", orders::Filter::default(), rare).await;
    check::<SnapJob>(conn, "all", snap_jobs::Filter::default(), rare).await;
    check::<Notification>(conn, "all", notifications::Filter::default(), rare).await;
    check::<WatchlistItem>(conn, "all", watchlist_items::Filter::default(), rare).await;
    check::<ListingScore>(conn, "all", listing_scores_list::Filter::default(), rare).await;

    let status = Some(MyItemStatus::Sold);
    check::<MyItem>(conn, "sold", my_items::Filter { status, ..Default::default() }, rare).await;
    let category = Some("rare".to_owned());
    check::<MyItem>(conn, "rare", my_items::Filter { category, ..Default::default() }, rare).await;
    let status = Some(CrossPostStatus::Failed);
    let failed = cross_posts::Filter { status, ..Default::default() };
    check::<CrossPost>(conn, "failed", failed, rare).await;
    let platform = || Some("reverb".to_owned());
    let reverb = cross_posts::Filter { platform: platform(), ..Default::default() };
    check::<CrossPost>(conn, "reverb", reverb, rare).await;
    let status = Some(OrderStatus::Refunded);
    check::<Order>(conn, "refunded", orders::Filter { status, ..Default::default() }, rare).await;
    let reverb = orders::Filter { platform: platform(), ..Default::default() };
    check::<Order>(conn, "reverb", reverb, rare).await;
    let status = Some(SnapJobStatus::Failed);
    check::<SnapJob>(conn, "failed", snap_jobs::Filter { status, ..Default::default() }, rare)
        .await;
    let status = Some(NotificationStatus::Pending);
    let pending = notifications::Filter { status, ..Default::default() };
    check::<Notification>(conn, "pending", pending, rare).await;
    let status = Some(WatchlistStatus::Bought);
    let bought = watchlist_items::Filter { status, ..Default::default() };
    check::<WatchlistItem>(conn, "bought", bought, rare).await;
    let metric = Some("taste".to_owned());
    let taste = listing_scores_list::Filter { metric, ..Default::default() };
    check::<ListingScore>(conn, "taste", taste, rare).await;
}
