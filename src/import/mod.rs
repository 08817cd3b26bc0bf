//! Reads files in: recognises each by its content, writes its rows in batches, and gives a reason for each row that it
//! does not take.
//!
//! A file is read twice. The first time nothing is written: it settles what the file is, that its JSON is whole, and
//! which rows are said again further down, so that importing a file again changes nothing. Both times hold one batch
//! in memory, never the file. Each batch is one short transaction; a process that is killed leaves whole batches, and
//! the next import of the same file completes them.

pub mod captured;
mod check;
pub mod exported;
pub mod legacy;
mod read;
pub mod sample;
pub mod world;
mod write;

use std::path::Path;

pub use check::{Checked, Given, check};
pub use read::sales;
pub use write::store;

use crate::{
    clock::Clock,
    db,
    error::{Error, Result},
    model::{
        id::{ImportId, UserId},
        import::{Skipped, Tally},
    },
};

/// How many reasons a report keeps; its tally counts them all.
pub const MAX_REASONS: usize = 100_000;

/// What became of a file's rows. `new + updated + unchanged + skipped_rows` is the number of its data rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows that were not there.
    pub new: u64,
    /// Rows that were there and differed.
    pub updated: u64,
    /// Rows that changed nothing: there just so, or said again further down.
    pub unchanged: u64,
    /// Rows that were not taken, with their reasons; at most [`MAX_REASONS`] of them.
    pub skipped: Vec<Skipped>,
    /// How many rows were not taken.
    pub skipped_rows: u64,
}

impl Report {
    fn of(tally: Tally, skipped: Vec<Skipped>) -> Self {
        let Tally { new, updated, unchanged, skipped: skipped_rows } = tally;
        Self { new, updated, unchanged, skipped, skipped_rows }
    }
}

impl std::ops::AddAssign for Report {
    fn add_assign(&mut self, other: Self) {
        self.new += other.new;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.skipped_rows += other.skipped_rows;
        self.skipped.extend(other.skipped);
        self.skipped.truncate(MAX_REASONS);
    }
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The row in `imports` that tells the same.
    pub import: ImportId,
    /// Bytes of the file that have been read.
    pub bytes_read: u64,
    /// Bytes of the file.
    pub bytes_total: u64,
    /// What became of the rows so far.
    pub tally: Tally,
}

/// Checks one file and stores its rows, with a row in `imports` that tells how far it has come. `file_name` is what
/// people are told; a file of more than `limit_bytes` is refused. A file that is refused leaves nothing behind.
pub async fn file(
    pool: &db::Pool,
    clock: &Clock,
    user: UserId,
    path: &Path,
    file_name: &str,
    limit_bytes: u64,
    progress: impl FnMut(Progress) + Send,
) -> Result<Report> {
    let given = Given { path: path.to_owned(), name: file_name.to_owned() };
    let mut checked = check(vec![given], limit_bytes, clock.now()).await?;
    let one = checked.pop().ok_or_else(|| Error::internal("one file gives one check"))?;
    store(pool, clock, user, one, progress).await
}
