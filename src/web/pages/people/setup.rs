//! `/setup`: the first visitor makes the owner's account.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Form},
};
use askama::Template;
use serde::Deserialize;

use super::{faults_of, sign_in};
use crate::{
    db,
    error::{Error, FieldError, Result},
    state::App,
    web::{auth, password, respond, shell::Shell},
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

/// `GET /setup`
pub(in crate::web) async fn form(
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
pub(in crate::web) async fn claim(
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

/// Whether there is nothing to set up.
async fn is_settled(app: &App) -> Result<bool> {
    Ok(app.settings.demo.enabled || db::users::is_claimed(&*app.conn().await?).await?)
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
