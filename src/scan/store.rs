//! One page, stored: ads, sales, what was met and what is gone, together with how far the run is.

use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::{Job, reading::entry, run::Desk};
use crate::{
    db::{
        comps,
        finds::{self, Met},
        listings, scans,
        search_sources::{self, Read},
        searches, sightings, telling,
    },
    error::{Error, Result},
    market::source::Page,
    model::scan::{Progress, SourceState},
    scout::matching::Verdict,
};

/// What became of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stored {
    /// It is stored.
    Kept,
    /// It is not: somebody else holds the run.
    Lost,
}

/// Stores a page whole or not at all. The last page of a source also says what follows from all of them.
pub(super) async fn page(
    desk: &Desk<'_>,
    job: &Job,
    name: &str,
    page: &Page,
    kept: Option<&serde_json::Value>,
    progress: &mut Progress,
) -> Result<Stored> {
    let verdicts: Vec<Verdict> =
        page.listings.iter().map(|ad| job.plan.criteria.verdict(ad)).collect();
    let mut after = progress.clone();
    let mut conn = desk.pool.get().await?;
    let written = conn
        .transaction(async |conn| {
            let writing = Writing { desk, job, name, page, kept };
            writing.write(conn, &verdicts, &mut after).await
        })
        .await;
    match written {
        Ok(()) => {
            *progress = after;
            Ok(Stored::Kept)
        }
        Err(Undone::Lost) => Ok(Stored::Lost),
        Err(Undone::Failed(error)) => Err(error),
    }
}

/// Why a transaction is rolled back.
enum Undone {
    Lost,
    Failed(Error),
}

impl From<diesel::result::Error> for Undone {
    fn from(cause: diesel::result::Error) -> Self {
        Self::Failed(cause.into())
    }
}

impl From<Error> for Undone {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

struct Writing<'a> {
    desk: &'a Desk<'a>,
    job: &'a Job,
    name: &'a str,
    page: &'a Page,
    kept: Option<&'a serde_json::Value>,
}

impl Writing<'_> {
    async fn write(
        &self,
        conn: &mut AsyncPgConnection,
        verdicts: &[Verdict],
        progress: &mut Progress,
    ) -> Result<(), Undone> {
        let Self { desk, job, name, page, kept } = *self;
        let now = desk.clock.now();
        let (user, search) = (job.held.user_id, job.held.search_id);
        let Some(changed_at) = searches::keep(conn, user, search).await? else {
            return Err(Undone::Lost);
        };
        let counts = listings::upsert_found(conn, user, &page.listings, now).await?;
        let sales = comps::upsert_many(conn, user, &page.comps, now).await?;
        if sales.new + sales.updated > 0 {
            listings::mark_due(conn, user, now).await?;
        }
        let met: Vec<Met<'_>> = page.listings.iter().zip(verdicts).map(met).collect();
        finds::record(conn, (user, search), name, &met, now).await?;
        // Only what is looked for on several sites can be on two.
        if progress.sources.len() > 1 {
            sightings::want(conn, user, search, now).await?;
        }
        let gone: Vec<_> = page
            .gone
            .iter()
            .map(|ad| (ad.source.as_str(), ad.source_id.as_str(), ad.reason.as_str()))
            .collect();
        let mut gone = finds::let_go(conn, user, &gone, now).await?;

        let matched = verdicts.iter().filter(|verdict| verdict.fits()).count();
        let here = entry(progress, name);
        here.pages += 1;
        here.found += number(verdicts.len());
        here.matched += number(matched);
        here.dropped += number(verdicts.len() - matched);
        here.new += number(counts.new);
        here.changed += number(counts.updated);
        here.skipped += number(page.skipped.len());
        here.next = page.next.as_ref().map(|next| next.0.clone());
        if page.next.is_none() {
            here.state = SourceState::Done;
            let is_full = page.is_complete;
            if is_full {
                let began = job.scan.created_at;
                gone.extend(finds::miss(conn, (user, search), name, began, now).await?);
            }
            let is_current = changed_at <= job.plan.changed_at;
            let read = Read::Well { memory: kept.cloned(), is_full, is_current };
            search_sources::note(conn, (user, search), name, &read, now).await?;
        }
        here.gone += number(gone.len());
        // Ads that went are judged no more, so whoever watches them is told of it here.
        telling::enqueue(conn, user, &gone, now).await?;
        if scans::hold(conn, job.held, progress, now, desk.until()).await? {
            Ok(())
        } else {
            Err(Undone::Lost)
        }
    }
}

fn met<'a>((ad, verdict): (&'a crate::model::listing::NewListing, &'a Verdict)) -> Met<'a> {
    Met {
        source: &ad.source,
        source_id: &ad.source_id,
        matched: verdict.fits(),
        reason: verdict.reason(),
    }
}

/// Notes that a source gave no usable answer. False when somebody else holds the run.
pub(super) async fn fault(
    desk: &Desk<'_>,
    job: &Job,
    name: &str,
    read: &Read,
    progress: &Progress,
) -> Result<bool> {
    let now = desk.clock.now();
    let mut conn = desk.pool.get().await?;
    let noted = conn
        .transaction(async |conn| {
            let (user, search) = (job.held.user_id, job.held.search_id);
            if searches::keep(conn, user, search).await?.is_none() {
                return Err(Undone::Lost);
            }
            search_sources::note(conn, (user, search), name, read, now).await?;
            if scans::hold(conn, job.held, progress, now, desk.until()).await? {
                Ok(())
            } else {
                Err(Undone::Lost)
            }
        })
        .await;
    match noted {
        Ok(()) => Ok(true),
        Err(Undone::Lost) => Ok(false),
        Err(Undone::Failed(error)) => Err(error),
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
