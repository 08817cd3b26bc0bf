//! Which PostgreSQL: an external one by its address, or the managed one.

use std::time::Duration;

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
    log: Logger,
}

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
            return Ok(Self { target, managed: None, log: log.clone() });
        }
        let managed = Managed::new(&settings.data_dir, database.programs.as_deref(), log.clone());
        Ok(Self {
            target: Target::plain(managed.config()),
            managed: Some(managed),
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
        let mut conn = self.target.establish().await.map_err(|e| unreachable(&e))?;
        ask(&mut conn).await?;
        Ok(conn)
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
