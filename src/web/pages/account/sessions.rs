//! `/account/sessions`: where one is signed in, and signing out there.

use actix_web::{
    HttpResponse,
    web::{Data, Path, Query},
};
use askama::Template;

use super::Done;
use crate::{
    db::{self, devices::Device},
    error::{Error, Result},
    model::{id::SessionId, role::Role},
    state::App,
    web::{auth::SignedIn, pages::agent, respond, shell::Shell},
};

/// `GET /account/sessions`
pub(in crate::web) async fn list(
    app: Data<App>,
    shell: Shell,
    person: SignedIn,
    query: Query<Done>,
) -> Result<HttpResponse> {
    let mut devices = db::devices::all(&*app.conn().await?, person.user, app.clock.now()).await?;
    // The one in front of the person comes first.
    devices.sort_by_key(|device| device.id != person.session);
    let done = match query.done.as_deref() {
        Some("one") => Some("That device is signed out."),
        Some("others") => Some("Every other device is signed out."),
        _ => None,
    };
    respond::page(&SessionsPage { shell, person, devices, done })
}

/// `POST /account/sessions/{id}/end`
pub(in crate::web) async fn end(
    app: Data<App>,
    person: SignedIn,
    id: Path<SessionId>,
) -> Result<HttpResponse> {
    if !db::devices::end(&*app.conn().await?, person.user, *id).await? {
        return Err(Error::NotFound("device"));
    }
    Ok(respond::see_other("/account/sessions?done=one"))
}

/// `POST /account/sessions/end-others`
pub(in crate::web) async fn end_others(app: Data<App>, person: SignedIn) -> Result<HttpResponse> {
    db::devices::end_others(&*app.conn().await?, person.user, person.session).await?;
    Ok(respond::see_other("/account/sessions?done=others"))
}

#[derive(Template)]
#[template(path = "account/sessions.html")]
struct SessionsPage {
    shell: Shell,
    person: SignedIn,
    devices: Vec<Device>,
    done: Option<&'static str>,
}
