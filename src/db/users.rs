//! People: the owner, who signs in with which password, and claiming the owner's account.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::schema::users;
use crate::model::id::UserId;

/// The owner's row. It is there from the first migration on, claimed or not.
pub async fn owner(mut conn: &AsyncPgConnection) -> QueryResult<UserId> {
    users::table
        .filter(users::role.eq("owner"))
        .order(users::id.asc())
        .select(users::id)
        .first(&mut conn)
        .await
        .map(UserId)
}

/// Whether somebody has claimed the owner's account.
pub async fn is_claimed(mut conn: &AsyncPgConnection) -> QueryResult<bool> {
    let claimed = users::table.filter(users::email.is_not_null());
    diesel::select(diesel::dsl::exists(claimed)).get_result(&mut conn).await
}

/// The user with an address, in lower case; `None` when nobody has it.
pub async fn by_email(mut conn: &AsyncPgConnection, email: &str) -> QueryResult<Option<UserId>> {
    let found: Option<i64> = users::table
        .filter(users::email.eq(email))
        .select(users::id)
        .first(&mut conn)
        .await
        .optional()?;
    Ok(found.map(UserId))
}

/// A user's address; `None` for an account that nobody has claimed.
pub async fn email(mut conn: &AsyncPgConnection, user: UserId) -> QueryResult<Option<String>> {
    users::table.find(user.0).select(users::email).first(&mut conn).await
}

/// Who signs in with `email` (in lower case), and the hash of their password. Disabled people are not found.
pub async fn credentials(
    mut conn: &AsyncPgConnection,
    email: &str,
) -> QueryResult<Option<(UserId, String)>> {
    let found: Option<(i64, Option<String>)> = users::table
        .filter(users::email.eq(email).and(users::disabled_at.is_null()))
        .select((users::id, users::password_hash))
        .first(&mut conn)
        .await
        .optional()?;
    Ok(found.and_then(|(id, hash)| Some((UserId(id), hash?))))
}

/// Gives the owner's account its address and password. `None` when it is claimed already.
pub async fn claim_owner(
    mut conn: &AsyncPgConnection,
    email: &str,
    password_hash: &str,
) -> QueryResult<Option<UserId>> {
    let unclaimed = users::table.filter(users::role.eq("owner").and(users::email.is_null()));
    let claimed: Option<i64> = diesel::update(unclaimed)
        .set((
            users::email.eq(email),
            users::password_hash.eq(password_hash),
            users::updated_at.eq(diesel::dsl::now),
        ))
        .returning(users::id)
        .get_result(&mut conn)
        .await
        .optional()?;
    Ok(claimed.map(UserId))
}
