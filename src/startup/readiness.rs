//! The phase of the guarded start-up and everything that `/health` and `/status` tell, in a watch channel.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio::sync::watch;

use crate::{clock::Clock, db::catalog::Queue};

/// Where the start-up stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The database has not answered yet.
    WaitingForDatabase,
    /// The schema is being brought up.
    Migrating,
    /// The live schema is being compared with the compiled one.
    Verifying,
    /// Everything works.
    Ready,
    /// Something is missing; what can be served is served, and the program keeps trying.
    Degraded,
}

impl Phase {
    /// Each, in the order of the start-up.
    pub const ALL: [Self; 5] =
        [Self::WaitingForDatabase, Self::Migrating, Self::Verifying, Self::Ready, Self::Degraded];

    /// Its name, as `/health` tells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WaitingForDatabase => "waiting_for_database",
            Self::Migrating => "migrating",
            Self::Verifying => "verifying",
            Self::Ready => "ready",
            Self::Degraded => "degraded",
        }
    }

    /// True before the first ready or degraded: people are asked to wait a moment.
    pub fn is_starting(self) -> bool {
        matches!(self, Self::WaitingForDatabase | Self::Migrating | Self::Verifying)
    }
}

/// What keeps the service degraded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The database does not answer.
    DatabaseUnreachable,
    /// It answers, but tables or columns are missing, or migrations are pending.
    SchemaIncomplete,
}

/// Whether cache and events are shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RedisMode {
    /// No Redis is configured: this process keeps them itself.
    InProcess,
    /// Redis is configured.
    Shared,
}

/// Whose PostgreSQL it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseMode {
    /// Run privately by this program.
    Managed,
    /// Somebody else's.
    External,
}

/// How the live schema compares with the compiled one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SchemaStatus {
    /// Every compiled table and column is there with its type, and no migration is pending.
    pub complete: bool,
    /// How many of this program's migrations are applied.
    pub applied: usize,
    /// Names of migrations that are not applied yet.
    pub pending: Vec<String>,
    /// What is missing or differs: `listings`, `comps.kind (text expected, integer found)`.
    pub missing: Vec<String>,
    /// Versions that are applied and that this program does not know: a later one was here.
    pub unknown: Vec<String>,
}

impl SchemaStatus {
    /// The tables that are missing or differ, each once.
    pub fn missing_tables(&self) -> Vec<String> {
        let mut tables: Vec<String> = self
            .missing
            .iter()
            .map(|m| m.split(['.', ' ']).next().unwrap_or(m).to_owned())
            .collect();
        tables.sort();
        tables.dedup();
        tables
    }
}

/// One migration, for the status page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MigrationState {
    /// Its name: `2026-11-22-000001_create_users`.
    pub name: String,
    /// Whether it is applied.
    pub applied: bool,
}

/// What happened so far, and what comes next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Attempts {
    /// Tries to reach the database since it was last reached.
    pub database: u32,
    /// Of how many before the service is called degraded.
    pub database_of: u32,
    /// Tries to bring the schema up.
    pub migration: u32,
    /// Of how many before the service is called degraded.
    pub migration_of: u32,
}

/// Everything that is told of the program's state. Replaced whole, never waited for.
#[derive(Debug, Clone)]
pub struct Status {
    /// Where the start-up stands.
    pub phase: Phase,
    /// Whether the process was told to stop: it ends what it has begun, and others are to take what comes.
    pub stopping: bool,
    /// For people: what is the matter and what to do, when there is anything.
    pub reason: Option<String>,
    /// What keeps it degraded, when it is.
    pub trouble: Option<Trouble>,
    /// Whether the database answered the last probe.
    pub db: bool,
    /// Whose database it is.
    pub mode: DatabaseMode,
    /// Whether the configured Redis answered the last probe; true when none is configured.
    pub redis: bool,
    /// Whether a Redis is configured.
    pub redis_mode: RedisMode,
    /// How the live schema compares.
    pub schema: SchemaStatus,
    /// Each migration of this program, in order.
    pub migrations: Vec<MigrationState>,
    /// What happened so far.
    pub attempts: Attempts,
    /// When the next try is due, while there is one.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// The work that there was at the last count.
    pub queues: Vec<Queue>,
    /// When the program started.
    pub started_at: DateTime<Utc>,
    /// When the database was last asked.
    pub probed_at: Option<DateTime<Utc>>,
}

