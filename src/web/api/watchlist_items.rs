//! What watchlist items have beside the rest of a noun: buying one makes a thing owned.

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
    db,
    error::{Error, Result},
    nouns::{Noun, my_items::MyItems, params::Params, watchlist_items::WatchlistItems},
    state::App,
    web::auth::Viewer,
};

/// The operation.
pub(super) fn endpoint() -> Endpoint {
    Endpoint {
        path: format!("/v1/{}/{{id}}/bought", WatchlistItems::MANY),
        method: Method::POST,
        tables: &["watchlist_items", "listings", "my_items", "photos"],
        route: || web::post().to(bought),
        describe,
    }
}

/// `POST /api/v1/watchlist-items/{id}/bought`
async fn bought(
    app: Data<App>,
    request: HttpRequest,
    viewer: Viewer,
    id: Path<String>,
) -> Result<HttpResponse> {
    Params::of(request.query_string()).finish()?;
    let id = crud::id_of::<WatchlistItems>(&id)?;
    write::once(&app, &request, viewer.user, &[], async |conn| {
        let item = db::watching::buy(conn, viewer.user, id, app.clock.now()).await?;
        let item = item.ok_or(Error::NotFound(WatchlistItems::ONE))?;
        Written::changed(&MyItems::whole(conn, viewer.user, item).await?)
    })
    .await
}

fn describe(made: &mut SchemaGenerator) -> Operation {
    type Whole = <MyItems as Noun>::Whole;
    let answer = Answer::Changed(made.subschema_for::<Whole>());
    Operation {
        summary: "Marks the ad as bought and answers with the thing owned: made of the ad, at its price with shipping, \
                  unless one was made of it before."
            .to_owned(),
        scope: "write",
        once: true,
        refusals: &[404],
        ..endpoint::operation::<WatchlistItems>("buy", answer)
    }
}
