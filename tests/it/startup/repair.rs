//! `migrate up` on a schema that somebody has changed by hand.

use std::process::Command;

use serde_json::Value;

use super::migrations::dump;
use crate::support::{TestDb, postgres::bindir, server::program};

/// What the command did: how it ended, and its JSON.
fn up(db: &TestDb) -> (Option<i32>, Value) {
    let command = program("migrate").arg("up").arg("--json").env("DATABASE_URL", &db.url);
    let (code, told, messages) = command.finish();
    let told = serde_json::from_str(&told).unwrap_or_else(|e| panic!("{e}: {told} {messages}"));
    (code, told)
}

/// What was told as mended or left.
fn whats(told: &Value, list: &str) -> Vec<String> {
    let list = told[list].as_array().unwrap().iter();
    list.map(|one| one["what"].as_str().unwrap().to_owned()).collect()
}

/// The lines of the schema in an order of their own: a column that came back stands behind the others.
fn lines(dump: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = dump.lines().map(|line| line.trim_end_matches(',')).collect();
    lines.sort_unstable();
    lines
}

fn assert_nothing_to_do(db: &TestDb) {
    let (code, told) = up(db);
    assert_eq!(code, Some(0), "{told:#}");
    assert_eq!((&told["mended"], &told["left"]), (&Value::from([0; 0]), &Value::from([0; 0])));
}

#[tokio::test]
async fn a_whole_schema_is_left_alone() {
    let db = TestDb::new().await;
    let before = dump(&db);
    assert_nothing_to_do(&db);
    assert_eq!(dump(&db), before);
}

#[tokio::test]
async fn a_schema_that_was_moved_by_pg_dump_is_whole() {
    let (from, to) = (TestDb::new().await, TestDb::empty().await);
    let text = Command::new(bindir().join("pg_dump")).arg(&from.url).output().unwrap().stdout;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let psql = Command::new(bindir().join("psql"))
        .args(["-q", "-o", "/dev/null", "-f"])
        .arg(file.path())
        .arg(&to.url)
        .status()
        .unwrap();
    assert!(psql.success());
    assert_nothing_to_do(&to);
}

#[tokio::test]
async fn a_table_comes_back_empty_with_all_that_belongs_to_it() {
    let db = TestDb::new().await;
    let whole = dump(&db);
    db.run(
        "INSERT INTO orders (id, user_id, platform, platform_order_id, total_amount, currency) \
         VALUES (41, 1, 'ebay', 'a', 1, 'USD'); DROP TABLE orders CASCADE",
    )
    .await;

    let (code, told, _) = program("migrate").arg("up").env("DATABASE_URL", &db.url).finish();
    assert_eq!(code, Some(0), "{told}");
    assert!(
        told.contains("✓ mended table orders: its rows are lost; a backup can bring"),
        "{told}"
    );
    assert!(told.contains("deal-scout restore"), "{told}");
    assert_eq!(dump(&db), whole);
    assert_nothing_to_do(&db);
}

#[tokio::test]
async fn every_table_at_once_comes_back_as_the_migrations_make_it() {
    let db = TestDb::new().await;
    let whole = dump(&db);
    db.run(
        "DO $$ DECLARE name TEXT; BEGIN \
         FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' \
             AND tablename <> '__diesel_schema_migrations' \
         LOOP EXECUTE format('DROP TABLE %I CASCADE', name); END LOOP; END $$; \
         DROP FUNCTION search_text(TEXT); DROP EXTENSION pg_trgm",
    )
    .await;

    let (code, told) = up(&db);
    assert_eq!(code, Some(0), "{told:#}");
    assert!(whats(&told, "mended").contains(&"extension pg_trgm".to_owned()), "{told:#}");
    assert_eq!(dump(&db), whole);
    assert_eq!(
        db.count("users WHERE role = 'owner'").await,
        1,
        "the owner's row that is unclaimed"
    );
    assert_nothing_to_do(&db);
}

