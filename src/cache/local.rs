//! The cache of one process: bounded in size, each entry with its own time to live.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use moka::{Expiry, sync::Cache};

/// Bytes that all entries may take together.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// Counters kept at once.
const MAX_COUNTERS: u64 = 100_000;

#[derive(Debug, Clone)]
pub(super) struct Local {
    values: Cache<String, Timed<Arc<Vec<u8>>>>,
    counters: Cache<String, Timed<Arc<AtomicU64>>>,
}

#[derive(Debug, Clone)]
struct Timed<T> {
    value: T,
    ttl: Duration,
}

impl Local {
    pub(super) fn new() -> Self {
        let size = |key: &String, entry: &Timed<Arc<Vec<u8>>>| {
            u32::try_from(key.len() + entry.value.len()).unwrap_or(u32::MAX)
        };
        Self {
            values: Cache::builder()
                .weigher(size)
                .max_capacity(MAX_BYTES)
                .expire_after(FromCreation)
                .build(),
            counters: Cache::builder()
                .max_capacity(MAX_COUNTERS)
                .expire_after(FromCreation)
                .build(),
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.values.get(key).map(|entry| entry.value.as_ref().clone())
    }

    pub(super) fn set(&self, key: &str, value: Vec<u8>, ttl: Duration) {
        self.values.insert(key.to_owned(), Timed { value: Arc::new(value), ttl });
    }

    pub(super) fn count(&self, key: &str, window: Duration) -> u64 {
        let counter =
            self.counters.get_with_by_ref(key, || Timed { value: Arc::default(), ttl: window });
        counter.value.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// An entry lives as long as it says, from when it was made or replaced.
struct FromCreation;

impl<T> Expiry<String, Timed<T>> for FromCreation {
    fn expire_after_create(&self, _: &String, entry: &Timed<T>, _: Instant) -> Option<Duration> {
        Some(entry.ttl)
    }

    fn expire_after_update(
        &self,
        _: &String,
        entry: &Timed<T>,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(entry.ttl)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_gone_after_its_time() {
        let cache = Local::new();
        cache.set("a", b"kept".to_vec(), Duration::from_mins(1));
        cache.set("b", b"gone".to_vec(), Duration::ZERO);
        assert_eq!(cache.get("a").as_deref(), Some(b"kept".as_slice()));
        assert_eq!(cache.get("b"), None);
    }

    #[test]
    fn a_counter_counts_each_key_for_itself() {
        let cache = Local::new();
        let minute = Duration::from_mins(1);
        assert_eq!(
            (cache.count("x", minute), cache.count("x", minute), cache.count("y", minute)),
            (1, 2, 1)
        );
    }
}
