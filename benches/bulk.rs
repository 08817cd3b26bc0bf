//! The promise of bulk: rows are written in batches. Measures the same rows written 500 at a time and one at a time, in
//! one run against a PostgreSQL of its own, and prints the ratio.
//!
//! `cargo bench --bench bulk`
#![expect(clippy::print_stdout, reason = "a measurement is printed")]

use std::{
    error::Error,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use deal_scout::{
    db::{comps, connect::Target, managed::Managed, users},
    market::sample,
    model::comp::NewComp,
    startup::migrate,
};
use diesel_async::AsyncPgConnection;
use slog::{Discard, Logger, o};

const BATCH: usize = 500;
const ROWS: usize = 2_000;

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    // Migrations block their thread, so the measurement runs in a task of the runtime's own.
    runtime.block_on(async { tokio::spawn(measure()).await })??;
    Ok(())
}

async fn measure() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(told)?;
    let managed = Managed::new(folder.path(), None, Logger::root(Discard, o!()));
    managed.ensure_running().await.map_err(told)?;
    let outcome = compare(&Target::plain(managed.config())).await;
    managed.release().await.map_err(told)?;
    outcome
}

async fn compare(target: &Target) -> Result<(), String> {
    migrate::up(target).await.map_err(told)?;
    let mut conn = target.establish().await.map_err(told)?;
    let now = DateTime::<Utc>::from_timestamp(1_790_000_000, 0).ok_or("no such moment")?;
    let mut rows = sample::market(now).comps;
    rows.truncate(2 * ROWS);
    let (first, second) = rows.split_at(ROWS);
    let batched = write(&mut conn, first, BATCH, now).await?;
    let single = write(&mut conn, second, 1, now).await?;
    println!("{ROWS} rows, {BATCH} at a time: {batched:?}");
    println!("{ROWS} rows, one at a time: {single:?}");
    println!("ratio: {:.1}", single.as_secs_f64() / batched.as_secs_f64());
    Ok(())
}

async fn write(
    conn: &mut AsyncPgConnection,
    rows: &[NewComp],
    at_once: usize,
    now: DateTime<Utc>,
) -> Result<Duration, String> {
    let owner = users::owner(conn).await.map_err(told)?;
    let began = Instant::now();
    for batch in rows.chunks(at_once) {
        comps::upsert_many(conn, owner, batch, now).await.map_err(told)?;
    }
    Ok(began.elapsed())
}

fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}
