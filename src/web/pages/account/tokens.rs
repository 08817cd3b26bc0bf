//! `/account/tokens`: keys for programs. A new one is shown once, in the answer to the form, and never again.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{Data, Form, Path, Query},
};
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use super::Done;
use crate::{
    db::{
        self,
        api_tokens::{ApiToken, ApiTokenFields},
        owned::Owned,
    },
    error::{Error, Result},
    model::{id::ApiTokenId, person, role::Role, scope::Scope},
    state::App,
    web::{
        auth::{SignedIn, token::NewToken},
        links,
        pages::faults::Faults,
        respond,
        shell::Shell,
    },
};

/// How long a token may live, in days, and how that is said. None is for ever.
const LIVES: [(&str, &str); 5] =
    [("30", "30 days"), ("90", "90 days"), ("365", "1 year"), ("7", "7 days"), ("", "No end")];

/// What the form for a new token sends.
#[derive(Deserialize)]
pub(in crate::web) struct Wanted {
    name: String,
    scope: String,
    days: String,
}

/// `GET /account/tokens`
pub(in crate::web) async fn list(
    app: Data<App>,
    shell: Shell,
    person: SignedIn,
    query: Query<Done>,
) -> Result<HttpResponse> {
    let done =
        query.done.is_some().then_some("That token is revoked: nothing can use it any more.");
    let wanted = Wanted { name: String::new(), scope: "read".to_owned(), days: "90".to_owned() };
    let page = TokensPage::of(&app, shell, person, wanted).await?;
    respond::page(&TokensPage { done, ..page })
}

/// `POST /account/tokens`
pub(in crate::web) async fn make(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
    person: SignedIn,
    form: Form<Wanted>,
) -> Result<HttpResponse> {
    let wanted = form.into_inner();
    let mut faults = Faults::default();
    let name = faults.take("name", named(&wanted.name));
    let scope = faults.take("scope", reach(&wanted.scope, person.role));
    let days = faults.take("days", life(&wanted.days));
    let (Some(name), Some(scope), Some(days)) = (name, scope, days) else {
        let page = TokensPage::of(&app, shell, person, wanted).await?;
        let page = TokensPage { faults, ..page };
        return respond::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let token = NewToken::draw();
    let now = app.clock.now();
    let expires_at = days.map(|days| now + TimeDelta::days(days));
    let new = ApiTokenFields {
        name: Some(name.clone()),
        scope: Some(scope),
        expires_at,
        prefix: Some(token.prefix),
        token_digest: Some(token.digest.to_vec()),
        ..ApiTokenFields::default()
    };
    ApiToken::insert(&mut *app.conn().await?, person.user, &new).await?;
    let base = links::base_for(&app, &request);
    let page = NewTokenPage { shell, person, name, scope, expires_at, token: token.text, base };
    let mut response = respond::page_with(StatusCode::CREATED, &page)?;
    // It is not to be found on the disk of the browser.
    let no_store = header::HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, no_store);
    Ok(response)
}

/// `POST /account/tokens/{id}/revoke`
pub(in crate::web) async fn revoke(
    app: Data<App>,
    person: SignedIn,
    id: Path<ApiTokenId>,
) -> Result<HttpResponse> {
    let conn = app.conn().await?;
    if !db::api_tokens::revoke(&conn, person.user, *id, app.clock.now()).await? {
        return Err(Error::NotFound("token"));
    }
    Ok(respond::see_other("/account/tokens?done=revoked"))
}

fn named(text: &str) -> Result<String, String> {
    match person::name(text)? {
        name if name.is_empty() => Err("is empty; say what the token is for".to_owned()),
        name => Ok(name),
    }
}

fn reach(text: &str, role: Role) -> Result<Scope, String> {
    let scope: Scope = text.parse()?;
    if role.widest_scope().includes(scope) {
        Ok(scope)
    } else {
        Err("is for owners only; take read or write".to_owned())
    }
}

/// Days until the end; none for no end.
fn life(text: &str) -> Result<Option<i64>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let days = text.parse().ok().filter(|days| (1..=3650).contains(days));
    days.map(Some).ok_or_else(|| "is not a number of days from 1 to 3650".to_owned())
}

/// What a scope allows, for people.
fn meaning(scope: Scope) -> &'static str {
    match scope {
        Scope::Read => "Read: see your things",
        Scope::Write => "Write: see and change them",
        Scope::Admin => "Admin: people and settings, too",
    }
}

#[derive(Template)]
#[template(path = "account/tokens.html")]
struct TokensPage {
    shell: Shell,
    person: SignedIn,
    tokens: Vec<ApiToken>,
    wanted: Wanted,
    done: Option<&'static str>,
    faults: Faults,
}

impl TokensPage {
    async fn of(app: &App, shell: Shell, person: SignedIn, wanted: Wanted) -> Result<Self> {
        let tokens = db::api_tokens::all(&*app.conn().await?, Some(person.user)).await?;
        let mut tokens: Vec<_> = tokens.into_iter().map(|(token, _)| token).collect();
        tokens.reverse();
        let (done, faults) = (None, Faults::default());
        Ok(Self { shell, person, tokens, wanted, done, faults })
    }

    fn scopes(&self) -> impl Iterator<Item = Scope> {
        let widest = self.person.role.widest_scope();
        Scope::ALL.iter().copied().filter(move |scope| widest.includes(*scope))
    }

    /// Whether a token opens anything, and else why not.
    fn state(&self, token: &ApiToken) -> (&'static str, &'static str) {
        match (token.revoked_at, token.expires_at) {
            (Some(_), _) => ("Revoked", "poor"),
            (None, Some(end)) if end <= self.shell.now => ("Expired", "poor"),
            _ => ("Valid", "great"),
        }
    }
}

#[derive(Template)]
#[template(path = "account/token.html")]
struct NewTokenPage {
    shell: Shell,
    person: SignedIn,
    name: String,
    scope: Scope,
    expires_at: Option<DateTime<Utc>>,
    token: String,
    base: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reaches_no_further_than_its_owner() {
        assert_eq!(reach("write", Role::Member), Ok(Scope::Write));
        assert_eq!(reach("admin", Role::Owner), Ok(Scope::Admin));
        assert!(reach("admin", Role::Member).is_err());
        assert!(reach("everything", Role::Owner).is_err());
    }

    #[test]
    fn a_token_lives_some_days_or_for_ever() {
        assert_eq!((life(""), life("90")), (Ok(None), Ok(Some(90))));
        for wrong in ["0", "-1", "99999999999999999999", "soon"] {
            assert!(life(wrong).is_err(), "{wrong}");
        }
    }
}
