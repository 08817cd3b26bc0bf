//! Reading imports: the latest ones, and one with the reasons for what it skipped.

use chrono::{DateTime, Utc};
use diesel::{pg::Pg, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::schema::imports;
use crate::model::{
    id::{ImportId, UserId},
    import::{FileKind, ImportStatus},
};

/// A file that was, or is being, read in.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = imports, check_for_backend(Pg))]
pub struct ImportRow {
    /// Its row.
    pub id: ImportId,
    /// The file's own name.
    pub file_name: String,
    /// What it was recognised as.
    pub kind: Option<FileKind>,
    /// How far it has come.
    pub status: ImportStatus,
    /// The file's size.
    pub bytes_total: i64,
    /// How much of it is read.
    pub bytes_read: i64,
    /// Rows that were not there.
    pub new_rows: i64,
    /// Rows that were there and differed.
    pub updated_rows: i64,
    /// Rows that were there just so.
    pub unchanged_rows: i64,
    /// Lines that were not taken.
    pub skipped_rows: i64,
    /// The first reasons: `[{"line":7,"reason":"…"}]`.
    pub skipped: serde_json::Value,
    /// Why it failed, for people.
    pub error: Option<String>,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

/// The latest imports of `user`, newest first.
pub async fn latest(
    mut conn: &AsyncPgConnection,
    user: UserId,
    limit: i64,
) -> QueryResult<Vec<ImportRow>> {
    imports::table
        .filter(imports::user_id.eq(user))
        .order((imports::created_at.desc(), imports::id.desc()))
        .limit(limit)
        .select(ImportRow::as_select())
        .load(&mut conn)
        .await
}

/// One import of `user`.
pub async fn find(
    mut conn: &AsyncPgConnection,
    user: UserId,
    id: ImportId,
) -> QueryResult<Option<ImportRow>> {
    imports::table
        .filter(imports::user_id.eq(user).and(imports::id.eq(id)))
        .select(ImportRow::as_select())
        .first(&mut conn)
        .await
        .optional()
}