impl Status {
    /// Whether everything works and will for a while: what balancers go by.
    pub fn is_ready(&self) -> bool {
        self.phase == Phase::Ready && !self.stopping
    }

    /// How it is, for people who look at one line: the reason when there is one, otherwise the phase.
    pub fn in_a_sentence(&self) -> &str {
        match (&self.reason, self.phase) {
            _ if self.stopping => "Told to stop: what was begun is ended.",
            (Some(reason), _) => reason,
            (None, Phase::WaitingForDatabase) => "Waiting for the database.",
            (None, Phase::Migrating) => "Preparing the database.",
            (None, Phase::Verifying) => "Checking the database.",
            (None, Phase::Ready) => "Ready.",
            (None, Phase::Degraded) => "Degraded.",
        }
    }

    /// Rows of work that are due.
    pub fn queue_depth(&self) -> i64 {
        self.queues.iter().filter(|queue| queue.state == "due").map(|queue| queue.rows).sum()
    }
}

/// The shared, watchable status. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Readiness(Arc<watch::Sender<Arc<Status>>>);

impl Readiness {
    /// Before anything was tried.
    pub fn new(mode: DatabaseMode, redis_mode: RedisMode, started_at: DateTime<Utc>) -> Self {
        let status = Status {
            phase: Phase::WaitingForDatabase,
            stopping: false,
            reason: None,
            trouble: None,
            db: false,
            mode,
            redis: redis_mode == RedisMode::InProcess,
            redis_mode,
            schema: SchemaStatus::default(),
            migrations: Vec::new(),
            attempts: Attempts::default(),
            next_attempt_at: None,
            queues: Vec::new(),
            started_at,
            probed_at: None,
        };
        Self(Arc::new(watch::Sender::new(Arc::new(status))))
    }

    /// The last known state; never waits.
    pub fn status(&self) -> Arc<Status> {
        Arc::clone(&self.0.borrow())
    }

    /// Changes the state and wakes who watches.
    pub fn update(&self, change: impl FnOnce(&mut Status)) {
        self.0.send_modify(|status| change(Arc::make_mut(status)));
    }

    /// Watches for changes.
    pub fn subscribe(&self) -> watch::Receiver<Arc<Status>> {
        self.0.subscribe()
    }

    /// Waits until the database is known to be out of reach.
    pub async fn lost(&self) {
        let is_lost = |status: &Arc<Status>| status.trouble == Some(Trouble::DatabaseUnreachable);
        let _ = self.subscribe().wait_for(is_lost).await;
    }

    /// Ends when the database has gone and `last_word` has passed since. What waits for its answer may wait for ever, for
    /// a network can swallow a connection without a word.
    pub async fn left_alone(&self, clock: &Clock, last_word: Duration) {
        self.lost().await;
        clock.sleep(last_word).await;
    }

    /// Waits until the service is ready.
    pub async fn ready(&self) {
        // The sender lives in self, so the channel cannot close while we wait.
        let _ = self.subscribe().wait_for(|status| status.phase == Phase::Ready).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_looks_at_one_line_reads_the_reason_or_else_the_phase() {
        let readiness =
            Readiness::new(DatabaseMode::External, RedisMode::InProcess, DateTime::default());
        assert_eq!(readiness.status().in_a_sentence(), "Waiting for the database.");
        readiness.update(|status| status.reason = Some("The disk is full.".to_owned()));
        assert_eq!(readiness.status().in_a_sentence(), "The disk is full.");
        readiness.update(|status| {
            status.reason = None;
            status.phase = Phase::Ready;
        });
        assert!(readiness.status().is_ready());
        assert_eq!(readiness.status().in_a_sentence(), "Ready.");
    }

    #[test]
    fn told_to_stop_it_is_not_ready_whatever_works() {
        let readiness =
            Readiness::new(DatabaseMode::External, RedisMode::InProcess, DateTime::default());
        readiness.update(|status| {
            status.phase = Phase::Ready;
            status.stopping = true;
        });
        assert!(!readiness.status().is_ready());
        assert!(readiness.status().in_a_sentence().starts_with("Told to stop"));
    }
}
