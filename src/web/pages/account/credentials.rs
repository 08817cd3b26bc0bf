//! Another password, another address. Both want the password that is: whoever finds an open browser has not got it.

use std::time::Duration;

use actix_web::{
    HttpResponse,
    web::{Data, Form},
};
use serde::Deserialize;

use super::{account, refused};
use crate::{
    db::{self, users::UserChange},
    error::{Error, Result},
    model::person,
    state::App,
    web::{auth::SignedIn, pages::faults::Faults, password, respond, shell::Shell},
};

/// What the form for another password sends.
#[derive(Deserialize)]
pub(in crate::web) struct NewPassword {
    current: String,
    password: String,
    password_again: String,
}

/// What the form for another address sends.
#[derive(Deserialize)]
pub(in crate::web) struct NewAddress {
    email: String,
    current: String,
}

/// `POST /account/password`
pub(in crate::web) async fn set_password(
    app: Data<App>,
    shell: Shell,
    person: SignedIn,
    form: Form<NewPassword>,
) -> Result<HttpResponse> {
    let NewPassword { current, password, password_again } = form.into_inner();
    let mut faults = Faults::default();
    if let Some(fault) = person::password_fault(&password) {
        faults.add("password", fault);
    } else if password != password_again {
        faults.add("password_again", "differs from the first");
    }
    if !is_theirs(&app, person, current).await? {
        faults.add("current", "is not right");
    }
    if !faults.is_empty() {
        return refused(shell, person, account(&app, person).await?, None, faults);
    }
    let hash = password::hash(password).await?;
    let change = UserChange { password_hash: Some(hash), ..UserChange::default() };
    change_account(&app, person, &change).await?;
    slog::info!(app.log, "a password was changed"; "user_id" => person.user.0);
    Ok(respond::see_other("/account?done=password"))
}

/// `POST /account/address`
pub(in crate::web) async fn set_address(
    app: Data<App>,
    shell: Shell,
    person: SignedIn,
    form: Form<NewAddress>,
) -> Result<HttpResponse> {
    let NewAddress { email: typed, current } = form.into_inner();
    let mut faults = Faults::default();
    let email = faults.take("email", person::email(&typed));
    if !is_theirs(&app, person, current).await? {
        faults.add("address_current", "is not right");
    }
    if let (Some(email), true) = (email, faults.is_empty()) {
        let change = UserChange { email: Some(email), ..UserChange::default() };
        match change_account(&app, person, &change).await {
            Ok(()) => return Ok(respond::see_other("/account?done=address")),
            Err(Error::Conflict(_)) => faults.add("email", "belongs to another account here"),
            Err(other) => return Err(other),
        }
    }
    refused(shell, person, account(&app, person).await?, Some(typed), faults)
}

async fn change_account(app: &App, person: SignedIn, change: &UserChange) -> Result<()> {
    let mut conn = app.conn().await?;
    let now = app.clock.now();
    db::users::update(&mut conn, person.user, change, Some(person.session), now).await?;
    Ok(())
}

/// Whether that is the person's password. Ten wrong ones in five minutes are enough.
async fn is_theirs(app: &App, person: SignedIn, given: String) -> Result<bool> {
    const WINDOW: Duration = Duration::from_mins(5);
    let tries = app.cache.count(&format!("tries:current:{}", person.user), WINDOW).await;
    if tries > 10 {
        return Err(Error::TooManyRequests { retry_after: WINDOW });
    }
    let stored = db::accounts::password_hash(&*app.conn().await?, person.user).await?;
    password::is_right(given, stored).await
}
