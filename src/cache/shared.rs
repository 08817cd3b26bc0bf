//! The cache that all replicas share: Redis. Each call has a short limit, and a failure is a miss.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bb8_redis::{RedisConnectionManager, bb8::Pool};
use redis::{AsyncCommands, RedisError, aio::MultiplexedConnection};
use slog::{Logger, info, warn};

use crate::error::{Chain, Error};

/// How long one operation may take, connecting included.
const LIMIT: Duration = Duration::from_millis(200);
/// How long the probe waits: longer, since nobody waits for it.
const PING_LIMIT: Duration = Duration::from_secs(1);
/// Set before every key, so that a Redis can be shared with other programs.
const PREFIX: &str = "deal-scout:";

#[derive(Debug, Clone)]
pub(super) struct Shared {
    pool: Pool<RedisConnectionManager>,
    away: Arc<AtomicBool>,
    log: Logger,
}

impl Shared {
    pub(super) fn new(url: &str, log: &Logger) -> Result<Self, Error> {
        let manager = RedisConnectionManager::new(url).map_err(|e| {
            Error::Failed(format!(
                "REDIS_URL cannot be used ({e}); redis://[:password@]host:6379/0 is one that can"
            ))
        })?;
        let pool = Pool::builder().max_size(8).connection_timeout(LIMIT).build_unchecked(manager);
        Ok(Self { pool, away: Arc::default(), log: log.clone() })
    }

    pub(super) async fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.run(LIMIT, async |conn| conn.get(format!("{PREFIX}{key}")).await).await.flatten()
    }

    pub(super) async fn set(&self, key: &str, value: Vec<u8>, ttl: Duration) {
        let seconds = ttl.as_secs().max(1);
        self.run(LIMIT, async |conn| {
            conn.set_ex::<_, _, ()>(format!("{PREFIX}{key}"), value, seconds).await
        })
        .await;
    }

    pub(super) async fn count(&self, key: &str, window: Duration) -> Option<u64> {
        let key = format!("{PREFIX}{key}");
        let seconds = i64::try_from(window.as_secs().max(1)).unwrap_or(i64::MAX);
        self.run(LIMIT, async |conn| {
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

    pub(super) async fn ping(&self) -> bool {
        self.run(PING_LIMIT, async |conn| redis::cmd("PING").query_async::<String>(conn).await)
            .await
            .is_some()
    }

    /// Runs one operation within its limit. Going away and coming back are each logged once.
    async fn run<T>(
        &self,
        limit: Duration,
        operation: impl AsyncFnOnce(&mut MultiplexedConnection) -> Result<T, RedisError>,
    ) -> Option<T> {
        let attempt = async {
            let mut conn = self.pool.get().await.map_err(|e| Chain(&e).to_string())?;
            operation(&mut conn).await.map_err(|e| Chain(&e).to_string())
        };
        let outcome = tokio::time::timeout(limit, attempt)
            .await
            .unwrap_or_else(|_| Err(format!("no answer within {} ms", limit.as_millis())));
        match outcome {
            Ok(value) => {
                if self.away.swap(false, Ordering::Relaxed) {
                    info!(self.log, "Redis is back");
                }
                Some(value)
            }
            Err(cause) => {
                if !self.away.swap(true, Ordering::Relaxed) {
                    warn!(self.log, "Redis does not answer; going on without it"; "error" => cause);
                }
                None
            }
        }
    }
}
