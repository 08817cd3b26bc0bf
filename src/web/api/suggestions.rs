//! `/api/v1/listings/suggestions` and `/api/v1/comps/suggestions`: how what is being typed may go on.

use actix_web::{HttpRequest, HttpResponse, http::Method, web::Data};
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;

use super::endpoint::{Answer, Endpoint, Operation};
use crate::{
    db::words::Searched,
    error::{Error, Result},
    model::words::Words,
    nouns::{Noun, comps::Comps, listings::Listings, params::Params, search},
    state::App,
    web::{auth::Viewer, respond, routes},
};

/// Searches that what was typed may become.
#[derive(Debug, Serialize, JsonSchema)]
struct Suggestions {
    /// At most ten, the likeliest first.
    items: Vec<String>,
}

/// The operations.
pub(super) fn endpoints() -> [Endpoint; 2] {
    [
        Endpoint {
            path: "/v1/listings/suggestions".to_owned(),
            method: Method::GET,
            tables: &["listings"],
            route: || routes::read().to(of_listings),
            describe: describe::<Listings>,
        },
        Endpoint {
            path: "/v1/comps/suggestions".to_owned(),
            method: Method::GET,
            tables: &["comps"],
            route: || routes::read().to(of_comps),
            describe: describe::<Comps>,
        },
    ]
}

async fn of_listings(app: Data<App>, request: HttpRequest, viewer: Viewer) -> Result<HttpResponse> {
    suggest(&app, &request, &viewer, Searched::Listings).await
}

async fn of_comps(app: Data<App>, request: HttpRequest, viewer: Viewer) -> Result<HttpResponse> {
    suggest(&app, &request, &viewer, Searched::Comps).await
}

async fn suggest(
    app: &App,
    request: &HttpRequest,
    viewer: &Viewer,
    searched: Searched,
) -> Result<HttpResponse> {
    let mut params = Params::of(request.query_string());
    let words = params.read::<Words>("q");
    params.finish()?;
    let words = words.ok_or_else(|| Error::invalid("q", "is needed: what was typed so far"))?;
    let mut conn = app.conn().await?;
    let items = search::suggestions(&mut conn, viewer.user, searched, &words).await?;
    respond::json(&Suggestions { items })
}

fn describe<N: Noun>(made: &mut SchemaGenerator) -> Operation {
    let mut params = Params::describe();
    params.read::<Words>("q");
    let mut query = params.known().to_vec();
    for parameter in &mut query {
        parameter.needed = true;
    }
    let name = N::MANY[..1].to_uppercase() + &N::MANY[1..];
    Operation {
        id: format!("suggest{name}"),
        group: N::MANY,
        summary: format!(
            "Suggests how a search in {} may go on, by what the user's own titles say.",
            N::MANY
        ),
        scope: "read",
        query,
        body: None,
        answer: Answer::Body(made.subschema_for::<Suggestions>()),
        matches: false,
        once: false,
        refusals: &[],
    }
}
