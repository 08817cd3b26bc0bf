//! What becomes of rows: changed, repeated, cut, in odd encodings.

use std::fmt::Write;

use super::scene::{Scene, counts};

#[tokio::test]
async fn a_changed_price_is_an_update_a_price_point_and_work_for_the_scorer() {
    let mut scene = Scene::new().await;
    let ads =
        |price: &str| format!("id,title,price\n1000001,Leica M3,{price}\n1000002,Nikon F2,$200\n");
    assert_eq!(scene.counts(&scene.file("ads.csv", ads("$900"))).await, [2, 0, 0, 0]);
    scene.db.run("UPDATE listings SET score_due_at = NULL").await;
    scene.next_day();
    assert_eq!(scene.counts(&scene.file("ads.csv", ads("$850"))).await, [0, 1, 1, 0]);
    assert_eq!(scene.rows("price_points").await, 3);
    assert_eq!(
        scene.number("SELECT count(*) FROM price_points p JOIN listings l ON l.id = p.listing_id WHERE l.source_id = '1000001' AND p.price_amount IN (90000, 85000)").await,
        2
    );
    // Each ad is judged by the others too.
    let due = "SELECT count(*) FROM listings WHERE score_due_at IS NOT NULL";
    assert_eq!(scene.number(due).await, 2);
    // The other one was seen, which is no change.
    assert_eq!(
        scene
            .number("SELECT count(*) FROM listings WHERE last_seen_at = '2026-11-23T12:00:00Z'")
            .await,
        2
    );
    assert_eq!(
        scene
            .number("SELECT count(*) FROM listings WHERE updated_at = '2026-11-23T12:00:00Z'")
            .await,
        1
    );
    scene.db.run("UPDATE listings SET score_due_at = NULL").await;
    assert_eq!(scene.counts(&scene.file("ads.csv", ads("$850"))).await, [0, 0, 2, 0]);
    assert_eq!(scene.number(due).await, 0);
}

#[tokio::test]
async fn a_price_that_cannot_be_read_changes_no_price() {
    let scene = Scene::new().await;
    scene.counts(&scene.file("ads.csv", "id,title,price\n1000001,Leica M3,$900\n")).await;
    let report = scene
        .import(&scene.file("ads.csv", "id,title,price\n1000001,Leica M3,call me\n"))
        .await
        .unwrap();
    assert_eq!(counts(&report), [0, 0, 0, 1]);
    assert_eq!(report.skipped[0].line, 2);
    assert!(report.skipped[0].reason.contains("call me"));
    assert_eq!(scene.number("SELECT price_amount FROM listings").await, 90_000);
    assert_eq!(scene.rows("price_points").await, 1);
}

#[tokio::test]
async fn an_ad_said_twice_counts_once_with_its_last_words_every_time() {
    let scene = Scene::new().await;
    let mut csv = "id,title,price\n".to_owned();
    // Far apart, so that they fall into different batches.
    for n in 0..1_200 {
        let id = 1_000_000 + n % 1_199;
        writeln!(csv, "{id},Camera {id},{}", n + 1).unwrap();
    }
    let path = scene.file("ads.csv", &csv);
    assert_eq!(scene.counts(&path).await, [1_199, 0, 1, 0]);
    assert_eq!(
        scene.number("SELECT price_amount FROM listings WHERE source_id = '1000000'").await,
        120_000
    );
    assert_eq!(scene.counts(&path).await, [0, 0, 1_200, 0]);
    assert_eq!(scene.rows("price_points").await, 1_199);
}

#[tokio::test]
async fn new_sales_make_available_ads_due_and_known_ones_do_not() {
    let scene = Scene::new().await;
    scene
        .counts(&scene.file("ads.csv", "id,title,price\n1000001,Leica,5\n1000002,Nikon,5\n"))
        .await;
    scene
        .db
        .run("UPDATE listings SET score_due_at = NULL, available = (source_id = '1000001')")
        .await;
    let sales = scene.file("sold.csv", "title,sold price,sold date\nLeica M3,$800,2025-01-01\n");
    assert_eq!(scene.counts(&sales).await, [1, 0, 0, 0]);
    let due = "SELECT count(*) FROM listings WHERE score_due_at IS NOT NULL";
    assert_eq!(scene.number(due).await, 1);
    scene.db.run("UPDATE listings SET score_due_at = NULL").await;
    assert_eq!(scene.counts(&sales).await, [0, 0, 1, 0]);
    assert_eq!(scene.number(due).await, 0);
}

