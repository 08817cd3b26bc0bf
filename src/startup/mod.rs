//! The guarded start-up: wait, lock, migrate, verify, ready; and again whenever the database goes and comes back.
//!
//! It runs beside the server from the first moment on. It never gives up and never needs a restart; the one thing that
//! ends it is a managed PostgreSQL that cannot run here at all.

pub mod database;
mod lifeline;
pub mod migrate;
pub mod readiness;
pub mod repair;
pub mod schema_check;
mod watch;

use std::time::{Duration, Instant};

use diesel_async::AsyncPgConnection;
use slog::{Logger, error, info, warn};

use self::{
    database::{Database, Unreachable},
    readiness::{DatabaseMode, Phase, Readiness, SchemaStatus, Trouble},
};
use crate::{
    clock::Clock,
    error::{Error, Result},
};

/// From one attempt to reach the database to the next.
const DATABASE_INTERVAL: Duration = Duration::from_secs(1);

/// How long the database may take to tell its schema.
const INSPECTION_LIMIT: Duration = Duration::from_secs(10);

/// How many attempts are made before the service is called degraded, or a command gives up.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Attempts to reach the database, one a second.
    pub database: u32,
    /// Attempts to migrate, with 2, 4, 8, 16, 32 s between them.
    pub migration: u32,
}

impl Patience {
    /// A server's: a minute for each.
    pub const SERVER: Self = Self { database: 60, migration: 6 };
    /// A command's: somebody sits before it.
    pub const COMMAND: Self = Self { database: 5, migration: 1 };
}

/// The start-up and all it needs.
#[derive(Debug)]
pub struct Startup<'a> {
    /// Which PostgreSQL.
    pub database: &'a Database,
    /// Where the state is told.
    pub readiness: &'a Readiness,
    /// False: verify only, and say what is pending.
    pub migrate: bool,
    /// How long to keep trying.
    pub patience: Patience,
    /// Waits.
    pub clock: &'a Clock,
    /// The voice.
    pub log: &'a Logger,
    /// When the process began.
    pub began: Instant,
}

/// Why the schema could not be brought up, after all attempts.
enum Failure {
    Unreachable(Unreachable),
    Migration(String),
    Incomplete,
}

