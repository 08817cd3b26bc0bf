//! Files that were read in: the row that an import keeps about itself.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::{exists, max, select},
    prelude::*,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::json;

use super::schema::imports;
use crate::{
    error::Result,
    model::{
        id::{ImportId, UserId},
        import::{FileKind, ImportStatus, Skipped, Tally},
    },
};

/// How many reasons are kept; `skipped_rows` counts them all.
const MAX_REASONS: usize = 1_000;
const MAX_NAME_CHARS: usize = 500;

/// Begins an import of a file of `bytes_total` bytes.
pub async fn start(
    conn: &mut AsyncPgConnection,
    user: UserId,
    file_name: &str,
    kind: FileKind,
    bytes_total: u64,
    now: DateTime<Utc>,
) -> Result<ImportId> {
    let name: String = file_name.chars().filter(|c| !c.is_control()).take(MAX_NAME_CHARS).collect();
    Ok(diesel::insert_into(imports::table)
        .values((
            imports::user_id.eq(user),
            imports::file_name.eq(if name.is_empty() { "?".to_owned() } else { name }),
            imports::kind.eq(kind),
            imports::bytes_total.eq(signed(bytes_total)),
            imports::created_at.eq(now),
            imports::updated_at.eq(now),
        ))
        .returning(imports::id)
        .get_result(conn)
        .await?)
}

/// Notes how far an import has come.
pub async fn progress(
    conn: &mut AsyncPgConnection,
    import: ImportId,
    bytes_read: u64,
    tally: Tally,
    now: DateTime<Utc>,
) -> Result<()> {
    diesel::update(imports::table.find(import))
        .set((
            imports::bytes_read.eq(signed(bytes_read)),
            imports::new_rows.eq(signed(tally.new)),
            imports::updated_rows.eq(signed(tally.updated)),
            imports::unchanged_rows.eq(signed(tally.unchanged)),
            imports::skipped_rows.eq(signed(tally.skipped)),
            imports::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Closes an import: done, or failed with the reason.
pub async fn finish(
    conn: &mut AsyncPgConnection,
    import: ImportId,
    skipped: &[Skipped],
    error: Option<&str>,
    now: DateTime<Utc>,
) -> Result<()> {
    let status = if error.is_none() { ImportStatus::Done } else { ImportStatus::Failed };
    let reasons: Vec<_> = skipped
        .iter()
        .take(MAX_REASONS)
        .map(|s| json!({"line": s.line, "reason": s.reason}))
        .collect();
    diesel::update(imports::table.find(import))
        .set((
            imports::status.eq(status),
            imports::skipped.eq(json!(reasons)),
            imports::error.eq(error),
            imports::updated_at.eq(now),
            imports::finished_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether an import of this user's, `besides` one, ended early after the last one that ended well: what it stored may not have been
/// followed up.
pub async fn any_unfinished(
    conn: &mut AsyncPgConnection,
    user: UserId,
    besides: ImportId,
) -> Result<bool> {
    let last_done: Option<DateTime<Utc>> = imports::table
        .filter(imports::user_id.eq(user))
        .filter(imports::status.eq(ImportStatus::Done))
        .select(max(imports::finished_at))
        .get_result(conn)
        .await?;
    let since = last_done.unwrap_or(DateTime::UNIX_EPOCH);
    let unfinished = imports::table
        .filter(imports::user_id.eq(user))
        .filter(imports::id.ne(besides))
        .filter(imports::status.ne(ImportStatus::Done))
        .filter(imports::updated_at.ge(since));
    Ok(select(exists(unfinished)).get_result(conn).await?)
}

/// Counts in the database are BIGINT; no file has more rows or bytes.
fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
