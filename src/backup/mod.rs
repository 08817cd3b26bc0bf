//! Moves everything from one installation to another, whatever the PostgreSQL version: `write` makes an archive of one
//! moment while a server runs, `restore` puts it into a database, whole or not at all.
//!
//! The archive is a tar.gz, in this order: `manifest.json`; one `tables/NAME.copy` a table, its rows as PostgreSQL's COPY
//! text with the columns that the manifest lists; `photos/…`, by name; and `photos.sha256`, which `sha256sum -c` reads.
//! Rows are read twice within one snapshot: first to count and digest them for the manifest, then into the archive. It
//! is read twice too: nothing is stored before all of it was checked. Neither way holds more than a few blocks in
//! memory. What is worked out from other columns is left to the target's own schema.

mod archive;
mod manifest;
mod photos;
mod read;
mod restore;
mod rows;
mod take;

use std::collections::{BTreeMap, BTreeSet};

pub use archive::Destination;
pub use manifest::{Manifest, Photos, TableEntry};
pub use restore::{Checked, Restored, Secrets, check, restore};
pub use take::{Taken, take};

/// The compiled schema as a backup needs it: each table's columns.
pub type Known = BTreeMap<String, BTreeSet<String>>;

/// Tables whose rows are of no use elsewhere, or after a while: who is signed in, links that set a password, and
/// answers kept for a request that is sent again.
pub const LEFT_OUT: &[&str] = &["idempotency_keys", "password_resets", "sessions"];

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub step: Step,
    /// How much of it is done, in the step's own unit.
    pub done: u64,
    /// How much there is, in the same unit; 0 where that is not known.
    pub of: u64,
}

/// What a backup or a restore does, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Rows are counted for the manifest.
    Counting,
    /// Rows and photos go into the archive; in bytes before compression.
    Writing,
    /// The archive is looked through; in bytes of the file.
    Checking,
    /// Rows and photos go into place; in bytes of the file.
    Loading,
    /// References are checked, remaining migrations applied, statistics made.
    Finishing,
}

/// The text of one database error, with where it happened: the table, the line and the column.
fn database_said(cause: &tokio_postgres::Error) -> String {
    let Some(said) = cause.as_db_error() else {
        return crate::error::Chain(cause).to_string();
    };
    let mut text = said.message().to_owned();
    for more in [said.detail(), said.where_()].into_iter().flatten() {
        text.push_str(": ");
        // The first line alone: the rest repeats the row, which may hold what is nobody's business.
        text.push_str(more.lines().next().unwrap_or_default());
    }
    text
}
