//! What everything that runs shares. Built once, before the server; cheap to clone behind `web::Data` and `Arc`.

use slog::Logger;
use tokio_util::sync::CancellationToken;

use crate::{
    cache::Cache, clock::Clock, config::Settings, db, startup::readiness::Readiness,
    worth::CompIndexes,
};

/// The running program.
#[derive(Debug)]
pub struct App {
    /// What was set.
    pub settings: Settings,
    /// The lazy pool: it connects when asked, never before.
    pub db: db::Pool,
    /// Redis, or the same operations in process.
    pub cache: Cache,
    /// The phase of the guarded start-up, and why.
    pub readiness: Readiness,
    /// Each user's comparables, ready to be asked.
    pub comp_indexes: CompIndexes,
    /// The time.
    pub clock: Clock,
    /// Cancelled once, when the program is to stop.
    pub stop: CancellationToken,
    /// The voice.
    pub log: Logger,
}

impl App {
    /// A connection from the pool, or 503 when the database does not answer in time.
    pub async fn conn(&self) -> crate::error::Result<db::PooledConn<'_>> {
        Ok(self.db.get().await?)
    }
}
