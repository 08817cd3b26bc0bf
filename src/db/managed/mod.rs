//! The managed PostgreSQL: real PostgreSQL that this program looks after by itself, in its data directory.
//!
//! Any number of processes share one cluster. Three lock files in the data directory keep them in order: a turn (who
//! creates, starts or stops), the users (who works with it), and a sign of life that the servers themselves hold.

mod cluster;
mod error;
mod lock;
mod log_file;
mod place;
#[cfg_attr(unix, path = "unix/mod.rs")]
#[cfg_attr(windows, path = "windows.rs")]
mod platform;
mod process;
mod programs;
mod ready;
mod start;
mod wait;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use slog::{Logger, debug, info, warn};
use tokio::{runtime::Handle, sync::Mutex, task::spawn_blocking};

pub use self::error::ManagedError;
use self::{lock::Users, place::Place, ready::Ping, wait::Wait};
use crate::error::Chain;

/// How long one call waits for a lock, for the server to answer, or for it to end.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often the size of PostgreSQL's own log is looked at.
const LOG_CHECK: Duration = Duration::from_mins(10);

/// A cluster in a data directory, as one process sees it. Cheap to clone; clones share one hold on it.
///
/// Dropping the last clone lets go of the cluster without stopping it: the next process adopts it.
#[derive(Debug, Clone)]
pub struct Managed {
    inner: Arc<Inner>,
    patience: Duration,
}

#[derive(Debug)]
struct Inner {
    place: Place,
    setting: Option<PathBuf>,
    log: Logger,
    /// This process's share in the cluster, while it uses it.
    held: Arc<Mutex<Option<Users>>>,
}

/// How the cluster came to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Started {
    /// The cluster was made by this call.
    pub created: bool,
    /// It was running already.
    pub adopted: bool,
    /// PostgreSQL's major version.
    pub major: u32,
    /// How long the call took.
    pub took: Duration,
}

/// What became of the cluster when this process let go of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Released {
    /// Nobody else uses it: it has been stopped in order.
    Stopped,
    /// Another process uses it: it runs on.
    LeftRunning,
    /// This process did not use it.
    NotHeld,
}

impl Managed {
    /// Remembers where the cluster is or will be, and changes nothing. `programs` is the folder of PostgreSQL's
    /// programs; without it they are looked for.
    pub fn new(data_dir: &Path, programs: Option<&Path>, log: Logger) -> Self {
        let inner = Inner {
            place: Place::of(data_dir),
            setting: programs.map(Path::to_owned),
            log,
            held: Arc::new(Mutex::new(None)),
        };
        Self { inner: Arc::new(inner), patience: PATIENCE }
    }

    /// The same cluster; its calls give up after `patience` instead of 30 s.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// How to reach the program's database (`deals`, as user `deals`), whether or not it runs.
    pub fn config(&self) -> tokio_postgres::Config {
        platform::target(&self.inner.place)
    }

    /// Sees to it that the cluster runs and has its database: creates it on first use, starts it, or adopts the running
    /// one. To be called again whenever the database is lost.
    ///
    /// # Errors
    /// Says what is in the way and what to do; [`ManagedError::is_fatal`] tells whether trying again can help.
    pub async fn ensure_running(&self) -> Result<Started, ManagedError> {
        let began = Instant::now();
        let mut held = Arc::clone(&self.inner.held).lock_owned().await;
        let first_time = held.is_none();
        let inner = Arc::clone(&self.inner);
        let ping = Ping::new(Handle::current(), self.config());
        let (wait, _cancel) = Wait::cancelled_on_drop(self.patience);
        let started = spawn_blocking(move || {
            start::run(&inner.place, inner.setting.as_deref(), &mut held, &ping, &wait, &inner.log)
        })
        .await
        .map_err(ManagedError::interrupted)??;
        if first_time {
            self.keep_log_short();
        }
        let started = Started { took: began.elapsed(), ..started };
        debug!(self.inner.log, "managed PostgreSQL {} {}", started.major, started.in_words();
            "data_dir" => %self.inner.place.data_dir().display(), "ms" => started.took.as_millis());
        Ok(started)
    }

    /// Lets go of the cluster, and stops it in order if nobody else uses it.
    ///
    /// # Errors
    /// When the cluster does not end, or another process keeps the turn to itself.
    pub async fn release(&self) -> Result<Released, ManagedError> {
        let mut held = Arc::clone(&self.inner.held).lock_owned().await;
        let inner = Arc::clone(&self.inner);
        let (wait, _cancel) = Wait::cancelled_on_drop(self.patience);
        let released = spawn_blocking(move || start::release(&inner.place, &mut held, &wait))
            .await
            .map_err(ManagedError::interrupted)??;
        info!(self.inner.log, "managed PostgreSQL {}", released.in_words());
        Ok(released)
    }

    /// Keeps PostgreSQL's log from growing for ever, as long as this handle lives.
    fn keep_log_short(&self) {
        let inner = Arc::downgrade(&self.inner);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(LOG_CHECK).await;
                let Some(inner) = inner.upgrade() else { return };
                let path = inner.place.log_file();
                if let Ok(Err(error)) = spawn_blocking(move || log_file::shorten(&path)).await {
                    warn!(inner.log, "PostgreSQL's log cannot be shortened"; "error" => %Chain(&error));
                }
            }
        });
    }
}

impl Started {
    fn in_words(self) -> &'static str {
        match self {
            Self { created: true, .. } => "created and started",
            Self { adopted: true, .. } => "was running: adopted",
            _ => "started",
        }
    }
}

impl Released {
    fn in_words(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::LeftRunning => "left running: another process uses it",
            Self::NotHeld => "was not in use by this process",
        }
    }
}
