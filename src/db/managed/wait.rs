//! Waiting in a blocking thread, with an end to it: a time limit, and the caller going away.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use super::ManagedError;

/// Time between two looks.
const STEP: Duration = Duration::from_millis(20);

/// A limit to waiting, shared by the steps of one call.
#[derive(Debug)]
pub(super) struct Wait {
    patience: Duration,
    until: Instant,
    cancelled: Arc<AtomicBool>,
}

/// Cancels the waiting when it is dropped, as an async caller is when nobody wants its answer any more.
#[derive(Debug)]
pub(super) struct CancelOnDrop(Arc<AtomicBool>);

impl Wait {
    /// Waits for `patience` in all, less when the guard is dropped before.
    pub(super) fn cancelled_on_drop(patience: Duration) -> (Self, CancelOnDrop) {
        let cancelled = Arc::new(AtomicBool::new(false));
        let until = Instant::now() + patience;
        (Self { patience, until, cancelled: Arc::clone(&cancelled) }, CancelOnDrop(cancelled))
    }

    /// The same caller, with `patience` from this moment on.
    #[must_use]
    pub(super) fn anew(&self, patience: Duration) -> Self {
        let until = Instant::now() + patience;
        Self { patience, until, cancelled: Arc::clone(&self.cancelled) }
    }

    /// The same caller and the same patience, from this moment on.
    #[must_use]
    pub(super) fn again(&self) -> Self {
        self.anew(self.patience)
    }

    /// Sleeps a moment. `false` when the time is over; an error when the caller has gone.
    pub(super) fn pause(&self) -> Result<bool, ManagedError> {
        if self.cancelled.load(Ordering::Relaxed) {
            return Err(ManagedError::Interrupted("the program is stopping".to_owned()));
        }
        if Instant::now() >= self.until {
            return Ok(false);
        }
        thread::sleep(STEP);
        Ok(true)
    }

    /// How long it waits in all.
    pub(super) fn patience(&self) -> Duration {
        self.patience
    }
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_ends_when_the_time_is_over() {
        let (wait, _guard) = Wait::cancelled_on_drop(Duration::ZERO);
        assert!(!wait.pause().unwrap());
        assert!(wait.anew(Duration::from_secs(5)).pause().unwrap());
    }

    #[test]
    fn waiting_ends_when_the_caller_goes_away() {
        let (wait, guard) = Wait::cancelled_on_drop(Duration::from_mins(1));
        drop(guard);
        assert!(matches!(wait.pause(), Err(ManagedError::Interrupted(_))));
    }
}
