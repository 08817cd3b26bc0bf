//! Files that `export` wrote, read in again: here, where their rows are found again, or at another installation, where
//! they become rows that know what they came from.

mod records;
pub mod take;

use std::{collections::HashMap, mem, path::PathBuf};

use diesel_async::{AsyncConnection, AsyncPgConnection, TransactionManager};
use tokio::sync::mpsc;

use self::{
    records::{Form, Read1},
    take::{Run, Taken, Taker},
};
use super::{MAX_REASONS, Report};
use crate::{
    db::Pool,
    error::{Error, Result},
    model::{id::UserId, import::Skipped},
    nouns::fields::Seal,
};

/// Records in one transaction.
const BATCH: usize = 500;

/// What the origins of rows from exports begin with.
const FROM: &str = "export";

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

/// Tells whether a file is an export of a noun, by its first line.
pub fn recognise(path: PathBuf, name: String) -> Option<Exported> {
    let (taker, form) = records::recognise(&path)?;
    Some(Exported { name, noun: taker.noun, path, taker, form })
}

/// Stores the rows of several files, those first that others refer to. Each batch is stored whole or not at all, and
/// the next import of the same files completes what was interrupted.
pub async fn store(
    pool: &Pool,
    user: UserId,
    seal: Seal<'_>,
    mut files: Vec<Exported>,
) -> Result<Vec<(String, &'static str, Report)>> {
    let order: Vec<_> = take::all().iter().map(|taker| taker.noun).collect();
    files.sort_by_key(|file| order.iter().position(|noun| *noun == file.noun));
    let mut run = Run { user, seal, from: FROM, ids: HashMap::new() };
    let mut reports = Vec::new();
    for file in files {
        let (name, noun) = (file.name.clone(), file.noun);
        reports.push((name, noun, one(pool, &mut run, file).await?));
    }
    Ok(reports)
}

async fn one(pool: &Pool, run: &mut Run<'_>, file: Exported) -> Result<Report> {
    let (sender, mut batches) = mpsc::channel::<Vec<(u64, Read1)>>(2);
    let (taker, name) = (file.taker, file.name.clone());
    let reader = tokio::task::spawn_blocking(move || {
        let mut batch = Vec::new();
        records::each(&file.path, &file.form, &mut |line, record| {
            batch.push((line, record));
            batch.len() < BATCH || sender.blocking_send(mem::take(&mut batch)).is_ok()
        })?;
        let _ = sender.blocking_send(batch);
        Ok::<(), Error>(())
    });
    let mut report = Report::default();
    while let Some(batch) = batches.recv().await {
        let mut conn = pool.get().await?;
        in_one_transaction(&mut conn, run, taker, &name, batch, &mut report).await?;
    }
    reader.await.map_err(Error::internal)??;
    Ok(report)
}

async fn in_one_transaction(
    conn: &mut AsyncPgConnection,
    run: &mut Run<'_>,
    taker: Taker,
    name: &str,
    batch: Vec<(u64, Read1)>,
    report: &mut Report,
) -> Result<()> {
    type Transactions = <AsyncPgConnection as AsyncConnection>::TransactionManager;
    Transactions::begin_transaction(conn).await?;
    for (line, record) in batch {
        let outcome = match record {
            Ok(record) => (taker.take)(conn, run, record).await?,
            Err(reason) => Taken::Skipped(reason),
        };
        match outcome {
            Taken::New => report.new += 1,
            Taken::Updated => report.updated += 1,
            Taken::Unchanged => report.unchanged += 1,
            Taken::Skipped(reason) => {
                report.skipped_rows += 1;
                if report.skipped.len() < MAX_REASONS {
                    report.skipped.push(Skipped { file: name.to_owned(), line, reason });
                }
            }
        }
    }
    Ok(Transactions::commit_transaction(conn).await?)
}