#[tokio::test]
async fn a_table_that_others_refer_to_comes_back_and_the_rows_without_one_are_told() {
    let db = TestDb::new().await;
    let whole = dump(&db);
    db.run(
        "INSERT INTO users (id, email) VALUES (2, 'kim@example.com'); \
         INSERT INTO comps (user_id, title, price_amount, currency) \
         VALUES (1, 'Kept', 1, 'USD'), (2, 'Orphan', 1, 'USD'), (2, 'Orphan', 1, 'USD'); \
         DROP TABLE users CASCADE",
    )
    .await;

    let (code, told) = up(&db);
    assert_eq!(code, Some(1), "{told:#}");
    assert_eq!(whats(&told, "left"), ["constraint comps_user_id_fkey of table comps"]);
    let left = &told["left"][0];
    assert_eq!(left["why"], "2 rows are in the way");
    let advice = left["advice"].as_str().unwrap();
    assert!(advice.contains("rows of users") && advice.contains("deal-scout restore"), "{advice}");
    assert_eq!(db.count("comps").await, 3, "no row is taken away");
    // Rows that are written from now on are checked, and nobody new becomes the lost person.
    let next = "(SELECT nextval('users_id_seq')) AS n (id) WHERE id > 2";
    assert_eq!(db.count(next).await, 1);

    let (code, again) = up(&db);
    assert_eq!(
        (code, &again["left"]),
        (
            Some(1),
            &serde_json::json!([{
                "what": "constraint comps_user_id_fkey of table comps, for every row",
                "why": left["why"], "advice": left["advice"],
            }])
        )
    );
    db.run("DELETE FROM comps WHERE user_id = 2").await;
    assert_eq!(up(&db).0, Some(0));
    assert_eq!(dump(&db), whole);
    assert_nothing_to_do(&db);
}

#[tokio::test]
async fn columns_come_back_where_they_can() {
    let db = TestDb::new().await;
    let whole = dump(&db);
    db.run(
        "INSERT INTO comps (user_id, title, price_amount, currency) VALUES (1, 'Leica M3', 1, 'USD'); \
         ALTER TABLE comps DROP COLUMN condition CASCADE, DROP COLUMN title CASCADE; \
         ALTER TABLE orders DROP COLUMN id CASCADE",
    )
    .await;

    let (code, told) = up(&db);
    assert_eq!(code, Some(1), "{told:#}");
    let left = whats(&told, "left");
    assert_eq!(left[0], "column comps.title", "{told:#}");
    assert_eq!(told["left"][0]["why"], "1 row is in the way");
    let advice = told["left"][0]["advice"].as_str().unwrap();
    assert!(advice.contains("ADD COLUMN \"title\" text"), "{advice}");
    let mended = whats(&told, "mended");
    for what in
        ["column comps.condition", "column orders.id", "constraint orders_pkey of table orders"]
    {
        assert!(mended.iter().any(|mended| mended == what), "{what}: {told:#}");
    }

    db.run("ALTER TABLE comps ADD COLUMN title text; UPDATE comps SET title = 'Leica M3'").await;
    let (code, told) = up(&db);
    assert_eq!(code, Some(0), "{told:#}");
    assert_eq!(lines(&dump(&db)), lines(&whole));
    assert_eq!(db.count("comps WHERE words @@ to_tsquery('simple', 'leica')").await, 1);
    assert_nothing_to_do(&db);
}

