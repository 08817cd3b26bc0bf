//! Later revisions of the old system: other names, more columns, fewer columns.

use super::scene::Scene;

#[tokio::test]
async fn a_later_revision_is_taken_too() {
    let scene = Scene::new().await;
    scene
        .old
        .run(
            "ALTER TYPE condition RENAME TO condition_enum;
             CREATE TABLE users (id SERIAL PRIMARY KEY, username VARCHAR(64) NOT NULL);
             INSERT INTO users VALUES (1, 'anna');
             ALTER TABLE my_items ADD COLUMN user_id INTEGER NOT NULL DEFAULT 1 REFERENCES users (id);
             ALTER TABLE user_prefs DROP COLUMN user_id;
             ALTER TABLE user_prefs ADD COLUMN user_id INTEGER NOT NULL DEFAULT 1, ADD COLUMN saved_deals JSON;
             ALTER TABLE marketplace_accounts RENAME COLUMN platform TO marketplace;
             ALTER TABLE marketplace_accounts ADD COLUMN account_username VARCHAR(255), ADD COLUMN refresh_token TEXT;
             UPDATE marketplace_accounts SET account_username = 'anna-sells', refresh_token = 'of-later' WHERE id = 2;
             ALTER TABLE snap_jobs DROP COLUMN title_suggestion, DROP COLUMN description_suggestion,
                 ADD COLUMN progress INTEGER NOT NULL DEFAULT 0;
             ALTER TABLE listings ALTER COLUMN created_at TYPE TIMESTAMPTZ USING created_at AT TIME ZONE 'UTC',
                 ALTER COLUMN location TYPE JSONB USING replace(location::text, '\\u', '')::jsonb",
        )
        .await;
    let report = scene.import();
    assert_eq!(report["tables"]["marketplace_accounts"]["new"], 3, "{report:#}");
    assert_eq!(
        scene
            .of("marketplace_accounts", 2, "concat_ws('|', platform, account_name, connected)")
            .await,
        "ebay|anna-sells|t"
    );
    assert_eq!(report["tables"]["my_items"]["new"], 4);
    assert_eq!(report["tables"]["snap_jobs"]["new"], 5);
    assert_eq!(
        scene.of("listings", 1, "t.created_at AT TIME ZONE 'UTC'").await,
        "2025-10-18 08:00:00.123456"
    );
}
