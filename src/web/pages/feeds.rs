//! `/feeds`: addresses that a person watches.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Form, Path},
};
use askama::Template;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::faults::Faults;
use crate::{
    db::{
        feeds::{self, Feed, FeedFields},
        owned::Owned,
    },
    error::{Error, Result},
    model::{feed::FeedKind, id::FeedId},
    nouns::{Noun, feeds::Feeds, fields::Fields},
    state::App,
    web::{auth::Viewer, pages::view, respond, shell::Shell},
};

/// What the form for a new feed sends.
#[derive(Debug, Default, Deserialize)]
pub(in crate::web) struct Wanted {
    name: String,
    kind: String,
    address: String,
}

/// `GET /feeds`
pub(in crate::web) async fn list(
    app: Data<App>,
    shell: Shell,
    viewer: Viewer,
) -> Result<HttpResponse> {
    respond::page(&FeedsPage::of(&app, shell, &viewer, Wanted::default()).await?)
}

/// `POST /feeds`
pub(in crate::web) async fn add(
    app: Data<App>,
    shell: Shell,
    viewer: Viewer,
    form: Form<Wanted>,
) -> Result<HttpResponse> {
    let wanted = form.into_inner();
    let mut told = Faults::default();
    match read(&wanted) {
        Ok(fields) => {
            let added = Feed::insert(&mut *app.conn().await?, viewer.user, &fields).await;
            match added.map_err(Error::from) {
                Ok(_) => return Ok(respond::see_other("/feeds")),
                Err(Error::Conflict(_)) => {
                    told.add("name", "is taken: another feed of yours has it");
                }
                Err(error) => return Err(error),
            }
        }
        Err(Error::Invalid(faults)) => {
            for fault in faults {
                told.add(&fault.field, fault.message);
            }
        }
        Err(error) => return Err(error),
    }
    let page = FeedsPage::of(&app, shell, &viewer, wanted).await?;
    respond::page_with(StatusCode::UNPROCESSABLE_ENTITY, &FeedsPage { faults: told, ..page })
}

fn read(wanted: &Wanted) -> Result<FeedFields> {
    let body = [("name", &wanted.name), ("kind", &wanted.kind), ("address", &wanted.address)];
    let body: Map<String, Value> =
        body.into_iter().map(|(name, text)| (name.to_owned(), json!(text.trim()))).collect();
    let mut fields = Fields::create(body, &|context, _| {
        Err(Error::internal(format!("{context} is not meant to be stored")))
    });
    let given = Feeds::read(&mut fields);
    fields.finish().map(|()| given)
}

/// `POST /feeds/{id}/switch`: off when it is on, on when it is off.
pub(in crate::web) async fn switch(
    app: Data<App>,
    viewer: Viewer,
    id: Path<FeedId>,
) -> Result<HttpResponse> {
    let mut conn = app.conn().await?;
    let feed = Feed::find(&mut conn, viewer.user, *id).await?;
    let feed = feed.ok_or(Error::NotFound(Feeds::ONE))?;
    let fields = FeedFields { enabled: Some(!feed.enabled), ..FeedFields::default() };
    Feed::update(&mut conn, viewer.user, *id, &fields).await?;
    Ok(respond::see_other("/feeds"))
}

/// `POST /feeds/{id}/remove`
pub(in crate::web) async fn remove(
    app: Data<App>,
    viewer: Viewer,
    id: Path<FeedId>,
) -> Result<HttpResponse> {
    if !Feed::delete(&mut *app.conn().await?, viewer.user, *id).await? {
        return Err(Error::NotFound(Feeds::ONE));
    }
    Ok(respond::see_other("/feeds"))
}

#[derive(Template)]
#[template(path = "feeds/list.html")]
struct FeedsPage {
    shell: Shell,
    feeds: Vec<Feed>,
    wanted: Wanted,
    faults: Faults,
}

impl FeedsPage {
    async fn of(app: &App, shell: Shell, viewer: &Viewer, wanted: Wanted) -> Result<Self> {
        let feeds = feeds::all(&*app.conn().await?, viewer.user).await?;
        Ok(Self { shell, feeds, wanted, faults: Faults::default() })
    }
}

/// What stands at an address, for people.
fn kind(kind: FeedKind) -> &'static str {
    match kind {
        FeedKind::Feed => "A feed",
        FeedKind::Page => "A page",
    }
}
