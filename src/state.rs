//! What everything that runs shares. Built once, before the server; both front doors hold it in an `Arc`.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};
use slog::Logger;
use tokio::task::JoinHandle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    cache::Cache,
    clock::Clock,
    config::Settings,
    db::{self, connect::Target, reads::Reads},
    delivery::Delivery,
    error::{Chain, Error, Result},
    mail::Mailer,
    metrics::Metrics,
    model::channel::ChannelKind,
    oidc::Provider,
    outbound::Outbound,
    runtime::MainRuntime,
    scan::{Desk, KNOWN_SOURCES, doors::Doors},
    sealing::Sealer,
    startup::{
        database::Database,
        readiness::{Readiness, RedisMode},
    },
    worth::CompIndexes,
};

/// The running program.
#[derive(Debug)]
pub struct App {
    /// What was set.
    pub settings: Settings,
    /// Which PostgreSQL.
    pub database: Database,
    /// The lazy pool: it connects when asked, never before.
    pub db: db::Pool,
    /// Where heavy reads are done: on the replica, when there is one and it will do.
    pub reads: Reads,
    /// Redis, or the same operations in process.
    pub cache: Cache,
    /// The phase of the guarded start-up, and why.
    pub readiness: Readiness,
    /// Seals secrets before they are stored, and opens them.
    pub sealer: Sealer,
    /// What mail leaves through.
    pub mail: Mailer,
    /// What requests to other people's servers leave through.
    pub outbound: Outbound,
    /// Who else may vouch for people.
    pub provider: Provider,
    /// Each user's comparables, ready to be asked.
    pub comp_indexes: CompIndexes,
    /// What the workers do.
    pub board: Board,
    /// What is counted.
    pub metrics: Metrics,
    /// The time.
    pub clock: Clock,
    /// Cancelled once, when the program is to stop: nothing is begun any more, what waits goes home.
    pub stop: CancellationToken,
    /// Cancelled once, when what is under way has had its time: it is broken off.
    pub break_off: CancellationToken,
    /// What goes on after its request was answered, so that the end of the program waits for it. [`App::begin`] adds to
    /// it.
    pub tasks: TaskTracker,
    /// Where that is done.
    pub main: MainRuntime,
    /// The voice.
    pub log: Logger,
}

impl App {
    /// Puts the parts together. Touches neither database nor Redis; reads the key that seals, or makes it.
    pub fn new(settings: Settings, clock: Clock, log: Logger) -> Result<Self> {
        let database = Database::new(&settings, &log)?;
        let cache = Cache::new(settings.redis_url.as_ref(), &log)?;
        let redis_mode = if cache.is_shared() { RedisMode::Shared } else { RedisMode::InProcess };
        let readiness = Readiness::new(database.mode(), redis_mode, clock.now());
        let sealer = Sealer::new(&settings, &log)?;
        let limits = &settings.database;
        let db = database.target().pool(limits.pool_size, limits.statement_timeout_s, &log);
        let reads = reads(&settings, &log)?;
        let channels: Vec<_> = ChannelKind::ALL.iter().map(|kind| kind.as_str()).collect();
        let outbound = Outbound::new(&settings.outbound, clock.clone(), &log)?;
        Ok(Self {
            database,
            db,
            cache,
            readiness,
            sealer,
            mail: Mailer::new(settings.smtp.as_ref())?,
            provider: Provider::new(settings.oidc.as_ref(), &outbound, &clock),
            outbound,
            comp_indexes: CompIndexes::reading(reads.clone()),
            reads,
            board: Board::default(),
            metrics: Metrics::new(&KNOWN_SOURCES, &channels),
            clock,
            stop: CancellationToken::new(),
            break_off: CancellationToken::new(),
            tasks: TaskTracker::new(),
            main: MainRuntime::current(),
            log,
            settings,
        })
    }

    /// Begins what goes on after its request was answered. The end of the program waits for it.
    pub fn begin<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        self.main.spawn(self.tasks.track_future(work))
    }

    /// What messages are delivered with.
    pub fn delivery(&self) -> Delivery<'_> {
        Delivery { sealer: &self.sealer, outbound: &self.outbound, mail: &self.mail }
    }

    /// What sources of searches are made from.
    pub fn doors(&self) -> Doors<'_> {
        Doors {
            outbound: &self.outbound,
            cache: &self.cache,
            sealer: &self.sealer,
            pool: &self.db,
            settings: &self.settings.market,
            clock: &self.clock,
            log: &self.log,
        }
    }

    /// What runs of searches are done with.
    pub fn desk(&self) -> Desk<'_> {
        Desk {
            pool: &self.db,
            clock: &self.clock,
            stop: &self.stop,
            metrics: &self.metrics,
            log: &self.log,
        }
    }

    /// A connection from the pool, or 503 when the database does not answer in time.
    pub async fn conn(&self) -> Result<db::PooledConn<'_>> {
        Ok(self.db.get().await?)
    }
}

/// The replica for heavy reads, when one is set.
fn reads(settings: &Settings, log: &Logger) -> Result<Reads> {
    let set = &settings.database;
    let Some(url) = &set.read_url else { return Ok(Reads::default()) };
    let target = Target::from_url(url.reveal())
        .map_err(|e| Error::Failed(format!("database.read_url cannot be used: {}", Chain(&e))))?;
    Ok(Reads::of(target, set.pool_size, set.statement_timeout_s, set.read_lag, log))
}

/// What each worker does, for the status page.
#[derive(Debug, Default)]
pub struct Board(Mutex<BTreeMap<&'static str, WorkerState>>);

/// One worker's state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkerState {
    /// When it last looked for work.
    pub last_tick_at: Option<DateTime<Utc>>,
    /// How many ticks found work since the program started.
    pub worked: u64,
    /// Why the last tick failed, when it did.
    pub error: Option<String>,
}

impl Board {
    /// Changes one worker's state.
    pub fn note(&self, worker: &'static str, change: impl FnOnce(&mut WorkerState)) {
        change(self.lock().entry(worker).or_default());
    }

    /// Every worker with its state, by name.
    pub fn workers(&self) -> Vec<(&'static str, WorkerState)> {
        self.lock().iter().map(|(name, state)| (*name, state.clone())).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, WorkerState>> {
        // A panic while a plain value was being set leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
