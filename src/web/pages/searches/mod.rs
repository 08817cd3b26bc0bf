//! `/searches`: what people look for again and again, what it has found, and how its runs went.

pub(in crate::web) mod edit;
pub(in crate::web) mod live;
mod typed;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use askama::Template;
use chrono::TimeDelta;

use super::{
    cut::cut,
    view::{self, Card},
    watch::{self, Controls},
};
use crate::{
    db::{
        feeds,
        finds::{self, Find, Tally},
        keyset::After,
        listings_view::{self, Scored},
        owned::{By, Owned, Sort},
        scans::{self, Scan},
        search_sources::{self, SourceHealth, Whose},
        searches::{Filter, Search},
        watching,
    },
    error::{Error, Result},
    model::{
        id::SearchId,
        money::Money,
        scan::{Progress, ScanStatus, SourceState},
    },
    nouns::{Noun, params::Params, searches::Searches},
    state::App,
    web::{auth::Viewer, respond, shell::Shell},
};

const PER_PAGE: i64 = 24;
/// Runs that a search's page shows.
const RUNS: i64 = 8;
/// What is new was found within a day.
const FRESH: TimeDelta = TimeDelta::days(1);
/// Finds go by the time of the first meeting.
const ORDER: &str = "-created_at";

/// `GET /searches`
pub(in crate::web) async fn list(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
    viewer: Viewer,
) -> Result<HttpResponse> {
    let mut params = Params::of_form(request.query_string());
    let by = By::<<Search as Owned>::Sort>::default();
    let after = params.after(&by.to_string(), by.sort.is_by_time());
    let mut conn = app.conn().await?;
    let all = Filter::default();
    let mut searches = Search::list(&mut conn, viewer.user, &all, by, after, PER_PAGE + 1).await?;
    let count = Search::count(&mut conn, viewer.user, &all).await?;
    let next = cut(&mut searches, PER_PAGE, |last| {
        let cursor = Params::cursor(&by.to_string(), last.position(by.sort));
        format!("/searches?cursor={}", respond::encoded(&cursor))
    });
    let ids: Vec<_> = searches.iter().map(|search| search.search.id).collect();
    let mut lasts = scans::latest(&conn, viewer.user, &ids).await?;
    let tallies = finds::tallies(&mut conn, viewer.user, app.clock.now() - FRESH).await?;
    let mut rows = Vec::with_capacity(searches.len());
    for search in searches {
        let tally = tallies.iter().find(|tally| tally.search_id == search.search.id).copied();
        let id = search.search.id;
        let last =
            lasts.iter().position(|scan| scan.search_id == id).map(|at| lasts.swap_remove(at));
        rows.push(Row { search, tally, last });
    }
    let mut troubles = search_sources::health(&mut conn, viewer.user, Whose::Own).await?;
    troubles.retain(|source| source.failing > 0);
    let feeds = feeds::all(&conn, viewer.user).await?;
    let has_sources = !app.doors().names(&feeds).iter().all(|(_, is_there)| !is_there);
    respond::page(&ListPage { shell, rows, count, next, has_sources, troubles })
}

/// `GET /searches/{id}`
pub(in crate::web) async fn show(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
    viewer: Viewer,
    id: Path<SearchId>,
) -> Result<HttpResponse> {
    let mut params = Params::of_form(request.query_string());
    let shows_dropped = params.text("show").as_deref() == Some("dropped");
    let after = params.after(ORDER, true).and_then(|after| Some((after.time()?, after.id)));
    let mut conn = app.conn().await?;
    let search = Search::find(&mut conn, viewer.user, *id).await?;
    let search = search.ok_or(Error::NotFound(Searches::ONE))?;
    let of = (viewer.user, *id);
    let mut found = finds::list(&mut conn, of, !shows_dropped, after, PER_PAGE + 1).await?;
    let next = cut(&mut found, PER_PAGE, |last| {
        let key = last.first_found_at.timestamp_micros();
        let cursor = Params::cursor(ORDER, After { rest: false, key, id: last.listing_id.0 });
        let show = if shows_dropped { "show=dropped&" } else { "" };
        format!("/searches/{}?{show}cursor={}", *id, respond::encoded(&cursor))
    });
    let ids: Vec<_> = found.iter().map(|find| find.listing_id).collect();
    let ads = if shows_dropped {
        Vec::new()
    } else {
        listings_view::several(&conn, viewer.user, &ids).await?
    };
    let items = watching::of_listings(&conn, viewer.user, &ids).await?;
    let zone = watch::zone(&conn, viewer.user).await?;
    let tallies = finds::tallies(&mut conn, viewer.user, app.clock.now() - FRESH).await?;
    let tally = tallies.into_iter().find(|tally| tally.search_id == *id);
    let runs = scans::of_search(&conn, viewer.user, *id, None, RUNS).await?;
    drop(conn);
    let here = format!("/searches/{}", *id);
    let card = |row: Scored| {
        let controls =
            Controls::of(row.listing.id, items.get(&row.listing.id), zone, shell.now, &here);
        Card::of(row, controls)
    };
    let cards: Vec<Card> = ads.into_iter().map(card).collect();
    let is_running = runs.first().is_some_and(|scan| scan.status == ScanStatus::Running);
    let shell = if is_running { shell.following(2) } else { shell };
    respond::page(&ShowPage {
        shell,
        search,
        tally,
        runs,
        cards,
        dropped: if shows_dropped { found } else { Vec::new() },
        shows_dropped,
        next,
        is_later_page: after.is_some(),
    })
}

