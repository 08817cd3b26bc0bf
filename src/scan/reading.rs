//! One source of a run: its pages, one after the other, each stored before the next is asked for.

use std::time::Duration;

use serde_json::Value;
use tokio::time::timeout;

use super::{
    Job, counted, patience,
    run::{Desk, chance},
    store::{self, Stored},
};
use crate::{
    db::{
        scans,
        search_sources::{self, SearchSource},
    },
    error::Result,
    market::source::{Fault, Next, Page, Source, Wanted},
    model::scan::{Progress, SourceProgress, SourceState},
};

/// Pages of one source in one run at most. What comes after them is not looked at, and nothing follows from that.
const MOST_PAGES: u32 = 50;
/// How long one page may take. A source has its own limits; this is for one that forgets them.
const ONE_PAGE: Duration = Duration::from_mins(2);

/// How reading a source ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Read {
    /// Read, or given up.
    Over,
    /// The program stops.
    LeftOff,
    /// Somebody else holds the run.
    Lost,
}

/// Reads a source to its end, from where the run is with it.
pub(super) async fn read(
    desk: &Desk<'_>,
    job: &Job,
    source: &dyn Source,
    known: Option<&SearchSource>,
    progress: &mut Progress,
) -> Result<Read> {
    let name = source.name();
    // What a source remembers of an answer that was matched against other words is of no use.
    let memory = known
        .filter(|known| known.last_ok_at.is_some_and(|at| at >= job.plan.changed_at))
        .map_or(Value::Null, |known| known.memory.clone());
    let mut kept = None;
    loop {
        if desk.stop.is_cancelled() {
            return Ok(Read::LeftOff);
        }
        let here = entry(progress, name);
        here.state = SourceState::Reading;
        let next = here.next.clone().map(Next);
        if !hold(desk, job, progress).await? {
            return Ok(Read::Lost);
        }
        let page = ask(desk, source, &job.plan.wanted, next.as_ref(), &memory).await;
        let mut page = match page {
            Ok(page) => page,
            Err(_) if desk.stop.is_cancelled() => return Ok(Read::LeftOff),
            Err(fault) => return give_up(desk, job, name, known, &fault, progress).await,
        };
        kept = page.memory.take().or(kept);
        if entry(progress, name).pages + 1 >= MOST_PAGES && page.next.take().is_some() {
            page.is_complete = false;
        }
        // A page that leads to itself would be read for ever.
        if page.next.is_some() && page.next == next {
            page.next = None;
            page.is_complete = false;
        }
        let is_last = page.next.is_none();
        match store::page(desk, job, name, &page, kept.as_ref(), progress).await? {
            Stored::Lost => return Ok(Read::Lost),
            Stored::Kept if is_last => return Ok(Read::Over),
            Stored::Kept => {}
        }
    }
}

/// How far the run is with a source.
pub(super) fn entry<'a>(progress: &'a mut Progress, name: &str) -> &'a mut SourceProgress {
    let first = || SourceProgress::new(SourceState::Waiting);
    progress.sources.entry(name.to_owned()).or_insert_with(first)
}

async fn hold(desk: &Desk<'_>, job: &Job, progress: &Progress) -> Result<bool> {
    let mut conn = desk.pool.get().await?;
    Ok(scans::hold(&mut conn, job.held, progress, desk.clock.now(), desk.until()).await?)
}

/// Asks for one page, and again where that may help in a moment.
async fn ask(
    desk: &Desk<'_>,
    source: &dyn Source,
    wanted: &Wanted,
    next: Option<&Next>,
    memory: &Value,
) -> Result<Page, Fault> {
    let mut tries = 1;
    loop {
        let asked = tokio::select! {
            // Nothing is lost by not waiting: the page is asked for again by whoever goes on with the run.
            () = desk.stop.cancelled() => return Err(Fault::Down("the program stops".to_owned())),
            asked = timeout(ONE_PAGE, source.search(wanted, next, memory)) => asked,
        };
        let late = || Fault::Down(format!("took longer than {} s", ONE_PAGE.as_secs()));
        let answer = asked.unwrap_or_else(|_| Err(late()));
        desk.metrics.source(counted::source(source.name()), counted::answer(answer.as_ref().err()));
        let fault = match answer {
            Ok(page) => return Ok(page),
            Err(fault) => fault,
        };
        match patience::wait_at_once(&fault, tries, chance()) {
            Some(wait) if !desk.stop.is_cancelled() => desk.wait(wait).await,
            _ => return Err(fault),
        }
        tries += 1;
    }
}

/// The pages before the fault stand; nothing follows from those that are missing.
async fn give_up(
    desk: &Desk<'_>,
    job: &Job,
    name: &str,
    known: Option<&SearchSource>,
    fault: &Fault,
    progress: &mut Progress,
) -> Result<Read> {
    let now = desk.clock.now();
    let failures = known.map_or(0, |known| known.failures);
    let read = patience::remembered(fault, failures, now, chance());
    let here = entry(progress, name);
    here.state = SourceState::Failed;
    here.error = Some(fault.to_string());
    here.next = None;
    if let search_sources::Read::Badly { next_try_at, .. } = &read {
        here.next_try_at = *next_try_at;
    }
    let is_held = store::fault(desk, job, name, &read, progress).await?;
    Ok(if is_held { Read::Over } else { Read::Lost })
}
