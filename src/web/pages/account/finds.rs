//! `/account/finds`: the address at which one's finds are a feed.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use askama::Template;

use super::Done;
use crate::{
    db,
    error::Result,
    model::{id::SearchId, role::Role},
    state::App,
    ticket,
    web::{auth::SignedIn, links, respond, shell::Shell},
};

/// `GET /account/finds`
pub(in crate::web) async fn show(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
    person: SignedIn,
    query: Query<Done>,
) -> Result<HttpResponse> {
    let conn = app.conn().await?;
    let version = db::finds_feed::version(&conn, person.user).await?;
    let searches = db::finds_feed::searches(&conn, person.user).await?;
    drop(conn);
    let ticket =
        version.map(|version| ticket::to_finds(&app.sealer, person.user, version)).transpose()?;
    let base = links::base_for(&app, &request);
    let done = match query.done.as_deref() {
        Some("made") => Some(
            "Your finds have an address. Another one that they had before leads nowhere any more.",
        ),
        Some("off") => Some("The feed is switched off: its address leads nowhere any more."),
        _ => None,
    };
    let address = ticket.map(|ticket| format!("{base}/finds/{ticket}"));
    respond::page(&FindsPage { shell, person, address, searches, done })
}

/// `POST /account/finds/renew`
pub(in crate::web) async fn renew(app: Data<App>, person: SignedIn) -> Result<HttpResponse> {
    db::finds_feed::renew(&*app.conn().await?, person.user, app.clock.now()).await?;
    Ok(respond::see_other("/account/finds?done=made"))
}

/// `POST /account/finds/off`
pub(in crate::web) async fn switch_off(app: Data<App>, person: SignedIn) -> Result<HttpResponse> {
    db::finds_feed::switch_off(&*app.conn().await?, person.user, app.clock.now()).await?;
    Ok(respond::see_other("/account/finds?done=off"))
}

#[derive(Template)]
#[template(path = "account/finds.html")]
struct FindsPage {
    shell: Shell,
    person: SignedIn,
    /// Without what says its form.
    address: Option<String>,
    searches: Vec<(SearchId, String)>,
    done: Option<&'static str>,
}
