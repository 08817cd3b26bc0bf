//! What notifications have beside the rest of a noun: one that was given up is tried again.

use actix_web::{
    HttpRequest, HttpResponse,
    http::Method,
    web::{self, Data, Path},
};
use schemars::SchemaGenerator;

use super::{
    crud,
    endpoint::{self, Answer, Endpoint, Operation},
    write::{self, Written},
};
use crate::{
    db::{notifications::Notification, outbox, owned::Owned},
    error::{Error, Result},
    nouns::{Noun, notifications::Notifications, params::Params},
    state::App,
    web::auth::Viewer,
};

/// The operation.
pub(super) fn endpoint() -> Endpoint {
    Endpoint {
        path: format!("/v1/{}/{{id}}/retry", Notifications::MANY),
        method: Method::POST,
        tables: &["notifications"],
        route: || web::post().to(retry),
        describe,
    }
}

/// `POST /api/v1/notifications/{id}/retry`
async fn retry(
    app: Data<App>,
    request: HttpRequest,
    viewer: Viewer,
    id: Path<String>,
) -> Result<HttpResponse> {
    Params::of(request.query_string()).finish()?;
    let id = crud::id_of::<Notifications>(&id)?;
    write::once(&app, &request, viewer.user, &[], async |conn| {
        match outbox::again(conn, viewer.user, id, app.clock.now()).await? {
            None => return Err(Error::NotFound(Notifications::ONE)),
            Some(false) => {
                let why = "it was not given up, or its channel was removed or is switched off; only what failed is tried again";
                return Err(Error::Conflict(why.to_owned()));
            }
            Some(true) => {}
        }
        let row = Notification::find(conn, viewer.user, id).await?;
        let row = row.ok_or(Error::NotFound(Notifications::ONE))?;
        Written::changed(&Notifications::whole(conn, viewer.user, row).await?)
    })
    .await
}

fn describe(made: &mut SchemaGenerator) -> Operation {
    type Whole = <Notifications as Noun>::Whole;
    let answer = Answer::Changed(made.subschema_for::<Whole>());
    Operation {
        summary: "Puts a notification that was given up in line again.".to_owned(),
        scope: "write",
        once: true,
        refusals: &[404, 409],
        ..endpoint::operation::<Notifications>("retry", answer)
    }
}
