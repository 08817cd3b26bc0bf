//! `/forgot`: a link that sets a new password, by mail. Nobody learns here who has an account: the answer, and the time
//! it takes, are the same for every address.

use std::{sync::Arc, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Form},
};
use askama::Template;
use serde::Deserialize;

use crate::{
    db,
    error::Result,
    mail::{Mail, Turn},
    model::person,
    state::App,
    web::{auth, links, respond, shell::Shell},
};

/// How many mails one address gets in an hour.
const MAILS_AN_HOUR: u64 = 5;

/// What the form sends.
#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    email: String,
}

/// `GET /forgot`
pub(in crate::web) async fn form(app: Data<App>, shell: Shell) -> Result<HttpResponse> {
    if app.settings.demo.enabled {
        return Ok(respond::see_other("/"));
    }
    let has_mail = app.mail.is_configured();
    let email = String::new();
    respond::page(&ForgotPage { shell, has_mail, email, fault: None, is_done: false })
}

/// `POST /forgot`
pub(in crate::web) async fn ask(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
    form: Form<Asked>,
) -> Result<HttpResponse> {
    let has_mail = app.mail.is_configured();
    if app.settings.demo.enabled || !has_mail {
        return Ok(respond::see_other("/forgot"));
    }
    auth::limit_tries(&app, &request, "forgot", 10).await?;
    let page = ForgotPage { shell, has_mail, email: String::new(), fault: None, is_done: true };
    let email = match person::email(&form.email) {
        Ok(email) => email,
        Err(fault) => {
            let email = form.email.clone();
            let page = ForgotPage { email, fault: Some(fault), is_done: false, ..page };
            return respond::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    auth::limit_address(&app, "forgot", &email, MAILS_AN_HOUR, Duration::from_hours(1)).await?;
    match app.mail.turn() {
        // Whether there is such a person is looked up after the answer.
        Some(turn) => drop(app.begin(write(Arc::clone(&app), email, turn))),
        None => slog::warn!(app.log, "a mail was not sent: too many are on their way already"),
    }
    respond::page(&page)
}

async fn write(app: Arc<App>, email: String, turn: Turn) {
    const WHAT: &str = "a link for a new password";
    match mail_for(&app, email).await {
        Ok(Some(mail)) => app.mail.send_and_tell(&mail, &turn, WHAT, &app.log).await,
        Ok(None) => {}
        Err(failure) => slog::warn!(app.log, "a mail was not sent: {WHAT}: {failure}"),
    }
}

async fn mail_for(app: &App, email: String) -> Result<Option<Mail>> {
    let found = db::users::find_by_email(&*app.conn().await?, &email).await?;
    let Some(user) = found.filter(|user| user.disabled_at.is_none()) else { return Ok(None) };
    let path = links::set_password(app, user.id, links::RESET).await?;
    let text = format!(
        "Somebody, perhaps you, asked for a new password for {email} at Deal Scout.\n\n\
         This link lets you set one. It works once, and for an hour:\n\n{}{path}\n\n\
         If it was not you, do nothing: your password stays as it is.\n",
        links::base(app)
    );
    let subject = "A new password for Deal Scout".to_owned();
    Ok(Some(Mail { to: email, subject, text, html: None, key: None }))
}

#[derive(Template)]
#[template(path = "people/forgot.html")]
struct ForgotPage {
    shell: Shell,
    has_mail: bool,
    email: String,
    fault: Option<String>,
    is_done: bool,
}
