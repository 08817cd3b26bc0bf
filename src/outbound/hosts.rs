//! Manners towards each host: how many requests at once, how far apart, and what its robots.txt asks for.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Fault, robots::Robots};
use crate::clock::Clock;

/// Requests to one host that may run at once.
const AT_ONCE: usize = 2;
/// The longest wait for a turn.
const LONGEST_WAIT: Duration = Duration::from_mins(1);
/// The longest distance that a host is granted, whatever its robots.txt asks for.
const LONGEST_PACE: Duration = Duration::from_secs(30);
/// Hosts that are remembered before those that are idle are forgotten.
const REMEMBERED: usize = 1000;
/// How long a robots.txt is kept.
const FRESH: Duration = Duration::from_hours(24);
/// How long it is before one that could not be read is tried again.
pub(super) const RETRY: Duration = Duration::from_mins(5);

/// Every host that was asked politely, by its origin.
#[derive(Debug, Default)]
pub(super) struct Hosts(Mutex<HashMap<String, Arc<Host>>>);

/// One host.
#[derive(Debug)]
pub(super) struct Host {
    turns: Arc<Semaphore>,
    next_at: Mutex<DateTime<Utc>>,
    /// What its robots.txt said. Locked while it is read, so that it is read once.
    pub(super) robots: tokio::sync::Mutex<Known>,
}

/// What is known of a robots.txt.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    /// `None` when it could not be read.
    pub(super) rules: Option<Arc<Robots>>,
    until: DateTime<Utc>,
}

impl Known {
    /// Known from `now` on, for a day; a failure for minutes.
    pub(super) fn from(rules: Option<Robots>, now: DateTime<Utc>) -> Self {
        let fresh = if rules.is_some() { FRESH } else { RETRY };
        Self { rules: rules.map(Arc::new), until: now + fresh }
    }

    /// How much longer it holds.
    pub(super) fn left(&self, now: DateTime<Utc>) -> Option<Duration> {
        (self.until - now).to_std().ok().filter(|left| !left.is_zero())
    }
}

impl Hosts {
    /// What is remembered of a host.
    pub(super) fn of(&self, origin: String, now: DateTime<Utc>) -> Arc<Host> {
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= REMEMBERED && !hosts.contains_key(&origin) {
            hosts.retain(|_, host| Arc::strong_count(host) > 1 || host.next_at() > now);
        }
        Arc::clone(hosts.entry(origin).or_insert_with(|| {
            Arc::new(Host {
                turns: Arc::new(Semaphore::new(AT_ONCE)),
                next_at: Mutex::default(),
                robots: tokio::sync::Mutex::default(),
            })
        }))
    }
}

impl Host {
    /// Waits until it is polite to ask `host`. The turn lasts as long as what is returned.
    pub(super) async fn turn(
        &self,
        host: &str,
        clock: &Clock,
        pace: Duration,
        asked_for: Option<Duration>,
    ) -> Result<OwnedSemaphorePermit, Fault> {
        let paced = |_| Fault::Paced { host: host.to_owned(), retry_after: LONGEST_WAIT };
        let turn = Arc::clone(&self.turns).acquire_owned();
        let turn = tokio::time::timeout(LONGEST_WAIT, turn).await.map_err(paced)?;
        // The semaphore is never closed.
        let turn =
            turn.map_err(|_| Fault::Paced { host: host.to_owned(), retry_after: LONGEST_WAIT })?;
        clock.sleep(self.book(clock.now(), distance(pace, asked_for))).await;
        Ok(turn)
    }

    /// Takes the next free moment, and tells how far away it is.
    fn book(&self, now: DateTime<Utc>, distance: Duration) -> Duration {
        let mut next_at = self.next_at.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = (*next_at).max(now);
        *next_at = mine + distance;
        (mine - now).to_std().unwrap_or_default()
    }

    fn next_at(&self) -> DateTime<Utc> {
        *self.next_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// From one request to the next: ours, or what the host asks for within reason.
fn distance(pace: Duration, asked_for: Option<Duration>) -> Duration {
    pace.max(asked_for.unwrap_or_default().min(LONGEST_PACE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + second, 0).unwrap()
    }

    #[test]
    fn requests_to_one_host_keep_their_distance() {
        let host = Hosts::default().of("http://a.example".to_owned(), at(0));
        let waits = [(0, 0), (0, 2), (1, 3), (10, 0), (11, 1)];
        for (second, wait) in waits {
            let told = host.book(at(second), Duration::from_secs(2));
            assert_eq!(told, Duration::from_secs(wait), "at {second}");
        }
    }

    #[test]
    fn a_host_gets_the_distance_that_it_asks_for_within_reason() {
        let seconds = Duration::from_secs;
        assert_eq!(distance(seconds(1), None), seconds(1));
        assert_eq!(distance(seconds(1), Some(seconds(5))), seconds(5));
        assert_eq!(distance(seconds(6), Some(seconds(5))), seconds(6));
        assert_eq!(distance(seconds(1), Some(seconds(86_400))), LONGEST_PACE);
    }

    #[test]
    fn what_is_idle_is_forgotten_and_what_is_not_stays() {
        let hosts = Hosts::default();
        let held = hosts.of("held".to_owned(), at(0));
        hosts.of("paced".to_owned(), at(0)).book(at(0), Duration::from_secs(9));
        for n in 0..REMEMBERED {
            let _ = hosts.of(n.to_string(), at(0));
        }
        let names = hosts.0.lock().unwrap();
        assert!(names.len() < 10 && names.contains_key("held") && names.contains_key("paced"));
        drop(held);
    }

    #[test]
    fn a_robots_txt_holds_for_a_day_and_its_absence_for_minutes() {
        let known = Known::from(Some(Robots::default()), at(0));
        assert!(known.left(at(86_399)).is_some() && known.left(at(86_400)).is_none());
        let unknown = Known::from(None, at(0));
        assert!(unknown.left(at(299)).is_some() && unknown.left(at(300)).is_none());
    }
}
