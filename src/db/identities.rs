//! Whom an `OpenID` provider vouches for: the pair of issuer and subject that stands for an account.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::schema::{identities, users};
use crate::model::id::UserId;

/// Whose identity that is, and whether their account is closed. It is asked before it is known who the user is.
pub async fn holder(
    mut conn: &AsyncPgConnection,
    issuer: &str,
    subject: &str,
) -> QueryResult<Option<(UserId, bool)>> {
    identities::table
        .inner_join(users::table)
        .filter(identities::issuer.eq(issuer).and(identities::subject.eq(subject)))
        .select((users::id, users::disabled_at.is_not_null()))
        .first(&mut conn)
        .await
        .optional()
}

/// Notes that `user` came in by this identity at `now`. Whose it is already, it stays.
pub async fn note(
    mut conn: &AsyncPgConnection,
    user: UserId,
    issuer: &str,
    subject: &str,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::insert_into(identities::table)
        .values((
            identities::user_id.eq(user),
            identities::issuer.eq(issuer),
            identities::subject.eq(subject),
            identities::created_at.eq(now),
            identities::last_used_at.eq(now),
        ))
        .on_conflict((identities::issuer, identities::subject))
        .do_update()
        .set(identities::last_used_at.eq(now))
        .execute(&mut conn)
        .await?;
    Ok(())
}
