//! The ordinary rows: everything that they said is here.

use deal_scout::db;
use serde_json::{Value, json};

use super::scene::Scene;

#[tokio::test]
async fn every_table_adds_up_and_the_report_has_the_promised_shape() {
    let scene = Scene::new().await;
    let report = scene.import();
    let counts = |new: u64, unchanged: u64, skipped: u64| json!({"new": new, "updated": 0, "unchanged": unchanged, "skipped": skipped});
    assert_eq!(
        report["tables"],
        json!({
            "listings": counts(9, 0, 1),
            "listing_scores": counts(3, 0, 3),
            "comps": counts(3, 1, 3),
            "user_prefs": counts(1, 0, 2),
            "notifications": counts(4, 0, 1),
            "my_items": counts(4, 0, 0),
            "marketplace_accounts": counts(3, 0, 0),
            "cross_posts": counts(5, 0, 0),
            "orders": counts(4, 0, 2),
            "snap_jobs": counts(5, 0, 0),
        }),
        "{report:#}"
    );
    assert_eq!((&report["new"], &report["unchanged"]), (&json!(41), &json!(1)));
    assert_eq!(report["skipped"].as_array().unwrap().len(), 12);
    let entry = &report["skipped"][0];
    assert_eq!(entry, &json!({"file": "listings", "line": 7, "reason": "no title"}));
}

#[tokio::test]
async fn an_ad_its_score_and_its_price_come_whole() {
    let scene = Scene::new().await;
    scene.import();
    let ad = "concat_ws('|', source, source_id, title, description, price_amount, currency, condition, category)";
    assert_eq!(
        scene.of("listings", 1, ad).await,
        "craigslist|https://sfbay.craigslist.org/zip/1.html|Free grey couch|Pick up & go.|0|USD|good|furniture>sofas"
    );
    assert_eq!(
        scene.of("listings", 2, ad).await,
        "ebay|110553111|Oak kitchen island|Solid oak|24999|USD|great|kitchen>islands"
    );
    assert_eq!(
        scene.of("listings", 1, "t.created_at AT TIME ZONE 'UTC'").await,
        "2025-10-18 08:00:00.123456"
    );
    let rest =
        "concat_ws('|', url, image_url, location, t.available, t.last_seen_at AT TIME ZONE 'UTC')";
    assert_eq!(
        scene.of("listings", 2, rest).await,
        "https://www.ebay.com/itm/110553111|https://i.ebayimg.com/1.jpg|\
         {\"lat\": 37.3382, \"lng\": -121.8863, \"text\": \"San Jose, CA\"}|f|2025-10-21 09:00:00"
    );
    assert_eq!(
        scene.of("listings", 2, "details").await,
        r#"{"legacy": {"location": {"raw": {"k": 1}}}}"#
    );
    // Its score of old stands beside the one that is worked out for every ad that can still be had.
    assert_eq!(
        scene.of("listing_scores", 2, "concat_ws('|', metric, value, parts->>'value')").await,
        "legacy_score|61|61.24"
    );
    assert_eq!(
        scene.cell("SELECT count(*) FROM listing_scores WHERE metric = 'deal_score'").await,
        "8"
    );
    let point = "SELECT string_agg(p.price_amount || ' ' || (p.seen_at AT TIME ZONE 'UTC'), ',')
                 FROM price_points p JOIN listings l ON l.id = p.listing_id WHERE l.source_id = '110553111'";
    assert_eq!(scene.cell(point).await, "24999 2025-10-18 09:00:00");
}

#[tokio::test]
async fn wishes_become_preferences_searches_and_channels() {
    let scene = Scene::new().await;
    scene.ours.run("UPDATE users SET email = 'anna@example.com' WHERE role = 'owner'").await;
    scene.import();
    assert_eq!(
        scene.cell("SELECT concat_ws('|', place, radius_km, min_condition, included_words) FROM user_prefs").await,
        "Oakland, CA|40|great|{teak}"
    );
    let searches = "SELECT string_agg(concat_ws('|', name, words, place, radius_km, conditions, max_price), ';' ORDER BY name)
                    FROM searches";
    assert_eq!(
        scene.cell(searches).await,
        "couch|couch|Oakland, CA|40|{great,excellent,new}|20000;\
         kitchen island|kitchen island|Oakland, CA|40|{great,excellent,new}"
    );
    let channels = "SELECT string_agg(concat_ws('|', kind, address, enabled), ';' ORDER BY kind) FROM channels";
    assert_eq!(scene.cell(channels).await, "discord||f;email|anna@example.com|t");
    assert_eq!(scene.cell("SELECT count(*) FROM search_channels").await, "4");
}

