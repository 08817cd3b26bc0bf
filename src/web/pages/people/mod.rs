//! Who uses this: the first set-up, signing in and out.

pub(in crate::web) mod forgot;
pub(in crate::web) mod login;
pub(in crate::web) mod oidc;
pub(in crate::web) mod reset;
pub(in crate::web) mod setup;

use actix_web::{HttpRequest, HttpResponse, http::header};
use chrono::TimeDelta;

use crate::{
    db,
    error::{Error, FieldError, Result},
    model::{id::UserId, person},
    state::App,
    web::{respond, session},
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