/// `POST /searches/{id}/scan`
pub(in crate::web) async fn scan(
    app: Data<App>,
    viewer: Viewer,
    id: Path<SearchId>,
) -> Result<HttpResponse> {
    let now = app.clock.now();
    let wanted = scans::want(&mut *app.conn().await?, viewer.user, *id, now).await?;
    wanted.ok_or(Error::NotFound(Searches::ONE))?;
    Ok(respond::see_other(&format!("/searches/{}", *id)))
}

/// `POST /searches/{id}/remove`
pub(in crate::web) async fn remove(
    app: Data<App>,
    viewer: Viewer,
    id: Path<SearchId>,
) -> Result<HttpResponse> {
    if !Search::delete(&mut *app.conn().await?, viewer.user, *id).await? {
        return Err(Error::NotFound(Searches::ONE));
    }
    Ok(respond::see_other("/searches"))
}

/// A search in the list.
struct Row {
    search: Search,
    tally: Option<Tally>,
    last: Option<Scan>,
}

#[derive(Template)]
#[template(path = "searches/list.html")]
struct ListPage {
    shell: Shell,
    rows: Vec<Row>,
    /// All that are saved, on this page or not.
    count: i64,
    next: Option<String>,
    has_sources: bool,
    /// Sources that gave no usable answer the last time.
    troubles: Vec<SourceHealth>,
}

#[derive(Template)]
#[template(path = "searches/show.html")]
struct ShowPage {
    shell: Shell,
    search: Search,
    tally: Option<Tally>,
    /// The latest first.
    runs: Vec<Scan>,
    cards: Vec<Card>,
    dropped: Vec<Find>,
    shows_dropped: bool,
    next: Option<String>,
    is_later_page: bool,
}

impl ShowPage {
    /// The latest run as a piece of HTML, the same that is sent while it goes on.
    fn part<'a>(&'a self, scan: &'a Scan) -> ProgressPart<'a> {
        ProgressPart { shell: &self.shell, progress: scan.progress(), scan }
    }
}

/// A run: how far it is, source by source.
#[derive(Template)]
#[template(path = "searches/progress.html")]
struct ProgressPart<'a> {
    shell: &'a Shell,
    progress: Progress,
    scan: &'a Scan,
}

/// What a search asks for, in a line: its words, its prices, its place.
fn asks(search: &Search) -> String {
    let row = &search.search;
    let money = |amount: i64| view::whole(Money::new(amount, row.currency));
    let mut said = Vec::new();
    if !row.words.is_empty() {
        said.push(row.words.clone());
    }
    let excluded: Vec<_> = row.excluded_words.iter().flatten().map(String::as_str).collect();
    if !excluded.is_empty() {
        said.push(format!("without {}", excluded.join(", ")));
    }
    match (row.min_price, row.max_price) {
        (Some(min), Some(max)) => said.push(format!("{} to {}", money(min), money(max))),
        (None, Some(max)) => said.push(format!("up to {}", money(max))),
        (Some(min), None) => said.push(format!("from {}", money(min))),
        (None, None) => {}
    }
    if let Some(km) = row.radius_km {
        let place = if row.place.is_empty() { "the place" } else { &row.place };
        said.push(format!("within {km} km of {place}"));
    }
    if said.is_empty() { "Everything its sources have".to_owned() } else { said.join(" · ") }
}

/// How a run ended, for people, and its colour.
fn state(status: ScanStatus) -> (&'static str, &'static str) {
    match status {
        ScanStatus::Running => ("Running", "fair"),
        ScanStatus::Done => ("Done", "great"),
        ScanStatus::Failed => ("Failed", "poor"),
    }
}

/// How a source of a run does, for people, and its colour.
fn source_state(state: SourceState) -> (&'static str, &'static str) {
    match state {
        SourceState::Waiting => ("Waiting for its turn", "none"),
        SourceState::Reading => ("Reading", "fair"),
        SourceState::Done => ("Read", "great"),
        SourceState::Failed => ("No answer", "poor"),
        SourceState::Skipped => ("Left alone", "none"),
    }
}

/// A run in a row of a table: ads, what fits, what is new, what is gone, and what went wrong.
fn sums(scan: &Scan) -> (u32, u32, u32, u32, String) {
    let progress = scan.progress();
    let failed = progress.sources.iter().filter(|(_, one)| one.state == SourceState::Failed);
    let troubles: Vec<_> = failed
        .map(|(name, one)| {
            format!("{}: {}", view::source(name), one.error.as_deref().unwrap_or("no answer"))
        })
        .collect();
    let said = if troubles.is_empty() { "–".to_owned() } else { troubles.join("; ") };
    (
        progress.sum(|one| one.found),
        progress.sum(|one| one.matched),
        progress.sum(|one| one.new),
        progress.sum(|one| one.gone),
        said,
    )
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::{db::searches::SearchFields, nouns::searches::draft};

    #[test]
    fn a_search_is_told_in_a_line() {
        let said = |given| {
            let search = draft(given, DateTime::UNIX_EPOCH);
            asks(&Search { search, channel_ids: Vec::new() })
        };
        let given = SearchFields {
            words: Some("leica m6".to_owned()),
            excluded_words: Some(vec![Some("broken".to_owned())]),
            max_price: Some(Some(250_000)),
            radius_km: Some(Some(30)),
            place: Some("Berlin".to_owned()),
            ..SearchFields::default()
        };
        let line = "leica m6 · without broken · up to $2,500 · within 30 km of Berlin";
        assert_eq!(said(given), line);
        assert_eq!(said(SearchFields::default()), "Everything its sources have");
    }
}
