//! People: the owner, who signs in with which password, and accounts with what guards them.

use chrono::{DateTime, Utc};
use diesel::{pg::Pg, prelude::*};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::schema::{password_resets, sessions, users};
use crate::{
    error::{Error, Result},
    model::{
        id::{SessionId, UserId},
        role::Role,
    },
};

/// An account, without its password.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(Pg))]
pub struct UserRow {
    /// Its row.
    pub id: UserId,
    /// The address that signs in; `None` until the owner's account is claimed.
    pub email: Option<String>,
    /// How the person is called.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// Since when they cannot sign in.
    pub disabled_at: Option<DateTime<Utc>>,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// An account to be.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The address that signs in, in lower case.
    pub email: String,
    /// How the person is called.
    pub name: String,
    /// Argon2id, as a PHC string.
    pub password_hash: String,
    /// What they are.
    pub role: Role,
}

/// What is to become different. `None` leaves a field alone.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = users)]
pub struct UserChange {
    /// The address that signs in, in lower case.
    pub email: Option<String>,
    /// How the person is called.
    pub name: Option<String>,
    /// What they are.
    pub role: Option<Role>,
    /// `Some(None)` enables.
    pub disabled_at: Option<Option<DateTime<Utc>>>,
    /// Argon2id, as a PHC string.
    pub password_hash: Option<String>,
}

/// The owner's row. It is there from the first migration on, claimed or not.
pub async fn owner(mut conn: &AsyncPgConnection) -> QueryResult<UserId> {
    users::table
        .filter(users::role.eq(Role::Owner))
        .order(users::id.asc())
        .select(users::id)
        .first(&mut conn)
        .await
        .map(UserId)
}