#[tokio::test]
async fn things_for_sale_their_posts_and_orders_hang_together() {
    let scene = Scene::new().await;
    scene.import();
    assert_eq!(
        scene
            .of(
                "my_items",
                1,
                "concat_ws('|', title, category, attributes, condition, price_amount, status)"
            )
            .await,
        "Floor lamp|lighting|{\"brand\": \"Ikea\"}|good|4500|listed"
    );
    assert_eq!(
        scene
            .of(
                "cross_posts",
                1,
                "concat_ws('|', platform, external_id, url, status, details, posted_at IS NOT NULL)"
            )
            .await,
        "ebay|2255|https://www.ebay.com/itm/2255|live|{\"offer_id\": \"9\"}|t"
    );
    let order = scene.cell(
        "SELECT concat_ws('|', o.platform, o.platform_order_id, o.status, o.total_amount, i.title, p.external_id)
         FROM orders o JOIN my_items i ON i.id = o.my_item_id JOIN cross_posts p ON p.id = o.cross_post_id
         WHERE o.details @> '{\"buyer\": \"x\"}'",
    );
    assert_eq!(order.await, "ebay|12-100|completed|7500|Chair|2256");
}

#[tokio::test]
async fn a_token_in_clear_text_is_sealed() {
    let scene = Scene::new().await;
    scene.import();
    let hex = scene.of("marketplace_accounts", 1, "encode(credentials, 'hex')").await;
    let sealed: Vec<u8> = (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect();
    let user = scene.of("marketplace_accounts", 1, "t.user_id").await;
    let opened =
        scene.sealer().open(&format!("marketplace_accounts/credentials/{user}"), &sealed).unwrap();
    let credentials: Value = serde_json::from_str(opened.reveal()).unwrap();
    assert_eq!(credentials, json!({"refresh_token": "v^1.1#i^1#clear-text-token"}));
    let told = "SELECT count(*) FROM import_origins o WHERE o::text LIKE '%clear-text%'";
    assert_eq!(scene.cell(told).await, "0");
}

#[tokio::test]
async fn photos_become_files_and_a_draft_keeps_its_text() {
    let scene = Scene::new().await;
    scene.import();
    assert_eq!(
        scene.of("snap_jobs", 1, "concat_ws('|', status, title, description, category, attributes, condition, price_amount)").await,
        "ready|Photo 1|A lamp.|lighting|{\"color\": \"red\"}|good|20000"
    );
    let photos = "SELECT string_agg(concat_ws('|', position, media_type, width, height), ',' ORDER BY position)
                  FROM photos WHERE snap_job_id = t.id";
    assert_eq!(scene.of("snap_jobs", 1, &format!("({photos})")).await, "0|image/jpeg|12|8");
    let digest =
        scene.of("snap_jobs", 1, "(SELECT digest FROM photos WHERE snap_job_id = t.id)").await;
    let file = scene.home.path().join("photos").join(&digest[..2]).join(format!("{digest}.jpg"));
    let picture = image::load_from_memory(&std::fs::read(file).unwrap()).unwrap().to_rgb8();
    let [red, green, _] = picture.get_pixel(6, 4).0;
    assert!(red > 180 && green < 60, "as it was taken, not as it was brightened");
    assert_eq!(scene.cell("SELECT count(*) FROM photos WHERE bytes > 0").await, "4");
    // The first three jobs show the same picture, the last one another.
    let other =
        scene.of("snap_jobs", 5, "(SELECT digest FROM photos WHERE snap_job_id = t.id)").await;
    scene.ours.run("DELETE FROM snap_jobs WHERE title = 'Photo 1' OR status = 'failed'").await;
    let digests = [digest, other.clone()];
    let conn = scene.ours.conn().await;
    assert_eq!(db::photos::unneeded(&conn, &digests).await.unwrap(), [other]);
}

#[tokio::test]
async fn people_see_a_table_and_the_first_reasons() {
    let scene = Scene::new().await;
    scene.ours.run("INSERT INTO users (email) VALUES ('bob@example.org')").await;
    let command = || scene.command(&scene.old.url).arg("--user");
    let (code, out, err) = command().arg("Bob@example.org").finish();
    assert_eq!(code, Some(0), "{err}");
    let all: Vec<&str> =
        out.lines().find(|l| l.starts_with("all")).unwrap().split_whitespace().collect();
    assert_eq!(all, ["all", "41", "0", "1", "12"]);
    assert!(out.contains("skipped listings 7: no title"), "{out}");
    assert!(out.contains("taken in part: listings 3: price is NaN"), "{out}");
    assert!(err.contains("listings: 10 rows read"), "{err}");
    let whose =
        "SELECT string_agg(DISTINCT u.email, ',') FROM listings l JOIN users u ON u.id = l.user_id";
    assert_eq!(scene.cell(whose).await, "bob@example.org");
    let (code, _, err) = command().arg("nobody@example.org").finish();
    assert_eq!(code, Some(1));
    assert!(err.contains("nobody here has the address nobody@example.org"), "{err}");
}
