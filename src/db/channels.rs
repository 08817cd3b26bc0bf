//! Ways to tell a person.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::{IntoBoxed, IsNotNull},
    pg::Pg,
    prelude::*,
};

use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{json::Json, owned::owned, schema::channels};
use crate::model::{
    channel::ChannelKind,
    id::{ChannelId, UserId},
};

/// A stored channel. Its secret stays where it is; only whether there is one is told.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = channels, check_for_backend(Pg))]
pub struct Channel {
    /// Its row.
    pub id: ChannelId,
    /// The person's name for it.
    pub name: String,
    /// What carries the message.
    pub kind: ChannelKind,
    /// Where to, in the manner of its kind.
    pub address: String,
    /// What else its kind needs and anybody may see.
    #[diesel(deserialize_as = Json)]
    pub settings: serde_json::Value,
    /// Whether a secret is stored.
    #[diesel(
        select_expression = channels::secret.is_not_null(),
        select_expression_type = IsNotNull<channels::secret>
    )]
    pub has_secret: bool,
    /// Whether it is used.
    pub enabled: bool,
    /// When a message was last taken.
    pub last_sent_at: Option<DateTime<Utc>>,
    /// Since when none is.
    pub failing_since: Option<DateTime<Utc>>,
    /// Why the last one was not.
    pub last_error: Option<String>,
    /// When the row was made.
    pub created_at: DateTime<Utc>,
    /// When the row last changed.
    pub updated_at: DateTime<Utc>,
}

/// What can be written of a channel.
#[derive(Debug, Default, Insertable, AsChangeset)]
#[diesel(table_name = channels)]
#[expect(missing_docs, reason = "the columns of Channel; Some(None) clears")]
pub struct ChannelFields {
    pub name: Option<String>,
    pub kind: Option<ChannelKind>,
    pub address: Option<String>,
    pub settings: Option<serde_json::Value>,
    /// Sealed.
    pub secret: Option<Option<Vec<u8>>>,
    pub enabled: Option<bool>,
}

/// Which channels are wanted. Empty means all of the user's.
#[derive(Debug, Default)]
pub struct Filter {
    /// Of this kind.
    pub kind: Option<ChannelKind>,
    /// Whether they are used.
    pub enabled: Option<bool>,
}

/// Whether all of `ids` are channels of `user`.
pub async fn are_ones_own(
    mut conn: &AsyncPgConnection,
    user: UserId,
    ids: &[ChannelId],
) -> QueryResult<bool> {
    let own: Vec<ChannelId> = channels::table
        .filter(channels::user_id.eq(user).and(channels::id.eq_any(ids)))
        .select(channels::id)
        .load(&mut conn)
        .await?;
    Ok(ids.iter().all(|id| own.contains(id)))
}

owned! {
    channels: Channel(ChannelId), ChannelFields, Filter, filtered;
    sorts {
        CreatedAt = "created_at": created_at as time,
        UpdatedAt = "updated_at": updated_at as time,
    }
}

fn filtered<'a>(
    mut query: IntoBoxed<'a, channels::table, Pg>,
    filter: &'a Filter,
) -> IntoBoxed<'a, channels::table, Pg> {
    if let Some(kind) = filter.kind {
        query = query.filter(channels::kind.eq(kind));
    }
    if let Some(enabled) = filter.enabled {
        query = query.filter(channels::enabled.eq(enabled));
    }
    query
}
