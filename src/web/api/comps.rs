//! `/api/v1/comps`: comparable sales.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::page::{self, Page};
use crate::{
    db::{
        self,
        comps_list::{CompRow, Filter, Sort},
        keyset::After,
    },
    error::{Error, Result},
    model::{comp::Basis, condition::Condition, id::CompId, kind::Kind, money::Money},
    nouns::params::Params,
    state::App,
    web::{auth::Viewer, respond},
};

/// `GET /api/v1/comps`
pub(in crate::web) async fn list(
    app: Data<App>,
    request: HttpRequest,
    viewer: Viewer,
) -> Result<HttpResponse> {
    let mut params = Params::of(request.query_string());
    let filter = filter(&mut params);
    let (sort, after) = order(&mut params);
    let (limit, counts) = page::size(&mut params);
    params.finish()?;

    let conn = app.conn().await?;
    let total =
        if counts { Some(db::comps_list::count(&conn, viewer.user, &filter).await?) } else { None };
    let rows = db::comps_list::list(&conn, viewer.user, &filter, sort, after, limit + 1).await?;
    respond::json(&Page::of(rows, limit, total, |last| cursor(sort, last), Comp::from))
}

/// `GET /api/v1/comps/{id}`
pub(in crate::web) async fn show(
    app: Data<App>,
    request: HttpRequest,
    viewer: Viewer,
    id: Path<CompId>,
) -> Result<HttpResponse> {
    Params::of(request.query_string()).finish()?;
    let found = db::comps_list::find(&*app.conn().await?, viewer.user, *id).await?;
    respond::resource(&request, &Comp::from(found.ok_or(Error::NotFound("comp"))?))
}

/// A comparable as programs see it.
#[derive(Debug, Serialize)]
struct Comp {
    id: CompId,
    source: String,
    source_id: String,
    title: String,
    kind: Kind,
    basis: Basis,
    price: Money,
    shipping: Option<Money>,
    /// Price and shipping together: what estimates compare.
    total: Money,
    condition: Option<Condition>,
    category: Option<String>,
    url: Option<String>,
    details: serde_json::Value,
    observed_at: DateTime<Utc>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<CompRow> for Comp {
    fn from(row: CompRow) -> Self {
        Self {
            price: Money::new(row.price_amount, row.currency),
            shipping: row.shipping_amount.map(|amount| Money::new(amount, row.currency)),
            total: row.total(),
            id: row.id,
            source: row.source,
            source_id: row.source_id,
            title: row.title,
            kind: row.kind,
            basis: row.basis,
            condition: row.condition,
            category: row.category,
            url: row.url,
            details: row.details,
            observed_at: row.observed_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

fn filter(params: &mut Params) -> Filter {
    Filter {
        words: params.words("q"),
        category: params.text("category"),
        condition: params.read("condition"),
        kind: params.read("kind"),
        basis: params.read("basis"),
        source: params.text("source"),
        currency: params.read("currency"),
    }
}

fn order(params: &mut Params) -> (Sort, Option<After>) {
    let key = params.text("sort");
    let sort = key.and_then(|key| {
        let known = Sort::ALL.map(Sort::key).join(", ");
        params.checked("sort", Sort::from_key(&key).ok_or(format!("'{key}' is none of {known}")))
    });
    let sort = sort.unwrap_or_default();
    (sort, params.after(sort.key(), true))
}

fn cursor(sort: Sort, last: &CompRow) -> String {
    let after = After { rest: false, key: last.observed_at.timestamp_micros(), id: last.id.0 };
    Params::cursor(sort.key(), after)
}
