//! The cache that all replicas share: Redis. Each call has a short limit, and a failure is a miss.

use std::{
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use bb8_redis::{
    RedisConnectionManager,
    bb8::{ManageConnection, Pool},
};
use redis::{AsyncCommands, ErrorKind, RedisError, aio::MultiplexedConnection};
use slog::{Logger, info, warn};

use crate::{
    error::{Chain, Error},
    runtime::MainRuntime,
};

/// How long one operation may take, connecting included.
const LIMIT: Duration = Duration::from_millis(200);
/// How long the probe waits: longer, since nobody waits for it.
const PING_LIMIT: Duration = Duration::from_secs(1);
/// From one line about refusals to the next.
const TELL_EVERY: Duration = Duration::from_mins(1);
/// Set before every key, so that a Redis can be shared with other programs.
const PREFIX: &str = "deal-scout:";

#[derive(Debug, Clone)]
pub(super) struct Shared {
    manager: Manager,
    /// Made anew when Redis comes back: connections can die without a word, and would be asked for ever.
    pool: Arc<RwLock<Pool<Manager>>>,
    /// Set by what fails, cleared by [`Shared::ping`] alone.
    away: Arc<AtomicBool>,
    /// When a refusal was last told.
    told: Arc<Mutex<Option<Instant>>>,
    log: Logger,
}

impl Shared {
    pub(super) fn new(url: &str, log: &Logger) -> Result<Self, Error> {
        let redis = RedisConnectionManager::new(url).map_err(|e| {
            Error::Failed(format!(
                "REDIS_URL cannot be used ({e}); redis://[:password@]host:6379/0 is one that can"
            ))
        })?;
        let manager = Manager { redis, main: MainRuntime::current() };
        let pool = Arc::new(RwLock::new(new_pool(&manager)));
        Ok(Self { manager, pool, away: Arc::default(), told: Arc::default(), log: log.clone() })
    }

    fn pool(&self) -> Pool<Manager> {
        self.pool.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) async fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.run(async |conn| conn.get(format!("{PREFIX}{key}")).await).await.flatten()
    }

    pub(super) async fn set(&self, key: &str, value: Vec<u8>, ttl: Duration) {
        let seconds = ttl.as_secs().max(1);
        self.run(async |conn| {
            conn.set_ex::<_, _, ()>(format!("{PREFIX}{key}"), value, seconds).await
        })
        .await;
    }

    pub(super) async fn count(&self, key: &str, window: Duration) -> Option<u64> {
        let key = format!("{PREFIX}{key}");
        let seconds = i64::try_from(window.as_secs().max(1)).unwrap_or(i64::MAX);
        self.run(async |conn| {
            // SET NX first, so that a counter can never be left without an end.
            let (sum,): (u64,) = redis::pipe()
                .atomic()
                .cmd("SET")
                .arg(&key)
                .arg(0)
                .arg("EX")
                .arg(seconds)
                .arg("NX")
                .ignore()
                .incr(&key, 1)
                .query_async(conn)
                .await?;
            Ok(sum)
        })
        .await
    }

    /// Whether it answers at all. Decides whether it is asked for anything else: one that is slower than [`LIMIT`] would
    /// cost every request that long.
    pub(super) async fn ping(&self) -> bool {
        let asked = async {
            // Connections of before may be dead without knowing it.
            let answer = if self.away.load(Ordering::Relaxed) {
                pong(&mut self.manager.connect().await.map_err(|e| Chain(&e).to_string())?).await
            } else {
                pong(&mut *self.pool().get().await.map_err(|e| Chain(&e).to_string())?).await
            };
            answer.map_err(|e| Chain(&e).to_string())
        };
        let silent = |_| Err(format!("no answer within {} ms", PING_LIMIT.as_millis()));
        match tokio::time::timeout(PING_LIMIT, asked).await.unwrap_or_else(silent) {
            Ok(took) => {
                self.note((took > LIMIT).then(slow));
                true
            }
            Err(cause) => {
                self.note(Some(cause));
                false
            }
        }
    }

    /// Runs one operation within its limit, unless Redis is known to be away: then each would only take its time.
    async fn run<T>(
        &self,
        operation: impl AsyncFnOnce(&mut MultiplexedConnection) -> Result<T, RedisError>,
    ) -> Option<T> {
        if self.away.load(Ordering::Relaxed) {
            return None;
        }
        let attempt = async {
            let pool = self.pool();
            let mut conn = pool.get().await.map_err(|e| Fault::Away(Chain(&e).to_string()))?;
            operation(&mut conn).await.map_err(Fault::of)
        };
        let outcome = tokio::time::timeout(LIMIT, attempt).await;
        match outcome.unwrap_or_else(|_| Err(Fault::Away(slow()))) {
            Ok(value) => Some(value),
            Err(Fault::Away(cause)) => {
                self.note(Some(cause));
                None
            }
            Err(Fault::Refused(cause)) => {
                self.note_refusal(&cause);
                None
            }
        }
    }

    /// Going away and coming back are each logged once.
    fn note(&self, away: Option<String>) {
        let was_away = self.away.swap(away.is_some(), Ordering::Relaxed);
        match away {
            Some(cause) if !was_away => {
                warn!(self.log, "Redis does not answer; going on without it"; "error" => cause);
            }
            None if was_away => {
                *self.pool.write().unwrap_or_else(PoisonError::into_inner) =
                    new_pool(&self.manager);
                info!(self.log, "Redis is back");
            }
            _ => {}
        }
    }

    /// A Redis that is full, or read-only, answers and refuses; that is told now and then.
    fn note_refusal(&self, cause: &str) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.is_none_or(|at| at.elapsed() >= TELL_EVERY) {
            *told = Some(Instant::now());
            warn!(self.log, "Redis refuses what it is asked; going on without it. Look at its memory (maxmemory) and at \
                             whether it takes writes"; "error" => cause);
        }
    }
}