impl Startup<'_> {
    /// Brings the service up and keeps it up. Returns only when the managed database cannot run here at all.
    pub async fn run(&self) -> Result<()> {
        match self.bring_up().await {
            Ok(()) => {}
            Err(Failure::Unreachable(cause)) if cause.fatal => {
                return Err(Error::Failed(cause.cause));
            }
            Err(failure) => self.degrade(failure),
        }
        self.watch().await
    }

    /// Brings the schema up once, for a command. Fails instead of waiting for better times.
    pub async fn run_once(&self) -> Result<()> {
        match self.bring_up().await {
            Ok(()) => Ok(()),
            Err(Failure::Unreachable(cause)) => Err(Error::Failed(cause.cause)),
            Err(Failure::Migration(cause)) => {
                Err(Error::Failed(format!("the migrations failed: {cause}")))
            }
            Err(Failure::Incomplete) => Err(Error::SchemaIncomplete {
                missing: self.readiness.status().schema.missing.clone(),
            }),
        }
    }

    async fn bring_up(&self) -> Result<(), Failure> {
        self.wait_for_database().await.map_err(Failure::Unreachable)?;
        let migrated = if self.migrate { self.try_migrations().await } else { Ok(()) };
        // Verified even where migrating failed: people are told exactly what is missing.
        let verified = self.verify().await;
        migrated.map_err(Failure::Migration)?;
        verified?;
        self.become_ready();
        info!(
            self.log,
            "[entrypoint] Startup complete in {} ms.",
            self.began.elapsed().as_millis()
        );
        Ok(())
    }

    async fn wait_for_database(&self) -> Result<(), Unreachable> {
        info!(
            self.log,
            "[entrypoint] Waiting for Postgres at {}...",
            self.database.target().address()
        );
        let of = self.patience.database;
        self.readiness.update(|status| status.attempts.database_of = of);
        let mut attempt = 1;
        loop {
            self.readiness.update(|status| {
                status.attempts.database = attempt;
                status.next_attempt_at = None;
            });
            let asked_at = Instant::now();
            let Err(unreachable) = self.database.reach().await else { break };
            info!(self.log, "[entrypoint] Attempt {attempt}/{of}... — {}", unreachable.cause);
            if unreachable.fatal || attempt == of {
                return Err(unreachable);
            }
            // An attempt that has waited longer for nothing is followed by the next at once.
            let rest = DATABASE_INTERVAL.saturating_sub(asked_at.elapsed());
            self.readiness.update(|status| {
                status.reason = Some(format!("Waiting for the database: {}.", unreachable.cause));
                status.next_attempt_at = Some(self.clock.now() + self.clock.scaled(rest));
            });
            self.clock.sleep(rest).await;
            attempt += 1;
        }
        info!(self.log, "[entrypoint] Attempt {attempt}/{of}...");
        info!(self.log, "[entrypoint] ✓ DB connectivity check complete.");
        self.readiness.update(|status| {
            status.db = true;
            status.reason = None;
            status.next_attempt_at = None;
            status.probed_at = Some(self.clock.now());
        });
        Ok(())
    }

    async fn try_migrations(&self) -> Result<(), String> {
        info!(self.log, "[entrypoint] Running database migrations...");
        let of = self.patience.migration;
        self.readiness.update(|status| {
            status.phase = Phase::Migrating;
            status.attempts.migration_of = of;
        });
        let mut attempt = 1;
        let mut delay = Duration::ZERO;
        loop {
            info!(
                self.log,
                "[entrypoint] Migration attempt {attempt}/{of} (delay: {}s)...",
                delay.as_secs()
            );
            self.readiness.update(|status| {
                status.attempts.migration = attempt;
                status.next_attempt_at = None;
            });
            let cause = match self.apply().await {
                Ok(()) => return Ok(()),
                Err(cause) => cause.to_string(),
            };
            error!(self.log, "[entrypoint] ✗ Migration failed: {cause}");
            if attempt == of {
                warn!(self.log, "[entrypoint] ⚠ Migrations did not complete after {of} attempts.");
                return Err(cause);
            }
            delay = Duration::from_secs(1 << attempt);
            info!(self.log, "[entrypoint] Retrying in {}s...", delay.as_secs());
            self.readiness.update(|status| {
                status.reason = Some(format!("Preparing the database: {cause}."));
                status.next_attempt_at = Some(self.clock.now() + self.clock.scaled(delay));
            });
            self.clock.sleep(delay).await;
            attempt += 1;
        }
    }

    async fn apply(&self) -> Result<()> {
        let applied = migrate::up(self.database.target()).await?;
        info!(
            self.log,
            "[entrypoint] ✓ Migrations applied successfully. ({} new, {} in all)",
            applied.new,
            applied.all
        );
        Ok(())
    }

    /// Compares the live schema with the compiled one and tells the result.
    async fn verify(&self) -> Result<(), Failure> {
        self.readiness.update(|status| {
            if status.phase.is_starting() {
                status.phase = Phase::Verifying;
            }
        });
        let mut conn = self.database.reach().await.map_err(Failure::Unreachable)?;
        let schema = self.inspect(&mut conn).await.map_err(|cause| {
            Failure::Unreachable(Unreachable { cause: cause.to_string(), fatal: false })
        })?;
        if !schema.complete {
            return Err(Failure::Incomplete);
        }
        let tables = schema_check::compiled().len();
        info!(self.log, "[entrypoint] ✓ Schema verified: {tables} tables.");
        if !schema.unknown.is_empty() {
            warn!(self.log, "[entrypoint] WARNING: The schema is newer than this program; it goes on with what it knows.";
                "unknown" => schema.unknown.join(", "));
        }
        Ok(())
    }

    async fn inspect(&self, conn: &mut AsyncPgConnection) -> Result<SchemaStatus> {
        let (schema, migrations) = tokio::time::timeout(INSPECTION_LIMIT, migrate::inspect(conn))
            .await
            .unwrap_or_else(|_| Err(Error::unavailable("the database does not tell its schema")))?;
        self.readiness.update(|status| {
            status.schema = schema.clone();
            status.migrations = migrations;
        });
        Ok(schema)
    }

    fn become_ready(&self) {
        self.readiness.update(|status| {
            status.phase = Phase::Ready;
            status.reason = None;
            status.trouble = None;
            status.db = true;
            status.next_attempt_at = None;
            status.attempts = readiness::Attempts::default();
        });
    }

    fn degrade(&self, failure: Failure) {
        let schema = self.readiness.status().schema.clone();
        let (trouble, reason) = match failure {
            Failure::Unreachable(unreachable) => (
                Trouble::DatabaseUnreachable,
                format!(
                    "The database at {} is not reachable: {}. {}; this page comes back by itself.",
                    self.database.target().address(),
                    unreachable.cause,
                    match self.database.mode() {
                        DatabaseMode::External => "Start it, or correct DATABASE_URL",
                        DatabaseMode::Managed => {
                            "Deal Scout starts it again; postgres.log in the data directory says more"
                        }
                    }
                ),
            ),
            Failure::Migration(cause) => (
                Trouble::SchemaIncomplete,
                format!(
                    "A migration fails: {cause}. Remove what is in its way, or restore a backup; it is tried again \
                     by itself. `deal-scout migrate up` mends what was dropped by hand. {}",
                    lacking(&schema)
                ),
            ),
            Failure::Incomplete => (Trouble::SchemaIncomplete, advice(&schema, self.migrate)),
        };
        if trouble == Trouble::SchemaIncomplete && self.readiness.status().phase.is_starting() {
            warn!(
                self.log,
                "[entrypoint] WARNING: Service will start but may have incomplete schema."
            );
        }
        warn!(self.log, "the service is degraded"; "reason" => &reason);
        self.readiness.update(|status| {
            status.phase = Phase::Degraded;
            status.db = trouble != Trouble::DatabaseUnreachable;
            status.trouble = Some(trouble);
            status.reason = Some(reason);
        });
    }
}

/// What an incomplete schema lacks and what to do about it.
fn advice(schema: &SchemaStatus, migrates: bool) -> String {
    if !schema.pending.is_empty() && !migrates {
        return format!(
            "The database schema is incomplete; pending: {}. Run `deal-scout migrate up`, or start with \
             MIGRATE_ON_START=true. {}",
            schema.pending.join(", "),
            lacking(schema)
        );
    }
    if !schema.pending.is_empty() {
        return format!(
            "The database schema is incomplete; pending: {}. They are applied by themselves. {}",
            schema.pending.join(", "),
            lacking(schema)
        );
    }
    format!(
        "The database schema is incomplete though its migrations are recorded as applied. {} Run `deal-scout migrate \
         up`: it brings back what can be, and says what a backup must bring.",
        lacking(schema)
    )
}

fn lacking(schema: &SchemaStatus) -> String {
    if schema.missing.is_empty() {
        String::new()
    } else {
        format!("Missing: {}.", schema.missing.join("; "))
    }
}
