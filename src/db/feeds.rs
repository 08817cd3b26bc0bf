//! Feeds and pages that people watch.

use chrono::{DateTime, Utc};
use diesel::{dsl::IntoBoxed, pg::Pg, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{owned::owned, schema::feeds};
use crate::model::{
    feed::FeedKind,
    id::{FeedId, UserId},
};

/// A stored feed.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = feeds, check_for_backend(Pg))]
pub struct Feed {
    /// Its row.
    pub id: FeedId,
    /// The person's name for it, by which searches know it.
    pub name: String,
    /// What stands at the address.
    pub kind: FeedKind,
    /// The address.
    pub address: String,
    /// Whether searches ask it.
    pub enabled: bool,
    /// When the row was made.
    pub created_at: DateTime<Utc>,
    /// When the row last changed.
    pub updated_at: DateTime<Utc>,
}

/// What can be written of a feed.
#[derive(Debug, Default, Insertable, AsChangeset)]
#[diesel(table_name = feeds)]
#[expect(missing_docs, reason = "the columns of Feed")]
pub struct FeedFields {
    pub name: Option<String>,
    pub kind: Option<FeedKind>,
    pub address: Option<String>,
    pub enabled: Option<bool>,
}

/// Which feeds are wanted. Empty means all of the user's.
#[derive(Debug, Default)]
pub struct Filter {
    /// By this name.
    pub name: Option<String>,
    /// Of this kind.
    pub kind: Option<FeedKind>,
    /// Whether searches ask it.
    pub enabled: Option<bool>,
}

owned! {
    feeds: Feed(FeedId), FeedFields, Filter, filtered;
    sorts {
        CreatedAt = "created_at": created_at as time,
        UpdatedAt = "updated_at": updated_at as time,
    }
}

fn filtered<'a>(
    mut query: IntoBoxed<'a, feeds::table, Pg>,
    filter: &'a Filter,
) -> IntoBoxed<'a, feeds::table, Pg> {
    if let Some(name) = &filter.name {
        query = query.filter(feeds::name.eq(name));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(feeds::kind.eq(kind));
    }
    if let Some(enabled) = filter.enabled {
        query = query.filter(feeds::enabled.eq(enabled));
    }
    query
}

/// Every feed of `user`, by name.
pub async fn all(mut conn: &AsyncPgConnection, user: UserId) -> QueryResult<Vec<Feed>> {
    feeds::table
        .filter(feeds::user_id.eq(user))
        .order(feeds::name.asc())
        .select(Feed::as_select())
        .load(&mut conn)
        .await
}
