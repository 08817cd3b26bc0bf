//! What channels have beside the rest of a noun: a trial says whether one works.

use actix_web::{
    HttpRequest, HttpResponse,
    http::Method,
    web::{self, Data, Path},
};
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;

use super::{
    crud,
    endpoint::{self, Answer, Endpoint, Operation},
};
use crate::{
    db::outbox,
    error::{Error, Result},
    nouns::{Noun, channels::Channels, params::Params},
    state::App,
    web::{auth::Viewer, respond},
};

/// How a trial went.
#[derive(Debug, Serialize, JsonSchema)]
struct Trial {
    /// Whether the service took the message.
    sent: bool,
    /// What it said, or why there is no message.
    said: String,
}

/// The operation.
pub(super) fn endpoint() -> Endpoint {
    Endpoint {
        path: format!("/v1/{}/{{id}}/test", Channels::MANY),
        method: Method::POST,
        tables: &["channels", "notifications"],
        route: || web::post().to(test),
        describe,
    }
}

/// `POST /api/v1/channels/{id}/test`
async fn test(
    app: Data<App>,
    request: HttpRequest,
    viewer: Viewer,
    id: Path<String>,
) -> Result<HttpResponse> {
    Params::of(request.query_string()).finish()?;
    let id = crud::id_of::<Channels>(&id)?;
    let way = outbox::way(&mut *app.conn().await?, viewer.user, id).await?;
    let way = way.ok_or(Error::NotFound(Channels::ONE))?;
    let tried = app.delivery().try_out(&way, &app.settings.base_url(), app.clock.now()).await;
    let fault = tried.as_ref().err().map(ToString::to_string);
    let mut conn = app.conn().await?;
    outbox::tried(&mut conn, viewer.user, id, fault.as_deref(), app.clock.now()).await?;
    respond::json(&match (tried, fault) {
        (Ok(said), _) => Trial { sent: true, said },
        (Err(_), fault) => Trial { sent: false, said: fault.unwrap_or_default() },
    })
}

fn describe(made: &mut SchemaGenerator) -> Operation {
    let answer = Answer::Body(made.subschema_for::<Trial>());
    Operation {
        summary: "Sends a message through the channel that says only that it works, and answers what its service said."
            .to_owned(),
        scope: "write",
        refusals: &[404],
        ..endpoint::operation::<Channels>("test", answer)
    }
}
