//! Signed-in browsers. Only digests of their cookies are stored.

use chrono::{DateTime, Utc};
use diesel::{pg::Pg, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{
    keyset::After,
    owned::{By, sorts},
    schema::{sessions, users},
};
use crate::model::{
    id::{SessionId, UserId},
    role::Role,
};

/// A session that is not over.
#[derive(Debug, Clone, Copy, Queryable, Selectable)]
#[diesel(table_name = sessions, check_for_backend(Pg))]
pub struct LiveSession {
    /// Its row.
    pub id: SessionId,
    /// Who is signed in.
    pub user_id: UserId,
    /// When the browser last came, to a minute.
    pub last_seen_at: DateTime<Utc>,
}

/// The session with this digest that is not over at `now`, with its user's role. Disabled users have none. It is asked
/// before it is known who the user is.
pub async fn find_by_digest(
    mut conn: &AsyncPgConnection,
    digest: &[u8],
    now: DateTime<Utc>,
) -> QueryResult<Option<(LiveSession, Role)>> {
    sessions::table
        .inner_join(users::table)
        .filter(sessions::token_digest.eq(digest).and(sessions::expires_at.gt(now)))
        .filter(users::disabled_at.is_null())
        .select((LiveSession::as_select(), users::role))
        .first(&mut conn)
        .await
        .optional()
}

/// Notes that the browser came at `now`, unless that was noted after `noted_before`.
pub async fn touch(
    mut conn: &AsyncPgConnection,
    user: UserId,
    id: SessionId,
    now: DateTime<Utc>,
    noted_before: DateTime<Utc>,
) -> QueryResult<()> {
    let stale = sessions::table
        .filter(sessions::user_id.eq(user).and(sessions::id.eq(id)))
        .filter(sessions::last_seen_at.le(noted_before));
    diesel::update(stale).set(sessions::last_seen_at.eq(now)).execute(&mut conn).await?;
    Ok(())
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

/// A signed-in browser, as its user sees it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = sessions, check_for_backend(Pg))]
pub struct SessionRow {
    /// Its row.
    pub id: SessionId,
    /// What the browser calls itself.
    pub user_agent: String,
    /// When it signed in.
    pub created_at: DateTime<Utc>,
    /// When it last came, to a minute.
    pub last_seen_at: DateTime<Utc>,
    /// When it is signed out by itself.
    pub expires_at: DateTime<Utc>,
}

sorts! { sessions: SessionRow; sorts { CreatedAt = "created_at": created_at as time } }

/// Where a session stands in an order.
pub fn position(session: &SessionRow, sort: Sort) -> After {
    After { rest: false, key: sort.key_of(session), id: session.id.0 }
}

/// At most `limit` sessions of `user` that are not over at `now`, in an order, from just after `after`.
pub async fn list(
    mut conn: &AsyncPgConnection,
    user: UserId,
    now: DateTime<Utc>,
    by: By<Sort>,
    after: Option<After>,
    limit: i64,
) -> QueryResult<Vec<SessionRow>> {
    let live = sessions::user_id.eq(user).and(sessions::expires_at.gt(now));
    by.sort
        .ordered(sessions::table.filter(live).into_boxed(), by.down, after)
        .select(SessionRow::as_select())
        .limit(limit)
        .load(&mut conn)
        .await
}

/// How many sessions of `user` are not over at `now`.
pub async fn count(
    mut conn: &AsyncPgConnection,
    user: UserId,
    now: DateTime<Utc>,
) -> QueryResult<i64> {
    let live = sessions::user_id.eq(user).and(sessions::expires_at.gt(now));
    sessions::table.filter(live).count().get_result(&mut conn).await
}

/// One session of `user` that is not over at `now`.
pub async fn find(
    mut conn: &AsyncPgConnection,
    user: UserId,
    id: SessionId,
    now: DateTime<Utc>,
) -> QueryResult<Option<SessionRow>> {
    let live = sessions::user_id.eq(user).and(sessions::expires_at.gt(now));
    let session = sessions::table.filter(live.and(sessions::id.eq(id)));
    session.select(SessionRow::as_select()).first(&mut conn).await.optional()
}

/// Ends one session of `user`.
pub async fn delete(mut conn: &AsyncPgConnection, user: UserId, id: SessionId) -> QueryResult<()> {
    let session = sessions::table.filter(sessions::user_id.eq(user).and(sessions::id.eq(id)));
    diesel::delete(session).execute(&mut conn).await?;
    Ok(())
}
