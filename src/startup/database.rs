//! Which PostgreSQL: an external one by its address, or the managed one.

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};

use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use slog::{Logger, info};

use super::readiness::DatabaseMode;
use crate::{
    config::Settings,
    db::{connect::Target, managed::Managed},
    error::{Chain, Error, Result},
};

/// The database of this process.
#[derive(Debug)]
pub struct Database {
    target: Target,
    managed: Option<Managed>,
    /// Whether it was seen that connections keep their sessions; nobody stands between us and a managed one.
    keeps_sessions: AtomicBool,
    log: Logger,
}

/// What is said of a pooler that shares sessions.
const SHARED_SESSIONS: &str = "what answers there gives one session to many clients, as PgBouncer does with \
    pool_mode=transaction, and settings, prepared statements and the lock of the migrations need one each; set \
    pool_mode=session there, or give the database's own address";

/// Why the database cannot be used at present.
#[derive(Debug, PartialEq, Eq)]
pub struct Unreachable {
    /// The cause, for people.
    pub cause: String,
    /// True when trying again is pointless until a person has done something.
    pub fatal: bool,
}

impl Database {
    /// Picks by the settings; touches nothing.
    pub fn new(settings: &Settings, log: &Logger) -> Result<Self> {
        let database = &settings.database;
        if let Some(url) = &database.url {
            let target = Target::from_url(url.reveal()).map_err(|e| {
                Error::Failed(format!("database.url cannot be used: {}", Chain(&e)))
            })?;
            return Ok(Self {
                target,
                managed: None,
                keeps_sessions: AtomicBool::new(false),
                log: log.clone(),
            });
        }
        let managed = Managed::new(&settings.data_dir, database.programs.as_deref(), log.clone());
        Ok(Self {
            target: Target::plain(managed.config()),
            managed: Some(managed),
            keeps_sessions: AtomicBool::new(true),
            log: log.clone(),
        })
    }

    /// Whose it is.
    pub fn mode(&self) -> DatabaseMode {
        if self.managed.is_some() { DatabaseMode::Managed } else { DatabaseMode::External }
    }

    /// How to connect.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Starts the managed one if it does not run, then asks the database whether it is there.
    pub async fn reach(&self) -> Result<AsyncPgConnection, Unreachable> {
        if let Some(managed) = &self.managed {
            let started = managed
                .ensure_running()
                .await
                .map_err(|e| Unreachable { cause: Chain(&e).to_string(), fatal: e.is_fatal() })?;
            if !started.adopted {
                info!(self.log, "the managed PostgreSQL runs"; "major" => started.major,
                    "created" => started.created, "took_ms" => millis(started.took));
            }
        }
        self.check_sessions().await?;
        let mut conn = self.target.establish().await.map_err(|e| unreachable(&e))?;
        ask(&mut conn).await?;
        Ok(conn)
    }

    /// Refuses a pooler that shares sessions, until it was once seen that none stands there.
    async fn check_sessions(&self) -> Result<(), Unreachable> {
        if self.keeps_sessions.load(Relaxed) {
            return Ok(());
        }
        let keeps = Box::pin(self.target.keeps_sessions()).await.map_err(|e| unreachable(&e))?;
        self.keeps_sessions.store(keeps, Relaxed);
        if keeps {
            return Ok(());
        }
        Err(Unreachable { cause: SHARED_SESSIONS.to_owned(), fatal: false })
    }

    /// A connection that moves whole tables.
    pub async fn client(&self) -> Result<tokio_postgres::Client> {
        self.target.client().await.map_err(|e| {
            let address = self.target.address();
            Error::Failed(format!("the database at {address} is not reachable: {}", Chain(&e)))
        })
    }

    /// Lets the managed one go; it stops when nobody else uses it.
    pub async fn release(&self) -> Result<()> {
        if let Some(managed) = &self.managed {
            managed.release().await.map_err(Error::internal)?;
        }
        Ok(())
    }
}

/// Asks an open connection whether the database still answers, within two seconds.
pub async fn ask(conn: &mut AsyncPgConnection) -> Result<(), Unreachable> {
    let limit = Duration::from_secs(2);
    match tokio::time::timeout(limit, conn.batch_execute("SELECT 1")).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(unreachable(&error)),
        Err(_) => Err(silent(limit)),
    }
}

/// It said nothing within `limit`.
pub(super) fn silent(limit: Duration) -> Unreachable {
    Unreachable { cause: format!("no answer within {} s", limit.as_secs()), fatal: false }
}

/// What a failure to connect or to ask tells.
pub(super) fn unreachable(error: &(dyn std::error::Error + 'static)) -> Unreachable {
    Unreachable { cause: Chain(error).to_string(), fatal: false }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
