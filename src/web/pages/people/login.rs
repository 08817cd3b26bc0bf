//! `/login` and `/logout`.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{Data, Form, Query},
};
use askama::Template;
use serde::Deserialize;

use super::{header_value, sign_in};
use crate::{
    db,
    error::Result,
    model::person,
    state::App,
    web::{
        auth::{self, Viewer},
        password, respond, session,
        shell::Shell,
    },
};

/// How often anybody may try to sign in with one address in a quarter of an hour.
const TRIES_AN_ADDRESS: u64 = 40;

/// What `/login` sends.
#[derive(Deserialize)]
pub(in crate::web) struct Credentials {
    email: String,
    password: String,
    next: Option<String>,
}

/// Where to go after signing in, and what led here.
#[derive(Deserialize)]
pub(in crate::web) struct Arrival {
    next: Option<String>,
    done: Option<String>,
}

/// What is said above the form.
pub(super) struct Note {
    pub(super) text: String,
    pub(super) is_good: bool,
}

/// `GET /login`
pub(in crate::web) async fn form(
    app: Data<App>,
    shell: Shell,
    query: Query<Arrival>,
) -> Result<HttpResponse> {
    if app.settings.demo.enabled {
        return Ok(respond::see_other("/"));
    }
    if !db::users::anybody_has_an_account(&*app.conn().await?).await? {
        return Ok(respond::see_other("/setup"));
    }
    let next = auth::safe_next(query.next.as_deref()).to_owned();
    let page = LoginPage::of(&app, shell, next);
    if query.done.as_deref() != Some("reset") {
        return respond::page(&page);
    }
    let text = "Your password is set. Sign in with it.".to_owned();
    respond::page(&page.noting(Note { text, is_good: true }))
}

/// `POST /login`. The answer, and the time it takes, are the same whether the address or the password is wrong.
pub(in crate::web) async fn login(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
    form: Form<Credentials>,
) -> Result<HttpResponse> {
    if app.settings.demo.enabled {
        return Ok(respond::see_other("/"));
    }
    auth::limit_tries(&app, &request, "login", 10).await?;
    let Credentials { email, password, next } = form.into_inner();
    let email = email.trim().to_lowercase();
    // A guess that comes from many places is slowed, too.
    auth::limit_address(&app, "login", &email, TRIES_AN_ADDRESS, Duration::from_mins(15)).await?;
    let next = auth::safe_next(next.as_deref()).to_owned();
    let is_plausible =
        password.chars().count() <= person::LONGEST_PASSWORD && !email.contains('\0');
    let found = if is_plausible {
        db::users::credentials(&*app.conn().await?, &email).await?
    } else {
        None
    };
    let (user, stored) = found.unzip();
    let is_right = password::is_right(password, stored).await?;
    let Some(user) = user.filter(|_| is_right) else {
        let page = LoginPage { email, failed: true, ..LoginPage::of(&app, shell, next) };
        return respond::page_with(StatusCode::UNAUTHORIZED, &page);
    };
    sign_in(&app, &request, user, &next).await
}

/// `POST /logout`
pub(in crate::web) async fn logout(
    app: Data<App>,
    request: HttpRequest,
    _: Viewer,
) -> Result<HttpResponse> {
    if let Some(digest) = session::digest(&request) {
        db::sessions::end(&*app.conn().await?, &digest).await?;
    }
    let mut response = respond::see_other("/login");
    response.headers_mut().insert(header::SET_COOKIE, header_value(&session::removal())?);
    Ok(response)
}

#[derive(Template)]
#[template(path = "people/login.html")]
pub(super) struct LoginPage {
    shell: Shell,
    email: String,
    next: String,
    failed: bool,
    /// What people call who else may vouch for them.
    provider: Option<String>,
    note: Option<Note>,
}

impl LoginPage {
    /// The page as it is first seen.
    pub(super) fn of(app: &App, shell: Shell, next: String) -> Self {
        let provider = app.settings.oidc.as_ref().map(|oidc| oidc.name.clone());
        Self { shell, email: String::new(), next, failed: false, provider, note: None }
    }

    /// The page with something said above the form.
    pub(super) fn noting(self, note: Note) -> Self {
        Self { note: Some(note), ..self }
    }
}
