//! SIGKILL on the way: whole batches stay, nothing is half written, and the next run completes it.

use std::{
    fmt::Write,
    path::Path,
    process::{Child, Command, Stdio},
    time::Instant,
};

use serde_json::Value;

use super::scene::Scene;
use crate::support::{cluster::PATIENCE, postgres::OwnPostgres, server};

const ROWS: i64 = 6_000;
/// Rows in a batch of the importer.
const BATCH: i64 = 500;

fn sales() -> String {
    let mut csv = "id,title,sold price,sold date\n".to_owned();
    for n in 0..ROWS {
        writeln!(csv, "{},Camera number {n},{}.50,2025-01-01", 1_000_000 + n, n % 900 + 1).unwrap();
    }
    csv
}

fn importer(url: &str, home: &Path, file: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_deal-scout"))
        .arg("import")
        .arg(file)
        .env("DATABASE_URL", url)
        .env("DEAL_SCOUT__DATA_DIR", home)
        .env("HOME", home)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn an_importer_killed_ten_times_leaves_whole_batches_and_the_next_run_completes_it() {
    let scene = Scene::new().await;
    let file = scene.file("sold.csv", sales());
    let home = tempfile::tempdir().unwrap();
    let mut stored = 0;
    for round in 1..=10 {
        let mut child = importer(&scene.db.url, home.path(), &file);
        // Kill it while it writes: as soon as its own row tells of new ones.
        let began = Instant::now();
        let moving = format!(
            "SELECT count(*) FROM imports WHERE status = 'running' AND new_rows > 0 AND id > {}",
            round_start(&scene).await
        );
        while scene.number(&moving).await == 0 && child.try_wait().unwrap().is_none() {
            assert!(began.elapsed() < PATIENCE, "round {round}");
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let now = scene.rows("comps").await;
        assert!(now >= stored && now % BATCH == 0, "round {round}: {now} rows after {stored}");
        stored = now;
        if round < 10 && stored > ROWS / 2 {
            // Keep work for the rounds to come.
            scene.db.run("DELETE FROM comps").await;
            stored = 0;
        }
    }
    assert!(
        scene.number("SELECT count(*) FROM imports WHERE status = 'running'").await > 0,
        "at least one was caught"
    );
    let (code, out, err) = server::program("import")
        .env("DATABASE_URL", &scene.db.url)
        .arg(&file)
        .arg("--json")
        .finish();
    assert_eq!(code, Some(0), "{err}");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["new"], ROWS - stored);
    assert_eq!(report["unchanged"], stored);
    assert_eq!(scene.rows("comps").await, ROWS);
}

async fn round_start(scene: &Scene) -> i64 {
    scene.number("SELECT coalesce(max(id), 0) FROM imports").await
}

#[tokio::test]
async fn a_database_killed_ten_times_opens_again_and_the_next_run_completes_it() {
    let mut postgres = OwnPostgres::started().await;
    let scene = Scene::new().await;
    let file = scene.file("sold.csv", sales());
    let home = tempfile::tempdir().unwrap();
    let url = postgres.url();
    let target = deal_scout::db::connect::Target::from_url(&url).unwrap();
    let (code, _, err) = server::program("migrate").env("DATABASE_URL", &url).arg("up").finish();
    assert_eq!(code, Some(0), "{err}");
    let mut stored = 0;
    for round in 1..=10 {
        let mut child = importer(&url, home.path(), &file);
        let mut conn = target.establish().await.unwrap();
        let began = Instant::now();
        while count(&mut conn).await <= stored && child.try_wait().unwrap().is_none() {
            assert!(began.elapsed() < PATIENCE, "round {round}");
        }
        drop(conn);
        postgres.kill();
        let output = child.wait_with_output().unwrap();
        let (status, err) = (output.status, String::from_utf8_lossy(&output.stderr).into_owned());
        postgres.start().await;
        let now = count(&mut target.establish().await.unwrap()).await;
        assert!(now >= stored && now % BATCH == 0, "round {round}: {now} rows after {stored}");
        assert!(
            now == ROWS || err.contains("import the file again to complete it"),
            "round {round}: it says so when it could not finish ({status}): {err}"
        );
        stored = now;
    }
    let (code, out, err) =
        server::program("import").env("DATABASE_URL", &url).arg(&file).arg("--json").finish();
    assert_eq!(code, Some(0), "{err}");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&report["new"], &report["unchanged"]), (&(ROWS - stored).into(), &stored.into()));
}

async fn count(conn: &mut diesel_async::AsyncPgConnection) -> i64 {
    use diesel::prelude::*;
    use diesel_async::RunQueryDsl;
    deal_scout::db::schema::comps::table.count().get_result(conn).await.unwrap_or(0)
}