#[tokio::test]
async fn a_table_cut_anywhere_stores_whole_rows_only_and_is_completed_later() {
    let scene = Scene::new().await;
    let header = "title,sold price,sold date,link\n";
    let row = |n: u32| {
        format!(
            "Camera number {n},{}.99,2025-01-01,https://www.ebay.com/itm/Camera/{}\n",
            n + 100,
            303_787_247_000_u64 + u64::from(n)
        )
    };
    let whole: String = header.to_owned() + &(0..100).map(row).collect::<String>();
    let begins = header.len() + (0..98).map(|n| row(n).len()).sum::<usize>();
    for cut in begins + 1..begins + row(98).len() {
        // Every third place keeps the test short and still meets each cell.
        if cut % 3 != 0 {
            continue;
        }
        scene.clear().await;
        let report = scene.import(&scene.file("cut.csv", &whole[..cut])).await.unwrap();
        assert_eq!(counts(&report), [98, 0, 0, 1], "cut at {cut}: {:?}", report.skipped);
        assert_eq!(report.skipped[0].line, 100);
        assert_eq!(
            scene.counts(&scene.file("cut.csv", &whole)).await,
            [2, 0, 98, 0],
            "cut at {cut}"
        );
    }
}

#[tokio::test]
async fn a_short_table_may_end_without_a_line_end() {
    let scene = Scene::new().await;
    assert_eq!(
        scene.counts(&scene.file("a.csv", "title,price\nLeica,5\nNikon,6")).await,
        [2, 0, 0, 0]
    );
}

#[tokio::test]
async fn odd_encodings_come_out_as_they_were_meant() {
    let text = "Titel;Preis;Ort\r\nGroße Küche;1.299,50 €;Köln\r\nVélo à vendre;80 €;Zürich\r\n";
    let utf_16 = |bytes_of: fn(u16) -> [u8; 2]| {
        let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
        units.flat_map(bytes_of).collect::<Vec<u8>>()
    };
    let windows = text
        .chars()
        .map(|c| if c == '€' { 0x80 } else { u8::try_from(u32::from(c)).unwrap() })
        .collect::<Vec<u8>>();
    let scene = Scene::new().await;
    for (name, bytes) in [
        ("utf-8", text.as_bytes().to_vec()),
        ("utf-8 with a mark", ["\u{feff}", text].concat().into_bytes()),
        ("utf-16 le", utf_16(u16::to_le_bytes)),
        ("utf-16 be", utf_16(u16::to_be_bytes)),
        ("windows-1252", windows),
    ] {
        scene.clear().await;
        assert_eq!(scene.counts(&scene.file("odd.csv", bytes)).await, [2, 0, 0, 0], "{name}");
        let right = "SELECT count(*) FROM listings WHERE (title = 'Große Küche' AND price_amount = 129950 AND currency = 'EUR' AND location->>'text' = 'Köln') OR title = 'Vélo à vendre'";
        assert_eq!(scene.number(right).await, 2, "{name}");
    }
}

#[tokio::test]
async fn characters_that_no_database_takes_do_not_stop_a_file() {
    let scene = Scene::new().await;
    let csv = format!(
        "title,price,city,link\nLe\u{1}ica,5,Ulm\u{7f},https://a.b/\u{2}\nNikon,6,{},x\n{}",
        "Köln ".repeat(4_000),
        "Canon,7,Bonn,\n".repeat(300)
    );
    assert_eq!(scene.counts(&scene.file("odd.csv", csv)).await, [3, 0, 299, 0]);
    let json = r#"[{"itemId":"v1|1|0","title":"A\u0000B","price":{"value":"1","currency":"USD"},"epid":"\u0000x","itemWebUrl":"https://a.b/\u0000"}]"#;
    assert_eq!(scene.counts(&scene.file("odd.json", json)).await, [1, 0, 0, 0]);
}

#[tokio::test]
async fn a_reason_that_quotes_what_no_database_takes_ends_the_import_all_the_same() {
    let scene = Scene::new().await;
    let csv = format!("title,price\n{}Nikon,1\u{0}2x\n", "Canon,7\n".repeat(10_000));
    assert_eq!(scene.counts(&scene.file("odd.csv", csv)).await, [1, 0, 9_999, 1]);
    let done = "SELECT count(*) FROM imports WHERE file_name = 'odd.csv' AND status = 'done' AND skipped_rows = 1";
    assert_eq!(scene.number(done).await, 1);
}

#[tokio::test]
async fn the_row_of_an_import_tells_its_story() {
    let scene = Scene::new().await;
    scene.import(&scene.file("ads.csv", "title,price\nLeica,5\nNikon,cheap\n")).await.unwrap();
    let story = "SELECT count(*) FROM imports WHERE file_name = 'ads.csv' AND kind = 'listings_csv' AND status = 'done'
                 AND bytes_total = 32 AND bytes_read = 32 AND new_rows = 1 AND skipped_rows = 1
                 AND skipped->0->>'line' = '3' AND finished_at IS NOT NULL AND error IS NULL";
    assert_eq!(scene.number(story).await, 1);
}
