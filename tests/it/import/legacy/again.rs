//! Run again: nothing is doubled, what has changed over there comes, and what was edited here stays.

use serde_json::json;

use super::scene::{Scene, reasons};
use crate::support::TestDb;

/// Every row that an import may write, in one text.
async fn everything(scene: &Scene) -> String {
    let mut all = String::new();
    for table in [
        "comps",
        "user_prefs",
        "searches",
        "channels",
        "search_channels",
        "notifications",
        "my_items",
        "marketplace_accounts",
        "cross_posts",
        "orders",
        "snap_jobs",
        "photos",
        "import_origins",
        "price_points",
    ] {
        all += &scene
            .cell(&format!("SELECT string_agg(t::text, E'\\n' ORDER BY t::text) FROM {table} t"))
            .await;
    }
    let ads = "SELECT string_agg((to_jsonb(l) - 'score_due_at')::text, E'\\n' ORDER BY l.id) FROM listings l";
    let scores = "SELECT string_agg(s::text, E'\\n' ORDER BY s.id) FROM listing_scores s WHERE metric <> 'deal_score'";
    all + &scene.cell(ads).await + &scene.cell(scores).await
}

#[tokio::test]
async fn a_second_run_changes_nothing() {
    let scene = Scene::new().await;
    let first = scene.import();
    let before = everything(&scene).await;
    let second = scene.import();
    assert_eq!(
        (&second["new"], &second["updated"], &second["unchanged"]),
        (&json!(0), &json!(0), &json!(42))
    );
    assert_eq!(second["skipped"], first["skipped"]);
    assert_eq!(everything(&scene).await, before);
}

#[tokio::test]
async fn what_has_changed_over_there_comes_unless_it_was_edited_here() {
    let scene = Scene::new().await;
    scene.import();
    scene
        .old
        .run(
            r#"UPDATE listings SET price = 30, last_seen_at = '2025-11-01 00:00:00' WHERE id = 1;
               UPDATE my_items SET title = 'Tall lamp' WHERE id = 1;
               UPDATE my_items SET title = 'Mixer' WHERE id = 2;
               UPDATE orders SET status = 'refunded' WHERE id = 2;
               UPDATE marketplace_accounts SET credentials = '{"refresh_token":"another"}' WHERE id = 1;
               UPDATE snap_jobs SET status = 'published' WHERE id = 1;
               INSERT INTO my_items VALUES (5, 'Vase', 'decor', '{}', NULL, 9, 'draft', '2025-11-02', '2025-11-02')"#,
        )
        .await;
    scene
        .ours
        .run(
            "UPDATE my_items SET title = 'My blender', updated_at = now() WHERE title = 'Blender';
             DELETE FROM my_items WHERE title = 'Chair'",
        )
        .await;
    let report = scene.import();
    assert_eq!((&report["new"], &report["updated"]), (&json!(1), &json!(4)), "{report:#}");
    assert_eq!(scene.of("listings", 1, "price_amount").await, "3000");
    let points = "(SELECT string_agg(price_amount::text, ',' ORDER BY seen_at) FROM price_points WHERE listing_id = t.id)";
    assert_eq!(scene.of("listings", 1, points).await, "0,3000");
    assert_eq!(scene.of("my_items", 1, "title").await, "Tall lamp");
    assert_eq!(scene.of("my_items", 2, "title").await, "My blender", "what is here stays");
    assert_eq!(scene.of("my_items", 5, "title").await, "Vase");
    assert!(reasons(&report, "skipped", "my_items", 2)[0].contains("edited here too"));
    assert!(reasons(&report, "skipped", "my_items", 3)[0].contains("deleted here"));
    assert_eq!(reasons(&report, "skipped", "cross_posts", 2), ["its item 3 was not taken"]);
    assert_eq!(scene.of("snap_jobs", 1, "status").await, "published");
    assert_eq!(scene.cell("SELECT count(*) FROM photos").await, "4");
    assert_eq!(scene.cell("SELECT count(*) FROM my_items").await, "4");
}

#[tokio::test]
async fn a_copy_of_the_old_database_elsewhere_is_known_and_a_wiped_one_is_not() {
    let scene = Scene::new().await;
    scene.import();
    let copy = TestDb::empty().await;
    let dump = std::process::Command::new(crate::support::postgres::bindir().join("pg_dump"))
        .args(["--no-owner", "--inserts"])
        .arg(&scene.old.url)
        .output()
        .unwrap();
    let sql = String::from_utf8(dump.stdout).unwrap();
    let sql: String = sql
        .lines()
        .filter(|line| !line.starts_with('\\'))
        .fold(String::new(), |all, line| all + line + "\n");
    copy.run(&sql).await;
    let (code, out, err) = scene.command(&copy.url).arg("--json").finish();
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("\"new\":0,") && out.contains("\"updated\":0"), "{out}");
    // The same ids, given anew after a wipe.
    let wiped = Scene::empty().await;
    wiped.old.run("INSERT INTO my_items VALUES (1, 'Other thing', 'x', '{}', NULL, 9, 'draft', '2025-12-02', '2025-12-02')").await;
    let (code, out, err) = scene.command(&wiped.old.url).arg("--json").finish();
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("\"new\":1,"), "{out}");
    assert_eq!(scene.cell("SELECT count(*) FROM my_items").await, "5");
}

#[tokio::test]
async fn what_is_here_already_stays_as_it_is() {
    let scene = Scene::new().await;
    scene
        .ours
        .run(
            "INSERT INTO listings (user_id, source, source_id, title, price_amount)
                 SELECT id, 'ebay', '110553111', 'As eBay told it', 20000 FROM users;
             INSERT INTO searches (user_id, name) SELECT id, 'couch' FROM users;
             INSERT INTO marketplace_accounts (user_id, platform) SELECT id, 'ebay' FROM users;
             INSERT INTO user_prefs (user_id, place, updated_at) SELECT id, 'Rome', now() + INTERVAL '1 s' FROM users",
        )
        .await;
    let report = scene.import();
    assert_eq!(report["tables"]["listings"]["unchanged"], 1);
    assert_eq!(scene.of("listings", 2, "title").await, "As eBay told it");
    assert!(
        reasons(&report, "partly", "user_prefs", 2)
            .iter()
            .any(|r| r.contains("a search \"couch\" is here"))
    );
    assert_eq!(
        reasons(&report, "skipped", "marketplace_accounts", 1),
        ["an account of that name is here already; it stays as it is"]
    );
    assert!(reasons(&report, "skipped", "user_prefs", 2)[0].contains("are set here already"));
    assert_eq!(scene.cell("SELECT place FROM user_prefs").await, "Rome");
    // Its score hangs on the ad that was here.
    assert_eq!(scene.of("listing_scores", 2, "value").await, "61");
    let again = scene.import();
    assert_eq!((&again["new"], &again["updated"]), (&json!(0), &json!(0)));
}
