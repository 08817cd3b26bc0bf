//! Repeats each worker's tick while the service is ready, apart from the others: one that fails holds up none.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use rand::RngExt;
use slog::error;
use tokio::task::JoinSet;

use super::{Outcome, estimate, notify, photos, scan, sightings, tidy};
use crate::{
    error::{Chain, Error, Result},
    metrics::Step,
    startup::readiness::Phase,
    state::App,
};

/// The rest before the first failure doubles it.
const FIRST_REST: Duration = Duration::from_secs(2);
/// The longest rest after failures.
const LONGEST_REST: Duration = Duration::from_mins(1);

/// How long a step under way may still take once the database is known to be gone. What it had claimed is claimed again
/// when its lease has run out.
const LAST_WORD: Duration = Duration::from_secs(10);

type Tick = Pin<Box<dyn Future<Output = Result<Outcome>> + Send>>;

/// A worker: its name on the status page and its step.
struct Worker {
    name: &'static str,
    /// How long it rests when it finds nothing to do.
    rest: Duration,
    tick: fn(Arc<App>) -> Tick,
}

const WORKERS: &[Worker] = &[
    Worker {
        name: "estimate",
        rest: Duration::from_secs(2),
        tick: |app| Box::pin(async move { estimate::tick(&app).await }),
    },
    Worker {
        name: "notify",
        rest: Duration::from_secs(2),
        tick: |app| Box::pin(async move { notify::tick(&app).await }),
    },
    Worker {
        name: "photos",
        rest: Duration::from_hours(1),
        tick: |app| Box::pin(async move { photos::tick(&app).await }),
    },
    Worker {
        name: "scan",
        rest: Duration::from_secs(2),
        tick: |app| Box::pin(async move { scan::tick(&app).await }),
    },
    Worker {
        name: "sightings",
        rest: Duration::from_secs(2),
        tick: |app| Box::pin(async move { sightings::tick(&app).await }),
    },
    Worker {
        name: "tidy",
        rest: Duration::from_mins(5),
        tick: |app| Box::pin(async move { tidy::tick(&app).await }),
    },
];

/// Runs every worker until the program stops. A tick that has begun is finished first.
pub async fn run(app: Arc<App>) {
    let mut running = JoinSet::new();
    for worker in WORKERS {
        running.spawn(repeat(worker, Arc::clone(&app)));
    }
    running.join_all().await;
}

async fn repeat(worker: &'static Worker, app: Arc<App>) {
    let mut failures = 0;
    app.board.note(worker.name, |_| {});
    app.metrics.worker(worker.name);
    loop {
        tokio::select! {
            () = app.stop.cancelled() => return,
            () = app.readiness.ready() => {}
        }
        // In a task of its own: a panic in one step must not take the worker, or the others, with it.
        let mut step = tokio::spawn((worker.tick)(Arc::clone(&app)));
        let outcome = tokio::select! {
            outcome = &mut step => outcome.map_err(Error::internal).flatten(),
            () = app.readiness.left_alone(&app.clock, LAST_WORD) => {
                step.abort();
                Err(Error::unavailable("the database went in the middle of a step"))
            }
        };
        app.board.note(worker.name, |state| {
            state.last_tick_at = Some(app.clock.now());
            state.worked += u64::from(matches!(outcome, Ok(Outcome::Worked)));
            state.error = outcome.as_ref().err().map(ToString::to_string);
        });
        app.metrics.step(
            worker.name,
            match outcome {
                Ok(Outcome::Worked) => Step::Worked,
                Ok(Outcome::Idle) => Step::Idle,
                Err(_) => Step::Failed,
            },
        );
        let rest = match outcome {
            Ok(Outcome::Worked) => {
                failures = 0;
                continue;
            }
            Ok(Outcome::Idle) => {
                failures = 0;
                worker.rest
            }
            Err(cause) => {
                // A lost database is told by the start-up; every worker repeating it would bury that.
                if app.readiness.status().phase == Phase::Ready {
                    error!(app.log, "a worker's step failed; it is tried again";
                        "worker" => worker.name, "error" => %Chain(&cause));
                }
                failures += 1;
                backoff(failures)
            }
        };
        tokio::select! {
            () = app.stop.cancelled() => return,
            () = app.clock.sleep(rest) => {}
        }
    }
}

/// Twice as long after each failure, with up to a quarter more, so that replicas do not march in step.
fn backoff(failures: u32) -> Duration {
    let rest = (FIRST_REST * 2_u32.saturating_pow(failures.min(5))).min(LONGEST_REST);
    rest.mul_f64(rand::rng().random_range(1.0..1.25))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_grow_with_failures_and_stay_bounded() {
        assert!(backoff(1) >= Duration::from_secs(4));
        assert!(backoff(2) > backoff(1));
        assert!(backoff(40) <= LONGEST_REST.mul_f64(1.25));
    }
}
