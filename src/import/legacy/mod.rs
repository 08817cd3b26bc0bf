//! Moving in from the old system: reads its PostgreSQL database, which it never writes to, and takes every row that
//! makes sense, with a reason for each that does not.
//!
//! A row that was taken once is known by where it came from (`import_origins`), so a second run adds nothing: it takes
//! on what has changed over there, unless the row was edited here since. Rows are read in the order of their ids and
//! stored in batches, each whole together with its origins; a process that is killed leaves whole batches, and the
//! next run completes them.

mod cells;
mod layout;
mod map;
mod photos;
mod prefs;
mod read;
mod write;

pub use read::OldSystem;
pub use write::take;

use super::Report;
use crate::model::import::Skipped;

/// What became of the rows of one old table. `new + updated + unchanged + skipped_rows` is the number of its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableReport {
    /// The table's name.
    pub table: &'static str,
    /// The counts, and the rows that were not taken; their `file` is the table's name and their `line` the old id.
    pub report: Report,
}

/// What became of the old system's rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LegacyReport {
    /// The ten tables, in the order in which they were read.
    pub tables: Vec<TableReport>,
    /// What was lost of rows that were taken: a picture of which only the address was stored, an amount that is none.
    pub partly: Vec<Skipped>,
}

impl LegacyReport {
    /// All tables together.
    pub fn whole(&self) -> Report {
        let mut whole = Report::default();
        for table in &self.tables {
            whole += table.report.clone();
        }
        whole
    }
}

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The table that is being read.
    pub table: &'static str,
    /// Its rows that were dealt with.
    pub rows: u64,
    /// Its rows.
    pub rows_total: u64,
    /// Rows of all tables that were dealt with.
    pub done: u64,
    /// Rows of all tables.
    pub total: u64,
}
