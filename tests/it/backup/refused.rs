//! When nothing may be done, nothing is, and it says why.

use std::fs;

use tokio_postgres::Client;

use super::place::Place;

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_holds_data_is_left_alone_unless_it_is_to_be_replaced() {
    let (source, target) = (Place::external().await.filled().await, Place::external().await);
    let (archive, _) = source.backup("all.tar.gz");
    target
        .client()
        .await
        .batch_execute("INSERT INTO users (email) VALUES ('me@example.org')")
        .await
        .unwrap();
    let before = target.rows().await;
    let said = target.fails("restore", &[&archive]);
    assert!(said.contains("the target holds data already (in users)"), "{said}");
    assert!(said.contains("--replace"), "{said}");
    assert_eq!(target.rows().await, before);
    assert!(!target.photos().exists());

    target.must("restore", &[&archive, "--replace"]);
    assert_eq!(target.rows().await, source.rows().await);
    // Over itself as well.
    target.must("restore", &[&archive, "--replace"]);
    assert_eq!(target.rows().await, source.rows().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_something_else_is_not_backed_up() {
    let place = Place::bare().await;
    let path = place.file("none.tar.gz");
    let said = place.fails("backup", &[path.to_str().unwrap()]);
    assert!(said.contains("there is nothing to back up"), "{said}");
    assert_eq!(
        fs::read_dir(path.parent().unwrap())
            .unwrap()
            .filter(|e| { e.as_ref().unwrap().file_name().to_str().unwrap().contains("none") })
            .count(),
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_of_a_later_version_is_neither_taken_nor_filled() {
    let (source, later) = (Place::external().await, Place::external().await);
    let (archive, _) = source.backup("all.tar.gz");
    let mark = "INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000001')";
    later.client().await.batch_execute(mark).await.unwrap();
    let path = later.file("later.tar.gz");
    let said = later.fails("backup", &[path.to_str().unwrap()]);
    assert!(said.contains("newer than this program (migration 29990101000001"), "{said}");
    let said = later.fails("restore", &[&archive]);
    assert!(said.contains("the target's schema is newer than this program"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn places_that_take_no_archive_are_named() {
    let place = Place::external().await;
    let said = place.fails("backup", &[place.file("").to_str().unwrap()]);
    assert!(said.contains("it is a folder"), "{said}");
    let said = place.fails("backup", &["/no/such/folder/a.tar.gz"]);
    assert!(said.contains("/no/such/folder/a.tar.gz cannot be written"), "{said}");
    let said = place.fails("restore", &["/no/such/file.tar.gz"]);
    assert!(said.contains("/no/such/file.tar.gz: it cannot be read"), "{said}");
    let said = place.fails("restore", &["-"]);
    assert!(said.contains("has to be a file"), "{said}");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_under_a_backup_is_a_failure() {
    let place = Place::external().await.filled().await;
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_deal-scout"))
        .args(["backup", "-"])
        .env("DATABASE_URL", place.url())
        .env("DEAL_SCOUT__DATA_DIR", place.data_dir())
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(1));
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(said.contains("cannot be written: No space left on device"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_shows_one_moment_while_others_write() {
    let (source, target) = (Place::external().await.filled().await, Place::external().await);
    let writer = source.client().await;
    writer
        .batch_execute("BEGIN; DELETE FROM search_channels; DELETE FROM users WHERE id = 7")
        .await
        .unwrap();
    let before = source.rows().await;
    let (archive, _) = source.backup("all.tar.gz");
    writer.batch_execute("COMMIT").await.unwrap();
    target.must("restore", &[&archive]);
    assert_eq!(target.rows().await, before);
    assert_ne!(source.rows().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_runs_sees_all_or_nothing_and_goes_on() {
    let (source, target) = (Place::external().await.filled().await, Place::external().await);
    let (archive, _) = source.backup("all.tar.gz");
    let server = target.program("demo").env("DEAL_SCOUT__DEMO__SAMPLE", "false").start();
    server.ready().await;
    target.must("restore", &[&archive]);
    server.ready().await;
    let page = server.get("/api/v1/comps").await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert_eq!(page.json()["items"].as_array().unwrap().len(), 1, "{}", page.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_somebody_holds_is_waited_for() {
    let (source, target) = (Place::external().await.filled().await, Place::external().await);
    let (archive, _) = source.backup("all.tar.gz");
    let holder: Client = target.client().await;
    holder.batch_execute("BEGIN; SELECT * FROM listings").await.unwrap();
    let mut restore = tokio::process::Command::new(env!("CARGO_BIN_EXE_deal-scout"))
        .args(["restore", &archive])
        .env("DATABASE_URL", target.url())
        .env("DEAL_SCOUT__DATA_DIR", target.data_dir())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let waits = "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database \
                 WHERE d.datname = current_database() AND NOT granted";
    while target.number(waits).await == 0 {
        assert!(restore.try_wait().unwrap().is_none(), "it waits");
    }
    holder.batch_execute("COMMIT").await.unwrap();
    assert!(restore.wait().await.unwrap().success());
    assert_eq!(target.rows().await, source.rows().await);
}
