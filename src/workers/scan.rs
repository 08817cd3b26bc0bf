//! Runs the searches that are due, those that somebody wants run, and those whose run was left behind.

use futures_util::future::try_join_all;

use super::Outcome;
use crate::{
    error::{Error, Result},
    scan,
    state::App,
};

/// How many searches one process runs at a time. Most of the time they wait for others.
const AT_ONCE: usize = 4;

/// Claims and runs a few searches. No connection is held while a source is waited for.
pub async fn tick(app: &App) -> Result<Outcome> {
    let desk = app.desk();
    let has_marketplaces = app.doors().has_marketplaces();
    let mut held = Vec::new();
    while held.len() < AT_ONCE && !app.stop.is_cancelled() {
        let Some(one) = scan::claim(&desk, has_marketplaces).await? else { break };
        held.push(one);
    }
    if held.is_empty() {
        return Ok(Outcome::Idle);
    }
    let runs = held.into_iter().map(|held| {
        Box::pin(async move {
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
        })
    });
    try_join_all(runs).await?;
    Ok(Outcome::Worked)
}
