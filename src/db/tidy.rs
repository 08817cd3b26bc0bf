//! What is swept away by itself.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::schema::{idempotency_keys, imports, password_resets, sessions};
use crate::error::Result;

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
