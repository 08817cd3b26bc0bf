//! Who uses this: the first set-up, signing in and out.

pub(in crate::web) mod login;
pub(in crate::web) mod setup;

use actix_web::{HttpRequest, HttpResponse, http::header};
use chrono::TimeDelta;

use crate::{
    db,
    error::{Error, FieldError, Result},
    model::id::UserId,
    state::App,
    web::{password, respond, session},
};

/// Starts a session of `user` in this browser, and goes to `next`.
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

fn faults_of(email: &str, password: &str, again: &str) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let is_address = email.len() <= 254
        && email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
        && !email.contains(|c: char| c.is_whitespace() || c.is_control());
    if !is_address {
        faults.push(FieldError::new("email", "is not an e-mail address"));
    }
    let length = password.chars().count();
    if length < password::SHORTEST {
        let message = format!("needs at least {} characters", password::SHORTEST);
        faults.push(FieldError::new("password", message));
    } else if length > password::LONGEST {
        let message = format!("has more than {} characters", password::LONGEST);
        faults.push(FieldError::new("password", message));
    } else if password != again {
        faults.push(FieldError::new("password_again", "differs from the first"));
    }
    faults
}

/// Text as a header.
fn header_value(text: &str) -> Result<header::HeaderValue> {
    header::HeaderValue::from_str(text).map_err(Error::internal)
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
