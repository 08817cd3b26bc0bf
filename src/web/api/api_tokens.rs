//! `/api/v1/api-tokens`: making a key, which is shown once, and taking one back. The rest is as with every noun.

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
    write::{self, Written},
};
use crate::{
    db::{
        self,
        api_tokens::{ApiToken, ApiTokenFields},
        owned::Owned,
    },
    error::{Error, Result},
    model::scope::Scope,
    nouns::{
        Noun,
        api_tokens::{ApiTokens, View},
        fields::Fields,
        params::Params,
        shape::{one_of, text, time},
    },
    state::App,
    web::auth::{Viewer, token::NewToken},
};

/// A new token with itself.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "NewApiToken")]
struct Made {
    #[serde(flatten)]
    view: View,
    /// The token. It is stored nowhere: an answer that is given again, to the same Idempotency-Key, comes without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

/// The addresses of the noun.
pub(super) fn endpoints() -> Vec<Endpoint> {
    let (many, one) = ("/v1/api-tokens".to_owned(), "/v1/api-tokens/{id}".to_owned());
    let tables = ApiTokens::TABLES;
    let mut all = endpoint::of_noun::<ApiTokens>();
    all.retain(|endpoint| ![Method::POST, Method::DELETE].contains(&endpoint.method));
    all.push(Endpoint {
        path: many,
        method: Method::POST,
        tables,
        route: || web::post().to(create),
        describe: describe_create,
    });
    all.push(Endpoint {
        path: one,
        method: Method::DELETE,
        tables,
        route: || web::delete().to(remove),
        describe: describe_remove,
    });
    all
}

/// What a new token is asked for.
struct Wanted {
    name: Option<String>,
    scope: Option<Scope>,
    expires_at: Option<DateTime<Utc>>,
}

fn read(fields: &mut Fields<'_>) -> Wanted {
    Wanted {
        name: fields.need("name", text(1..=200)),
        scope: fields.may("scope", one_of()),
        expires_at: fields.nullable("expires_at", time()).flatten(),
    }
}

/// `POST /api/v1/api-tokens`
async fn create(
    app: Data<App>,
    request: HttpRequest,
    viewer: Viewer,
    payload: Payload,
) -> Result<HttpResponse> {
    Params::of(request.query_string()).finish()?;
    let body = body::read(&request, payload, LARGEST).await?;
    let mut fields = Fields::create(body::object(body.json)?, &crud::seals_nothing);
    let Wanted { name, scope, expires_at } = read(&mut fields);
    if expires_at.is_some_and(|end| end <= app.clock.now()) {
        fields.fault("expires_at", "has passed already; give a time to come, or null for no end");
    }
    fields.finish()?;
    let scope = scope.unwrap_or(Scope::Read);
    viewer.may_give(scope)?;

    let drawn = NewToken::draw();
    let fields = ApiTokenFields {
        name,
        scope: Some(scope),
        expires_at,
        prefix: Some(drawn.prefix),
        token_digest: Some(drawn.digest.into()),
    };
    let mut fresh = None;
    let answer = write::once(&app, &request, viewer.user, &body.bytes, async |conn| {
        let view = View::from(ApiToken::insert(conn, viewer.user, &fields).await?);
        let location = format!("/api/v1/api-tokens/{}", view.id());
        // What is kept for the key must not hold the token, so it is added after.
        let written = Written::created(location, &view)?;
        fresh = Some(view);
        Ok(written)
    })
    .await?;
    let Some(view) = fresh else { return Ok(answer) };
    let made = Made { view, token: Some(drawn.text) };
    let made = serde_json::to_vec(&made).map_err(Error::internal)?;
    Ok(answer.set_body(made).map_into_boxed_body())
}

/// `DELETE /api/v1/api-tokens/{id}`: takes the token back; the row of one that was taken back goes.
async fn remove(
    app: Data<App>,
    request: HttpRequest,
    viewer: Viewer,
    id: Path<String>,
) -> Result<HttpResponse> {
    Params::of(request.query_string()).finish()?;
    let id = crud::id_of::<ApiTokens>(&id)?;
    write::once(&app, &request, viewer.user, &[], async |conn| {
        let row = ApiToken::lock(conn, viewer.user, id).await?;
        let row = row.ok_or(Error::NotFound(ApiTokens::ONE))?;
        let is_revoked = row.revoked_at.is_some();
        write::check_match(&request, &View::from(row))?;
        if is_revoked {
            ApiToken::delete(conn, viewer.user, id).await?;
        } else {
            db::api_tokens::revoke(conn, viewer.user, id, app.clock.now()).await?;
        }
        Ok(Written::removed())
    })
    .await
}

fn describe_create(made: &mut SchemaGenerator) -> Operation {
    let mut fields = Fields::describe();
    read(&mut fields);
    Operation {
        summary: "Makes a new token and shows it, this once.".to_owned(),
        scope: "write",
        body: Some(endpoint::schema(fields.schema(true))),
        once: true,
        refusals: &[403],
        ..endpoint::operation::<ApiTokens>("create", Answer::Created(made.subschema_for::<Made>()))
    }
}

fn describe_remove(made: &mut SchemaGenerator) -> Operation {
    Operation {
        summary: "Takes one token back, which stays listed; removes one that was taken back."
            .to_owned(),
        ..endpoint::remove::<ApiTokens>(made)
    }
}
