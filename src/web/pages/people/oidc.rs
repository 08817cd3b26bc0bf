//! `/login/oidc`: signing in where somebody else vouches for whom it is. What has to be known when the browser comes
//! back travels in a sealed cookie, so that any replica can end what another has begun.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{Data, Query},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{
    header_value,
    login::{LoginPage, Note},
    sign_in,
};
use crate::{
    config::Secret,
    db,
    error::{Error, Result},
    model::{id::UserId, person, role::Role},
    oidc::{Failure, Person},
    state::App,
    web::{auth, links, respond, session, shell::Shell},
};

/// How long a sign-in may take, with all that the provider asks.
const LIVES: Duration = Duration::from_mins(10);
const COOKIE: &str = "deal_scout_oidc";
/// What the sealed cookie is sealed for.
const CONTEXT: &str = "cookies/oidc";

/// Where to go in the end.
#[derive(Deserialize)]
pub(in crate::web) struct Next {
    next: Option<String>,
}

/// What the provider sends the browser back with.
#[derive(Deserialize)]
pub(in crate::web) struct Return {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
}

/// What is known of a sign-in that has begun.
#[derive(Serialize, Deserialize)]
struct Begun {
    state: String,
    nonce: String,
    verifier: String,
    next: String,
    ends_at: DateTime<Utc>,
}

/// `GET /login/oidc`
pub(in crate::web) async fn begin(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
    query: Query<Next>,
) -> Result<HttpResponse> {
    if app.settings.oidc.is_none() || app.settings.demo.enabled {
        return Err(Error::NotFound("page"));
    }
    auth::limit_tries(&app, &request, "oidc", 30).await?;
    if !db::users::anybody_has_an_account(&*app.conn().await?).await? {
        // The first one here is the owner, by a password or a code, never whoever has an address elsewhere.
        return Ok(respond::see_other("/setup"));
    }
    let now = app.clock.now();
    let next = auth::safe_next(query.next.as_deref()).to_owned();
    let begun = match app.provider.begin(&redirect(&app, &request), now).await {
        Ok(begun) => begun,
        Err(failure) => return refused(&app, shell, next, &Refusal::Provider(failure)),
    };
    let kept = Begun {
        state: begun.state,
        nonce: begun.nonce,
        verifier: begun.verifier,
        next,
        ends_at: now + TimeDelta::from_std(LIVES).map_err(Error::internal)?,
    };
    let text = serde_json::to_string(&kept).map_err(Error::internal)?;
    let sealed = app.sealer.seal(CONTEXT, &Secret::new(text)).map_err(Error::internal)?;
    let mut response = respond::see_other(&begun.url);
    let cookie = cookie(&request, &respond::hex(&sealed), LIVES.as_secs());
    response.headers_mut().insert(header::SET_COOKIE, header_value(&cookie)?);
    Ok(response)
}

/// `GET /login/oidc/callback`
pub(in crate::web) async fn finish(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
    query: Query<Return>,
) -> Result<HttpResponse> {
    if app.settings.oidc.is_none() || app.settings.demo.enabled {
        return Err(Error::NotFound("page"));
    }
    auth::limit_tries(&app, &request, "oidc", 30).await?;
    let arrived = query.into_inner();
    let Some(begun) = begun(&app, &request, arrived.state.as_deref()).await else {
        return refused(&app, shell, "/".to_owned(), &Refusal::Stale);
    };
    let next = begun.next.clone();
    let known = match vouched(&app, &request, arrived, begun).await {
        Ok(person) => account(&app, &person).await?,
        Err(failure) => Err(Refusal::Provider(failure)),
    };
    let mut response = match known {
        Ok(user) => sign_in(&app, &request, user, &next).await?,
        Err(refusal) => refused(&app, shell, next, &refusal)?,
    };
    let gone = header_value(&cookie(&request, "", 0))?;
    response.headers_mut().append(header::SET_COOKIE, gone);
    Ok(response)
}

/// What this browser began, when the provider answers just that, in time, and for the first time.
async fn begun(app: &App, request: &HttpRequest, state: Option<&str>) -> Option<Begun> {
    let sealed = unhex(session::cookie_of(request, COOKIE)?)?;
    let opened = app.sealer.open(CONTEXT, &sealed).ok()?;
    let begun: Begun = serde_json::from_str(opened.reveal()).ok()?;
    let is_same = bool::from(begun.state.as_bytes().ct_eq(state?.as_bytes()));
    let is_in_time = app.clock.now() < begun.ends_at;
    if !(is_same && is_in_time) {
        return None;
    }
    let used = format!("oidc:used:{}", respond::hex(&Sha256::digest(&begun.state)));
    (app.cache.count(&used, LIVES).await == 1).then_some(begun)
}

async fn vouched(
    app: &App,
    request: &HttpRequest,
    arrived: Return,
    begun: Begun,
) -> Result<Person, Failure> {
    if let Some(error) = arrived.error {
        // Its words are its own, or anybody's: only short plain ones are repeated in the log.
        let is_plain =
            error.len() <= 60 && error.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        return Err(Failure::Refused(if is_plain {
            error
        } else {
            "it does not say why".to_owned()
        }));
    }
    let code = arrived.code.ok_or_else(|| Failure::Nonsense("it sent no code".to_owned()))?;
    let now = app.clock.now();
    let redirect = redirect(app, request);
    app.provider.finish(code, begun.verifier, begun.nonce, &redirect, now).await
}

