//! The one place that tells the time and waits, so that tests own both.

use std::{fmt, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};

/// Tells the time and sleeps. Cheap to clone; all clones share one source of time.
#[derive(Clone)]
pub struct Clock {
    now: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    pace: f64,
}

impl Clock {
    /// The real time. `pace` is how many seconds one second of waiting takes: 1.0 in production, less in tests.
    #[expect(clippy::disallowed_methods, reason = "the one call that reads the real time")]
    pub fn system(pace: f64) -> Self {
        Self { now: Arc::new(Utc::now), pace }
    }

    /// A clock that stands still at `at` and does not wait.
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self::told(move || at)
    }

    /// A clock that shows what `now` says, and does not wait.
    pub fn told(now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self { now: Arc::new(now), pace: 0.0 }
    }

    /// The present moment, in UTC.
    pub fn now(&self) -> DateTime<Utc> {
        (self.now)()
    }

    /// How long a nominal `wait` really takes at this clock's pace.
    pub fn scaled(&self, wait: Duration) -> Duration {
        wait.mul_f64(self.pace)
    }

    /// Waits for a nominal `wait`.
    pub async fn sleep(&self, wait: Duration) {
        tokio::time::sleep(self.scaled(wait)).await;
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock").field("now", &self.now()).field("pace", &self.pace).finish()
    }
}
