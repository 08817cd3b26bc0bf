//! The private PostgreSQL that the program looks after itself. (Stand-in with the agreed shape.)

use std::{path::Path, time::Duration};

use slog::Logger;

/// Stand-in.
#[derive(Debug)]
pub struct Managed;
/// Stand-in.
#[derive(Debug)]
pub struct Started {
    /// Made anew.
    pub created: bool,
    /// Was running.
    pub adopted: bool,
    /// Major version.
    pub major: u32,
    /// Time it took.
    pub took: Duration,
}
/// Stand-in.
#[derive(Debug)]
pub struct Released;
/// Stand-in.
#[derive(Debug, thiserror::Error)]
#[error("the managed PostgreSQL is not there yet")]
pub struct ManagedError;
impl ManagedError {
    /// Whether trying again is pointless.
    pub fn is_fatal(&self) -> bool {
        true
    }
}
impl Managed {
    /// Stand-in.
    pub fn new(_data_dir: &Path, _programs: Option<&Path>, _log: Logger) -> Self {
        Self
    }
    /// Stand-in.
    pub fn config(&self) -> tokio_postgres::Config {
        tokio_postgres::Config::new()
    }
    /// Stand-in.
    pub async fn ensure_running(&self) -> Result<Started, ManagedError> {
        Err(ManagedError)
    }
    /// Stand-in.
    pub async fn release(&self) -> Result<Released, ManagedError> {
        Err(ManagedError)
    }
}
