//! `/finds/{ticket}.rss` and `.json`: what a person's searches found, for feed readers, which cannot sign in. The address
//! is the key to it, so it is private, and its owner can take another one at any time.

use std::time::{Duration, SystemTime};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HttpDate},
    web::{Data, Path},
};
use askama::Template;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::view;
use crate::{
    db::{self, finds_feed::Find},
    error::{Error, Result},
    model::{id::SearchId, money::Money, score::Score},
    nouns::params::Params,
    state::App,
    ticket,
    web::{auth, links, respond},
};

/// How often one feed may be read in a minute.
const MOST: u64 = 60;
/// How often one peer may ask for feeds, the wrong ones too, in five minutes.
const MOST_TRIES: u64 = 600;

/// `GET /finds/{name}`
pub(in crate::web) async fn show(
    app: Data<App>,
    request: HttpRequest,
    name: Path<String>,
) -> Result<HttpResponse> {
    const MINUTE: Duration = Duration::from_mins(1);
    auth::limit_tries(&app, &request, "finds", MOST_TRIES).await?;
    let (ticket, form) = name.rsplit_once('.').ok_or(Error::NotFound("feed"))?;
    let form = Form::of(form).ok_or(Error::NotFound("feed"))?;
    let (user, version) = ticket::finds_of(&app.sealer, ticket).ok_or(Error::NotFound("feed"))?;
    if app.cache.count(&format!("finds:{user}"), MINUTE).await > MOST {
        return Err(Error::TooManyRequests { retry_after: MINUTE });
    }
    let mut params = Params::of_form(request.query_string());
    let search: Option<SearchId> = params.read("search");
    let best_first = params.text("order").as_deref() == Some("best");

    let conn = app.conn().await?;
    if db::finds_feed::version(&conn, user).await? != Some(version) {
        return Err(Error::NotFound("feed"));
    }
    let finds = db::finds_feed::list(&conn, user, search, best_first).await?;
    drop(conn);

    let base = links::base_for(&app, &request);
    let own = format!("{base}{}", request.uri().path_and_query().map_or("", |path| path.as_str()));
    let feed = Feed::of(finds, base, own)?;
    let body = match form {
        Form::Rss => feed.render().map_err(Error::internal)?,
        Form::Json => feed.json().to_string(),
    };
    Ok(conditional(&request, form, feed.changed_at, body))
}

/// How a feed is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Rss,
    Json,
}

impl Form {
    fn of(extension: &str) -> Option<Self> {
        match extension {
            "rss" => Some(Self::Rss),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Rss => "application/rss+xml; charset=utf-8",
            Self::Json => "application/feed+json",
        }
    }
}

/// The body, or 304 when the reader has it.
fn conditional(
    request: &HttpRequest,
    form: Form,
    changed_at: Option<DateTime<Utc>>,
    body: String,
) -> HttpResponse {
    let etag = respond::etag(&Sha256::digest(&body));
    let changed_at = changed_at.map(|at| HttpDate::from(SystemTime::from(at)).to_string());
    let since = request.headers().get(header::IF_MODIFIED_SINCE).and_then(|at| at.to_str().ok());
    // The tag says more than the time: what went leaves no trace in the time.
    let is_known = if request.headers().contains_key(header::IF_NONE_MATCH) {
        respond::client_has(request, &etag)
    } else {
        since.is_some() && since == changed_at.as_deref()
    };
    let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((header::ETAG, etag))
        .insert_header((header::CACHE_CONTROL, "private, max-age=60"))
        .insert_header(("x-robots-tag", "none"));
    if let Some(changed_at) = changed_at {
        response.insert_header((header::LAST_MODIFIED, changed_at));
    }
    if is_known { response.finish() } else { response.content_type(form.media_type()).body(body) }
}

#[derive(Template)]
#[template(path = "finds/feed.xml")]
struct Feed {
    base: String,
    own: String,
    items: Vec<Item>,
    /// When anything in it last changed.
    changed_at: Option<DateTime<Utc>>,
}

