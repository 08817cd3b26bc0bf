//! Runs the searches that are due, those that somebody wants run, and those whose run was left behind.

use std::time::Duration;

use futures_util::{StreamExt, stream::FuturesUnordered};

use super::Outcome;
use crate::{
    db::scans::Held,
    error::{Error, Result},
    scan,
    state::App,
};

/// How many searches one process runs at a time. Most of the time they wait for others.
const AT_ONCE: usize = 8;
/// While some run, others may come due.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// Claims and runs searches, several at a time, until none is due any more. A slow one holds up none that comes due
/// meanwhile. No connection is held while a source is waited for.
pub async fn tick(app: &App) -> Result<Outcome> {
    let desk = app.desk();
    let has_marketplaces = app.doors().has_marketplaces();
    let mut runs = FuturesUnordered::new();
    let mut outcome = Outcome::Idle;
    let mut failure = None;
    loop {
        let goes_on = failure.is_none() && !app.stop.is_cancelled();
        while goes_on && runs.len() < AT_ONCE {
            match scan::claim(&desk, has_marketplaces).await {
                Ok(Some(held)) => runs.push(Box::pin(run(app, held))),
                Ok(None) => break,
                // The runs under way are brought to their end first.
                Err(cause) => {
                    failure = Some(cause);
                    break;
                }
            }
        }
        if runs.is_empty() {
            break;
        }
        tokio::select! {
            Some(ended) = runs.next() => match ended {
                Ok(()) => outcome = Outcome::Worked,
                Err(cause) => failure = Some(cause),
            },
            () = app.clock.sleep(LOOK_AGAIN), if goes_on && runs.len() < AT_ONCE => {}
        }
    }
    failure.map_or(Ok(outcome), Err)
}

async fn run(app: &App, held: Held) -> Result<()> {
    let desk = app.desk();
    let opened = scan::open(&mut *app.conn().await?, held).await;
    match opened {
        Ok(Some(job)) => {
            let sources = app.doors().sources(job.held.user_id, &job.plan.sources).await?;
            scan::run(&desk, &job, &sources).await.map(|_| ())
        }
        Ok(None) => Ok(()),
        Err(Error::Invalid(faults)) => {
            let why: Vec<_> = faults.iter().map(|fault| &*fault.message).collect();
            scan::refuse(&desk, held, &format!("its words: {}", why.join("; "))).await
        }
        Err(error) => Err(error),
    }
}