/// Connects on the main runtime, whoever asks: a connection outlives the request that it was made for.
#[derive(Debug, Clone)]
struct Manager {
    redis: RedisConnectionManager,
    main: MainRuntime,
}

impl ManageConnection for Manager {
    type Connection = MultiplexedConnection;
    type Error = RedisError;

    async fn connect(&self) -> Result<Self::Connection, Self::Error> {
        let redis = self.redis.clone();
        let cut_off = |_| Err((ErrorKind::Io, "connecting was cut off").into());
        self.main.run(async move { redis.connect().await }).await.unwrap_or_else(cut_off)
    }

    async fn is_valid(&self, conn: &mut Self::Connection) -> Result<(), Self::Error> {
        self.redis.is_valid(conn).await
    }

    fn has_broken(&self, conn: &mut Self::Connection) -> bool {
        self.redis.has_broken(conn)
    }
}

fn new_pool(manager: &Manager) -> Pool<Manager> {
    Pool::builder().max_size(8).connection_timeout(PING_LIMIT).build_unchecked(manager.clone())
}

/// How long it took to answer, in the right word.
async fn pong(conn: &mut MultiplexedConnection) -> Result<Duration, RedisError> {
    let began = Instant::now();
    let word: String = redis::cmd("PING").query_async(conn).await?;
    if word == "PONG" {
        return Ok(began.elapsed());
    }
    Err((ErrorKind::UnexpectedReturnType, "it answers PING with another word than PONG").into())
}

/// Why an operation failed.
enum Fault {
    /// It does not answer, or not in time.
    Away(String),
    /// It answers, with an error or with something else than was asked for.
    Refused(String),
}

impl Fault {
    #[expect(clippy::needless_pass_by_value, reason = "the shape that map_err hands over")]
    fn of(cause: RedisError) -> Self {
        let told = Chain(&cause).to_string();
        if cause.is_io_error() || cause.is_timeout() || cause.is_connection_dropped() {
            Self::Away(told)
        } else {
            Self::Refused(told)
        }
    }
}

fn slow() -> String {
    format!("no answer within {} ms", LIMIT.as_millis())
}
