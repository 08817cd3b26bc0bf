//! Who is asking, and how far they may go. A token tells, or else a session cookie; in the first look everybody is the
//! owner. A handler that takes one of the extractors here is closed to everybody else.

use std::time::Duration;

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, web::Data};
use chrono::{DateTime, Utc};
use futures_util::future::{FutureExt, LocalBoxFuture};

use super::token;
use crate::{
    db,
    error::{Chain, Error, Result},
    model::{
        id::{ApiTokenId, SessionId, UserId},
        role::Role,
        scope::Scope,
    },
    state::App,
    web::{csrf, session},
};

/// The person, or the program of theirs, that asks. As an extractor it lets in whoever has the scope `read`, and
/// where the method may change something, `write`: else 401 or 403.
#[derive(Debug, Clone, Copy)]
pub struct Viewer {
    /// Whose rows may be seen.
    pub user: UserId,
    /// What they are here.
    pub role: Role,
    /// How far they may go: what the token says, but never more than the role has.
    pub scope: Scope,
    /// How they are known.
    pub via: Via,
}

/// How somebody is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// A signed-in browser.
    Session(SessionId),
    /// A program with a token.
    Token(ApiTokenId),
    /// The first look, where nobody signs in.
    FirstLook,
}

/// A viewer for what changes nothing although its method may: the scope `read` is enough.
#[derive(Debug, Clone, Copy)]
pub struct Reader(pub Viewer);

/// A viewer who may look after people and settings: the scope `admin`, which only the owner has.
#[derive(Debug, Clone, Copy)]
pub struct Admin(pub Viewer);

/// Marks a request that came before there was any account to sign in to.
pub(super) struct NobodyYet;

/// How often it is noted that somebody is there.
const NOTED_EVERY: Duration = Duration::from_mins(1);
/// The time in which requests are counted.
const WINDOW_S: i64 = 60;

impl Viewer {
    /// Refuses, with 403, whoever may not go as far as `needed`.
    pub fn needs(&self, needed: Scope) -> Result<()> {
        if self.scope.includes(needed) {
            return Ok(());
        }
        Err(Error::Forbidden(match (needed, self.role, self.via) {
            (Scope::Admin, Role::Member, _) => {
                "this needs the scope admin, which only the owner of this installation has"
                    .to_owned()
            }
            (_, _, Via::Token(_)) => format!(
                "this needs a token of the scope {needed}; the one that was sent has {}",
                self.scope
            ),
            _ => format!("this needs the scope {needed}"),
        }))
    }

    /// Refuses, with 403, to give somebody else a wider scope than one's own.
    pub fn may_give(&self, scope: Scope) -> Result<()> {
        if self.scope.includes(scope) {
            return Ok(());
        }
        let own = self.scope;
        Err(Error::Forbidden(format!(
            "a token of the scope {scope} needs that scope; yours is {own}"
        )))
    }
}

impl FromRequest for Viewer {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let needed = if request.method().is_safe() { Scope::Read } else { Scope::Write };
        let request = request.clone();
        async move { with_scope(&request, needed).await }.boxed_local()
    }
}

impl FromRequest for Reader {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        async move { with_scope(&request, Scope::Read).await.map(Self) }.boxed_local()
    }
}

impl FromRequest for Admin {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        async move { with_scope(&request, Scope::Admin).await.map(Self) }.boxed_local()
    }
}

async fn with_scope(request: &HttpRequest, needed: Scope) -> Result<Viewer> {
    let app = request
        .app_data::<Data<App>>()
        .ok_or_else(|| Error::internal("the application has no state"))?;
    // Several extractors of one request ask once.
    let known = request.extensions().get::<Viewer>().copied();
    let viewer = match known {
        Some(viewer) => viewer,
        None => identify(app, request).await?,
    };
    viewer.needs(needed)?;
    Ok(viewer)
}

