//! The second reading: rows go from the reading thread to the database, a batch at a time.

use std::mem;

use chrono::{DateTime, Utc};
use tokio::sync::mpsc;

use super::{Checked, MAX_REASONS, Progress, Report, read};
use crate::{
    clock::Clock,
    db::{self, comps, imports, listings},
    error::{Error, Result},
    market::Row,
    model::{
        comp::NewComp,
        id::{ImportId, UserId},
        import::{Skipped, Tally},
        listing::NewListing,
    },
};

/// Rows in a batch: one statement, one transaction.
const BATCH: usize = 500;
/// Batches that may wait for the database while the next one is read.
const AHEAD: usize = 2;

/// Stores a checked file's rows, tells `progress` at once and after each batch, and lets all ads be scored again when
/// sales or ads came or changed: each ad is judged by the others too.
pub async fn store(
    pool: &db::Pool,
    clock: &Clock,
    user: UserId,
    file: Checked,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<Report> {
    let import = {
        let mut conn = pool.get().await?;
        imports::start(&mut conn, user, &file.name, file.kind, file.bytes, clock.now()).await?
    };
    let mut storing = Storing {
        pool,
        clock,
        user,
        import,
        bytes_total: file.bytes,
        tally: Tally::default(),
        skipped: Vec::new(),
        has_changed: false,
    };
    progress(storing.progress(0));
    let name = file.name.clone();
    match storing.run(file, progress).await {
        Ok(()) => Ok(Report::of(storing.tally, storing.skipped)),
        Err(failure) => {
            let failure = told(failure, &name, storing.tally);
            // With the database gone this cannot be noted; the tidy worker will find the row at rest.
            if let Ok(mut conn) = pool.get().await {
                let why = failure.to_string();
                let _ =
                    imports::finish(&mut conn, import, &storing.skipped, Some(&why), clock.now())
                        .await;
            }
            Err(failure)
        }
    }
}

/// With the database gone, people want to know what became of their file.
fn told(failure: Error, name: &str, tally: Tally) -> Error {
    match failure {
        Error::Unavailable { reason, retry_after } => {
            let rows = tally.new + tally.updated + tally.unchanged;
            let reason = format!(
                "{name}: {reason}; {rows} rows are stored, all of them whole; import the file again to complete it"
            );
            Error::Unavailable { reason, retry_after }
        }
        other => other,
    }
}

struct Storing<'a> {
    pool: &'a db::Pool,
    clock: &'a Clock,
    user: UserId,
    import: ImportId,
    bytes_total: u64,
    tally: Tally,
    skipped: Vec<Skipped>,
    /// Whether anything was stored by which other ads are judged: sales, or what is asked.
    has_changed: bool,
}

impl Storing<'_> {
    async fn run(
        &mut self,
        file: Checked,
        mut progress: impl FnMut(Progress) + Send,
    ) -> Result<()> {
        let (sender, mut batches) = mpsc::channel(AHEAD);
        let now = self.clock.now();
        let reader = tokio::task::spawn_blocking(move || read_batches(&file, now, &sender));
        while let Some(batch) = batches.recv().await {
            let bytes_read = batch.bytes_read.min(self.bytes_total);
            self.write(batch, bytes_read).await?;
            progress(self.progress(bytes_read));
        }
        reader.await.map_err(Error::internal)??;
        self.finish().await?;
        progress(self.progress(self.bytes_total));
        Ok(())
    }

    fn progress(&self, bytes_read: u64) -> Progress {
        let Self { import, bytes_total, tally, .. } = *self;
        Progress { import, bytes_read, bytes_total, tally }
    }

    async fn write(&mut self, batch: Batch, bytes_read: u64) -> Result<()> {
        let mut conn = self.pool.get().await?;
        let now = self.clock.now();
        let mut counts = listings::upsert_many(&mut conn, self.user, &batch.listings, now).await?;
        let sales = comps::upsert_many(&mut conn, self.user, &batch.comps, now).await?;
        counts += sales;
        self.has_changed |= counts.new + counts.updated > 0;
        self.tally.new += wide(counts.new);
        self.tally.updated += wide(counts.updated);
        self.tally.unchanged += wide(counts.unchanged) + batch.superseded;
        self.tally.skipped += wide(batch.skipped.len());
        let room = MAX_REASONS.saturating_sub(self.skipped.len());
        self.skipped.extend(batch.skipped.into_iter().take(room));
        imports::progress(&mut conn, self.import, bytes_read, self.tally, now).await
    }

    async fn finish(&mut self) -> Result<()> {
        let mut conn = self.pool.get().await?;
        let now = self.clock.now();
        // An import that was killed after its last batch has changed rows and marked nothing.
        if self.has_changed || imports::any_unfinished(&mut conn, self.user, self.import).await? {
            listings::mark_due(&mut conn, self.user, now).await?;
        }
        imports::progress(&mut conn, self.import, self.bytes_total, self.tally, now).await?;
        imports::finish(&mut conn, self.import, &self.skipped, None, now).await
    }
}

/// Characters of a reason that are kept.
const LONGEST_REASON: usize = 300;

/// What one transaction writes.
#[derive(Debug, Default)]
struct Batch {
    listings: Vec<NewListing>,
    comps: Vec<NewComp>,
    skipped: Vec<Skipped>,
    superseded: u64,
    bytes_read: u64,
}

fn read_batches(file: &Checked, now: DateTime<Utc>, sender: &mpsc::Sender<Batch>) -> Result<()> {
    let mut batch = Batch::default();
    let mut rows = 0;
    read::rows(file, now, &mut |read| {
        batch.bytes_read = read.bytes_read;
        match read.row {
            Err(reason) => {
                let reason = fit_to_store(&reason);
                batch.skipped.push(Skipped { file: file.name.clone(), line: read.line, reason });
            }
            Ok(_) if file.superseded.contains(&read.number) => batch.superseded += 1,
            Ok(Row::Listing(listing)) => batch.listings.push(listing),
            Ok(Row::Comp(comp)) => batch.comps.push(comp),
        }
        rows += 1;
        // Nobody listens any more when a write has failed.
        rows % BATCH != 0 || sender.blocking_send(mem::take(&mut batch)).is_ok()
    })?;
    let _ = sender.blocking_send(batch);
    Ok(())
}

/// A reason quotes what stands in the file, which may be anything: no database takes a NUL, and nobody reads a megabyte.
fn fit_to_store(reason: &str) -> String {
    reason.chars().filter(|c| !c.is_control()).take(LONGEST_REASON).collect()
}

fn wide(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
