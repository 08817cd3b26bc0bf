//! Links that let somebody set a password: by mail, by an owner's hand, or by a command. Whoever has one may use it
//! once, so only its digest is stored.

use actix_web::{HttpRequest, http::header};
use chrono::TimeDelta;

use super::session;
use crate::{db, error::Result, model::id::UserId, state::App};

/// How long a link lives that somebody has asked for.
pub const RESET: TimeDelta = TimeDelta::hours(1);
/// How long the first link to a new account lives.
pub const INVITATION: TimeDelta = TimeDelta::days(3);

/// Makes a link for `user` and tells its path: `/reset?token=…`.
pub async fn set_password(app: &App, user: UserId, lives: TimeDelta) -> Result<String> {
    let (token, digest) = session::token();
    let now = app.clock.now();
    db::password_resets::insert(&*app.conn().await?, user, &digest, now, now + lives).await?;
    Ok(format!("/reset?token={token}"))
}

/// The address that a link in a mail begins with. Never what a request says: whoever asks for the mail of another
/// could have it lead to a place of theirs.
pub fn base(app: &App) -> String {
    app.settings.base_url()
}

/// The address that a link begins with that is shown to whoever asks, and to nobody else.
pub(super) fn base_for(app: &App, request: &HttpRequest) -> String {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    match (&app.settings.public_url, host) {
        (None, Some(host)) => {
            let scheme = if session::came_by_https(request) { "https" } else { "http" };
            format!("{scheme}://{host}")
        }
        _ => base(app),
    }
}
