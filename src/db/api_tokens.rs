//! Keys for programs. Only digests of them are stored.

use chrono::{DateTime, Utc};
use diesel::{pg::Pg, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::schema::{api_tokens, users};
use crate::model::{
    id::{ApiTokenId, UserId},
    role::Role,
    scope::Scope,
};

/// A token as the door sees it: whose it is, and what may be the matter with it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = api_tokens, check_for_backend(Pg))]
pub struct KnownToken {
    /// Its row.
    pub id: ApiTokenId,
    /// Whose it is.
    pub user_id: UserId,
    /// How far it reaches.
    pub scope: Scope,
    /// When it was last used, to a minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was taken back.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// The token with this digest, whatever its state, with its user's role and whether they are disabled. It is asked
/// before it is known who the user is.
pub async fn find_by_digest(
    mut conn: &AsyncPgConnection,
    digest: &[u8],
) -> QueryResult<Option<(KnownToken, Role, bool)>> {
    api_tokens::table
        .inner_join(users::table)
        .filter(api_tokens::token_digest.eq(digest))
        .select((KnownToken::as_select(), users::role, users::disabled_at.is_not_null()))
        .first(&mut conn)
        .await
        .optional()
}

/// Notes that a token was used at `now`, unless it was noted after `noted_before`.
pub async fn touch(
    mut conn: &AsyncPgConnection,
    user: UserId,
    id: ApiTokenId,
    now: DateTime<Utc>,
    noted_before: DateTime<Utc>,
) -> QueryResult<()> {
    let noted = api_tokens::last_used_at;
    let stale = api_tokens::table
        .filter(api_tokens::user_id.eq(user).and(api_tokens::id.eq(id)))
        .filter(noted.is_null().or(noted.le(noted_before)));
    diesel::update(stale).set(noted.eq(now)).execute(&mut conn).await?;
    Ok(())
}
