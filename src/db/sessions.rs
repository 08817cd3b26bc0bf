//! Signed-in browsers. Only digests of their cookies are stored.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::schema::{sessions, users};
use crate::model::id::UserId;

/// The enabled user whose session has this digest and is not over at `now`.
pub async fn user_of(
    mut conn: &AsyncPgConnection,
    digest: &[u8],
    now: DateTime<Utc>,
) -> QueryResult<Option<UserId>> {
    let found: Option<i64> = sessions::table
        .inner_join(users::table)
        .filter(sessions::token_digest.eq(digest).and(sessions::expires_at.gt(now)))
        .filter(users::disabled_at.is_null())
        .select(users::id)
        .first(&mut conn)
        .await
        .optional()?;
    Ok(found.map(UserId))
}

/// Starts a session, and removes the user's sessions that are over.
pub async fn start(
    mut conn: &AsyncPgConnection,
    user: UserId,
    digest: &[u8],
    user_agent: &str,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> QueryResult<()> {
    let over =
        sessions::table.filter(sessions::user_id.eq(user.0).and(sessions::expires_at.le(now)));
    diesel::delete(over).execute(&mut conn).await?;
    diesel::insert_into(sessions::table)
        .values((
            sessions::user_id.eq(user.0),
            sessions::token_digest.eq(digest),
            sessions::user_agent.eq(user_agent),
            sessions::created_at.eq(now),
            sessions::last_seen_at.eq(now),
            sessions::expires_at.eq(expires_at),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Ends the session with this digest, if there is one.
pub async fn end(mut conn: &AsyncPgConnection, digest: &[u8]) -> QueryResult<()> {
    let session = sessions::table.filter(sessions::token_digest.eq(digest));
    diesel::delete(session).execute(&mut conn).await?;
    Ok(())
}
