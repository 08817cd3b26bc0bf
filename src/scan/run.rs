//! One run, from its first source to its end.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rand::RngExt;
use slog::{Logger, info, warn};
use tokio_util::sync::CancellationToken;

use super::{Job, patience, reading};
use crate::{
    clock::Clock,
    db::{
        self,
        scans::{self, Held, Outcome},
        search_sources,
    },
    error::Result,
    market::source::Source,
    metrics::Metrics,
    model::scan::{Progress, ScanStatus, SourceProgress, SourceState},
};

/// How long a run is held without a sign of life. Longer than any one page may take.
const LEASE: TimeDelta = TimeDelta::minutes(4);
/// A run for the sake of a source that could not be asked, or of what was changed during the last one, comes no sooner
/// than this.
const SOONEST: TimeDelta = TimeDelta::minutes(1);

/// What a run is done with.
#[derive(Debug, Clone, Copy)]
pub struct Desk<'a> {
    /// Where rows live.
    pub pool: &'a db::Pool,
    /// The time.
    pub clock: &'a Clock,
    /// Cancelled when the program is to stop.
    pub stop: &'a CancellationToken,
    /// Where answers of sources are counted.
    pub metrics: &'a Metrics,
    /// The voice.
    pub log: &'a Logger,
}

impl Desk<'_> {
    pub(super) fn until(&self) -> DateTime<Utc> {
        self.clock.now() + LEASE
    }

    pub(super) async fn wait(&self, time: Duration) {
        tokio::select! {
            () = self.stop.cancelled() => {}
            () = self.clock.sleep(time) => {}
        }
    }
}

/// How a run ended for whoever held it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It is over.
    Over(ScanStatus),
    /// The program stops; somebody else goes on with it.
    LeftOff,
    /// Somebody else has taken it up meanwhile.
    Lost,
}

/// By chance, between 0 and 1.
pub(super) fn chance() -> f64 {
    rand::rng().random_range(0.0..1.0)
}

/// Takes up a run that is due, wanted or left behind. Others that ask at the same time get other runs.
/// `has_marketplaces` says whether any is set up; without, only people with feeds have something to search.
pub async fn claim(desk: &Desk<'_>, has_marketplaces: bool) -> Result<Option<Held>> {
    let mut conn = desk.pool.get().await?;
    Ok(scans::claim(&mut conn, desk.clock.now(), desk.until(), has_marketplaces).await?)
}

/// Runs a held search over `sources`, one after the other, and settles the run. Those that failed the last time come
/// last, so that one in trouble does not hold up the others.
pub async fn run(desk: &Desk<'_>, job: &Job, sources: &[Box<dyn Source + '_>]) -> Result<Ended> {
    let mut progress = job.scan.progress();
    // What was changed or removed since the run began is not its business any more.
    progress.sources.retain(|name, known| {
        known.is_over() || sources.iter().any(|source| source.name() == name)
    });
    for source in sources {
        let first = || SourceProgress::new(SourceState::Waiting);
        progress.sources.entry(source.name().to_owned()).or_insert_with(first);
    }
    let memories = {
        let conn = desk.pool.get().await?;
        search_sources::of_search(&conn, job.held.user_id, job.held.search_id).await?
    };
    let mut in_order: Vec<_> = sources.iter().collect();
    in_order.sort_by_key(|source| memories.get(source.name()).is_some_and(|it| it.failures > 0));
    for source in in_order {
        let name = source.name();
        let known = memories.get(name);
        if progress.sources.get(name).is_some_and(SourceProgress::is_over) {
            continue;
        }
        let now = desk.clock.now();
        let every = job.plan.schedule.every_minutes;
        let due = patience::due(known, job.scan.trigger, every, job.plan.changed_at, now);
        if let Err(not) = due {
            let skipped = SourceProgress {
                error: Some(not.why),
                next_try_at: not.until,
                ..SourceProgress::new(SourceState::Skipped)
            };
            progress.sources.insert(name.to_owned(), skipped);
            continue;
        }
        match Box::pin(reading::read(desk, job, source.as_ref(), known, &mut progress)).await? {
            reading::Read::Over => {}
            reading::Read::LeftOff => {
                let mut conn = desk.pool.get().await?;
                scans::release(&mut conn, job.held, desk.clock.now()).await?;
                return Ok(Ended::LeftOff);
            }
            reading::Read::Lost => return Ok(Ended::Lost),
        }
    }
    settle(desk, job, &progress).await
}

async fn settle(desk: &Desk<'_>, job: &Job, progress: &Progress) -> Result<Ended> {
    let now = desk.clock.now();
    let (status, error) = if progress.sources.is_empty() {
        let why =
            "no source is set up: set up a marketplace, or add a feed and let the search name it";
        (ScanStatus::Failed, Some(why.to_owned()))
    } else {
        progress.outcome()
    };
    let regular = job.plan.schedule.next(now, chance());
    let tries = progress.sources.values().filter_map(|source| source.next_try_at);
    let soonest = now + SOONEST;
    let sooner = tries.min().map_or(regular, |at| at.max(soonest));
    let next_scan_at = regular.min(sooner);
    let outcome = Outcome { progress, status, error: error.as_deref(), next_scan_at, soonest };
    let mut conn = desk.pool.get().await?;
    if !scans::settle(&mut conn, job.held, &outcome, now).await? {
        return Ok(Ended::Lost);
    }
    let search = job.held.search_id.0;
    match &error {
        Some(error) => {
            warn!(desk.log, "a search could not be run"; "search" => search, "error" => error);
        }
        None => info!(desk.log, "a search was run"; "search" => search,
            "found" => progress.sum(|source| source.found), "new" => progress.sum(|source| source.new)),
    }
    Ok(Ended::Over(status))
}

/// Ends a run that cannot be run at all, in words for its owner.
pub async fn refuse(desk: &Desk<'_>, held: Held, why: &str) -> Result<()> {
    let now = desk.clock.now();
    let outcome = Outcome {
        progress: &Progress::default(),
        status: ScanStatus::Failed,
        error: Some(why),
        next_scan_at: now + TimeDelta::hours(1),
        soonest: now + SOONEST,
    };
    let mut conn = desk.pool.get().await?;
    scans::settle(&mut conn, held, &outcome, now).await?;
    Ok(())
}
