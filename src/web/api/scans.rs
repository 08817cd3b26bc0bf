//! Runs of searches: asking for one, following it, what it has met; and what a search would meet before it is saved.

use actix_web::{
    HttpRequest, HttpResponse,
    http::Method,
    web::{self, Data, Path, Payload},
};
use chrono::{DateTime, Utc};
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;

use super::{
    body::{self, LARGEST},
    crud,
    endpoint::{self, Answer, Endpoint, Operation},
    page::{self, Page},
    write::{self, Written},
};
use crate::{
    db::{
        finds::{self, Find},
        keyset::After,
        owned::Owned,
        scans::{self, Scan},
        searches::Search,
    },
    error::{Error, Result},
    model::{
        id::{ListingId, ScanId, SearchId},
        money::Money,
        scan::{Progress, ScanStatus, Trigger},
    },
    nouns::{Noun, fields::Fields, params::Params, searches::Searches, shape::boolean},
    scan::preview::Preview,
    state::App,
    web::{auth::Viewer, respond, routes, trial},
};

const GROUP: &str = "searches";
const TABLES: &[&str] = &["searches", "scans", "finds", "search_sources", "feeds", "user_prefs"];
/// Lists go by the time of the first meeting, the latest first; no other order is offered.
const ORDER: &str = "-created_at";

/// The operations.
pub(super) fn endpoints() -> Vec<Endpoint> {
    let endpoint = |path: &str, method, route, describe| Endpoint {
        path: path.to_owned(),
        method,
        tables: TABLES,
        route,
        describe,
    };
    vec![
        endpoint(
            "/v1/searches/preview",
            Method::POST,
            || web::post().to(preview),
            describe_preview,
        ),
        endpoint("/v1/searches/{id}/scan", Method::POST, || web::post().to(want), describe_want),
        endpoint("/v1/searches/{id}/scans", Method::GET, || routes::read().to(list), describe_list),
        endpoint("/v1/searches/{id}/finds", Method::GET, || routes::read().to(met), describe_met),
        endpoint("/v1/scans/{id}", Method::GET, || routes::read().to(show), describe_show),
    ]
}

