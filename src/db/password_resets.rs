//! Links that set a new password. Only digests are stored; each works once, and for an hour.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::schema::{password_resets, sessions, users};
use crate::{error::Result, model::id::UserId};

/// Stores a link's digest.
pub async fn insert(
    mut conn: &AsyncPgConnection,
    user: UserId,
    digest: &[u8],
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::insert_into(password_resets::table)
        .values((
            password_resets::user_id.eq(user),
            password_resets::token_digest.eq(digest),
            password_resets::created_at.eq(now),
            password_resets::expires_at.eq(expires_at),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Whose link this is, and their address, when it works still at `now`. Those of disabled people do not.
pub async fn holder(
    mut conn: &AsyncPgConnection,
    digest: &[u8],
    now: DateTime<Utc>,
) -> QueryResult<Option<(UserId, Option<String>)>> {
    password_resets::table
        .inner_join(users::table)
        .filter(password_resets::token_digest.eq(digest))
        .filter(password_resets::used_at.is_null().and(password_resets::expires_at.gt(now)))
        .filter(users::disabled_at.is_null())
        .select((users::id, users::email))
        .first(&mut conn)
        .await
        .optional()
}

/// Uses a link: sets the password, ends every session and every other link of whose it is. `None` when the link does
/// not work (any more); of two who use it at once, one gets that.
pub async fn redeem(
    conn: &mut AsyncPgConnection,
    digest: &[u8],
    password_hash: &str,
    now: DateTime<Utc>,
) -> Result<Option<UserId>> {
    conn.transaction(async |conn| {
        let working = password_resets::table
            .filter(password_resets::token_digest.eq(digest))
            .filter(password_resets::used_at.is_null().and(password_resets::expires_at.gt(now)));
        let user: Option<UserId> = diesel::update(working)
            .set(password_resets::used_at.eq(now))
            .returning(password_resets::user_id)
            .get_result(conn)
            .await
            .optional()?;
        let Some(user) = user else { return Ok(None) };
        let enabled = users::table.filter(users::id.eq(user).and(users::disabled_at.is_null()));
        let set = diesel::update(enabled)
            .set((users::password_hash.eq(password_hash), users::updated_at.eq(now)))
            .execute(conn)
            .await?;
        if set == 0 {
            return Ok(None);
        }
        diesel::delete(sessions::table.filter(sessions::user_id.eq(user))).execute(conn).await?;
        let others = password_resets::table
            .filter(password_resets::user_id.eq(user).and(password_resets::used_at.is_null()));
        diesel::delete(others).execute(conn).await?;
        Ok(Some(user))
    })
    .await
}
