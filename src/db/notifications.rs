//! What has to be told, and what was.

use chrono::{DateTime, Utc};
use diesel::{dsl::IntoBoxed, pg::Pg, prelude::*};

use super::{json::Json, owned::owned, schema::notifications};
use crate::model::{
    id::{ChannelId, ListingId, NotificationId, SearchId},
    notification::{NotificationStatus, Reason},
};

/// A stored notification: the work and its record.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = notifications, check_for_backend(Pg))]
pub struct Notification {
    /// Its row.
    pub id: NotificationId,
    /// The ad that it tells of.
    pub listing_id: Option<ListingId>,
    /// The search that found it.
    pub search_id: Option<SearchId>,
    /// The channel that carries it.
    pub channel_id: Option<ChannelId>,
    /// The kind of channel, which outlives the channel itself.
    pub channel: String,
    /// Why it is told.
    pub reason: Reason,
    /// The price that it tells of, in minor units.
    pub price_amount: Option<i64>,
    /// What it says.
    #[diesel(deserialize_as = Json)]
    pub payload: serde_json::Value,
    /// How far it has come.
    pub status: NotificationStatus,
    /// How often it was tried.
    pub attempts: i32,
    /// When it is tried next.
    pub next_try_at: Option<DateTime<Utc>>,
    /// Why the last try failed.
    pub error: Option<String>,
    /// When it was told.
    pub sent_at: Option<DateTime<Utc>>,
    /// When the row was made.
    pub created_at: DateTime<Utc>,
    /// When the row last changed.
    pub updated_at: DateTime<Utc>,
}

/// What can be written of a notification.
#[derive(Debug, Default, Insertable, AsChangeset)]
#[diesel(table_name = notifications)]
#[expect(missing_docs, reason = "the columns; Some(None) clears")]
pub struct NotificationFields {
    pub listing_id: Option<Option<ListingId>>,
    pub search_id: Option<Option<SearchId>>,
    pub channel_id: Option<Option<ChannelId>>,
    pub channel: Option<String>,
    pub reason: Option<Reason>,
    pub price_amount: Option<Option<i64>>,
    pub payload: Option<serde_json::Value>,
    pub status: Option<NotificationStatus>,
}

/// Which notifications are wanted. Empty means all of the user's.
#[derive(Debug, Default)]
pub struct Filter {
    /// How far they have come.
    pub status: Option<NotificationStatus>,
    /// Through this kind of channel.
    pub channel: Option<String>,
    /// Told for this reason.
    pub reason: Option<Reason>,
    /// Of this ad.
    pub listing_id: Option<ListingId>,
    /// Of this search.
    pub search_id: Option<SearchId>,
    /// Through this channel.
    pub channel_id: Option<ChannelId>,
    /// Made then or later.
    pub since: Option<DateTime<Utc>>,
    /// Made before then.
    pub until: Option<DateTime<Utc>>,
}

owned! {
    notifications: Notification(NotificationId), NotificationFields, Filter, filtered;
    sorts {
        CreatedAt = "created_at": created_at as time,
        UpdatedAt = "updated_at": updated_at as time,
    }
}

fn filtered<'a>(
    mut query: IntoBoxed<'a, notifications::table, Pg>,
    filter: &'a Filter,
) -> IntoBoxed<'a, notifications::table, Pg> {
    if let Some(status) = filter.status {
        query = query.filter(notifications::status.eq(status));
    }
    if let Some(channel) = &filter.channel {
        query = query.filter(notifications::channel.eq(channel));
    }
    if let Some(reason) = filter.reason {
        query = query.filter(notifications::reason.eq(reason));
    }
    if let Some(listing) = filter.listing_id {
        query = query.filter(notifications::listing_id.eq(listing));
    }
    if let Some(search) = filter.search_id {
        query = query.filter(notifications::search_id.eq(search));
    }
    if let Some(channel) = filter.channel_id {
        query = query.filter(notifications::channel_id.eq(channel));
    }
    if let Some(since) = filter.since {
        query = query.filter(notifications::created_at.ge(since));
    }
    if let Some(until) = filter.until {
        query = query.filter(notifications::created_at.lt(until));
    }
    query
}
