//! Pictures of things for sale: what they are and where they belong. Their files are in the photo store.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::{
    dsl::IntoBoxed,
    pg::Pg,
    prelude::*,
    sql_query,
    sql_types::{Int4, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{owned::owned, schema::photos};
use crate::model::id::{MyItemId, PhotoId, SnapJobId, UserId};

/// A stored photo.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = photos, check_for_backend(Pg))]
pub struct Photo {
    /// Its row.
    pub id: PhotoId,
    /// The item that it shows.
    pub my_item_id: Option<MyItemId>,
    /// The snap job that it was taken for.
    pub snap_job_id: Option<SnapJobId>,
    /// Its place among the others, lowest first.
    pub position: i32,
    /// What people read under it.
    pub caption: String,
    /// SHA-256 of the file, in hex: its name in the photo store.
    pub digest: String,
    /// The kind of the file.
    pub media_type: String,
    /// In pixels.
    pub width: i32,
    /// In pixels.
    pub height: i32,
    /// The size of the file.
    pub bytes: i64,
    /// When the row was made.
    pub created_at: DateTime<Utc>,
    /// When the row last changed.
    pub updated_at: DateTime<Utc>,
}

/// What can be written of a photo. What describes the file is written once, with the row.
#[derive(Debug, Default, Insertable, AsChangeset)]
#[diesel(table_name = photos)]
#[expect(missing_docs, reason = "the columns of Photo; Some(None) clears")]
pub struct PhotoFields {
    pub my_item_id: Option<Option<MyItemId>>,
    pub snap_job_id: Option<Option<SnapJobId>>,
    pub position: Option<i32>,
    pub caption: Option<String>,
    pub digest: Option<String>,
    pub media_type: Option<String>,
    pub width: Option<i32>,
    pub height: Option<i32>,
    pub bytes: Option<i64>,
}

/// Which photos are wanted. Empty means all of the user's.
#[derive(Debug, Default)]
pub struct Filter {
    /// Of this item.
    pub my_item_id: Option<MyItemId>,
    /// Of this snap job.
    pub snap_job_id: Option<SnapJobId>,
}

owned! {
    photos: Photo(PhotoId), PhotoFields, Filter, filtered;
    sorts {
        CreatedAt = "created_at": created_at as time,
        UpdatedAt = "updated_at": updated_at as time,
    }
}

fn filtered<'a>(
    mut query: IntoBoxed<'a, photos::table, Pg>,
    filter: &'a Filter,
) -> IntoBoxed<'a, photos::table, Pg> {
    if let Some(item) = filter.my_item_id {
        query = query.filter(photos::my_item_id.eq(item));
    }
    if let Some(job) = filter.snap_job_id {
        query = query.filter(photos::snap_job_id.eq(job));
    }
    query
}

/// Photos of one thing at most, in one answer.
const MOST: i64 = 100;

/// An item's photos in their order.
pub async fn of_my_item(
    conn: &mut AsyncPgConnection,
    user: UserId,
    item: MyItemId,
) -> QueryResult<Vec<Photo>> {
    photos::table
        .filter(photos::user_id.eq(user).and(photos::my_item_id.eq(item)))
        .order((photos::position, photos::id))
        .limit(MOST)
        .select(Photo::as_select())
        .load(conn)
        .await
}

/// A snap job's photos in their order.
pub async fn of_snap_job(
    conn: &mut AsyncPgConnection,
    user: UserId,
    job: SnapJobId,
) -> QueryResult<Vec<Photo>> {
    photos::table
        .filter(photos::user_id.eq(user).and(photos::snap_job_id.eq(job)))
        .order((photos::position, photos::id))
        .limit(MOST)
        .select(Photo::as_select())
        .load(conn)
        .await
}

/// Those of `digests` that no row needs, anybody's: their files may go. Ask after the rows' deletion is committed.
pub async fn unneeded(
    mut conn: &AsyncPgConnection,
    digests: &[String],
) -> QueryResult<Vec<String>> {
    let needed: HashSet<String> = photos::table
        .filter(photos::digest.eq_any(digests))
        .select(photos::digest)
        .distinct()
        .load(&mut conn)
        .await?
        .into_iter()
        .collect();
    Ok(digests.iter().filter(|digest| !needed.contains(*digest)).cloned().collect())
}

/// Photo files among PostgreSQL's advisory locks.
const FILES: i32 = 0x7068_6f74;

/// Holds the file with this digest until the transaction ends: nobody else stores or removes it meanwhile. Whoever
/// stores a file holds it from before the file is written until its row is committed, and whoever removes one from
/// before it is asked whether a row needs it.
pub async fn hold_file(conn: &mut AsyncPgConnection, digest: &str) -> QueryResult<()> {
    let hold = sql_query("SELECT pg_advisory_xact_lock($1, hashtext($2))");
    hold.bind::<Int4, _>(FILES).bind::<Text, _>(digest).execute(conn).await.map(|_| ())
}
