//! The real files: counts that add up, the same a second time, and known rows as they should be.

use super::scene::{Scene, counts};
use crate::support::shared;

/// Each file with its data rows, the different ads or sales among them, and the rows without a title.
const FILES: &[(&str, u64, u64, u64)] = &[
    ("ebay/browse_search_iphone.json", 100, 100, 0),
    ("ebay/browse_search_refinements.json", 3, 3, 0),
    ("ebay/browse_get_item.json", 1, 1, 0),
    ("ebay/gpu/amd-radeon-rx-590.json", 101, 95, 0),
    ("ebay/gpu/amd-radeon-rx-7900-xtx.json", 42, 42, 0),
    ("ebay/gpu/nvidia-geforce-rtx-4070.json", 101, 101, 0),
    ("ebay/gpu/nvidia-geforce-rtx-4090.json", 101, 98, 0),
    ("ebay/gpu/nvidia-geforce-rtx-5080.json", 101, 100, 0),
    ("ebay/gpu/nvidia-l4.json", 7, 7, 0),
    ("ebay/gpu/nvidia-rtx-a5000.json", 101, 51, 0),
    ("ebay/gpu/nvidia-tesla-p100.json", 101, 99, 0),
    ("sold/RTX_3070.csv", 4_411, 4_411, 0),
    ("sold/5600X.csv", 796, 796, 0),
    ("sold/5800X.csv", 707, 707, 0),
    ("sold/5900X.csv", 604, 604, 0),
    ("sold/RX_6800_XT.csv", 223, 223, 0),
    ("sold/PS5_digital.csv", 7_705, 7_702, 2),
    ("sold/Xbox_Series_S.csv", 7_701, 7_701, 0),
    ("sold/grailed.csv", 200, 199, 0),
    ("sold/mariokart.csv", 143, 142, 1),
];

#[tokio::test]
async fn every_shared_file_adds_up_and_changes_nothing_the_second_time() {
    let Some(data) = shared::data() else { return };
    let mut scene = Scene::new().await;
    for (name, rows, distinct, untitled) in FILES {
        scene.clear().await;
        let path = data.join(name);
        let report = scene.import(&path).await.unwrap();
        assert!(report.skipped.iter().all(|skipped| skipped.reason == "no title"), "{name}");
        let repeated = rows - distinct - untitled;
        assert_eq!(counts(&report), [*distinct, 0, repeated, *untitled], "{name}");
        let points = scene.rows("price_points").await;
        scene.next_day();
        assert_eq!(scene.counts(&path).await, [0, 0, rows - untitled, *untitled], "{name} again");
        assert_eq!(scene.rows("price_points").await, points, "{name} again");
        let stored = scene.rows("listings").await + scene.rows("comps").await;
        assert_eq!(u64::try_from(stored).unwrap(), *distinct, "{name}");
    }
}

#[tokio::test]
async fn known_rows_of_the_real_files_read_right() {
    let Some(data) = shared::data() else { return };
    let scene = Scene::new().await;
    for name in [
        "ebay/browse_search_iphone.json",
        "ebay/browse_get_item.json",
        "ebay/gpu/amd-radeon-rx-590.json",
        "sold/5600X.csv",
        "sold/mariokart.csv",
        "sold/grailed.csv",
    ] {
        scene.import(&data.join(name)).await.unwrap();
    }
    for (what, sql) in [
        (
            "a variation",
            "FROM listings WHERE source_id = '334691749565-543843548440' AND price_amount = 18999 AND currency = 'USD'
             AND shipping_amount = 0 AND condition = 'good' AND category = 'Cell Phones & Smartphones'
             AND url = 'https://www.ebay.com/itm/334691749565' AND posted_at = '2023-01-05T17:43:03Z'
             AND location = '{\"text\": \"US\", \"country\": \"US\", \"postal_code\": \"112**\"}'
             AND details @> '{\"item_group\": true}'",
        ),
        ("an auction to buy at once", "FROM listings WHERE source_id = '204576030565' AND price_amount = 20499 AND details @> '{\"current_bid\": {\"amount\": 15500}}'"),
        ("a whole item", "FROM listings WHERE source_id = '176033835717' AND price_amount = 137000 AND shipping_amount = 19800 AND description NOT LIKE '%<%'"),
        ("a sale", "FROM comps WHERE source = 'ebay' AND source_id = '303787247488' AND price_amount = 42500 AND shipping_amount = 1000 AND condition = 'new' AND observed_at = '2020-12-05T00:00:00Z'"),
        ("a glued label", "FROM comps WHERE source_id = '233810218527' AND title LIKE 'AMD Ryzen 5 5600X%'"),
        ("an auction of 2009", "FROM comps WHERE source = 'csv' AND source_id = '150377422259' AND title = '~~ Wii MARIO KART & WHEEL ~ NINTENDO Wii ~ BRAND NEW ~~' AND price_amount = 4755 AND shipping_amount = 400 AND details @> '{\"date_unknown\": true}'"),
        ("clothing", "FROM comps WHERE source = 'grailed' AND source_id = '86096771' AND price_amount = 800 AND shipping_amount = 900 AND condition = 'great' AND details @> '{\"asked_price\": {\"amount\": 2000}}'"),
    ] {
        assert_eq!(scene.number(&format!("SELECT count(*) {sql}")).await, 1, "{what}");
    }
    assert_eq!(scene.number("SELECT count(*) FROM comps WHERE title LIKE 'New Listing%' OR title ~ '[\u{200b}\u{200e}]'").await, 0);
    assert_eq!(
        scene
            .number("SELECT count(*) FROM listings WHERE kind = 'parts' AND condition = 'poor'")
            .await,
        scene
            .number("SELECT count(*) FROM listings WHERE details @> '{\"condition_id\": \"7000\"}'")
            .await
    );
}
