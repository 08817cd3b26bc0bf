//! `/l/{ticket}`: the links of a message. They need no session, so GET changes nothing (scanners of mail follow every
//! link): it shows what would be done, and a button that does it.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, HeaderValue},
    },
    web::{Data, Path},
};
use askama::Template;
use chrono::TimeDelta;
use diesel_async::AsyncPgConnection;

use super::{
    view,
    watch::{moment, zone},
};
use crate::{
    db::{self, listings_view::ListingRow},
    error::{Error, Result},
    model::{id::UserId, watchlist_item::Standing},
    scout::snooze::Snooze,
    state::App,
    ticket::{Act, Refused, Ticket},
    web::{auth, respond, session, shell::Shell},
};

/// How many links one peer may use in five minutes.
const MOST: u64 = 120;
/// How long what was done can be undone.
const UNDONE_WITHIN: TimeDelta = TimeDelta::days(1);

/// `GET /l/{ticket}`
pub(in crate::web) async fn show(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
    text: Path<String>,
) -> Result<HttpResponse> {
    let conn = app.conn().await?;
    let (ticket, ad) = match taken(&app, &conn, &request, &text).await? {
        Ok(taken) => taken,
        Err(refusal) => return refusal.page(shell),
    };
    if ticket.act == Act::Open {
        // Who is signed in sees what we know of it; who is not, the ad itself.
        let is_here = viewer(&app, &conn, &request).await? == Some(ticket.user);
        let outside = view::safe_link(ad.url.as_deref()).filter(|_| !is_here);
        let here = format!("/listings/{}", ad.id);
        return Ok(respond::see_other(outside.unwrap_or(&here)));
    }
    let picture = view::picture(&ad);
    private(respond::page(&AskPage { shell, ticket, ad, picture, text: text.into_inner() }))
}

/// `POST /l/{ticket}`
pub(in crate::web) async fn act(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
    text: Path<String>,
) -> Result<HttpResponse> {
    let mut conn = app.conn().await?;
    let (ticket, ad) = match taken(&app, &conn, &request, &text).await? {
        Ok(taken) => taken,
        Err(refusal) => return refusal.page(shell),
    };
    let now = app.clock.now();
    let zone = zone(&conn, ticket.user).await?;
    let standing = match ticket.act {
        Act::Open => return Ok(respond::see_other(&format!("/l/{text}"))),
        Act::Ignore => Standing::Ignored,
        Act::Snooze => {
            let until = Snooze::Week.until(zone, now);
            Standing::Snoozed(Some(until.map_err(Error::internal)?))
        }
        Act::Restore(before) => {
            db::watching::undo(&mut conn, ticket.user, ad.id, before, None, now).await?;
            return private(respond::page(&DonePage {
                shell,
                ad,
                words: "Undone".to_owned(),
                undo: None,
            }));
        }
    };
    let changed = db::watching::set_standing(&mut conn, ticket.user, ad.id, standing, now).await?;
    let before = changed.ok_or(Error::NotFound("ad"))?.before;
    drop(conn);
    let words = match standing {
        Standing::Snoozed(Some(until)) => format!("Snoozed until {}", moment(until, zone)),
        _ => "Ignored".to_owned(),
    };
    // A link that is used again has nothing to undo.
    let undo = (before != standing).then_some(Ticket {
        act: Act::Restore(before),
        expires_at: now + UNDONE_WITHIN,
        ..ticket
    });
    let undo = undo.map(|undo| undo.write(&app.sealer)).transpose()?;
    private(respond::page(&DonePage { shell, ad, words, undo }))
}

/// Why a link does nothing.
#[derive(Debug)]
enum Refusal {
    Ticket(Refused),
    /// It is for somebody else than who is signed in.
    Others,
    /// The ad was deleted here.
    NoAd,
}

/// The ticket and its ad, when it may be used.
async fn taken(
    app: &App,
    conn: &AsyncPgConnection,
    request: &HttpRequest,
    text: &str,
) -> Result<Result<(Ticket, ListingRow), Refusal>> {
    auth::limit_tries(app, request, "link", MOST).await?;
    let ticket = match Ticket::read(text, &app.sealer, app.clock.now()) {
        Ok(ticket) => ticket,
        Err(refused) => return Ok(Err(Refusal::Ticket(refused))),
    };
    if viewer(app, conn, request).await?.is_some_and(|user| user != ticket.user) {
        return Ok(Err(Refusal::Others));
    }
    let ad = db::listings_view::find(conn, ticket.user, ticket.listing).await?;
    Ok(ad.map(|ad| (ticket, ad.listing)).ok_or(Refusal::NoAd))
}

/// Who is signed in, if anybody is.
async fn viewer(
    app: &App,
    conn: &AsyncPgConnection,
    request: &HttpRequest,
) -> Result<Option<UserId>> {
    if app.settings.demo.enabled {
        return Ok(Some(db::users::owner(conn).await?));
    }
    let Some(digest) = session::digest(request) else { return Ok(None) };
    let found = db::sessions::find_by_digest(conn, &digest, app.clock.now()).await?;
    Ok(found.map(|(session, _)| session.user_id))
}

impl Refusal {
    fn page(self, shell: Shell) -> Result<HttpResponse> {
        let (status, title, words) = match self {
            Self::Ticket(Refused::Expired) => (
                StatusCode::GONE,
                "This link has expired",
                "Links in messages work for thirty days. Nothing was changed. Take one from a later message, or find \
                 the ad on your own pages.",
            ),
            Self::Ticket(Refused::Unknown) => (
                StatusCode::NOT_FOUND,
                "This link does not work",
                "It is not whole, was changed, or was made with a key that is no longer in use. Nothing was changed. \
                 Open it from the message itself, or find the ad on your own pages.",
            ),
            Self::Others => (
                StatusCode::FORBIDDEN,
                "This link is for somebody else",
                "It came in a message to another account than the one that is signed in here. Nothing was changed.",
            ),
            Self::NoAd => (
                StatusCode::NOT_FOUND,
                "This ad is not kept any more",
                "It was deleted here since the message was sent. There is nothing left to do.",
            ),
        };
        private(respond::page_with(status, &RefusedPage { shell, title, words }))
    }
}

/// Not to be kept: the address alone is enough to use it.
fn private(page: Result<HttpResponse>) -> Result<HttpResponse> {
    let mut page = page?;
    page.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(page)
}

#[derive(Template)]
#[template(path = "links/ask.html")]
struct AskPage {
    shell: Shell,
    ticket: Ticket,
    ad: ListingRow,
    picture: Option<String>,
    text: String,
}

impl AskPage {
    /// The question, what follows, and what the button says.
    fn words(&self) -> (&'static str, &'static str, &'static str) {
        match self.ticket.act {
            Act::Snooze => (
                "Snooze this ad for a week?",
                "It is left out of your deals until then, and you are not told of it.",
                "Snooze it",
            ),
            Act::Restore(_) => {
                ("Put it back?", "The ad is shown again as it was before.", "Put it back")
            }
            Act::Ignore | Act::Open => (
                "Ignore this ad?",
                "It is left out of your deals, and you are not told of it any more.",
                "Ignore it",
            ),
        }
    }
}

#[derive(Template)]
#[template(path = "links/done.html")]
struct DonePage {
    shell: Shell,
    ad: ListingRow,
    words: String,
    /// The ticket that puts it back.
    undo: Option<String>,
}

#[derive(Template)]
#[template(path = "links/refused.html")]
struct RefusedPage {
    shell: Shell,
    title: &'static str,
    words: &'static str,
}
