//! What people say of an ad: the controls beside each, and what follows from them. Every control is a button of a plain
//! form; the script sends the same form and puts the answer in the controls' place.

pub(in crate::web) mod list;
pub(in crate::web) mod note;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::HeaderName,
    web::{Data, Form, Path},
};
use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use diesel_async::AsyncPgConnection;
use serde::Deserialize;

use crate::{
    db::{
        self,
        watching::{Changed, Terms},
        watchlist_items::Stored,
    },
    error::{Error, Result},
    model::{
        id::{ListingId, MyItemId, UserId},
        money::{Currency, Money},
        watchlist_item::Standing,
    },
    scout::snooze::Snooze,
    state::App,
    web::{
        auth::{self, Viewer},
        listing_query, respond,
        shell::Shell,
    },
};

/// Sent by the script, which wants the controls alone.
const X_PART: HeaderName = HeaderName::from_static("x-part");

/// What the controls' forms send.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Said {
    action: String,
    date: Option<String>,
    /// The page to go back to.
    next: Option<String>,
    was: Option<String>,
    made: Option<MyItemId>,
    target: Option<String>,
    drop_percent: Option<String>,
    note: Option<String>,
    /// Whether the controls hold the terms, too.
    whole: Option<String>,
}

/// `POST /listings/{id}/watch`
pub(in crate::web) async fn say(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
    viewer: Viewer,
    id: Path<ListingId>,
    form: Form<Said>,
) -> Result<HttpResponse> {
    let (listing, said) = (*id, form.into_inner());
    let mut conn = app.conn().await?;
    let outcome = act(&mut conn, viewer.user, listing, &said, app.clock.now()).await?;
    let next = auth::safe_next(said.next.as_deref()).to_owned();
    if !request.headers().contains_key(X_PART) {
        return Ok(respond::see_other(&note::address(&next, listing, &outcome)));
    }
    let item = db::watching::of_listings(&conn, viewer.user, &[listing]).await?.remove(&listing);
    let zone = zone(&conn, viewer.user).await?;
    let mut controls = Controls::of(listing, item.as_ref(), zone, app.clock.now(), &next);
    if said.whole.is_some() {
        let ad = db::listings_view::find(&conn, viewer.user, listing).await?;
        let ad = ad.ok_or(Error::NotFound("ad"))?.listing;
        controls = controls.whole(item.as_ref(), ad.currency);
    }
    respond::page(&Part { watch: controls.after(&outcome), shell })
}

/// What became of a form.
#[derive(Debug)]
pub(in crate::web) enum Outcome {
    /// Another standing.
    Stands(Changed),
    /// What was is again.
    Undone,
    /// The terms are stored.
    Stored,
    /// A field is wrong: its name and what is the matter.
    Refused(Fault),
}

/// What can be wrong with the controls' fields. Written into addresses, so it has words of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum Fault {
    Date,
    Target,
    Percent,
    Note,
}

impl Fault {
    pub(super) const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Date, "date", "Choose a day to come, within ten years."),
        (Self::Target, "target", "The target is not a price such as 120 or 99.50."),
        (Self::Percent, "percent", "The drop is a whole number from 1 to 99."),
        (Self::Note, "note", "The note has 2,000 characters at most."),
    ];

    fn words(self) -> &'static str {
        Self::ALL.into_iter().find(|(fault, ..)| *fault == self).map_or("", |(.., words)| words)
    }
}

async fn act(
    conn: &mut AsyncPgConnection,
    user: UserId,
    listing: ListingId,
    said: &Said,
    now: DateTime<Utc>,
) -> Result<Outcome> {
    let standing = match said.action.as_str() {
        "terms" => return set_terms(conn, user, listing, said).await,
        "undo" => {
            let before: Standing = said.was.as_deref().unwrap_or("").parse().map_err(refused)?;
            let is_there = db::watching::undo(conn, user, listing, before, said.made, now).await?;
            return if is_there { Ok(Outcome::Undone) } else { Err(Error::NotFound("ad")) };
        }
        "save" => Standing::Saved,
        "ignore" => Standing::Ignored,
        "bought" => Standing::Bought,
        "forget" => Standing::Open,
        other => {
            let date = said.date.as_deref().and_then(|date| date.parse::<NaiveDate>().ok());
            let snooze = match (other, date) {
                ("snooze-tonight", _) => Snooze::Tonight,
                ("snooze-tomorrow", _) => Snooze::Tomorrow,
                ("snooze-week", _) => Snooze::Week,
                ("snooze-date", Some(date)) => Snooze::Date(date),
                ("snooze-date", None) => return Ok(Outcome::Refused(Fault::Date)),
                _ => return Err(refused(format!("'{other}' is nothing that can be done here"))),
            };
            match snooze.until(zone(conn, user).await?, now) {
                Ok(until) => Standing::Snoozed(Some(until)),
                Err(_) => return Ok(Outcome::Refused(Fault::Date)),
            }
        }
    };
    let changed = db::watching::set_standing(conn, user, listing, standing, now).await?;
    changed.map(Outcome::Stands).ok_or(Error::NotFound("ad"))
}

fn refused(reason: String) -> Error {
    Error::BadRequest(reason)
}

