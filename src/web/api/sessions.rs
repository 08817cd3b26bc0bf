//! `/api/v1/sessions`: the browsers that somebody is signed in with, and signing one out.

use actix_web::{
    HttpRequest, HttpResponse,
    http::Method,
    web::{self, Data, Path},
};
use chrono::{DateTime, Utc};
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;

use super::{
    endpoint::{Answer, Endpoint, Operation},
    page::{self, Page},
    write::{self, Written},
};
use crate::{
    db::{
        self,
        owned::{By, Sort as _},
        sessions::{SessionRow, Sort},
    },
    error::{Error, Result},
    model::id::SessionId,
    nouns::params::Params,
    state::App,
    web::{
        auth::{Via, Viewer},
        respond, routes,
    },
};

const MANY: &str = "sessions";
const ONE: &str = "session";

/// A signed-in browser.
#[derive(Debug, Serialize, JsonSchema)]
struct Session {
    id: SessionId,
    /// What the browser calls itself.
    user_agent: String,
    /// Whether it is the one that asks.
    current: bool,
    created_at: DateTime<Utc>,
    /// When it last came, to a minute.
    last_seen_at: DateTime<Utc>,
    /// When it is signed out by itself.
    expires_at: DateTime<Utc>,
}

impl Session {
    fn of(row: SessionRow, viewer: &Viewer) -> Self {
        Self {
            current: viewer.via == Via::Session(row.id),
            id: row.id,
            user_agent: row.user_agent,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            expires_at: row.expires_at,
        }
    }
}

/// The addresses of the noun.
pub(super) fn endpoints() -> Vec<Endpoint> {
    let (many, one) = ("/v1/sessions".to_owned(), "/v1/sessions/{id}".to_owned());
    let tables = &["sessions"];
    vec![
        Endpoint {
            path: many,
            method: Method::GET,
            tables,
            route: || routes::read().to(list),
            describe: describe_list,
        },
        Endpoint {
            path: one.clone(),
            method: Method::GET,
            tables,
            route: || routes::read().to(show),
            describe: describe_show,
        },
        Endpoint {
            path: one,
            method: Method::DELETE,
            tables,
            route: || web::delete().to(remove),
            describe: describe_remove,
        },
    ]
}

/// `GET /api/v1/sessions`
async fn list(app: Data<App>, request: HttpRequest, viewer: Viewer) -> Result<HttpResponse> {
    let mut params = Params::of(request.query_string());
    let by: By<Sort> = params.order();
    let after = params.after(&by.to_string(), by.sort.is_by_time());
    let (limit, counts) = page::size(&mut params);
    params.finish()?;

    let (conn, now) = (app.conn().await?, app.clock.now());
    let total =
        if counts { Some(db::sessions::count(&conn, viewer.user, now).await?) } else { None };
    let rows = db::sessions::list(&conn, viewer.user, now, by, after, limit + 1).await?;
    let cursor =
        |last: &SessionRow| Params::cursor(&by.to_string(), db::sessions::position(last, by.sort));
    respond::json(&Page::of(rows, limit, total, cursor, |row| Session::of(row, &viewer)))
}

/// `GET /api/v1/sessions/{id}`
async fn show(
    app: Data<App>,
    request: HttpRequest,
    viewer: Viewer,
    id: Path<String>,
) -> Result<HttpResponse> {
    Params::of(request.query_string()).finish()?;
    let conn = app.conn().await?;
    let row = db::sessions::find(&conn, viewer.user, id_of(&id)?, app.clock.now()).await?;
    respond::resource(&request, &Session::of(row.ok_or(Error::NotFound(ONE))?, &viewer))
}

/// `DELETE /api/v1/sessions/{id}`: signs that browser out.
async fn remove(
    app: Data<App>,
    request: HttpRequest,
    viewer: Viewer,
    id: Path<String>,
) -> Result<HttpResponse> {
    Params::of(request.query_string()).finish()?;
    let id = id_of(&id)?;
    write::once(&app, &request, viewer.user, &[], async |conn| {
        let row = db::sessions::find(conn, viewer.user, id, app.clock.now()).await?;
        let row = row.ok_or(Error::NotFound(ONE))?;
        write::check_match(&request, &Session::of(row, &viewer))?;
        db::sessions::delete(conn, viewer.user, id).await?;
        Ok(Written::removed())
    })
    .await
}

/// What is no id names no session.
fn id_of(text: &str) -> Result<SessionId> {
    text.parse().map_err(|_| Error::NotFound(ONE))
}

fn describe_list(made: &mut SchemaGenerator) -> Operation {
    let mut params = Params::describe();
    let by: By<Sort> = params.order();
    params.after(&by.to_string(), true);
    page::size(&mut params);
    Operation {
        summary: "Lists the browsers that you are signed in with.".to_owned(),
        query: params.known().to_vec(),
        ..Operation::of(MANY, "listSessions", Answer::Body(made.subschema_for::<Page<Session>>()))
    }
}

fn describe_show(made: &mut SchemaGenerator) -> Operation {
    Operation {
        summary: "Shows one signed-in browser.".to_owned(),
        refusals: &[404],
        ..Operation::of(MANY, "showSession", Answer::Resource(made.subschema_for::<Session>()))
    }
}

fn describe_remove(_: &mut SchemaGenerator) -> Operation {
    Operation {
        summary: "Signs one browser out.".to_owned(),
        scope: "write",
        matches: true,
        once: true,
        refusals: &[404, 412],
        ..Operation::of(MANY, "removeSession", Answer::Nothing)
    }
}
