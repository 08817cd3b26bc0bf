//! Feeds: addresses that people watch.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use url::{Host, Url};

use super::{
    Noun,
    fields::Fields,
    params::Params,
    shape::{self, Shape, boolean, one_of, slug},
};
use crate::{
    db::feeds::{Feed, FeedFields, Filter},
    error::Result,
    model::{
        feed::{FeedKind, TAKEN_NAMES},
        id::{FeedId, UserId},
    },
};

/// The noun.
#[derive(Debug)]
pub struct Feeds;

/// An address that a person watches.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Feed")]
pub struct View {
    id: FeedId,
    /// By which searches know it.
    name: String,
    kind: FeedKind,
    address: String,
    enabled: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Feed> for View {
    fn from(row: Feed) -> Self {
        Self {
            id: row.id,
            name: row.name,
            kind: row.kind,
            address: row.address,
            enabled: row.enabled,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl Noun for Feeds {
    const ONE: &'static str = "feed";
    const MANY: &'static str = "feeds";
    const ABOUT: &'static str = "Feeds and pages that a person watches; searches name them.";
    const TABLES: &'static [&'static str] = &["feeds"];

    type Row = Feed;
    type View = View;
    type Whole = View;

    fn read(fields: &mut Fields<'_>) -> FeedFields {
        FeedFields {
            name: fields.need("name", name()),
            kind: fields.may("kind", one_of()),
            address: fields.need("address", address()),
            enabled: fields.may("enabled", boolean()),
        }
    }

    fn filter(params: &mut Params) -> Filter {
        Filter {
            name: params.take("name", slug()),
            kind: params.take("kind", one_of()),
            enabled: params.take("enabled", boolean()),
        }
    }

    async fn whole(_: &mut AsyncPgConnection, _: UserId, row: Feed) -> Result<View> {
        Ok(row.into())
    }
}

/// A name that no marketplace has.
fn name() -> Shape<String> {
    let any = slug();
    let mut schema = any.schema.clone();
    schema["not"] = json!({"enum": TAKEN_NAMES});
    Shape::new(schema, move |value| match any.read(value)? {
        name if TAKEN_NAMES.contains(&name.as_str()) => {
            Err(format!("'{name}' is a marketplace's name; take another"))
        }
        name => Ok(name),
    })
}

/// An address that can be asked. Which networks may be reached is seen when it is: names can point anywhere by then.
fn address() -> Shape<String> {
    let any = shape::url();
    let mut schema = any.schema.clone();
    schema["pattern"] = json!(
        "^https?://[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?(:[0-9]{1,4})?(/[!-~]{0,1500})?$"
    );
    Shape::new(schema, move |value| {
        let text = any.read(value)?;
        check(&text).map(|()| text)
    })
}

fn check(address: &str) -> Result<(), String> {
    let url = Url::parse(address).map_err(|fault| format!("is no address: {fault}"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a name or a password; addresses with those are not asked".to_owned());
    }
    match url.host() {
        Some(Host::Domain(name)) if name.contains("..") || name.starts_with('.') => {
            Err(format!("names the host {name}, which cannot be"))
        }
        Some(_) => Ok(()),
        None => Err("names no host".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_cannot_be_asked_are_refused_at_the_door() {
        let read = |text: &str| address().read(&json!(text));
        for right in ["https://example.org/feed.xml?q=a%20b", "http://10.0.0.8:8080/rss"] {
            assert_eq!(read(right).as_deref(), Ok(right));
        }
        for wrong in [
            "ftp://example.org/",
            "https://",
            "https://user:secret@example.org/",
            "https://exa mple.org/",
            "https://[::bad/",
            "example.org",
            "https://example.org:99999/",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_feed_cannot_have_a_marketplaces_name() {
        assert!(name().read(&json!("my-feed")).is_ok());
        assert!(name().read(&json!("ebay")).unwrap_err().contains("marketplace"));
    }
}
