//! `/channels`: where a person is told. Each is set up once and used by many searches.

mod kinds;

use std::collections::HashMap;

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Form, Path, Query},
};
use askama::Template;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use self::kinds::{KINDS, Kind};
use super::{faults::Faults, wall::Wall};
use crate::{
    config::Secret,
    db::{
        channels::{Channel, Filter},
        outbox,
        owned::{By, Owned},
        sealed::CHANNEL_SECRET,
    },
    error::{Error, Result},
    model::{channel::ChannelKind, id::ChannelId},
    nouns::{Noun, channels::Channels, fields::Fields},
    state::App,
    web::{auth::Viewer, respond, shell::Shell},
};

/// More than anybody has.
const MOST: i64 = 200;

/// What was done, when a form leads back here.
#[derive(Deserialize)]
pub(in crate::web) struct Done {
    done: Option<String>,
    /// The channel that was tried.
    tried: Option<i64>,
}

/// Which form is wanted.
#[derive(Deserialize)]
pub(in crate::web) struct Wanted {
    kind: Option<String>,
}

/// `GET /channels`
pub(in crate::web) async fn list(
    app: Data<App>,
    shell: Shell,
    viewer: Viewer,
    query: Query<Done>,
) -> Result<HttpResponse> {
    let mut conn = app.conn().await?;
    let (filter, by) = (Filter::default(), By { down: false, ..By::default() });
    let channels = Channel::list(&mut conn, viewer.user, &filter, by, None, MOST).await?;
    let done = match query.done.as_deref() {
        Some("saved") => Some("The channel is saved. Try it now."),
        Some("removed") => Some("The channel is removed."),
        _ => None,
    };
    let wall = Wall::of(&conn, viewer.user).await?;
    drop(conn);
    let has_mail = app.mail.is_configured();
    respond::page(&ChannelsPage { shell, wall, channels, done, tried: query.tried, has_mail })
}

/// `GET /channels/new?kind=ntfy`
pub(in crate::web) async fn blank(
    shell: Shell,
    _: Viewer,
    query: Query<Wanted>,
) -> Result<HttpResponse> {
    let kind: ChannelKind = query
        .kind
        .as_deref()
        .unwrap_or(ChannelKind::Email.as_str())
        .parse()
        .map_err(|_| Error::NotFound("kind of channel"))?;
    let about = kinds::of(kind);
    let given = HashMap::from([("name".to_owned(), about.title.to_owned())]);
    respond::page(&FormPage { shell, kind: about, stored: None, given, faults: Faults::default() })
}

/// `GET /channels/{id}`
pub(in crate::web) async fn show(
    app: Data<App>,
    shell: Shell,
    viewer: Viewer,
    id: Path<ChannelId>,
) -> Result<HttpResponse> {
    let stored = find(&app, viewer, *id).await?;
    let kind = kinds::of(stored.kind);
    let mut given = HashMap::from([
        ("name".to_owned(), stored.name.clone()),
        ("address".to_owned(), stored.address.clone()),
    ]);
    if let Some(extra) = kind.extra.as_ref().and_then(|extra| stored.settings.get(extra.name)) {
        let text = extra.as_str().map_or_else(|| extra.to_string(), str::to_owned);
        given.insert("extra".to_owned(), text);
    }
    let faults = Faults::default();
    respond::page(&FormPage { shell, kind, stored: Some(stored), given, faults })
}

/// `POST /channels/new?kind=ntfy`
pub(in crate::web) async fn create(
    app: Data<App>,
    shell: Shell,
    viewer: Viewer,
    query: Query<Wanted>,
    form: Form<HashMap<String, String>>,
) -> Result<HttpResponse> {
    let kind = query.kind.as_deref().unwrap_or_default();
    let kind: ChannelKind = kind.parse().map_err(|_| Error::NotFound("kind of channel"))?;
    store(&app, shell, viewer, kinds::of(kind), None, form.into_inner()).await
}

/// `POST /channels/{id}`
pub(in crate::web) async fn change(
    app: Data<App>,
    shell: Shell,
    viewer: Viewer,
    id: Path<ChannelId>,
    form: Form<HashMap<String, String>>,
) -> Result<HttpResponse> {
    let stored = find(&app, viewer, *id).await?;
    let kind = kinds::of(stored.kind);
    store(&app, shell, viewer, kind, Some(stored), form.into_inner()).await
}

/// `POST /channels/{id}/test`: sends a message through it, and shows in the list what its service said.
pub(in crate::web) async fn test(
    app: Data<App>,
    viewer: Viewer,
    id: Path<ChannelId>,
) -> Result<HttpResponse> {
    let way = outbox::way(&mut *app.conn().await?, viewer.user, *id).await?;
    let way = way.ok_or(Error::NotFound("channel"))?;
    let tried = app.delivery().try_out(&way, &app.settings.base_url(), app.clock.now()).await;
    let fault = tried.err().map(|refusal| refusal.to_string());
    let mut conn = app.conn().await?;
    outbox::tried(&mut conn, viewer.user, *id, fault.as_deref(), app.clock.now()).await?;
    Ok(respond::see_other(&format!("/channels?tried={id}#channel-{id}")))
}

/// `POST /channels/{id}/remove`
pub(in crate::web) async fn remove(
    app: Data<App>,
    viewer: Viewer,
    id: Path<ChannelId>,
) -> Result<HttpResponse> {
    if !Channel::delete(&mut *app.conn().await?, viewer.user, *id).await? {
        return Err(Error::NotFound("channel"));
    }
    Ok(respond::see_other("/channels?done=removed"))
}