#[derive(Template)]
#[template(path = "finds/item.html")]
struct Item {
    id: String,
    title: String,
    /// Its page here.
    page: String,
    outside: Option<String>,
    source: String,
    price: String,
    shipping: Option<String>,
    condition: Option<&'static str>,
    picture: Option<String>,
    search: String,
    found_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
    score: Option<i32>,
    summary: Option<String>,
    reasons: Vec<String>,
    /// The rest, as HTML.
    description: String,
}

impl Feed {
    fn of(finds: Vec<Find>, base: String, own: String) -> Result<Self> {
        let changed_at = finds.iter().map(|find| find.found_at.max(find.updated_at)).max();
        let items = finds.into_iter().map(|find| Item::of(find, &base));
        Ok(Self { items: items.collect::<Result<_>>()?, base, own, changed_at })
    }

    /// As JSON Feed 1.1.
    fn json(&self) -> Value {
        let items: Vec<Value> = self.items.iter().map(Item::json).collect();
        json!({
            "version": "https://jsonfeed.org/version/1.1",
            "title": "Deal Scout: finds",
            "home_page_url": format!("{}/", self.base),
            "feed_url": self.own,
            "items": items,
        })
    }
}

impl Item {
    fn of(find: Find, base: &str) -> Result<Self> {
        let price = match find.price() {
            Some(Money { amount: 0, .. }) => "Free".to_owned(),
            Some(price) => price.to_string(),
            None => "No price given".to_owned(),
        };
        let shipping = find.shipping().filter(|shipping| shipping.amount > 0);
        let score: Option<Score> = find.parts.and_then(|parts| serde_json::from_value(parts).ok());
        let picture = view::picture_at(find.image_url.as_deref());
        let picture =
            picture.map(|at| if at.starts_with('/') { format!("{base}{at}") } else { at });
        let mut item = Self {
            id: format!("deal-scout:listing:{}", find.id),
            page: format!("{base}/listings/{}", find.id),
            title: clean(&find.title),
            outside: view::safe_link(find.url.as_deref()).map(str::to_owned),
            source: view::source(&find.source),
            price,
            shipping: shipping.map(|shipping| shipping.to_string()),
            condition: find.condition.map(view::condition),
            picture,
            search: clean(&find.search),
            found_at: find.found_at,
            changed_at: find.updated_at,
            score: score.as_ref().and_then(|score| score.value),
            summary: score.as_ref().map(|score| clean(&score.summary)),
            reasons: score
                .map(|score| score.parts.iter().map(|part| clean(&part.words)).collect())
                .unwrap_or_default(),
            description: String::new(),
        };
        item.description = item.render().map_err(Error::internal)?;
        Ok(item)
    }

    /// Price, title and score in one line.
    fn headline(&self) -> String {
        let score = self.score.map_or_else(String::new, |score| format!(" ({score})"));
        format!("{} · {}{score}", self.price, self.title)
    }

    /// As RSS writes times.
    fn published(&self) -> String {
        self.found_at.to_rfc2822()
    }

    /// What kind the picture most likely is: readers want to be told.
    fn picture_type(&self) -> &'static str {
        let path = self.picture.as_deref().unwrap_or("").split('?').next().unwrap_or("");
        match path.rsplit('.').next().unwrap_or("").to_ascii_lowercase().as_str() {
            "png" => "image/png",
            "webp" => "image/webp",
            "gif" => "image/gif",
            "svg" => "image/svg+xml",
            _ => "image/jpeg",
        }
    }

    fn json(&self) -> Value {
        let time = |at: &DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let mut item = json!({
            "id": self.id,
            "url": self.page,
            "title": self.headline(),
            "content_html": self.description,
            "date_published": time(&self.found_at),
            "date_modified": time(&self.changed_at.max(self.found_at)),
            "tags": [self.search],
        });
        for (name, value) in [("external_url", &self.outside), ("image", &self.picture)] {
            if let Some(value) = value {
                item[name] = json!(value);
            }
        }
        item
    }
}

/// A stranger's text without the characters that XML does not have.
fn clean(text: &str) -> String {
    let is_fine = |c: &char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    text.chars().filter(is_fine).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_does_not_have_is_left_out() {
        assert_eq!(clean("a\u{0}b\u{b}c\u{ffff}d\u{1b}[0m <é>"), "abcd[0m <é>");
    }
}
