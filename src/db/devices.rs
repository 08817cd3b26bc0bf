//! The browsers in which a person is signed in, for them to see and to end.

use chrono::{DateTime, Utc};
use diesel::{pg::Pg, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::schema::sessions;
use crate::model::id::{SessionId, UserId};

/// A browser in which somebody is signed in.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = sessions, check_for_backend(Pg))]
pub struct Device {
    /// Its session.
    pub id: SessionId,
    /// How it calls itself.
    pub user_agent: String,
    /// When they signed in.
    pub created_at: DateTime<Utc>,
    /// When it last came, to a minute.
    pub last_seen_at: DateTime<Utc>,
}

/// The browsers in which `user` is signed in at `now`: the one that came last first.
pub async fn all(
    mut conn: &AsyncPgConnection,
    user: UserId,
    now: DateTime<Utc>,
) -> QueryResult<Vec<Device>> {
    sessions::table
        .filter(sessions::user_id.eq(user).and(sessions::expires_at.gt(now)))
        .order((sessions::last_seen_at.desc(), sessions::id.desc()))
        .limit(200)
        .select(Device::as_select())
        .load(&mut conn)
        .await
}

/// Signs one browser out, and tells whether it was signed in.
pub async fn end(
    mut conn: &AsyncPgConnection,
    user: UserId,
    session: SessionId,
) -> QueryResult<bool> {
    let theirs = sessions::table.filter(sessions::user_id.eq(user).and(sessions::id.eq(session)));
    Ok(diesel::delete(theirs).execute(&mut conn).await? > 0)
}

/// Signs every browser out but `kept`, and tells how many.
pub async fn end_others(
    mut conn: &AsyncPgConnection,
    user: UserId,
    kept: SessionId,
) -> QueryResult<usize> {
    let others = sessions::table.filter(sessions::user_id.eq(user).and(sessions::id.ne(kept)));
    diesel::delete(others).execute(&mut conn).await
}