async fn identify(app: &Data<App>, request: &HttpRequest) -> Result<Viewer> {
    let conn = app.conn().await?;
    let now = app.clock.now();
    // A token goes before everything else: whoever sends a wrong one is told, not taken for somebody else.
    let (viewer, noted_at) = if let Some(digest) = token::sent(request)? {
        let found = db::api_tokens::find_by_digest(&conn, &digest).await?;
        of_token(found, now)?
    } else if app.settings.demo.enabled {
        let user = db::users::owner(&conn).await?;
        let via = Via::FirstLook;
        (Viewer { user, role: Role::Owner, scope: Scope::Admin, via }, Some(now))
    } else if let Some(digest) = session::digest(request)
        && let Some((session, role)) = db::sessions::find_by_digest(&conn, &digest, now).await?
    {
        csrf::check(request)?;
        let via = Via::Session(session.id);
        let viewer = Viewer { user: session.user_id, role, scope: role.widest_scope(), via };
        (viewer, Some(session.last_seen_at))
    } else {
        if !db::users::anybody_has_an_account(&conn).await? {
            request.extensions_mut().insert(NobodyYet);
        }
        return Err(Error::Unauthorized);
    };
    drop(conn);
    request.extensions_mut().insert(viewer);
    if request.path().starts_with("/api/") {
        limit_requests(app, viewer, now).await?;
    }
    note_use(app, viewer, noted_at, now);
    Ok(viewer)
}

/// Whose token it is, and when its use was last noted; or what is the matter with it.
fn of_token(
    found: Option<(db::api_tokens::KnownToken, Role, bool)>,
    now: DateTime<Utc>,
) -> Result<(Viewer, Option<DateTime<Utc>>)> {
    let refused = |text: &str| Err(Error::InvalidToken(text.to_owned()));
    let Some((token, role, is_disabled)) = found else {
        return refused("this token is not known here; check that it was copied whole");
    };
    if token.revoked_at.is_some() {
        return refused("this token was revoked; make another one");
    }
    if token.expires_at.is_some_and(|end| end <= now) {
        return refused("this token has expired; make another one");
    }
    if is_disabled {
        return refused("the account of this token is disabled; the owner can enable it");
    }
    let scope = token.scope.min(role.widest_scope());
    let viewer = Viewer { user: token.user_id, role, scope, via: Via::Token(token.id) };
    Ok((viewer, token.last_used_at))
}

/// Refuses more requests in a minute than one token, or one signed-in person, may make.
async fn limit_requests(app: &App, viewer: Viewer, now: DateTime<Utc>) -> Result<()> {
    let limit = u64::from(app.settings.limits.requests_per_minute);
    let who = match viewer.via {
        Via::Token(id) => format!("token:{id}"),
        Via::Session(_) => format!("user:{}", viewer.user),
        Via::FirstLook => return Ok(()),
    };
    if limit == 0 {
        return Ok(());
    }
    let window = now.timestamp().div_euclid(WINDOW_S);
    let left = WINDOW_S - now.timestamp().rem_euclid(WINDOW_S);
    let whole = Duration::from_secs(WINDOW_S.unsigned_abs());
    let requests = app.cache.count(&format!("requests:{who}:{window}"), whole).await;
    if requests > limit {
        return Err(Error::TooManyRequests {
            retry_after: Duration::from_secs(left.unsigned_abs()),
        });
    }
    Ok(())
}

/// Notes, now and then and beside the request, that the token or the session is in use.
fn note_use(app: &Data<App>, viewer: Viewer, noted_at: Option<DateTime<Utc>>, now: DateTime<Utc>) {
    let noted_before = now - NOTED_EVERY;
    if noted_at.is_some_and(|at| at > noted_before) {
        return;
    }
    let app = app.clone();
    app.clone().begin(async move {
        // Many requests may come before the first note is written.
        let is_first = app.cache.count(&format!("noted:{:?}", viewer.via), NOTED_EVERY).await == 1;
        if is_first && let Err(failure) = write_note(&app, viewer, now, noted_before).await {
            slog::debug!(app.log, "a use was not noted: {}", Chain(&failure));
        }
    });
}

async fn write_note(
    app: &App,
    viewer: Viewer,
    now: DateTime<Utc>,
    noted_before: DateTime<Utc>,
) -> Result<()> {
    let conn = app.conn().await?;
    match viewer.via {
        Via::Token(id) => {
            db::api_tokens::touch(&conn, viewer.user, id, now, noted_before).await?;
        }
        Via::Session(id) => {
            db::sessions::touch(&conn, viewer.user, id, now, noted_before).await?;
        }
        Via::FirstLook => {}
    }
    Ok(())
}
