//! Listing accounts page by page, and one of them.

use diesel::{dsl::IntoBoxed, pg::Pg, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{
    keyset::After,
    owned::{By, sorts},
    schema::users,
    users::{UserRow, lock_owners},
};
use crate::model::{id::UserId, role::Role};

/// Whose accounts somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// Everybody's.
    All,
    /// Their own.
    Only(UserId),
}

/// Which accounts are wanted. Empty means all that are seen.
#[derive(Debug, Default)]
pub struct Filter {
    /// The address that signs in.
    pub email: Option<String>,
    /// What the person is.
    pub role: Option<Role>,
    /// Closed, or open.
    pub disabled: Option<bool>,
}

sorts! {
    users: UserRow;
    sorts {
        CreatedAt = "created_at": created_at as time,
        UpdatedAt = "updated_at": updated_at as time,
    }
}

/// Where an account stands in an order.
pub fn position(user: &UserRow, sort: Sort) -> After {
    After { rest: false, key: sort.key_of(user), id: user.id.0 }
}

/// At most `limit` accounts in an order, from just after `after`.
pub async fn list(
    mut conn: &AsyncPgConnection,
    seen: Seen,
    filter: &Filter,
    by: By<Sort>,
    after: Option<After>,
    limit: i64,
) -> QueryResult<Vec<UserRow>> {
    let rows = by.sort.ordered(filtered(seen, filter), by.down, after);
    rows.select(UserRow::as_select()).limit(limit).load(&mut conn).await
}

/// How many accounts the filter finds.
pub async fn count(mut conn: &AsyncPgConnection, seen: Seen, filter: &Filter) -> QueryResult<i64> {
    filtered(seen, filter).count().get_result(&mut conn).await
}

/// One account, if it is seen.
pub async fn find(
    mut conn: &AsyncPgConnection,
    seen: Seen,
    user: UserId,
) -> QueryResult<Option<UserRow>> {
    let any = Filter::default();
    let user = filtered(seen, &any).filter(users::id.eq(user));
    user.select(UserRow::as_select()).first(&mut conn).await.optional()
}

/// One account, if it is seen, which nobody else can change until the transaction ends; with the hash of its password.
pub async fn lock(
    mut conn: &AsyncPgConnection,
    seen: Seen,
    user: UserId,
) -> QueryResult<Option<(UserRow, Option<String>)>> {
    if let Seen::Only(only) = seen
        && only != user
    {
        return Ok(None);
    }
    lock_owners(conn).await?;
    let user = users::table.find(user).select((UserRow::as_select(), users::password_hash));
    user.for_no_key_update().first(&mut conn).await.optional()
}

fn filtered<'a>(seen: Seen, filter: &'a Filter) -> IntoBoxed<'a, users::table, Pg> {
    let mut query = users::table.into_boxed();
    if let Seen::Only(user) = seen {
        query = query.filter(users::id.eq(user));
    }
    if let Some(email) = &filter.email {
        query = query.filter(users::email.eq(email));
    }
    if let Some(role) = filter.role {
        query = query.filter(users::role.eq(role));
    }
    match filter.disabled {
        Some(true) => query.filter(users::disabled_at.is_not_null()),
        Some(false) => query.filter(users::disabled_at.is_null()),
        None => query,
    }
}