#[tokio::test]
async fn what_belongs_to_a_table_comes_back_and_what_differs_is_told() {
    let db = TestDb::new().await;
    let whole = dump(&db);
    db.run(
        "INSERT INTO comps (id, user_id, title, price_amount, currency) VALUES (70, 1, 'x', 1, 'USD'); \
         DROP INDEX comps_user_id_price_idx; \
         ALTER TABLE comps DROP CONSTRAINT comps_basis_check, DROP CONSTRAINT comps_source_id_key, \
             DROP CONSTRAINT comps_user_id_fkey, ALTER COLUMN id DROP IDENTITY, \
             ALTER COLUMN kind DROP DEFAULT, ALTER COLUMN kind DROP NOT NULL, \
             ALTER COLUMN source TYPE varchar(50)",
    )
    .await;

    let (code, told) = up(&db);
    assert_eq!(code, Some(1), "{told:#}");
    assert_eq!(
        whats(&told, "mended"),
        [
            "the counting of column comps.id",
            "the default of column comps.kind",
            "NOT NULL of column comps.kind",
            "constraint comps_source_id_key of table comps",
            "constraint comps_basis_check of table comps",
            "index comps_user_id_price_idx of table comps",
            "constraint comps_user_id_fkey of table comps",
        ],
        "{told:#}"
    );
    assert!(
        whats(&told, "left")
            .contains(&"column comps.source is character varying(50), not text".into())
    );
    assert!(told["left"][0]["advice"].as_str().unwrap().contains("TYPE text"), "{told:#}");
    db.run("INSERT INTO comps (user_id, title, price_amount, currency) VALUES (1, 'y', 1, 'USD')")
        .await;
    assert_eq!(db.count("comps WHERE id = 71").await, 1, "it goes on counting after what is there");

    for advice in told["left"].as_array().unwrap() {
        let advice = advice["advice"].as_str().unwrap();
        let sql = advice.strip_prefix("run: ").unwrap();
        db.run(sql.strip_suffix(", then this again").unwrap_or(sql)).await;
    }
    let (code, told) = up(&db);
    assert_eq!(code, Some(0), "{told:#}");
    assert_eq!(dump(&db), whole);
}

#[tokio::test]
async fn a_lost_record_of_migrations_is_written_again_when_all_is_there() {
    let db = TestDb::new().await;
    let whole = dump(&db);
    db.run("DROP TABLE __diesel_schema_migrations").await;

    let (code, told) = up(&db);
    assert_eq!(code, Some(0), "{told:#}");
    assert_eq!(whats(&told, "mended"), ["table __diesel_schema_migrations"]);
    assert_eq!(told["applied"], 0);
    assert_eq!(dump(&db), whole);
}

#[tokio::test]
async fn a_schema_of_a_later_version_is_mended_by_that_version_alone() {
    let db = TestDb::new().await;
    db.run(
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000001'); \
         DROP INDEX comps_user_id_price_idx; DROP TABLE orders CASCADE",
    )
    .await;
    let before = dump(&db);

    let (code, told) = up(&db);
    assert_eq!(code, Some(1), "{told:#}");
    assert_eq!(whats(&told, "left"), ["orders"]);
    assert!(told["left"][0]["why"].as_str().unwrap().contains("29990101000001"), "{told:#}");
    assert_eq!(dump(&db), before);
}

#[tokio::test]
async fn killed_in_the_middle_nothing_has_changed() {
    let db = TestDb::new().await;
    db.run("DROP TABLE orders CASCADE; DROP INDEX comps_user_id_price_idx").await;
    let before = dump(&db);
    let mut holder = db.conn().await;
    diesel_async::SimpleAsyncConnection::batch_execute(
        &mut holder,
        "BEGIN; LOCK TABLE comps IN ACCESS EXCLUSIVE MODE",
    )
    .await
    .unwrap();

    let mut command = program("migrate").arg("up").env("DATABASE_URL", &db.url).spawn();
    // The table is back in there, and the index waits for who holds the other table.
    while db.count("pg_locks WHERE NOT granted AND relation = 'comps'::regclass").await == 0 {
        tokio::task::yield_now().await;
    }
    command.kill().unwrap();
    command.wait().unwrap();
    drop(holder);
    while db
        .count(
            "pg_locks WHERE locktype = 'advisory' AND database = \
                    (SELECT oid FROM pg_database WHERE datname = current_database())",
        )
        .await
        > 0
    {
        tokio::task::yield_now().await;
    }
    assert_eq!(dump(&db), before, "nothing is half done, and nothing is left beside it");

    let (code, told) = up(&db);
    assert_eq!(code, Some(0), "{told:#}");
    assert_nothing_to_do(&db);
}
