//! Channels: how a person is told, saved once and used by many searches.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Noun,
    fields::Fields,
    params::Params,
    shape::{boolean, object, one_of, text},
};
use crate::{
    db::channels::{Channel, ChannelFields, Filter},
    error::Result,
    model::{
        channel::ChannelKind,
        id::{ChannelId, UserId},
    },
};

/// The noun.
#[derive(Debug)]
pub struct Channels;

/// A way to tell a person.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Channel")]
pub struct View {
    id: ChannelId,
    name: String,
    kind: ChannelKind,
    /// Where to: a mail address, the address of a server or topic, a chat, a user. Empty until it is set up.
    address: String,
    /// What else its kind needs and anybody may see.
    settings: serde_json::Value,
    /// Whether a token, password or secret address is stored. It can be written, and never read.
    has_secret: bool,
    enabled: bool,
    /// When its service last took a message.
    last_sent_at: Option<DateTime<Utc>>,
    /// Since when it takes none; null while all is well.
    failing_since: Option<DateTime<Utc>>,
    /// Why it did not take the last one.
    last_error: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Channel> for View {
    fn from(row: Channel) -> Self {
        Self {
            id: row.id,
            name: row.name,
            kind: row.kind,
            address: row.address,
            settings: row.settings,
            has_secret: row.has_secret,
            enabled: row.enabled,
            last_sent_at: row.last_sent_at,
            failing_since: row.failing_since,
            last_error: row.last_error,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl Noun for Channels {
    const ONE: &'static str = "channel";
    const MANY: &'static str = "channels";
    const ABOUT: &'static str = "Ways to tell a person. Secrets are sealed, and never shown.";
    const TABLES: &'static [&'static str] = &["channels"];

    type Row = Channel;
    type View = View;
    type Whole = View;

    fn read(fields: &mut Fields<'_>) -> ChannelFields {
        ChannelFields {
            name: fields.need("name", text(1..=200)),
            kind: fields.need("kind", one_of()),
            address: fields.may("address", text(0..=2000)),
            settings: fields.may("settings", object()),
            secret: fields.secret("secret", "channels/secret", text(1..=4000)),
            enabled: fields.may("enabled", boolean()),
        }
    }

    fn check(fields: &mut Fields<'_>, given: &mut ChannelFields, stored: Option<&Channel>) {
        if given.kind.is_none() && given.address.is_none() {
            return;
        }
        let kind = given.kind.or_else(|| stored.map(|row| row.kind));
        let address = given.address.as_deref().or_else(|| stored.map(|row| row.address.as_str()));
        if let (Some(kind), Some(address)) = (kind, address)
            && let Err(message) = kind.check_address(address)
        {
            fields.fault("address", message);
        }
    }

    fn filter(params: &mut Params) -> Filter {
        Filter { kind: params.take("kind", one_of()), enabled: params.take("enabled", boolean()) }
    }

    async fn whole(_: &mut AsyncPgConnection, _: UserId, row: Channel) -> Result<View> {
        Ok(row.into())
    }
}
