//! Answers to writes that may be sent twice. All of this happens in the transaction of the write itself, so that a key
//! is there exactly when its write is.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::schema::idempotency_keys;
use crate::model::id::UserId;

/// The answer that a write was given.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = idempotency_keys, check_for_backend(diesel::pg::Pg))]
pub struct Kept {
    /// The status, 200 to 299.
    pub status: Option<i32>,
    /// Where the new row is.
    pub location: Option<String>,
    /// The row's `ETag`.
    pub etag: Option<String>,
    /// The body.
    pub body: Option<Vec<u8>>,
}

/// What becomes of a key.
#[derive(Debug, PartialEq, Eq)]
pub enum Claim {
    /// Nobody has used it: it is ours when the transaction ends.
    Fresh,
    /// The same request was answered before.
    Again(Kept),
    /// Another request has used it.
    Taken,
}

/// Claims `key` for a request with this digest. Waits for a request that holds the same key at this moment.
pub async fn claim(
    conn: &mut AsyncPgConnection,
    user: UserId,
    key: &str,
    request_digest: &[u8],
) -> QueryResult<Claim> {
    use idempotency_keys as keys;
    let claimed = diesel::insert_into(keys::table)
        .values((
            keys::user_id.eq(user),
            keys::key.eq(key),
            keys::request_digest.eq(request_digest),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    if claimed == 1 {
        return Ok(Claim::Fresh);
    }
    let (digest, kept): (Vec<u8>, Kept) = keys::table
        .filter(keys::user_id.eq(user).and(keys::key.eq(key)))
        .select((keys::request_digest, Kept::as_select()))
        .first(conn)
        .await?;
    Ok(if digest == request_digest { Claim::Again(kept) } else { Claim::Taken })
}

/// Keeps the answer of the request that has claimed `key`.
pub async fn keep(
    conn: &mut AsyncPgConnection,
    user: UserId,
    key: &str,
    answer: &Kept,
) -> QueryResult<()> {
    use idempotency_keys as keys;
    let claimed = keys::table.filter(keys::user_id.eq(user).and(keys::key.eq(key)));
    diesel::update(claimed).set(answer).execute(conn).await?;
    Ok(())
}
