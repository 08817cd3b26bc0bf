//! Files that `export` wrote, read in again: here, where their rows are found again, or at another installation, where
//! they become rows that know what they came from.
//!
//! A record is found again by the id and the moment of creation that it was exported with; a row that nobody knows is
//! the one with the same key, where the noun has one (the source and id of an ad, the name of a search); else it is
//! new. What the program works out itself is not taken: ids, times of creation, scores of its own, tries. Secrets are
//! in no export, so channels and accounts that come have none.

mod found;
mod records;
mod run;
mod take;

use std::{mem, path::PathBuf};

use diesel_async::{AsyncConnection, AsyncPgConnection, TransactionManager};
use tokio::sync::mpsc;

use self::records::{Form, Record};
pub use self::{
    run::{Run, Source, Taker, all},
    take::Taken,
};
use super::{Given, MAX_REASONS, Report};
use crate::{
    clock::Clock,
    db::{Pool, exported_origins as origins, listings},
    error::{Error, Result},
    model::{id::UserId, import::Skipped},
    nouns::fields::Seal,
};

/// Records in one transaction.
const BATCH: usize = 500;
/// The nouns by which ads are judged.
const JUDGED_BY: &[&str] = &["listings", "comps"];

type Transactions = <AsyncPgConnection as AsyncConnection>::TransactionManager;

/// A file that is an export of a noun.
#[derive(Debug, Clone)]
pub struct Exported {
    /// What messages call it.
    pub name: String,
    /// What it holds.
    pub noun: &'static str,
    path: PathBuf,
    taker: Taker,
    form: Form,
}

/// Tells the files that are exports, by what is in them, from the others, and reads them through.
///
/// # Errors
/// When one begins like an export and is broken further down. Nothing is stored by then.
pub async fn tell_apart(given: Vec<Given>) -> Result<(Vec<Exported>, Vec<Given>)> {
    let telling = move || {
        let (mut exported, mut others) = (Vec::new(), Vec::new());
        for file in given {
            match recognise(&file) {
                Some(file) => {
                    records::check(&file.path, &file.form, &file.name)?;
                    exported.push(file);
                }
                None => others.push(file),
            }
        }
        Ok((exported, others))
    };
    tokio::task::spawn_blocking(telling).await.map_err(Error::internal)?
}

/// The export that a file is, told by its first line; `None` when it is none.
pub(super) fn recognise(file: &Given) -> Option<Exported> {
    let (taker, form) = records::recognise(&file.path, &file.name)?;
    let (path, name) = (file.path.clone(), file.name.clone());
    Some(Exported { name, noun: taker.noun, path, taker, form })
}

/// Stores the rows of several files, those first that others refer to, and lets ads be scored again where it matters.
/// Each batch is stored whole or not at all, and the next import of the same files completes what was interrupted.
pub async fn store(
    pool: &Pool,
    clock: &Clock,
    user: UserId,
    seal: Seal<'_>,
    mut files: Vec<Exported>,
) -> Result<Vec<(Exported, Report)>> {
    let order: Vec<_> = all().iter().map(|taker| taker.noun).collect();
    files.sort_by_key(|file| order.iter().position(|noun| *noun == file.noun));
    let mut run = Run::new(Source::Export, user, seal);
    let mut reports = Vec::new();
    let mut is_judged_anew = false;
    for file in files {
        let report = one(pool, clock, &mut run, &file, &mut is_judged_anew).await?;
        reports.push((file, report));
    }
    if is_judged_anew {
        listings::mark_due(&mut *pool.get().await?, user, clock.now()).await?;
    }
    Ok(reports)
}

async fn one(
    pool: &Pool,
    clock: &Clock,
    run: &mut Run<'_>,
    file: &Exported,
    is_judged_anew: &mut bool,
) -> Result<Report> {
    let (sender, mut batches) = mpsc::channel::<Vec<(u64, Record)>>(2);
    let (path, form) = (file.path.clone(), file.form.clone());
    let reader = tokio::task::spawn_blocking(move || {
        let mut batch = Vec::new();
        records::each(&path, &form, &mut |line, record| {
            batch.push((line, record));
            batch.len() < BATCH || sender.blocking_send(mem::take(&mut batch)).is_ok()
        })?;
        let _ = sender.blocking_send(batch);
        Ok::<(), Error>(())
    });
    let mut report = Report::default();
    while let Some(batch) = batches.recv().await {
        let mut conn = pool.get().await?;
        Transactions::begin_transaction(&mut *conn).await?;
        let done = take_batch(&mut conn, clock, run, file, batch, is_judged_anew).await;
        let done = match done {
            Ok(done) => done,
            Err(failure) => {
                // The cause is told, not that the way back failed too.
                let _ = Transactions::rollback_transaction(&mut *conn).await;
                return Err(failure);
            }
        };
        Transactions::commit_transaction(&mut *conn).await?;
        report += done;
    }
    reader.await.map_err(Error::internal)??;
    Ok(report)
}

async fn take_batch(
    conn: &mut AsyncPgConnection,
    clock: &Clock,
    run: &mut Run<'_>,
    file: &Exported,
    batch: Vec<(u64, Record)>,
    is_judged_anew: &mut bool,
) -> Result<Report> {
    origins::take_turn(conn, run.user).await?;
    let mut report = Report::default();
    for (line, record) in batch {
        let taken = match record {
            Ok(record) => (file.taker.take)(conn, run, record).await?,
            Err(reason) => Taken::Skipped(reason),
        };
        match taken {
            Taken::New => report.new += 1,
            Taken::Updated => report.updated += 1,
            Taken::Unchanged => report.unchanged += 1,
            Taken::Skipped(reason) => {
                report.skipped_rows += 1;
                if report.skipped.len() < MAX_REASONS {
                    report.skipped.push(Skipped { file: file.name.clone(), line, reason });
                }
            }
        }
    }
    // In the first transaction that changes something, so that no kill leaves old scores for good.
    if report.new + report.updated > 0 && JUDGED_BY.contains(&file.noun) && !*is_judged_anew {
        listings::mark_due(conn, run.user, clock.now()).await?;
        *is_judged_anew = true;
    }
    Ok(report)
}
