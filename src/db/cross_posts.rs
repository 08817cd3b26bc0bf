//! Postings of items on marketplaces.

use chrono::{DateTime, Utc};
use diesel::{dsl::IntoBoxed, pg::Pg, prelude::*};

use super::{json::Json, owned::owned, schema::cross_posts};
use crate::model::{
    cross_post::CrossPostStatus,
    id::{CrossPostId, MyItemId},
    money::Currency,
};

/// A stored posting.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = cross_posts, check_for_backend(Pg))]
pub struct CrossPost {
    /// Its row.
    pub id: CrossPostId,
    /// What is for sale.
    pub my_item_id: MyItemId,
    /// Where.
    pub platform: String,
    /// The marketplace's own id of it, once it has one.
    pub external_id: Option<String>,
    /// Where people see it.
    pub url: Option<String>,
    /// What is asked, in minor units; that of the item when there is none.
    pub price_amount: Option<i64>,
    /// The currency of the price.
    pub currency: Currency,
    /// How far it has come.
    pub status: CrossPostStatus,
    /// How often the present step was tried.
    pub attempts: i32,
    /// When it is tried next.
    pub next_try_at: Option<DateTime<Utc>>,
    /// Why the last try failed.
    pub error: Option<String>,
    /// What else the marketplace tells.
    #[diesel(deserialize_as = Json)]
    pub details: serde_json::Value,
    /// When it went live.
    pub posted_at: Option<DateTime<Utc>>,
    /// When it was taken down.
    pub ended_at: Option<DateTime<Utc>>,
    /// When the row was made.
    pub created_at: DateTime<Utc>,
    /// When the row last changed.
    pub updated_at: DateTime<Utc>,
}

/// What can be written of a posting.
#[derive(Debug, Default, Insertable, AsChangeset)]
#[diesel(table_name = cross_posts)]
#[expect(missing_docs, reason = "the columns of CrossPost; Some(None) clears")]
pub struct CrossPostFields {
    pub my_item_id: Option<MyItemId>,
    pub platform: Option<String>,
    pub external_id: Option<Option<String>>,
    pub url: Option<Option<String>>,
    pub price_amount: Option<Option<i64>>,
    pub currency: Option<Currency>,
    pub status: Option<CrossPostStatus>,
    pub details: Option<serde_json::Value>,
    pub posted_at: Option<Option<DateTime<Utc>>>,
    pub ended_at: Option<Option<DateTime<Utc>>>,
}

/// Which postings are wanted. Empty means all of the user's.
#[derive(Debug, Default)]
pub struct Filter {
    /// Of this item.
    pub my_item_id: Option<MyItemId>,
    /// On this marketplace.
    pub platform: Option<String>,
    /// With this id of the marketplace's own.
    pub external_id: Option<String>,
    /// How far they have come.
    pub status: Option<CrossPostStatus>,
    /// Made then or later.
    pub since: Option<DateTime<Utc>>,
    /// Made before then.
    pub until: Option<DateTime<Utc>>,
}

owned! {
    cross_posts: CrossPost(CrossPostId), CrossPostFields, Filter, filtered;
    sorts {
        CreatedAt = "created_at": created_at as time,
        UpdatedAt = "updated_at": updated_at as time,
    }
}

fn filtered<'a>(
    mut query: IntoBoxed<'a, cross_posts::table, Pg>,
    filter: &'a Filter,
) -> IntoBoxed<'a, cross_posts::table, Pg> {
    if let Some(item) = filter.my_item_id {
        query = query.filter(cross_posts::my_item_id.eq(item));
    }
    if let Some(platform) = &filter.platform {
        query = query.filter(cross_posts::platform.eq(platform));
    }
    if let Some(external_id) = &filter.external_id {
        query = query.filter(cross_posts::external_id.eq(external_id));
    }
    if let Some(status) = filter.status {
        query = query.filter(cross_posts::status.eq(status));
    }
    if let Some(since) = filter.since {
        query = query.filter(cross_posts::created_at.ge(since));
    }
    if let Some(until) = filter.until {
        query = query.filter(cross_posts::created_at.lt(until));
    }
    query
}