/// The account of a person. An address brings two together only when the provider has made sure that it is theirs.
async fn account(app: &App, person: &Person) -> Result<Result<UserId, Refusal>> {
    let conn = app.conn().await?;
    let now = app.clock.now();
    let Person { issuer, subject, .. } = person;
    if let Some((user, is_closed)) = db::identities::holder(&conn, issuer, subject).await? {
        if is_closed {
            return Ok(Err(Refusal::Closed));
        }
        db::identities::note(&conn, user, issuer, subject, now).await?;
        return Ok(Ok(user));
    }
    let Some(email) = person.email.as_deref().and_then(|email| person::email(email).ok()) else {
        return Ok(Err(Refusal::Unverified));
    };
    let may_sign_up = app.settings.oidc.as_ref().is_some_and(|oidc| oidc.sign_up);
    let user = match db::users::find_by_email(&conn, &email).await? {
        Some(user) if user.disabled_at.is_some() => return Ok(Err(Refusal::Closed)),
        Some(user) => user.id,
        None if may_sign_up => {
            let name = person::name(&person.name).unwrap_or_default();
            db::accounts::invite(&conn, &email, &name, Role::Member, now).await?
        }
        None => return Ok(Err(Refusal::Unknown)),
    };
    db::identities::note(&conn, user, issuer, subject, now).await?;
    slog::info!(app.log, "a provider vouches for an account from now on"; "user_id" => user.0);
    Ok(Ok(user))
}

/// Why somebody is not let in.
#[derive(Debug)]
enum Refusal {
    Provider(Failure),
    Stale,
    Closed,
    Unverified,
    Unknown,
}

fn refused(app: &App, shell: Shell, next: String, refusal: &Refusal) -> Result<HttpResponse> {
    let name = app.settings.oidc.as_ref().map_or("", |oidc| oidc.name.as_str());
    let (status, text) = refusal.words(name);
    let why = match refusal {
        Refusal::Provider(failure) => failure.to_string(),
        other => format!("{other:?}"),
    };
    slog::warn!(app.log, "a sign-in through the provider failed: {}", why);
    let page = LoginPage::of(app, shell, next).noting(Note { text, is_good: false });
    respond::page_with(status, &page)
}

impl Refusal {
    fn words(&self, name: &str) -> (StatusCode, String) {
        match self {
            Self::Provider(Failure::Away(_)) => (
                StatusCode::SERVICE_UNAVAILABLE,
                format!("{name} does not answer at present. Try again in a while, or sign in with your password."),
            ),
            Self::Provider(Failure::Nonsense(_)) => (
                StatusCode::BAD_GATEWAY,
                format!("{name} gave an answer that makes no sense. Tell whoever runs this Deal Scout; its log has the cause."),
            ),
            Self::Provider(Failure::Refused(_)) => {
                (StatusCode::UNAUTHORIZED, format!("{name} did not let you in. Try again."))
            }
            Self::Provider(Failure::Untrusted(_)) => (
                StatusCode::UNAUTHORIZED,
                format!("What {name} said could not be trusted, so you are not signed in. Try again; if that does not help, tell whoever runs this Deal Scout."),
            ),
            Self::Stale => (
                StatusCode::BAD_REQUEST,
                "That sign-in was begun in another browser, has been used already, or took longer than 10 minutes. Begin again.".to_owned(),
            ),
            Self::Closed => (
                StatusCode::FORBIDDEN,
                "Your account here is closed. An owner of this Deal Scout can open it again.".to_owned(),
            ),
            Self::Unverified => (
                StatusCode::FORBIDDEN,
                format!("{name} has not made sure that your e-mail address is yours. Confirm it there, then try again."),
            ),
            Self::Unknown => (
                StatusCode::FORBIDDEN,
                format!("{name} knows you, but you have no account here yet. Ask an owner of this Deal Scout for one with the address that you use there."),
            ),
        }
    }
}

fn redirect(app: &App, request: &HttpRequest) -> String {
    format!("{}/login/oidc/callback", links::base_for(app, request))
}

fn cookie(request: &HttpRequest, value: &str, age: u64) -> String {
    let secure = if session::came_by_https(request) { "; Secure" } else { "" };
    // Lax, since it is the provider's page that leads back.
    format!("{COOKIE}={value}; Path=/login/oidc; HttpOnly; SameSite=Lax; Max-Age={age}{secure}")
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let is_hex = text.len().is_multiple_of(2) && text.bytes().all(|b| b.is_ascii_hexdigit());
    let byte = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    if is_hex { (0..text.len()).step_by(2).map(byte).collect() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_read_back_and_a_strange_one_is_not() {
        assert_eq!(unhex(&respond::hex(&[0, 15, 255])), Some(vec![0, 15, 255]));
        for strange in ["0", "zz", "+f", "ü0"] {
            assert_eq!(unhex(strange), None, "{strange}");
        }
    }
}