/// One run of a search.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Scan")]
struct View {
    id: ScanId,
    search_id: SearchId,
    trigger: Trigger,
    status: ScanStatus,
    /// How far it is with each source.
    progress: Progress,
    /// Why it failed.
    error: Option<String>,
    finished_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Scan> for View {
    fn from(row: Scan) -> Self {
        let mut progress = row.progress();
        // Where a page begins is between the run and its source.
        progress.sources.values_mut().for_each(|source| source.next = None);
        Self {
            progress,
            id: row.id,
            search_id: row.search_id,
            trigger: row.trigger,
            status: row.status,
            error: row.error,
            finished_at: row.finished_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// An ad that a search has met.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Find")]
struct FindView {
    listing_id: ListingId,
    /// The search's source that it was met at.
    source: String,
    title: String,
    price: Option<Money>,
    url: Option<String>,
    score: Option<i32>,
    /// Whether it can still be bought.
    available: bool,
    /// Whether it is what the search looks for.
    matched: bool,
    /// Why not, or what could not be told.
    reason: Option<String>,
    first_found_at: DateTime<Utc>,
    last_found_at: DateTime<Utc>,
}

impl From<Find> for FindView {
    fn from(row: Find) -> Self {
        Self {
            listing_id: row.listing_id,
            source: row.through,
            title: row.title,
            price: row.price_amount.map(|amount| Money::new(amount, row.currency)),
            url: row.url,
            score: row.score,
            available: row.available,
            matched: row.matched,
            reason: row.reason,
            first_found_at: row.first_found_at,
            last_found_at: row.last_found_at,
        }
    }
}

/// `POST /api/v1/searches/{id}/scan`: answers the run that was asked for, or the one that is under way.
async fn want(
    app: Data<App>,
    request: HttpRequest,
    viewer: Viewer,
    id: Path<String>,
) -> Result<HttpResponse> {
    Params::of(request.query_string()).finish()?;
    let id = crud::id_of::<Searches>(&id)?;
    let now = app.clock.now();
    write::once(&app, &request, viewer.user, &[], async |conn| {
        let scan = scans::want(conn, viewer.user, id, now).await?;
        let scan = scan.ok_or(Error::NotFound(Searches::ONE))?;
        Written::accepted(format!("/api/v1/scans/{}", scan.id), &View::from(scan))
    })
    .await
}

/// `GET /api/v1/searches/{id}/scans`
async fn list(
    app: Data<App>,
    request: HttpRequest,
    viewer: Viewer,
    id: Path<String>,
) -> Result<HttpResponse> {
    let mut params = Params::of(request.query_string());
    let after = params.after(ORDER, true);
    let limit = page::limit(&mut params);
    params.finish()?;
    let search = crud::id_of::<Searches>(&id)?;
    let mut conn = app.conn().await?;
    exists(&mut conn, &viewer, search).await?;
    let rows = scans::of_search(&conn, viewer.user, search, after, limit + 1).await?;
    let cursor = |last: &Scan| cursor(last.created_at, last.id.0);
    respond::json(&Page::of(rows, limit, None, cursor, View::from))
}

/// `GET /api/v1/searches/{id}/finds`
async fn met(
    app: Data<App>,
    request: HttpRequest,
    viewer: Viewer,
    id: Path<String>,
) -> Result<HttpResponse> {
    let mut params = Params::of(request.query_string());
    let matched = params.take("matched", boolean()).unwrap_or(true);
    let after = params.after(ORDER, true);
    let limit = page::limit(&mut params);
    params.finish()?;
    let search = crud::id_of::<Searches>(&id)?;
    let mut conn = app.conn().await?;
    exists(&mut conn, &viewer, search).await?;
    let after = after.and_then(|after| Some((after.time()?, after.id)));
    let of = (viewer.user, search);
    let rows = finds::list(&mut conn, of, matched, after, limit + 1).await?;
    let cursor = |last: &Find| cursor(last.first_found_at, last.listing_id.0);
    respond::json(&Page::of(rows, limit, None, cursor, FindView::from))
}

fn cursor(time: DateTime<Utc>, id: i64) -> String {
    Params::cursor(ORDER, After { rest: false, key: time.timestamp_micros(), id })
}

async fn exists(
    conn: &mut diesel_async::AsyncPgConnection,
    viewer: &Viewer,
    search: SearchId,
) -> Result<()> {
    let found = Search::find(conn, viewer.user, search).await?;
    found.map(|_| ()).ok_or(Error::NotFound(Searches::ONE))
}

/// `GET /api/v1/scans/{id}`
async fn show(
    app: Data<App>,
    request: HttpRequest,
    viewer: Viewer,
    id: Path<String>,
) -> Result<HttpResponse> {
    Params::of(request.query_string()).finish()?;
    let id: ScanId = id.parse().map_err(|_| Error::NotFound("scan"))?;
    let conn = app.conn().await?;
    let scan = scans::find(&conn, viewer.user, id).await?.ok_or(Error::NotFound("scan"))?;
    respond::resource(&request, &View::from(scan))
}

/// What a search would meet now.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Preview")]
struct PreviewView {
    /// What each source answered.
    sources: Vec<PreviewSource>,
    /// What the search looks for.
    matched: Vec<PreviewAd>,
    /// What it does not, and why.
    dropped: Vec<PreviewAd>,
}

/// What one source answered.
#[derive(Debug, Serialize, JsonSchema)]
struct PreviewSource {
    source: String,
    /// Why it gave no usable answer.
    error: Option<String>,
    /// Whether it has more than was looked at.
    has_more: bool,
    matched: usize,
    dropped: usize,
}

/// An ad that is not stored.
#[derive(Debug, Serialize, JsonSchema)]
struct PreviewAd {
    source: String,
    title: String,
    price: Option<Money>,
    url: Option<String>,
    /// Why it is dropped, or what could not be told.
    reason: Option<String>,
}

impl PreviewView {
    fn of(previews: Vec<Preview>) -> Self {
        let (mut matched, mut dropped) = (Vec::new(), Vec::new());
        let mut sources = Vec::with_capacity(previews.len());
        for preview in previews {
            let (before_matched, before_dropped) = (matched.len(), dropped.len());
            let (ads, error) = match preview.ads {
                Ok(ads) => (ads, None),
                Err(why) => (Vec::new(), Some(why)),
            };
            for (ad, verdict) in ads {
                let list = if verdict.fits() { &mut matched } else { &mut dropped };
                list.push(PreviewAd {
                    source: preview.source.clone(),
                    price: ad.price(),
                    title: ad.title,
                    url: ad.url,
                    reason: verdict.reason().map(str::to_owned),
                });
            }
            sources.push(PreviewSource {
                source: preview.source,
                error,
                has_more: preview.has_more,
                matched: matched.len() - before_matched,
                dropped: dropped.len() - before_dropped,
            });
        }
        Self { sources, matched, dropped }
    }
}

/// `POST /api/v1/searches/preview`: the first page of each source, matched; nothing is stored.
async fn preview(
    app: Data<App>,
    request: HttpRequest,
    viewer: Viewer,
    payload: Payload,
) -> Result<HttpResponse> {
    Params::of(request.query_string()).finish()?;
    let body = body::read(&request, payload, LARGEST).await?;
    let given = {
        let mut fields = Fields::change(body::object(body.json)?, None, &crud::seals_nothing);
        let mut given = Searches::read(&mut fields);
        Searches::check(&mut fields, &mut given, None);
        fields.finish()?;
        given
    };
    respond::json(&PreviewView::of(trial::of(&app, &viewer, given).await?))
}

fn describe_preview(made: &mut SchemaGenerator) -> Operation {
    let mut fields = Fields::describe();
    Searches::read(&mut fields);
    Operation {
        summary:
            "Says what a search would find now, and why other ads would be dropped; stores nothing."
                .to_owned(),
        scope: "write",
        body: Some(endpoint::schema(fields.schema(false))),
        ..Operation::of(GROUP, "previewSearch", Answer::Body(made.subschema_for::<PreviewView>()))
    }
}

fn describe_want(made: &mut SchemaGenerator) -> Operation {
    Operation {
        summary: "Runs a search as soon as a worker is free; answers the run, or the one that is under way.".to_owned(),
        scope: "write",
        once: true,
        refusals: &[404],
        ..Operation::of(GROUP, "scanSearch", Answer::Accepted(made.subschema_for::<View>()))
    }
}

fn describe_list(made: &mut SchemaGenerator) -> Operation {
    let mut params = Params::describe();
    params.after(ORDER, true);
    page::limit(&mut params);
    Operation {
        summary: "Lists the runs of a search, the latest first.".to_owned(),
        query: params.known().to_vec(),
        refusals: &[404],
        ..Operation::of(GROUP, "listScans", Answer::Body(made.subschema_for::<Page<View>>()))
    }
}

fn describe_met(made: &mut SchemaGenerator) -> Operation {
    let mut params = Params::describe();
    params.take("matched", boolean());
    params.after(ORDER, true);
    page::limit(&mut params);
    Operation {
        summary: "Lists what a search has met, the latest first: what it looks for, or with matched=false what it dropped, and why.".to_owned(),
        query: params.known().to_vec(),
        refusals: &[404],
        ..Operation::of(GROUP, "listFinds", Answer::Body(made.subschema_for::<Page<FindView>>()))
    }
}

fn describe_show(made: &mut SchemaGenerator) -> Operation {
    Operation {
        summary: "Shows one run, with how far it is.".to_owned(),
        refusals: &[404],
        ..Operation::of(GROUP, "showScan", Answer::Resource(made.subschema_for::<View>()))
    }
}