async fn set_terms(
    conn: &mut AsyncPgConnection,
    user: UserId,
    listing: ListingId,
    said: &Said,
) -> Result<Outcome> {
    let ad = db::listings_view::find(conn, user, listing).await?;
    let ad = ad.ok_or(Error::NotFound("ad"))?.listing;
    let given = |field: &Option<String>| {
        field.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let target = match given(&said.target) {
        Some(text) => match listing_query::minor_units(&text, ad.currency) {
            Some(amount) => Some(Money::new(amount, ad.currency)),
            None => return Ok(Outcome::Refused(Fault::Target)),
        },
        None => None,
    };
    let drop_percent = match given(&said.drop_percent) {
        Some(text) => match text.trim_end_matches(['%', ' ']).parse().ok() {
            Some(percent @ 1..=99) => Some(percent),
            _ => return Ok(Outcome::Refused(Fault::Percent)),
        },
        None => None,
    };
    let note = given(&said.note).unwrap_or_default();
    if note.chars().count() > 2_000 || note.contains('\0') {
        return Ok(Outcome::Refused(Fault::Note));
    }
    let terms = Terms { target, drop_percent, note };
    let is_there = db::watching::set_terms(conn, user, listing, terms).await?;
    if is_there { Ok(Outcome::Stored) } else { Err(Error::NotFound("ad")) }
}

/// The clock on the person's wall.
pub(in crate::web) async fn zone(conn: &AsyncPgConnection, user: UserId) -> Result<Tz> {
    let name = db::watching::time_zone(conn, user).await?;
    Ok(name.and_then(|name| name.parse().ok()).unwrap_or(Tz::UTC))
}

/// A moment by the clock on the person's wall: "Mon 23 Nov, 08:00".
pub(in crate::web) fn moment(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%a %-d %b, %H:%M").to_string()
}

/// The controls beside an ad.
#[derive(Debug)]
pub(in crate::web) struct Controls {
    pub(in crate::web) listing: ListingId,
    pub(in crate::web) standing: Standing,
    /// Until when it is snoozed, as the person's clock says it.
    pub(in crate::web) until: Option<String>,
    /// The page to come back to.
    pub(in crate::web) next: String,
    /// What has just happened.
    pub(in crate::web) said: Option<&'static str>,
    /// What was before, and what was made: to undo it.
    pub(in crate::web) undo: Option<(String, Option<MyItemId>)>,
    pub(in crate::web) terms: Option<Shown>,
}

/// The terms as their form shows them.
#[derive(Debug)]
pub(in crate::web) struct Shown {
    pub(in crate::web) target: String,
    pub(in crate::web) currency: Currency,
    pub(in crate::web) drop_percent: Option<i32>,
    pub(in crate::web) note: String,
}

impl Controls {
    /// Of what is stored of the ad, for a page at `next`.
    pub(in crate::web) fn of(
        listing: ListingId,
        item: Option<&Stored>,
        zone: Tz,
        now: DateTime<Utc>,
        next: &str,
    ) -> Self {
        let standing = item.map(Stored::standing).unwrap_or_default().at(now);
        let until = match standing {
            Standing::Snoozed(until) => until.map(|until| moment(until, zone)),
            _ => None,
        };
        let next = next.to_owned();
        Self { listing, standing, until, next, said: None, undo: None, terms: None }
    }

    /// The same with the form of the terms.
    pub(in crate::web) fn whole(self, item: Option<&Stored>, currency: Currency) -> Self {
        let target = item.and_then(|item| Some(Money::new(item.target_amount?, item.currency)));
        let terms = Shown {
            currency,
            target: target
                .filter(|target| target.currency == currency)
                .map_or_else(String::new, listing_query::as_typed),
            drop_percent: item.and_then(|item| item.drop_percent),
            note: item.map(|item| item.note.clone()).unwrap_or_default(),
        };
        Self { terms: Some(terms), ..self }
    }

    /// The same with what has just happened.
    fn after(self, outcome: &Outcome) -> Self {
        let (said, undo) = match outcome {
            Outcome::Stands(Changed { before, made }) => {
                (words(self.standing), Some((before.to_string(), *made)))
            }
            Outcome::Undone => ("Undone.", None),
            Outcome::Stored => ("Stored.", None),
            Outcome::Refused(fault) => (fault.words(), None),
        };
        Self { said: Some(said), undo, ..self }
    }

    /// Which form of the controls is shown.
    pub(in crate::web) fn state(&self) -> &'static str {
        match self.standing {
            Standing::Open => "open",
            Standing::Saved => "saved",
            Standing::Ignored => "ignored",
            Standing::Snoozed(_) => "snoozed",
            Standing::Bought => "bought",
        }
    }

    /// Whether it can be put aside.
    pub(in crate::web) fn is_in_sight(&self) -> bool {
        !self.standing.is_hidden()
    }
}

/// What another standing means, said once.
fn words(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => "Off your watchlist.",
        Standing::Saved => "On your watchlist.",
        Standing::Ignored => "Ignored: left out of your deals.",
        Standing::Snoozed(_) => "Snoozed: left out of your deals until then.",
        Standing::Bought => "Bought: it is among your things.",
    }
}

#[derive(Template)]
#[template(path = "watch/part.html")]
struct Part {
    shell: Shell,
    watch: Controls,
}
