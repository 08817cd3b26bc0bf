//! `/setup`, `/login`, `/logout`: who uses this.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{Data, Form, Query},
};
use askama::Template;
use chrono::TimeDelta;
use serde::Deserialize;

use crate::{
    db,
    error::{Error, FieldError, Result},
    model::{id::UserId, person},
    state::App,
    web::{auth, password, respond, session, shell::Shell},
};

/// What `/setup` sends.
#[derive(Deserialize)]
pub(in crate::web) struct Claim {
    email: String,
    password: String,
    password_again: String,
    #[serde(default)]
    code: String,
}

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

/// `GET /setup`
pub(in crate::web) async fn setup_form(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
) -> Result<HttpResponse> {
    if is_settled(&app).await? {
        return Ok(respond::see_other("/"));
    }
    let asks_code = !auth::is_local(&request);
    respond::page(&SetupPage { shell, email: String::new(), asks_code, faults: Vec::new() })
}

/// `POST /setup`
pub(in crate::web) async fn setup(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
    form: Form<Claim>,
) -> Result<HttpResponse> {
    if is_settled(&app).await? {
        return Err(Error::Conflict("the owner's account is claimed already; sign in".to_owned()));
    }
    auth::limit_tries(&app, &request, "setup", 10).await?;
    let asks_code = !auth::is_local(&request);
    let Claim { email, password, password_again, code } = form.into_inner();
    let email = email.trim().to_lowercase();
    let mut faults = faults_of(&email, &password, &password_again);
    if asks_code && !auth::is_setup_code(&app, &code).await {
        faults.push(FieldError::new("code", "is not the code that the log shows"));
    }
    if !faults.is_empty() {
        let page = SetupPage { shell, email, asks_code, faults };
        return respond::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }

    // No connection is held while the hash is worked out.
    let hash = password::hash(password).await?;
    let conn = app.conn().await?;
    let claimed = db::users::claim_owner(&conn, &email, &hash).await?;
    drop(conn);
    let user = claimed.ok_or_else(|| {
        Error::Conflict("somebody else has just claimed the owner's account; sign in".to_owned())
    })?;
    slog::info!(app.log, "the owner's account is claimed"; "user_id" => user.0);
    sign_in(&app, &request, user, "/").await
}

/// `GET /login`
pub(in crate::web) async fn login_form(
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
pub(in crate::web) async fn logout(app: Data<App>, request: HttpRequest) -> Result<HttpResponse> {
    if let Some(digest) = session::digest(&request) {
        db::sessions::end(&*app.conn().await?, &digest).await?;
    }
    let mut response = respond::see_other("/login");
    response.headers_mut().insert(header::SET_COOKIE, header_value(&session::removal())?);
    Ok(response)
}

async fn sign_in(
    app: &App,
    request: &HttpRequest,
    user: UserId,
    next: &str,
) -> Result<HttpResponse> {
    let (token, digest) = session::token();
    let now = app.clock.now();
    let agent = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let agent: String = agent.unwrap_or("").chars().take(200).collect();
    let expires_at = now + TimeDelta::days(session::DAYS);
    let conn = app.conn().await?;
    db::sessions::start(&conn, user, &digest, &agent, now, expires_at).await?;
    let mut response = respond::see_other(next);
    let cookie = header_value(&session::cookie(request, &token))?;
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Whether there is nothing to set up.
async fn is_settled(app: &App) -> Result<bool> {
    Ok(app.settings.demo.enabled || db::users::is_claimed(&*app.conn().await?).await?)
}

fn faults_of(email: &str, password: &str, again: &str) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if let Err(fault) = person::email(email) {
        faults.push(FieldError::new("email", fault));
    }
    if let Some(fault) = person::password_fault(password) {
        faults.push(FieldError::new("password", fault));
    } else if password != again {
        faults.push(FieldError::new("password_again", "differs from the first"));
    }
    faults
}

fn header_value(text: &str) -> Result<header::HeaderValue> {
    header::HeaderValue::from_str(text).map_err(Error::internal)
}

#[derive(Template)]
#[template(path = "people/setup.html")]
struct SetupPage {
    shell: Shell,
    email: String,
    asks_code: bool,
    faults: Vec<FieldError>,
}

impl SetupPage {
    /// What is wrong with a field.
    fn fault(&self, field: &str) -> Option<&str> {
        self.faults.iter().find(|fault| fault.field == field).map(|fault| fault.message.as_str())
    }
}

#[derive(Template)]
#[template(path = "people/login.html")]
struct LoginPage {
    shell: Shell,
    email: String,
    next: String,
    failed: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(email: &str, password: &str, again: &str) -> Vec<String> {
        faults_of(email, password, again).into_iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn a_claim_needs_an_address_and_a_long_password_twice() {
        assert!(fields("ann@example.org", "correct horse", "correct horse").is_empty());
        assert_eq!(fields("ann", "correct horse", "correct horse"), ["email"]);
        assert_eq!(fields("a@b", "short", "short"), ["password"]);
        assert_eq!(fields("a@b", "correct horse", "correct house"), ["password_again"]);
        assert_eq!(fields("@b", "kurz", ""), ["email", "password"]);
    }
}
