//! What goes in comes out, row for row, whatever the installations are.

use std::fs;

use deal_scout::{
    backup::{LEFT_OUT, Manifest},
    startup::schema_check,
};
use serde_json::Value;

use super::place::Place;

async fn moves(source: Place, target: Place) {
    let (archive, told) = source.backup("all.tar.gz");
    let rows = source.rows().await;
    for (table, rows) in &rows {
        assert!(!rows.is_empty(), "every_table.sql has no row for {table}");
        assert_eq!(told["tables"][table], rows.len(), "{table}");
    }
    assert_eq!((&told["photos"], &told["photo_bytes"]), (&2.into(), &100_000.into()));

    let restored: Value =
        serde_json::from_str(&target.must("restore", &[&archive, "--json"])).unwrap();
    assert_eq!(restored["tables"], told["tables"]);
    assert_eq!(target.rows().await, rows);
    assert_eq!(fs::read(target.photos().join("ab/ab.jpg")).unwrap(), vec![7; 100_000]);
    assert_eq!(fs::read(target.photos().join("ab/empty.jpg")).unwrap(), Vec::<u8>::new());
    assert_eq!(fs::read_dir(target.photos()).unwrap().count(), 1, "nothing is left of the way");
    target.must("migrate", &["status"]);

    // Numbers go on where they were, also beyond the largest that is still there.
    let client = target.client().await;
    let order = "INSERT INTO orders (user_id, platform, platform_order_id, total_amount, currency) \
                 VALUES (7, 'hand', 'o-3', 0, 'EUR') RETURNING id";
    assert_eq!(client.query_one(order, &[]).await.unwrap().get::<_, i64>(0), 4001);
    let order = "DELETE FROM orders WHERE platform_order_id = 'o-3'";
    client.execute(order, &[]).await.unwrap();
    let next = "INSERT INTO users (email) VALUES ('c@example.org') RETURNING id";
    assert_eq!(client.query_one(next, &[]).await.unwrap().get::<_, i64>(0), 9_007_199_254_740_994);
    client.execute("DELETE FROM users WHERE email = 'c@example.org'", &[]).await.unwrap();

    // The rules are in force.
    for broken in [
        "INSERT INTO my_items (user_id, listing_id, title, currency) VALUES (7, 5, 'x', 'EUR')",
        "INSERT INTO comps (user_id, source, source_id, title, price_amount, currency, observed_at) \
         VALUES (7, 'csv', 'y', 'x', -1, 'USD', now())",
    ] {
        assert!(client.execute(broken, &[]).await.is_err(), "{broken}");
    }

    // A backup of what was restored holds the same bytes.
    let (_, again) = target.backup("again.tar.gz");
    assert_eq!(again["tables"], told["tables"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_moves_from_a_managed_database_to_an_external_one() {
    moves(Place::managed().await.filled().await, Place::external().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_moves_from_an_external_database_to_a_managed_one() {
    moves(Place::external().await.filled().await, Place::managed().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_moves_into_a_database_without_a_schema() {
    moves(Place::external().await.filled().await, Place::bare().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schema_afterwards_is_the_one_before() {
    let (source, target) = (Place::external().await.filled().await, Place::external().await);
    let rules = "SELECT count(*) FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND convalidated";
    let before = target.number(rules).await;
    target.must("restore", &[&source.backup("all.tar.gz").0]);
    assert_eq!(target.number(rules).await, before);
    let off = "SELECT count(*) FROM pg_trigger WHERE tgenabled <> 'O'";
    assert_eq!(target.number(off).await, 0);
    let unknown = "SELECT count(*) FROM pg_class WHERE relname = 'listings' AND reltuples < 0";
    assert_eq!(target.number(unknown).await, 0, "the planner knows the tables");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_table_of_the_schema_is_forgotten() {
    let source = Place::external().await;
    let (archive, _) = source.backup("all.tar.gz");
    let manifest = manifest(&archive);
    for (table, columns) in schema_check::compiled() {
        if LEFT_OUT.contains(&table.as_str()) {
            assert!(manifest.left_out.contains(&table));
            continue;
        }
        let entry = manifest.tables.iter().find(|entry| entry.name == table);
        let entry = entry.unwrap_or_else(|| panic!("{table} is not in the backup"));
        let generated = "SELECT attname::text FROM pg_attribute WHERE attrelid = $1::text::regclass \
                         AND attgenerated <> ''";
        let generated = source.client().await.query(generated, &[&table]).await.unwrap();
        let computed: Vec<String> = generated.iter().map(|row| row.get(0)).collect();
        let of_its_own = columns.into_keys().filter(|column| !computed.contains(column));
        assert_eq!(entry.columns, of_its_own.collect::<Vec<_>>(), "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_an_older_schema_is_brought_up_to_this_one() {
    let source = Place::external().await;
    let mut reverted = 0;
    while source.number("SELECT count(*) FROM pg_tables WHERE tablename = 'channels'").await > 0 {
        source.must("migrate", &["down"]);
        reverted += 1;
    }
    let listing = "INSERT INTO listings (user_id, source, source_id, title, currency) \
                   SELECT id, 'csv', '1', 'Leica M3', 'EUR' FROM users";
    source.client().await.batch_execute(listing).await.unwrap();
    let (archive, told) = source.backup("old.tar.gz");
    assert_eq!(told["tables"]["channels"], Value::Null);

    // Whatever the target's own level is, and however much it holds.
    for target in [Place::bare().await, Place::external().await.filled().await] {
        let told = target.must("restore", &[&archive, "--replace", "--json"]);
        let told: Value = serde_json::from_str(&told).unwrap();
        assert_eq!(told["migrated"].as_array().unwrap().len(), reverted, "{told}");
        target.must("migrate", &["status"]);
        assert_eq!(
            target.number("SELECT count(*) FROM listings WHERE title = 'Leica M3'").await,
            1
        );
        assert_eq!(target.number("SELECT count(*) FROM users").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_goes_to_standard_output_whole_and_nothing_else_does() {
    let (source, target) = (Place::external().await.filled().await, Place::external().await);
    let file = fs::File::create(source.file("piped.tar.gz")).unwrap();
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_deal-scout"))
        .args(["backup", "-", "--json"])
        .env("DATABASE_URL", source.url())
        .env("DEAL_SCOUT__DATA_DIR", source.data_dir())
        .stdout(file)
        .stderr(std::process::Stdio::null())
        .status();
    assert!(status.unwrap().success());
    target.must("restore", &[source.file("piped.tar.gz").to_str().unwrap()]);
    assert_eq!(target.rows().await, source.rows().await);
}

fn manifest(archive: &str) -> Manifest {
    let text = super::altered::members(archive).remove(0).1;
    serde_json::from_slice(&text).unwrap()
}
