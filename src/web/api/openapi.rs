//! `/api/openapi.json`: the document, for programs.

use actix_web::{HttpRequest, HttpResponse, http::Method};
use schemars::{SchemaGenerator, json_schema};

use super::endpoint::{Answer, Endpoint, Operation};
use crate::{
    error::Result,
    nouns::params::Params,
    web::{
        document::{self, NO_SCOPE},
        respond, routes,
    },
};

/// `GET /api/openapi.json`
async fn show(request: HttpRequest) -> Result<HttpResponse> {
    Params::of(request.query_string()).finish()?;
    respond::resource(&request, document::whole())
}

/// The operation.
pub(super) fn endpoint() -> Endpoint {
    Endpoint {
        path: "/openapi.json".to_owned(),
        method: Method::GET,
        tables: &[],
        route: || routes::read().to(show),
        describe,
    }
}

fn describe(_: &mut SchemaGenerator) -> Operation {
    Operation {
        id: "showDocument".to_owned(),
        group: "document",
        summary: "Shows this document.".to_owned(),
        scope: NO_SCOPE,
        query: Vec::new(),
        body: None,
        answer: Answer::Resource(json_schema!({"type": "object"})),
        matches: false,
        once: false,
        refusals: &[],
    }
}