async fn find(app: &App, viewer: Viewer, id: ChannelId) -> Result<Channel> {
    let found = Channel::find(&mut *app.conn().await?, viewer.user, id).await?;
    found.ok_or(Error::NotFound("channel"))
}

/// Checks the form by the same rules as the API, and stores it or shows it again with what is wrong.
async fn store(
    app: &App,
    shell: Shell,
    viewer: Viewer,
    kind: &'static Kind,
    stored: Option<Channel>,
    given: HashMap<String, String>,
) -> Result<HttpResponse> {
    let mut faults = Faults::default();
    let body = body(kind, stored.as_ref(), &given, &mut faults);
    let context = CHANNEL_SECRET.context(viewer.user);
    let seal = |_: &str, text: &str| -> Result<Vec<u8>> {
        Ok(app.sealer.seal(&context, &Secret::new(text))?)
    };
    let mut fields = match &stored {
        None => Fields::create(body, &seal),
        Some(_) => Fields::change(body, None, &seal),
    };
    let mut input = Channels::read(&mut fields);
    Channels::check(&mut fields, &mut input, stored.as_ref());
    match fields.finish() {
        Ok(()) => {}
        Err(Error::Invalid(found)) => {
            for fault in found {
                faults.add(&fault.field, fault.message);
            }
        }
        Err(other) => return Err(other),
    }
    if faults.is_empty() {
        let mut conn = app.conn().await?;
        let done = match &stored {
            None => Channel::insert(&mut conn, viewer.user, &input).await.map(Some),
            Some(row) => Channel::update(&mut conn, viewer.user, row.id, &input).await,
        };
        match done.map_err(Error::from) {
            Ok(Some(row)) => {
                return Ok(respond::see_other(&format!("/channels?done=saved#channel-{}", row.id)));
            }
            Ok(None) => return Err(Error::NotFound("channel")),
            Err(Error::Conflict(_)) => faults.add("name", "is that of another channel of yours"),
            Err(other) => return Err(other),
        }
    }
    let page = FormPage { shell, kind, stored, given, faults };
    respond::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// The form as a body of the API. An empty secret leaves the stored one as it is.
fn body(
    kind: &Kind,
    stored: Option<&Channel>,
    given: &HashMap<String, String>,
    faults: &mut Faults,
) -> Map<String, Value> {
    let text = |name: &str| given.get(name).map_or("", |text| text.trim());
    let mut body = Map::from_iter([
        ("name".to_owned(), json!(text("name"))),
        ("kind".to_owned(), json!(kind.of)),
        ("enabled".to_owned(), json!(stored.is_none() || given.contains_key("enabled"))),
    ]);
    if let Some(address) = &kind.address {
        if address.needed && text("address").is_empty() {
            faults.add("address", "is needed");
        }
        body.insert("address".to_owned(), json!(text("address")));
    }
    if let Some(secret) = &kind.secret {
        let has_one = stored.is_some_and(|row| row.has_secret || !row.address.is_empty());
        if !text("secret").is_empty() {
            body.insert("secret".to_owned(), json!(text("secret")));
        } else if secret.needed && !has_one {
            faults.add("secret", "is needed");
        } else if given.contains_key("forget") {
            body.insert("secret".to_owned(), Value::Null);
        }
    }
    if let Some(extra) = &kind.extra {
        let mut settings = stored.map_or_else(|| json!({}), |row| row.settings.clone());
        let value = match (text("extra"), extra.is_number) {
            ("", _) => Value::Null,
            (word, false) => json!(word),
            (word, true) => word.parse::<i64>().map_or_else(
                |_| {
                    faults.add("extra", "is a whole number");
                    Value::Null
                },
                |number| json!(number),
            ),
        };
        if let Some(settings) = settings.as_object_mut() {
            if value.is_null() {
                settings.remove(extra.name);
            } else {
                settings.insert(extra.name.to_owned(), value);
            }
        }
        body.insert("settings".to_owned(), settings);
    }
    body
}

fn title(channel: &Channel) -> &'static str {
    kinds::of(channel.kind).title
}

/// How a channel is doing: the colour of its lamp, and the words.
fn state(channel: &Channel) -> (&'static str, &'static str) {
    match channel {
        Channel { enabled: false, .. } => ("none", "Off"),
        Channel { failing_since: Some(_), .. } => ("poor", "Fails"),
        Channel { last_sent_at: Some(_), .. } => ("great", "Works"),
        _ => ("fair", "Not tried yet"),
    }
}

#[derive(Template)]
#[template(path = "channels/list.html")]
struct ChannelsPage {
    shell: Shell,
    wall: Wall,
    channels: Vec<Channel>,
    done: Option<&'static str>,
    tried: Option<i64>,
    has_mail: bool,
}

impl ChannelsPage {
    fn was_tried(&self, channel: &Channel) -> bool {
        self.tried == Some(channel.id.0)
    }
}

#[derive(Template)]
#[template(path = "channels/form.html")]
struct FormPage {
    shell: Shell,
    kind: &'static Kind,
    stored: Option<Channel>,
    given: HashMap<String, String>,
    faults: Faults,
}

impl FormPage {
    fn given(&self, name: &str) -> &str {
        // A secret that was typed is not sent back.
        if name == "secret" { "" } else { self.given.get(name).map_or("", String::as_str) }
    }

    fn action(&self) -> String {
        match &self.stored {
            Some(row) => format!("/channels/{}", row.id),
            None => format!("/channels/new?kind={}", self.kind.of),
        }
    }

    fn has_secret(&self) -> bool {
        self.stored.as_ref().is_some_and(|row| row.has_secret)
    }
}
