//! SIGKILL on the way: whole batches stay, together with where they came from, and the next run completes it.

use std::{
    process::{Command, Stdio},
    time::Instant,
};

use super::scene::Scene;
use crate::support::cluster::PATIENCE;

/// Each table is larger than a batch of 500 rows.
const ROWS: i64 = 1_500;

const MANY: &str = "
    INSERT INTO listings
        SELECT n, 'craigslist', 'cl-' || n, 'Couch number ' || n, NULL, n, 'good', NULL, 'https://a.example/' || n, NULL,
               '{}', '2025-10-18', '2025-10-18', TRUE FROM generate_series(1, 1500) n;
    INSERT INTO listing_scores SELECT n, n, 'deal_score', 50, '{}', '2025-10-18' FROM generate_series(1, 1500) n;
    INSERT INTO my_items
        SELECT n, 'Thing ' || n, 'x', '{}', NULL, n, 'draft', '2025-10-18', '2025-10-18' FROM generate_series(1, 1500) n;
    INSERT INTO cross_posts
        SELECT n, n, 'ebay', n, '', 'live', '{}', '2025-10-18' FROM generate_series(1, 1500) n;
    INSERT INTO orders SELECT n, n, 'o-' || n, 'paid', 5, '{}', '2025-10-18' FROM generate_series(1, 1500) n";

#[tokio::test]
async fn a_move_killed_again_and_again_doubles_nothing_and_is_completed_by_the_next() {
    let scene = Scene::empty().await;
    scene.old.run(MANY).await;
    let nouns = ["listings", "listing_scores", "my_items", "cross_posts", "orders"];
    let rows = |table: &str| format!("SELECT count(*) FROM {table}");
    let rated = "SELECT count(*) FROM listing_scores WHERE metric = 'legacy_score'";
    for noun in nouns {
        let mut child = Command::new(env!("CARGO_BIN_EXE_deal-scout"))
            .args(["import", "--legacy-database", &scene.old.url])
            .env("DATABASE_URL", &scene.ours.url)
            .env("DEAL_SCOUT__DATA_DIR", scene.home.path())
            .env("HOME", scene.home.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Kill it as soon as rows of the next table begin to come.
        let began = Instant::now();
        while scene.cell(&rows(noun)).await == "0" && child.try_wait().unwrap().is_none() {
            assert!(began.elapsed() < PATIENCE, "{noun}");
        }
        child.kill().unwrap();
        child.wait().unwrap();
        for noun in nouns {
            let stored: i64 = scene.cell(&rows(noun)).await.parse().unwrap();
            let known = format!("SELECT count(*) FROM import_origins WHERE noun = '{noun}'");
            assert_eq!(
                scene.cell(&known).await,
                stored.to_string(),
                "{noun} and where they came from"
            );
            assert!(
                stored <= ROWS && stored % 500 == 0,
                "{noun}: {stored} rows, which are no whole batches"
            );
        }
    }
    let report = scene.import();
    let done = report["new"].as_i64().unwrap() + report["unchanged"].as_i64().unwrap();
    assert_eq!(done, 5 * ROWS, "{}", report["tables"]);
    assert_eq!(scene.cell(rated).await, ROWS.to_string());
    for noun in ["listings", "my_items", "cross_posts", "orders"] {
        assert_eq!(scene.cell(&rows(noun)).await, ROWS.to_string(), "{noun}");
    }
    let hanging = "SELECT count(*) FROM orders o JOIN cross_posts p ON p.id = o.cross_post_id
                   JOIN my_items i ON i.id = p.my_item_id
                   WHERE 'Thing ' || p.external_id = i.title AND 'o-' || p.external_id = o.platform_order_id";
    assert_eq!(scene.cell(hanging).await, ROWS.to_string());
}
