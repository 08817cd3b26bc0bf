//! Keys for programs. Only digests of them are stored.

use chrono::{DateTime, Utc};
use diesel::{dsl::IntoBoxed, pg::Pg, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{
    owned::owned,
    schema::{api_tokens, users},
};
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

/// A token as people see it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = api_tokens, check_for_backend(Pg))]
pub struct ApiToken {
    /// Its row.
    pub id: ApiTokenId,
    /// What it is for.
    pub name: String,
    /// How far it reaches.
    pub scope: Scope,
    /// How it begins.
    pub prefix: String,
    /// When it was last used, to a minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was taken back.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed; being used is no change.
    pub updated_at: DateTime<Utc>,
}

/// What can be written of a token: a new one needs all but the end, and only the name changes later.
#[derive(Debug, Default, Insertable, AsChangeset)]
#[diesel(table_name = api_tokens)]
#[expect(missing_docs, reason = "the columns of ApiToken")]
pub struct ApiTokenFields {
    pub name: Option<String>,
    pub scope: Option<Scope>,
    pub expires_at: Option<DateTime<Utc>>,
    pub prefix: Option<String>,
    /// Of the whole token, by SHA-256.
    pub token_digest: Option<Vec<u8>>,
}

/// Which tokens are wanted. Empty means all of the user's.
#[derive(Debug, Default)]
pub struct Filter {
    /// How far they reach.
    pub scope: Option<Scope>,
    /// Taken back, or not.
    pub revoked: Option<bool>,
}

owned! {
    api_tokens: ApiToken(ApiTokenId), ApiTokenFields, Filter, filtered;
    sorts {
        CreatedAt = "created_at": created_at as time,
        UpdatedAt = "updated_at": updated_at as time,
    }
}

fn filtered<'a>(
    mut query: IntoBoxed<'a, api_tokens::table, Pg>,
    filter: &'a Filter,
) -> IntoBoxed<'a, api_tokens::table, Pg> {
    if let Some(scope) = filter.scope {
        query = query.filter(api_tokens::scope.eq(scope));
    }
    match filter.revoked {
        Some(true) => query.filter(api_tokens::revoked_at.is_not_null()),
        Some(false) => query.filter(api_tokens::revoked_at.is_null()),
        None => query,
    }
}

/// Every token of `user`, or of everybody, with the address of whose it is; the first one first. For commands.
pub async fn all(
    mut conn: &AsyncPgConnection,
    user: Option<UserId>,
) -> QueryResult<Vec<(ApiToken, Option<String>)>> {
    let mut tokens = api_tokens::table
        .inner_join(users::table)
        .order(api_tokens::id.asc())
        .select((ApiToken::as_select(), users::email))
        .into_boxed();
    if let Some(user) = user {
        tokens = tokens.filter(api_tokens::user_id.eq(user));
    }
    tokens.load(&mut conn).await
}

/// Whose token that is. For commands, whose operator may see everybody's.
pub async fn holder(mut conn: &AsyncPgConnection, id: ApiTokenId) -> QueryResult<Option<UserId>> {
    let token = api_tokens::table.find(id).select(api_tokens::user_id);
    token.first(&mut conn).await.optional()
}

/// Takes a token back, and tells whether there was one to take back.
pub async fn revoke(
    mut conn: &AsyncPgConnection,
    user: UserId,
    id: ApiTokenId,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let valid = api_tokens::table
        .filter(api_tokens::user_id.eq(user).and(api_tokens::id.eq(id)))
        .filter(api_tokens::revoked_at.is_null());
    let revoked = diesel::update(valid)
        .set((api_tokens::revoked_at.eq(now), api_tokens::updated_at.eq(now)))
        .execute(&mut conn)
        .await?;
    Ok(revoked > 0)
}
