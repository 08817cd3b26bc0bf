//! Rows that came out of an export, one by one: under which id each was exported, and which row of ours it became.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::schema::import_origins as origins;
use crate::model::id::UserId;

/// Which row of ours has this origin; `None` when nothing came from there.
pub async fn row_of(
    conn: &mut AsyncPgConnection,
    user: UserId,
    noun: &str,
    origin: &str,
) -> QueryResult<Option<i64>> {
    origins::table.find((user.0, noun, origin)).select(origins::row_id).first(conn).await.optional()
}

/// The rows of ours whose origin begins like this; at most two, since nobody needs to know more than whether it is one.
pub async fn rows_beginning(
    conn: &mut AsyncPgConnection,
    user: UserId,
    noun: &str,
    beginning: &str,
) -> QueryResult<Vec<i64>> {
    origins::table
        .filter(origins::user_id.eq(user.0).and(origins::noun.eq(noun)))
        .filter(origins::origin.like(format!("{beginning}%")))
        .select(origins::row_id)
        .distinct()
        .limit(2)
        .load(conn)
        .await
}

/// Notes which row of ours an origin became.
pub async fn note(
    conn: &mut AsyncPgConnection,
    user: UserId,
    noun: &str,
    origin: &str,
    row_id: i64,
) -> QueryResult<()> {
    diesel::insert_into(origins::table)
        .values((
            origins::user_id.eq(user.0),
            origins::noun.eq(noun),
            origins::origin.eq(origin),
            origins::row_id.eq(row_id),
        ))
        .on_conflict((origins::user_id, origins::noun, origins::origin))
        .do_update()
        .set(origins::row_id.eq(row_id))
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets what came from origins that begin like this, and tells which rows of `noun` they had become.
pub async fn forget(
    conn: &mut AsyncPgConnection,
    user: UserId,
    noun: &str,
    beginning: &str,
) -> QueryResult<Vec<i64>> {
    let from_there = origins::table
        .filter(origins::user_id.eq(user.0).and(origins::noun.eq(noun)))
        .filter(origins::origin.like(format!("{beginning}%")));
    diesel::delete(from_there).returning(origins::row_id).get_results(conn).await
}
