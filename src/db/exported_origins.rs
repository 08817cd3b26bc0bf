//! Rows that came out of an export, one by one: under which id each was exported, and which row of ours it became.

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Jsonb},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{bulk, schema::import_origins as origins};
use crate::model::id::UserId;

/// Waits until nobody else takes rows in for this user, until the transaction ends: two runs over the same records would
/// both find nothing, and store each twice.
pub async fn take_turn(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<()> {
    bulk::take_turn(conn, user).await
}

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

#[derive(QueryableByName)]
#[diesel(check_for_backend(diesel::pg::Pg))]
struct Alike {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// The row of ours whose columns `names` are those of `key`. The names come from the program, never from what is read,
/// and the values have the columns' types.
pub async fn row_alike(
    conn: &mut AsyncPgConnection,
    user: UserId,
    table: &str,
    key: &serde_json::Value,
    names: &[&str],
) -> QueryResult<Option<i64>> {
    let same: String = names.iter().map(|name| format!(" AND t.{name} = r.{name}")).collect();
    let found: Option<Alike> = sql_query(format!(
        "SELECT t.id FROM {table} t, jsonb_populate_record(NULL::{table}, $2) AS r
         WHERE t.user_id = $1{same} LIMIT 1"
    ))
    .bind::<BigInt, _>(user)
    .bind::<Jsonb, _>(key)
    .get_result(conn)
    .await
    .optional()?;
    Ok(found.map(|row| row.id))
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
