//! What is swept away by itself.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::schema::{idempotency_keys, imports, password_resets, scans, sessions};
use crate::error::Result;

/// What one sweep takes at most where much can have come together.
const MOST: i64 = 10_000;

/// Removes the sessions that have expired and tells how many.
pub async fn expired_sessions(conn: &mut AsyncPgConnection, now: DateTime<Utc>) -> Result<usize> {
    Ok(diesel::delete(sessions::table.filter(sessions::expires_at.le(now))).execute(conn).await?)
}

/// Forgets the answers to writes that were kept before `before`, and tells how many.
pub async fn old_answers(conn: &mut AsyncPgConnection, before: DateTime<Utc>) -> Result<usize> {
    let old = idempotency_keys::table.filter(idempotency_keys::created_at.lt(before));
    Ok(diesel::delete(old).execute(conn).await?)
}

/// Removes the links to new passwords that have expired, and tells how many.
pub async fn expired_resets(conn: &mut AsyncPgConnection, now: DateTime<Utc>) -> Result<usize> {
    let expired = password_resets::table.filter(password_resets::expires_at.le(now));
    Ok(diesel::delete(expired).execute(conn).await?)
}

/// Removes the runs of searches that ended before `before`, but for the latest of each search, and tells how many.
pub async fn old_scans(conn: &mut AsyncPgConnection, before: DateTime<Utc>) -> Result<usize> {
    let later = diesel::alias!(scans as later);
    let has_later = later
        .filter(later.field(scans::user_id).eq(scans::user_id))
        .filter(later.field(scans::search_id).eq(scans::search_id))
        .filter(later.field(scans::created_at).gt(scans::created_at))
        .select(later.field(scans::id));
    let old = scans::table
        .filter(scans::finished_at.lt(before))
        .filter(diesel::dsl::exists(has_later))
        .select(scans::id)
        .limit(MOST);
    let old: Vec<i64> = old.load(conn).await?;
    Ok(diesel::delete(scans::table.filter(scans::id.eq_any(old))).execute(conn).await?)
}

/// Closes the imports that have made no progress since `before`: the process that ran them is gone. What they had
/// stored stays, and reading the file again completes it. Tells how many.
pub async fn abandoned_imports(
    conn: &mut AsyncPgConnection,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<usize> {
    let abandoned =
        imports::table.filter(imports::status.eq("running").and(imports::updated_at.lt(before)));
    let closed = diesel::update(abandoned)
        .set((
            imports::status.eq("interrupted"),
            imports::error
                .eq("the program stopped while it read this file; read it again to complete it"),
            imports::updated_at.eq(now),
            imports::finished_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(closed)
}
