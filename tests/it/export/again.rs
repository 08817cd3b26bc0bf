//! Exports read in where rows are already: where they were written, edited, or like others.

use deal_scout::{export::Format, model::id::UserId};

use super::scene::{Scene, edit, of};

#[tokio::test]
async fn reading_ones_own_export_changes_nothing() {
    for format in [Format::Csv, Format::Jsonl] {
        let here = Scene::full().await;
        let files = here.export(format, "out").await;
        let report = here.import(&files).await.unwrap();
        assert_eq!((report.new, report.updated, report.unchanged), (0, 0, 30), "{report:?}");
        assert_eq!(report.skipped, []);
        let sum = "(SELECT updated_at, created_at FROM my_items UNION ALL SELECT updated_at, created_at FROM listings
                    UNION ALL SELECT updated_at, created_at FROM user_prefs) t WHERE updated_at > created_at";
        assert_eq!(here.db.count(sum).await, 0);
    }
}

#[tokio::test]
async fn an_edited_cell_changes_that_row_alone() {
    let (here, there) = (Scene::full().await, Scene::empty().await);
    let files = here.export(Format::Csv, "out").await;
    there.import(&files).await.unwrap();
    edit(of(&files, "my-items"), "Shelf 1", "Shelf 2");
    for scene in [&here, &there] {
        let report = scene.import(&files).await.unwrap();
        assert_eq!((report.new, report.updated), (0, 1), "{report:?}");
        assert_eq!(scene.db.count("my_items WHERE place = 'Shelf 2' AND sku = '007'").await, 1);
        assert_eq!(scene.db.count("my_items WHERE updated_at > created_at").await, 1);
    }
    // By itself, where it was written, a file knows whom it refers to.
    let orders = of(&files, "orders");
    edit(orders, "completed", "refunded");
    let report = here.import(std::slice::from_ref(orders)).await.unwrap();
    assert_eq!((report.updated, report.unchanged, report.skipped.len()), (1, 1, 0), "{report:?}");
    let kept = "orders WHERE status = 'refunded' AND my_item_id = 570 AND cross_post_id = 590";
    assert_eq!(here.db.count(kept).await, 1);
    // And elsewhere, when what it refers to came before.
    let report = there.import(std::slice::from_ref(orders)).await.unwrap();
    assert_eq!((report.updated, report.unchanged, report.skipped.len()), (1, 1, 0), "{report:?}");
}

#[tokio::test]
async fn a_reference_that_is_not_here_is_told_and_the_rest_is_taken() {
    let (here, there) = (Scene::full().await, Scene::empty().await);
    let files = here.export(Format::Jsonl, "out").await;
    let report = there.import(std::slice::from_ref(of(&files, "orders"))).await.unwrap();
    assert_eq!((report.new, report.skipped_rows), (1, 1));
    let skipped = &report.skipped[0];
    assert!(skipped.reason.contains("is not here; import"), "{}", skipped.reason);
    // With what was missing it is taken.
    let rest = [
        of(&files, "orders").clone(),
        of(&files, "my-items").clone(),
        of(&files, "cross-posts").clone(),
    ];
    let report = there.import(&rest).await.unwrap();
    // The item that was bought from an ad still lacks the ad, so what refers to the item does too.
    assert!(report.skipped.iter().all(|s| s.reason.contains("is not here")), "{report:?}");
    let report = there.import(&files).await.unwrap();
    assert_eq!(report.skipped_rows, 1, "{report:?}");
}

#[tokio::test]
async fn a_row_with_the_same_key_is_that_row() {
    let (here, there) = (Scene::full().await, Scene::empty().await);
    there
        .db
        .run(
            "INSERT INTO channels (user_id, name, kind, secret)
             SELECT id, '@home', 'ntfy', '\\x09' FROM users WHERE role = 'owner';
             INSERT INTO user_prefs (user_id) SELECT id FROM users WHERE role = 'owner';
             INSERT INTO listings (user_id, source, source_id, title, currency)
             SELECT id, 'ebay', 'v1|1|0', 'Leica', 'USD' FROM users WHERE role = 'owner'",
        )
        .await;
    let files = here.export(Format::Csv, "out").await;
    let report = there.import(&files).await.unwrap();
    assert_eq!((report.updated, report.skipped_rows), (3, 1), "{report:?}");
    let kept =
        "channels WHERE name = '@home' AND secret = '\\x09' AND address = 'https://ntfy.sh/ann'";
    assert_eq!(there.db.count(kept).await, 1);
    assert_eq!(there.db.count("user_prefs WHERE time_zone = 'Europe/Berlin'").await, 1);
    assert_eq!(there.db.count("listings").await, 2);
}

#[tokio::test]
async fn somebody_elses_rows_are_neither_found_nor_changed() {
    let mut bob = Scene::full().await;
    let files = bob.export(Format::Csv, "out").await;
    bob.user = UserId(bob_id(&bob).await);
    let report = bob.import(&files).await.unwrap();
    assert_eq!((report.updated, report.unchanged), (0, 1), "{report:?}");
    let anns = "my_items i JOIN users u ON u.id = i.user_id WHERE u.name = 'Ann'";
    assert_eq!(bob.db.count(anns).await, 2);
    assert_eq!(bob.db.count("my_items").await, 5);
}

async fn bob_id(scene: &Scene) -> i64 {
    let mut id = scene.user.0;
    while scene.db.count(&format!("users WHERE name = 'Bob' AND id = {id}")).await == 0 {
        id += 1;
    }
    id
}
