//! The migrations themselves: there and back again, and in step with the compiled schema.

use std::process::Command;

use deal_scout::{
    db::catalog,
    startup::{migrate, schema_check},
};

use crate::support::{TestDb, postgres::bindir};

/// The schema as SQL, without comments.
pub(super) fn dump(db: &TestDb) -> String {
    let output = Command::new(bindir().join("pg_dump"))
        .args(["--schema-only", "--no-owner", "--restrict-key=test"])
        .arg(&db.url)
        .output()
        .expect("pg_dump runs");
    if !output.status.success() {
        // Older minor versions know no such option.
        let plain = Command::new(bindir().join("pg_dump"))
            .args(["--schema-only", "--no-owner"])
            .arg(&db.url)
            .output()
            .expect("pg_dump runs");
        assert!(plain.status.success(), "{}", String::from_utf8_lossy(&plain.stderr));
        return String::from_utf8_lossy(&plain.stdout).into_owned();
    }
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn up_down_and_up_again_give_the_same_schema() {
    let db = TestDb::empty().await;
    let target = db.target.clone();
    let outcome = tokio::spawn(async move {
        let first = migrate::up(&target).await?;
        assert_eq!(first.new, first.all, "an empty database takes them all");
        let before = dump(&db);
        for _ in 0..first.all {
            assert!(migrate::down(&target).await?.is_some());
        }
        assert_eq!(migrate::down(&target).await?, None, "there is nothing left to revert");
        let (schema, _) = migrate::inspect(&mut db.conn().await).await?;
        assert_eq!(schema.applied, 0);
        let again = migrate::up(&target).await?;
        assert_eq!(again, first);
        assert_eq!(migrate::up(&target).await?.new, 0, "a second run has nothing to do");
        assert_eq!(dump(&db), before);
        Ok::<(), deal_scout::error::Error>(())
    });
    outcome.await.expect("no panic").expect("every step works");
}

#[tokio::test]
async fn the_compiled_schema_is_the_migrated_one_and_nothing_else() {
    let db = TestDb::new().await;
    let mut conn = db.conn().await;
    let (schema, migrations) = migrate::inspect(&mut conn).await.unwrap();
    assert!(schema.complete, "run scripts/schema: {:?}", schema.missing);
    assert!(migrations.iter().all(|migration| migration.applied));

    let compiled = schema_check::compiled();
    let live = catalog::columns(&mut conn).await.unwrap();
    for column in live.iter().filter(|column| column.table_name != "__diesel_schema_migrations") {
        let known =
            compiled.get(&column.table_name).and_then(|columns| columns.get(&column.column_name));
        let known =
            known.unwrap_or_else(|| panic!("run scripts/schema: {column:?} is not compiled in"));
        assert_eq!(known.nullable, column.nullable, "{column:?}");
    }
}

#[tokio::test]
async fn every_foreign_key_has_an_index_that_serves_its_delete_rule() {
    let db = TestDb::new().await;
    let bare: Vec<ForeignKey> = diesel_async::RunQueryDsl::load(
        diesel::sql_query(
            "SELECT conrelid::regclass::text || '.' || a.attname AS name \
             FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] \
             WHERE c.contype = 'f' AND NOT EXISTS (SELECT 1 FROM pg_index i \
               WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1])",
        ),
        &mut db.conn().await,
    )
    .await
    .unwrap();
    assert_eq!(bare.iter().map(|key| key.name.as_str()).collect::<Vec<_>>(), Vec::<&str>::new());
}

#[derive(diesel::QueryableByName)]
struct ForeignKey {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}
