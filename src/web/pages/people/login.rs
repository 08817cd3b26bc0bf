//! `/login` and `/logout`.

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

/// What `/login` sends.
#[derive(Deserialize)]
pub(in crate::web) struct Credentials {
    email: String,
    password: String,
    next: Option<String>,
}

/// Where to go after signing in.
#[derive(Deserialize)]
pub(in crate::web) struct Next {
    next: Option<String>,
}

/// `GET /login`
pub(in crate::web) async fn form(
    app: Data<App>,
    shell: Shell,
    query: Query<Next>,
) -> Result<HttpResponse> {
    if app.settings.demo.enabled {
        return Ok(respond::see_other("/"));
    }
    if !db::users::anybody_has_an_account(&*app.conn().await?).await? {
        return Ok(respond::see_other("/setup"));
    }
    let next = auth::safe_next(query.next.as_deref()).to_owned();
    respond::page(&LoginPage { shell, email: String::new(), next, failed: false })
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
        let page = LoginPage { shell, email, next, failed: true };
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
struct LoginPage {
    shell: Shell,
    email: String,
    next: String,
    failed: bool,
}
