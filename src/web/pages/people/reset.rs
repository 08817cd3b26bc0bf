//! `/reset`: sets a password with a link, once.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Form, Query},
};
use askama::Template;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::{
    db,
    error::Result,
    model::person,
    state::App,
    web::{auth, pages::faults::Faults, password, respond, shell::Shell},
};

/// What a link says.
#[derive(Deserialize)]
pub(in crate::web) struct Link {
    #[serde(default)]
    token: String,
}

/// What the form sends.
#[derive(Deserialize)]
pub(in crate::web) struct NewPassword {
    token: String,
    password: String,
    password_again: String,
}

/// `GET /reset?token=…`. Looking at it uses nothing up: mail programs look at links, too.
pub(in crate::web) async fn form(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
    query: Query<Link>,
) -> Result<HttpResponse> {
    if app.settings.demo.enabled {
        return Ok(respond::see_other("/"));
    }
    auth::limit_tries(&app, &request, "reset", 30).await?;
    let token = query.into_inner().token;
    match holder(&app, &token).await? {
        Some(email) => respond::page(&ResetPage { shell, email, token, faults: Faults::default() }),
        None => used_up(shell),
    }
}

/// `POST /reset`
pub(in crate::web) async fn set(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
    form: Form<NewPassword>,
) -> Result<HttpResponse> {
    if app.settings.demo.enabled {
        return Ok(respond::see_other("/"));
    }
    auth::limit_tries(&app, &request, "reset", 30).await?;
    let NewPassword { token, password, password_again } = form.into_inner();
    let Some(email) = holder(&app, &token).await? else { return used_up(shell) };
    let mut faults = Faults::default();
    if let Some(fault) = person::password_fault(&password) {
        faults.add("password", fault);
    } else if password != password_again {
        faults.add("password_again", "differs from the first");
    }
    if !faults.is_empty() {
        let page = ResetPage { shell, email, token, faults };
        return respond::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let hash = password::hash(password).await?;
    let mut conn = app.conn().await?;
    let now = app.clock.now();
    let redeemed = db::password_resets::redeem(&mut conn, &digest(&token), &hash, now).await?;
    let Some(user) = redeemed else { return used_up(shell) };
    slog::info!(app.log, "a password was set with a link"; "user_id" => user.0);
    Ok(respond::see_other("/login?done=reset"))
}

/// The address of whose link it is, while it works.
async fn holder(app: &App, token: &str) -> Result<Option<String>> {
    let conn = app.conn().await?;
    let found = db::password_resets::holder(&conn, &digest(token), app.clock.now()).await?;
    Ok(found.map(|(_, email)| email.unwrap_or_default()))
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

fn used_up(shell: Shell) -> Result<HttpResponse> {
    respond::page_with(StatusCode::GONE, &UsedUpPage { shell })
}

#[derive(Template)]
#[template(path = "people/reset.html")]
struct ResetPage {
    shell: Shell,
    email: String,
    token: String,
    faults: Faults,
}

#[derive(Template)]
#[template(path = "people/used_up.html")]
struct UsedUpPage {
    shell: Shell,
}