/// Whether somebody has claimed the owner's account.
pub async fn is_claimed(mut conn: &AsyncPgConnection) -> QueryResult<bool> {
    let claimed = users::table.filter(users::role.eq(Role::Owner).and(users::email.is_not_null()));
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

/// Whether there is any account to sign in to. Commands can make a member's before the owner's is claimed.
pub async fn anybody_has_an_account(mut conn: &AsyncPgConnection) -> QueryResult<bool> {
    let people = users::table.filter(users::email.is_not_null());
    diesel::select(diesel::dsl::exists(people)).get_result(&mut conn).await
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
    let unclaimed = users::table.filter(users::role.eq(Role::Owner).and(users::email.is_null()));
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

/// Gives the owner's account what `new` says, whatever its role. `None` when it is claimed already.
pub async fn claim_as(
    mut conn: &AsyncPgConnection,
    new: &NewUser,
    now: DateTime<Utc>,
) -> Result<Option<UserRow>> {
    let unclaimed = users::table.filter(users::role.eq(Role::Owner).and(users::email.is_null()));
    diesel::update(unclaimed)
        .set((
            users::email.eq(&new.email),
            users::name.eq(&new.name),
            users::password_hash.eq(&new.password_hash),
            users::updated_at.eq(now),
        ))
        .returning(UserRow::as_returning())
        .get_result(&mut conn)
        .await
        .optional()
        .map_err(|cause| on_taken(cause, &new.email))
}

/// Makes an account. An address that has one already is a conflict.
pub async fn insert(
    conn: &mut AsyncPgConnection,
    new: &NewUser,
    now: DateTime<Utc>,
) -> Result<UserRow> {
    diesel::insert_into(users::table)
        .values((
            users::email.eq(&new.email),
            users::name.eq(&new.name),
            users::password_hash.eq(&new.password_hash),
            users::role.eq(new.role),
            users::created_at.eq(now),
            users::updated_at.eq(now),
        ))
        .returning(UserRow::as_returning())
        .get_result(conn)
        .await
        .map_err(|cause| on_taken(cause, &new.email))
}

/// The account with an address, in lower case.
pub async fn find_by_email(
    mut conn: &AsyncPgConnection,
    email: &str,
) -> QueryResult<Option<UserRow>> {
    let found = users::table.filter(users::email.eq(email)).select(UserRow::as_select());
    found.first(&mut conn).await.optional()
}

/// The hash of a user's password, if they have one.
pub async fn password_hash(
    mut conn: &AsyncPgConnection,
    user: UserId,
) -> QueryResult<Option<String>> {
    let hash = users::table.find(user).select(users::password_hash);
    hash.first(&mut conn).await.optional().map(Option::flatten)
}

/// Every account, the first one first.
pub async fn all(mut conn: &AsyncPgConnection) -> QueryResult<Vec<UserRow>> {
    users::table.order(users::id.asc()).select(UserRow::as_select()).load(&mut conn).await
}

/// Changes an account; `None` when there is no such one. Another password ends every session but `kept` and every
/// link that would set one; disabling ends them all. The last owner who can sign in stays one: conflict.
pub async fn update(
    conn: &mut AsyncPgConnection,
    user: UserId,
    change: &UserChange,
    kept: Option<SessionId>,
    now: DateTime<Utc>,
) -> Result<Option<UserRow>> {
    let disables = matches!(change.disabled_at, Some(Some(_)));
    let demotes = change.role.is_some_and(|role| role != Role::Owner);
    let has_new_password = change.password_hash.is_some();
    conn.transaction(async |conn| {
        if disables || demotes {
            keep_an_owner(conn, user).await?;
        }
        let changed: Option<UserRow> = diesel::update(users::table.find(user))
            .set((change, users::updated_at.eq(now)))
            .returning(UserRow::as_returning())
            .get_result(conn)
            .await
            .optional()
            .map_err(|cause| on_taken(cause, change.email.as_deref().unwrap_or_default()))?;
        if disables || has_new_password {
            let theirs = sessions::user_id.eq(user);
            let kept = kept.filter(|_| !disables).unwrap_or(SessionId(0));
            let ended = sessions::table.filter(theirs.and(sessions::id.ne(kept)));
            diesel::delete(ended).execute(conn).await?;
            let links = password_resets::table.filter(password_resets::user_id.eq(user));
            diesel::delete(links).execute(conn).await?;
        }
        Ok(changed)
    })
    .await
}

/// Removes an account with all its rows, and tells whether it was there. The last owner who can sign in stays:
/// conflict.
pub async fn delete(conn: &mut AsyncPgConnection, user: UserId) -> Result<bool> {
    conn.transaction(async |conn| {
        keep_an_owner(conn, user).await?;
        Ok(diesel::delete(users::table.find(user)).execute(conn).await? > 0)
    })
    .await
}

/// Refuses to take `user` away from the owners when no other one can sign in.
async fn keep_an_owner(conn: &mut AsyncPgConnection, user: UserId) -> Result<()> {
    let owners = lock_owners(conn).await?;
    let is_owner = owners.iter().any(|(owner, _)| *owner == user);
    let has_another = owners.iter().any(|(owner, is_claimed)| *owner != user && *is_claimed);
    if is_owner && !has_another {
        let text = "this is the only owner who can sign in; make somebody else an owner first";
        return Err(Error::Conflict(text.to_owned()));
    }
    Ok(())
}

/// The owners whose accounts are open, and whether each is claimed. They stay as they are to the end of the
/// transaction: of two who would take each other away, one is refused. Whoever locks another account, too, locks these
/// first, so that nobody waits crosswise.
pub(super) async fn lock_owners(mut conn: &AsyncPgConnection) -> QueryResult<Vec<(UserId, bool)>> {
    users::table
        .filter(users::role.eq(Role::Owner).and(users::disabled_at.is_null()))
        .order(users::id.asc())
        .select((users::id, users::email.is_not_null()))
        .for_no_key_update()
        .load(&mut conn)
        .await
}

fn on_taken(cause: diesel::result::Error, email: &str) -> Error {
    use diesel::result::{DatabaseErrorKind, Error as Diesel};
    match cause {
        Diesel::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
            Error::Conflict(format!("{email} has an account already"))
        }
        other => other.into(),
    }
}
