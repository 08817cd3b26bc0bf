//! Redis through bb8-redis, or the same few operations in process. An error is a miss: losing Redis costs speed only.

mod local;
mod shared;

use std::time::Duration;

use slog::Logger;

use crate::{config::Secret, error::Error};

/// The cache. Cheap to clone; all clones share one store.
#[derive(Debug, Clone)]
pub struct Cache {
    local: local::Local,
    shared: Option<shared::Shared>,
}

impl Cache {
    /// Uses the Redis at `url` when one is given; connects when asked, never before.
    ///
    /// Fails only when the address itself cannot be used.
    pub fn new(url: Option<&Secret>, log: &Logger) -> Result<Self, Error> {
        let shared = url.map(|url| shared::Shared::new(url.reveal(), log)).transpose()?;
        Ok(Self { local: local::Local::new(), shared })
    }

    /// True when a Redis is configured.
    pub fn is_shared(&self) -> bool {
        self.shared.is_some()
    }

    /// What was stored under `key` and has not expired. A failure is a miss.
    pub async fn get(&self, key: &str) -> Option<Vec<u8>> {
        match &self.shared {
            Some(redis) => redis.get(key).await,
            None => self.local.get(key),
        }
    }

    /// Stores `value` for at most `ttl`. A failure is forgotten.
    pub async fn set(&self, key: &str, value: Vec<u8>, ttl: Duration) {
        match &self.shared {
            Some(redis) => redis.set(key, value, ttl).await,
            None => self.local.set(key, value, ttl),
        }
    }

    /// Adds one to a counter that starts anew `window` after its first use, and tells the sum. While Redis is away
    /// this process counts for itself, so that limits never fall away.
    pub async fn count(&self, key: &str, window: Duration) -> u64 {
        if let Some(redis) = &self.shared
            && let Some(sum) = redis.count(key, window).await
        {
            return sum;
        }
        self.local.count(key, window)
    }

    /// Whether the configured Redis answers; true when none is configured.
    pub async fn ping(&self) -> bool {
        match &self.shared {
            Some(redis) => redis.ping().await,
            None => true,
        }
    }
}
