//! Ways from photos to a draft.

use chrono::{DateTime, Utc};
use diesel::{dsl::IntoBoxed, pg::Pg, prelude::*};

use super::{json::Json, owned::owned, schema::snap_jobs};
use crate::model::{
    condition::Condition,
    id::{MyItemId, SnapJobId},
    money::Currency,
    snap_job::SnapJobStatus,
};

/// A stored snap job.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = snap_jobs, check_for_backend(Pg))]
pub struct SnapJob {
    /// Its row.
    pub id: SnapJobId,
    /// The item that it became.
    pub my_item_id: Option<MyItemId>,
    /// How far it has come.
    pub status: SnapJobStatus,
    /// What is done at present.
    pub step: String,
    /// Where the photos came from.
    pub source: String,
    /// What the person said about the thing.
    pub notes: String,
    /// The draft's title.
    pub title: Option<String>,
    /// The draft's description.
    pub description: Option<String>,
    /// The draft's category.
    pub category: Option<String>,
    /// The draft's attributes.
    #[diesel(deserialize_as = Json)]
    pub attributes: serde_json::Value,
    /// The draft's condition.
    pub condition: Option<Condition>,
    /// The draft's price in minor units.
    pub price_amount: Option<i64>,
    /// The currency of the price.
    pub currency: Currency,
    /// How often the present step was tried.
    pub attempts: i32,
    /// When it is tried next.
    pub next_try_at: Option<DateTime<Utc>>,
    /// Why the last try failed.
    pub error: Option<String>,
    /// When the row was made.
    pub created_at: DateTime<Utc>,
    /// When the row last changed.
    pub updated_at: DateTime<Utc>,
}

/// What can be written of a snap job.
#[derive(Debug, Default, Insertable, AsChangeset)]
#[diesel(table_name = snap_jobs)]
#[expect(missing_docs, reason = "the columns of SnapJob; Some(None) clears")]
pub struct SnapJobFields {
    pub my_item_id: Option<Option<MyItemId>>,
    pub status: Option<SnapJobStatus>,
    pub source: Option<String>,
    pub notes: Option<String>,
    pub title: Option<Option<String>>,
    pub description: Option<Option<String>>,
    pub category: Option<Option<String>>,
    pub attributes: Option<serde_json::Value>,
    pub condition: Option<Option<Condition>>,
    pub price_amount: Option<Option<i64>>,
    pub currency: Option<Currency>,
}

/// Which snap jobs are wanted. Empty means all of the user's.
#[derive(Debug, Default)]
pub struct Filter {
    /// How far they have come.
    pub status: Option<SnapJobStatus>,
    /// That became this item.
    pub my_item_id: Option<MyItemId>,
    /// Whose photos came from there.
    pub source: Option<String>,
    /// Made then or later.
    pub since: Option<DateTime<Utc>>,
    /// Made before then.
    pub until: Option<DateTime<Utc>>,
}

owned! {
    snap_jobs: SnapJob(SnapJobId), SnapJobFields, Filter, filtered;
    sorts {
        CreatedAt = "created_at": created_at as time,
        UpdatedAt = "updated_at": updated_at as time,
    }
}

fn filtered<'a>(
    mut query: IntoBoxed<'a, snap_jobs::table, Pg>,
    filter: &'a Filter,
) -> IntoBoxed<'a, snap_jobs::table, Pg> {
    if let Some(status) = filter.status {
        query = query.filter(snap_jobs::status.eq(status));
    }
    if let Some(item) = filter.my_item_id {
        query = query.filter(snap_jobs::my_item_id.eq(item));
    }
    if let Some(source) = &filter.source {
        query = query.filter(snap_jobs::source.eq(source));
    }
    if let Some(since) = filter.since {
        query = query.filter(snap_jobs::created_at.ge(since));
    }
    if let Some(until) = filter.until {
        query = query.filter(snap_jobs::created_at.lt(until));
    }
    query
}
