//! Notifications: what a person was told, or will be.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Noun,
    fields::Fields,
    params::Params,
    shape::{id, money, object, one_of, text, time},
};
use crate::{
    db::notifications::{Filter, Notification, NotificationFields},
    error::Result,
    model::{
        id::{ChannelId, ListingId, NotificationId, SearchId, UserId},
        money::{Currency, Money},
        notification::{NotificationStatus, Reason},
    },
};

/// The noun.
#[derive(Debug)]
pub struct Notifications;

/// Something told, or to be told.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Notification")]
pub struct View {
    id: NotificationId,
    /// The ad that it tells of.
    listing_id: Option<ListingId>,
    /// The search that found it.
    search_id: Option<SearchId>,
    /// The channel that carries it.
    channel_id: Option<ChannelId>,
    /// The kind of channel, which outlives the channel itself.
    channel: String,
    /// Why it is told.
    reason: Reason,
    /// The price that it tells of.
    price: Option<Money>,
    /// What it says.
    payload: serde_json::Value,
    status: NotificationStatus,
    /// How often it was tried.
    attempts: i32,
    /// When it is tried next.
    next_try_at: Option<DateTime<Utc>>,
    /// Why the last try failed.
    error: Option<String>,
    sent_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Notification> for View {
    fn from(row: Notification) -> Self {
        Self {
            id: row.id,
            listing_id: row.listing_id,
            search_id: row.search_id,
            channel_id: row.channel_id,
            channel: row.channel,
            reason: row.reason,
            price: row.price_amount.map(|amount| Money::new(amount, currency(&row.payload))),
            payload: row.payload,
            status: row.status,
            attempts: row.attempts,
            next_try_at: row.next_try_at,
            error: row.error,
            sent_at: row.sent_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl Noun for Notifications {
    const ONE: &'static str = "notification";
    const MANY: &'static str = "notifications";
    const ABOUT: &'static str = "What a person was told, or will be.";
    const TABLES: &'static [&'static str] = &["notifications"];

    type Row = Notification;
    type View = View;
    type Whole = View;

    fn read(fields: &mut Fields<'_>) -> NotificationFields {
        NotificationFields {
            listing_id: fields.nullable("listing_id", id()),
            search_id: fields.nullable("search_id", id()),
            channel_id: fields.nullable("channel_id", id()),
            channel: fields.need("channel", text(1..=50)),
            reason: fields.may("reason", one_of()),
            price_amount: fields.nullable("price", money()).map(|price| price.map(|it| it.amount)),
            payload: fields.may("payload", object()),
            status: fields.may("status", one_of()),
        }
    }

    fn filter(params: &mut Params) -> Filter {
        Filter {
            status: params.take("status", one_of()),
            channel: params.take("channel", text(1..=50)),
            reason: params.take("reason", one_of()),
            listing_id: params.take("listing_id", id()),
            search_id: params.take("search_id", id()),
            channel_id: params.take("channel_id", id()),
            since: params.take("since", time()),
            until: params.take("until", time()),
        }
    }

    async fn whole(_: &mut AsyncPgConnection, _: UserId, row: Notification) -> Result<View> {
        Ok(row.into())
    }
}

/// The currency of the price that a notification tells of.
fn currency(payload: &serde_json::Value) -> Currency {
    let said = payload.get("price").and_then(|price| price.get("currency"));
    said.and_then(|word| word.as_str()?.parse().ok()).unwrap_or(Currency::USD)
}
