//! `/notifications`: what a person was told, will be, and could not be told.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use askama::Template;

use super::{cut::cut, wall::Wall};
use crate::{
    db::{
        notifications::{Filter, Notification, NotificationFields, Sort},
        outbox,
        owned::{By, Owned, Sort as _},
    },
    error::{Error, Result},
    model::{
        id::NotificationId,
        notification::{NotificationStatus, Reason},
    },
    notify::Facts,
    nouns::params::Params,
    state::App,
    web::{auth::Viewer, respond, shell::Shell},
};

const PER_PAGE: i64 = 30;

/// The parts of the list: its word in the address, its title, what is in it.
const TABS: [(&str, &str, Option<NotificationStatus>); 5] = [
    ("all", "All", None),
    ("unread", "Unread", Some(NotificationStatus::Sent)),
    ("waiting", "Waiting", Some(NotificationStatus::Pending)),
    ("failed", "Not delivered", Some(NotificationStatus::Failed)),
    ("read", "Read", Some(NotificationStatus::Read)),
];

/// `GET /notifications`
pub(in crate::web) async fn list(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
    viewer: Viewer,
) -> Result<HttpResponse> {
    let mut params = Params::of_form(request.query_string());
    let wanted: Option<String> = params.read("tab");
    let tab = TABS.into_iter().find(|(word, ..)| wanted.as_deref() == Some(*word));
    let tab = tab.unwrap_or(TABS[0]);
    let by = By { sort: Sort::CreatedAt, down: true };
    let after = params.after(&by.to_string(), by.sort.is_by_time());
    let filter = Filter { status: tab.2, ..Filter::default() };
    let mut conn = app.conn().await?;
    let mut rows =
        Notification::list(&mut conn, viewer.user, &filter, by, after, PER_PAGE + 1).await?;
    let failed = Filter { status: Some(NotificationStatus::Failed), ..Filter::default() };
    let failed = Notification::count(&mut conn, viewer.user, &failed).await?;
    let wall = Wall::of(&conn, viewer.user).await?;
    drop(conn);
    let next = cut(&mut rows, PER_PAGE, |last| {
        let cursor = Params::cursor(&by.to_string(), last.position(by.sort));
        format!("/notifications?tab={}&cursor={}", tab.0, respond::encoded(&cursor))
    });
    let rows: Vec<_> = rows.into_iter().map(Told::of).collect();
    let done = request.query_string().contains("done=again").then_some("It is tried again.");
    respond::page(&NotificationsPage {
        shell,
        wall,
        tab: tab.0,
        rows,
        next,
        failed,
        done,
        is_later_page: after.is_some(),
    })
}

/// `POST /notifications/{id}/retry`
pub(in crate::web) async fn retry(
    app: Data<App>,
    viewer: Viewer,
    id: Path<NotificationId>,
) -> Result<HttpResponse> {
    let mut conn = app.conn().await?;
    match outbox::again(&mut conn, viewer.user, *id, app.clock.now()).await? {
        None => Err(Error::NotFound("notification")),
        Some(false) => {
            let why = "it was not given up, or its channel was removed or is switched off; only what failed is tried again";
            Err(Error::Conflict(why.to_owned()))
        }
        Some(true) => Ok(respond::see_other("/notifications?tab=failed&done=again")),
    }
}

/// `POST /notifications/{id}/read`
pub(in crate::web) async fn read(
    app: Data<App>,
    viewer: Viewer,
    id: Path<NotificationId>,
) -> Result<HttpResponse> {
    let read = NotificationFields {
        status: Some(NotificationStatus::Read),
        ..NotificationFields::default()
    };
    let row = Notification::update(&mut *app.conn().await?, viewer.user, *id, &read).await?;
    row.ok_or(Error::NotFound("notification"))?;
    Ok(respond::see_other("/notifications?tab=unread"))
}

/// `POST /notifications/read`: all that was told, and all that could not be.
pub(in crate::web) async fn read_all(app: Data<App>, viewer: Viewer) -> Result<HttpResponse> {
    outbox::read_all(&mut *app.conn().await?, viewer.user, app.clock.now()).await?;
    Ok(respond::see_other("/notifications"))
}

/// A notification, for people.
struct Told {
    row: Notification,
    facts: Facts,
}

impl Told {
    fn of(row: Notification) -> Self {
        let facts = Facts::of(&row.payload);
        Self { row, facts }
    }

    fn why(&self) -> &'static str {
        match self.row.reason {
            Reason::Find if self.facts.was.is_some() => "Cheaper find",
            Reason::Find => "Find",
            Reason::PriceDrop => "Price drop",
            Reason::Target => "At your price",
            Reason::Gone => "Gone",
            Reason::Digest => "Digest",
            Reason::Test => "Test",
            Reason::Other => "Note",
        }
    }

    /// How it fared: the colour of its lamp, and the words.
    fn state(&self) -> (&'static str, &'static str) {
        match (self.row.status, self.row.channel.as_str()) {
            (NotificationStatus::Pending, _) if self.row.error.is_some() => ("fair", "Tried again"),
            (NotificationStatus::Pending, _) => ("fair", "Waiting"),
            (NotificationStatus::Sent, "app") => ("great", "New here"),
            (NotificationStatus::Sent, _) => ("great", "Told"),
            (NotificationStatus::Failed, _) => ("poor", "Not delivered"),
            (NotificationStatus::Read, _) => ("none", "Read"),
        }
    }

    fn is_failed(&self) -> bool {
        self.row.status == NotificationStatus::Failed
    }

    fn is_unread(&self) -> bool {
        matches!(self.row.status, NotificationStatus::Sent | NotificationStatus::Failed)
    }

    fn is_waiting(&self) -> bool {
        self.row.status == NotificationStatus::Pending
    }
}

#[derive(Template)]
#[template(path = "notifications/list.html")]
struct NotificationsPage {
    shell: Shell,
    wall: Wall,
    tab: &'static str,
    rows: Vec<Told>,
    next: Option<String>,
    failed: i64,
    done: Option<&'static str>,
    is_later_page: bool,
}

impl NotificationsPage {
    fn is_on(&self, word: &str) -> bool {
        self.tab == word
    }
}
