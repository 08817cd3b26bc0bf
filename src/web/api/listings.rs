//! `/api/v1/listings`: ads with their scores.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{
    page::{self, Page},
    worth::Worth,
};
use crate::{
    db::{self, listings_view::Scored},
    error::{Error, Result},
    model::{condition::Condition, id::ListingId, kind::Kind, money::Money, score::Part},
    nouns::params::Params,
    state::App,
    web::{
        auth::Viewer,
        listing_query::{self, Prices},
        respond,
    },
};

/// `GET /api/v1/listings`
pub(in crate::web) async fn list(
    app: Data<App>,
    request: HttpRequest,
    viewer: Viewer,
) -> Result<HttpResponse> {
    let mut params = Params::of(request.query_string());
    let filter = listing_query::filter(&mut params, Prices::Minor);
    let (sort, after) = listing_query::order(&mut params);
    let (limit, counts) = page::size(&mut params);
    params.finish()?;

    let conn = app.conn().await?;
    let total = if counts {
        Some(db::listings_list::count(&conn, viewer.user, &filter).await?)
    } else {
        None
    };
    let rows = db::listings_list::list(&conn, viewer.user, &filter, sort, after, limit + 1).await?;
    let cursor = |last: &Scored| listing_query::cursor(sort, sort.position(last));
    respond::json(&Page::of(rows, limit, total, cursor, |row| Listing::of(row, false)))
}

/// `GET /api/v1/listings/{id}`, with the comparables that its worth rests on.
pub(in crate::web) async fn show(
    app: Data<App>,
    request: HttpRequest,
    viewer: Viewer,
    id: Path<ListingId>,
) -> Result<HttpResponse> {
    Params::of(request.query_string()).finish()?;
    let conn = app.conn().await?;
    let found = db::listings_view::find(&conn, viewer.user, *id).await?;
    let found = found.ok_or(Error::NotFound("listing"))?;
    let history = db::listings_view::price_history(&conn, *id).await?;
    let price_history =
        history.into_iter().map(|(seen_at, price)| PricePoint { seen_at, price }).collect();
    let listing = Listing { price_history: Some(price_history), ..Listing::of(found, true) };
    respond::resource(&request, &listing)
}

/// An ad as programs see it.
#[derive(Debug, Serialize)]
struct Listing {
    id: ListingId,
    source: String,
    source_id: String,
    title: String,
    description: Option<String>,
    kind: Kind,
    price: Option<Money>,
    shipping: Option<Money>,
    condition: Option<Condition>,
    category: Option<String>,
    url: Option<String>,
    image_url: Option<String>,
    location: serde_json::Value,
    details: serde_json::Value,
    available: bool,
    posted_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    /// 0 to 100; null while there is none.
    score: Option<i32>,
    /// Null until the ad was judged.
    judgement: Option<Judgement>,
    #[serde(skip_serializing_if = "Option::is_none")]
    price_history: Option<Vec<PricePoint>>,
}

#[derive(Debug, Serialize)]
struct Judgement {
    summary: String,
    parts: Vec<Part>,
    profit: Option<Money>,
    estimate: Worth,
    scored_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Serialize)]
struct PricePoint {
    seen_at: DateTime<Utc>,
    price: Money,
}

impl Listing {
    /// `whole` adds the comparables: too much for a list.
    fn of(row: Scored, whole: bool) -> Self {
        let Scored { listing: ad, score, scored_at } = row;
        Self {
            price: ad.price(),
            shipping: ad.shipping(),
            id: ad.id,
            source: ad.source,
            source_id: ad.source_id,
            title: ad.title,
            description: ad.description,
            kind: ad.kind,
            condition: ad.condition,
            category: ad.category,
            url: ad.url,
            image_url: ad.image_url,
            location: ad.location,
            details: ad.details,
            available: ad.available,
            posted_at: ad.posted_at,
            created_at: ad.created_at,
            updated_at: ad.updated_at,
            last_seen_at: ad.last_seen_at,
            score: score.as_ref().and_then(|score| score.value),
            judgement: score.map(|score| Judgement {
                summary: score.summary,
                parts: score.parts,
                profit: score.profit,
                estimate: Worth::of(score.estimate, whole),
                scored_at,
            }),
            price_history: None,
        }
    }
}
