//! Out of one installation and into another.

use deal_scout::export::Format;

use super::scene::{Scene, of};

/// Every noun's rows, less the one that is worked out and the photo.
const NEW: u64 = 1 + 2 + 2 + 2 + 2 + 2 + 2 + 1 + 2 + 2 + 2 + 2 + 2 + 2 + 2;

async fn there_and_back(format: Format) {
    let (here, there) = (Scene::full().await, Scene::empty().await);
    let files = here.export(format, "out").await;
    let report = there.import(&files).await.unwrap();
    assert_eq!((report.new, report.updated, report.unchanged), (NEW, 0, 1), "{report:?}");
    // A picture's file is in no export.
    assert_eq!(report.skipped.len(), 1, "{report:?}");
    let skipped = &report.skipped[0];
    assert!(
        skipped.file.starts_with("photos.") && skipped.reason.contains("backup"),
        "{skipped:?}"
    );

    let (before, mut after) = (here.told().await, there.told().await);
    if format == Format::Csv {
        // A table has no other nothing than an empty cell.
        let listings = after.iter_mut().find(|(file, _)| file == "listings.jsonl").unwrap();
        let chair = listings.1.iter_mut().find(|ad| ad["source_id"] == "00123").unwrap();
        assert!(chair["description"].is_null());
        chair["description"] = "".into();
        listings.1.sort_by_key(ToString::to_string);
    }
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before, after);
    }
    for file in &files {
        let text = std::fs::read_to_string(file).unwrap();
        assert!(!text.contains("bob-1") && !text.contains("Bob's own"), "{text}");
    }

    let again = there.import(&files).await.unwrap();
    assert_eq!((again.new, again.updated, again.unchanged), (0, 0, NEW + 1), "{again:?}");
    assert_eq!(again.skipped.len(), 1);
}

#[tokio::test]
async fn tables_come_back_as_they_were() {
    there_and_back(Format::Csv).await;
}

#[tokio::test]
async fn json_lines_come_back_as_they_were() {
    there_and_back(Format::Jsonl).await;
}

#[tokio::test]
async fn references_point_to_the_rows_that_came() {
    let (here, there) = (Scene::full().await, Scene::empty().await);
    let mut files = here.export(Format::Csv, "out").await;
    // Whatever order a person names them in.
    files.reverse();
    there.import(&files).await.unwrap();
    for pair in [
        "orders o JOIN my_items i ON i.id = o.my_item_id JOIN cross_posts p ON p.id = o.cross_post_id
         WHERE i.sku = '007' AND p.external_id = '110' AND p.my_item_id = i.id",
        "my_items i JOIN listings l ON l.id = i.listing_id WHERE l.source_id = 'v1|1|0' AND i.sku = '007'",
        "watchlist_items w JOIN listings l ON l.id = w.listing_id WHERE l.source_id = '00123' AND w.target_amount = 1500",
        "listing_scores s JOIN listings l ON l.id = s.listing_id WHERE l.source = 'ebay' AND s.metric = 'my-taste'",
        "snap_jobs s JOIN my_items i ON i.id = s.my_item_id WHERE i.sku = '007' AND s.title = 'Leica'",
        "notifications n JOIN searches s ON s.id = n.search_id JOIN channels c ON c.id = n.channel_id
         JOIN listings l ON l.id = n.listing_id WHERE s.name LIKE '=SUM%' AND c.name = '@home'",
    ] {
        assert_eq!(there.db.count(pair).await, 1, "{pair}");
    }
    assert_eq!(there.db.count("search_channels").await, 2);
    // No secret travels, and the ads that came wait for their score.
    assert_eq!(there.db.count("channels WHERE secret IS NOT NULL").await, 0);
    assert_eq!(there.db.count("marketplace_accounts WHERE credentials IS NOT NULL").await, 0);
    assert_eq!(there.db.count("listings WHERE score_due_at IS NOT NULL").await, 2);
}

#[tokio::test]
async fn no_secret_is_in_a_file() {
    let here = Scene::full().await;
    for format in [Format::Csv, Format::Jsonl] {
        let files = here.export(format, "out").await;
        for noun in ["channels", "marketplace-accounts"] {
            let text = std::fs::read_to_string(of(&files, noun)).unwrap();
            let head = text.lines().next().unwrap().replace("has_", "");
            for word in ["\"secret\":\"", "\"credentials\":\"", "0102", "0506", "AQI", "BQY"] {
                assert!(!head.contains(word) && !text.contains(word), "{word} is in {text}");
            }
        }
    }
}
