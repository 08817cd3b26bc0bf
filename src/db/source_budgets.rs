//! Calls that marketplaces allow in a day, counted for all users and replicas together.

use chrono::NaiveDate;
use diesel::{
    QueryResult, QueryableByName,
    pg::Pg,
    prelude::*,
    sql_query,
    sql_types::{Date, Integer, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::schema::source_budgets;

#[derive(QueryableByName)]
#[diesel(check_for_backend(Pg))]
struct Used {
    #[diesel(sql_type = Integer)]
    used: i32,
}

/// Takes one call of a day's `limit`, in one statement whoever else takes one. `None` when all are used up; else how
/// many are used with this one.
pub async fn take(
    conn: &mut AsyncPgConnection,
    source: &str,
    day: NaiveDate,
    limit: i32,
) -> QueryResult<Option<i32>> {
    if limit <= 0 {
        return Ok(None);
    }
    let used: Option<Used> = sql_query(
        "INSERT INTO source_budgets AS b (source, day, used) VALUES ($1, $2, 1)
         ON CONFLICT (source, day) DO UPDATE SET used = b.used + 1 WHERE b.used < $3
         RETURNING used",
    )
    .bind::<Text, _>(source)
    .bind::<Date, _>(day)
    .bind::<Integer, _>(limit)
    .get_result(conn)
    .await
    .optional()?;
    Ok(used.map(|row| row.used))
}

/// How many calls were made on a day.
pub async fn used(mut conn: &AsyncPgConnection, source: &str, day: NaiveDate) -> QueryResult<i32> {
    let used = source_budgets::table
        .find((source, day))
        .select(source_budgets::used)
        .first(&mut conn)
        .await
        .optional()?;
    Ok(used.unwrap_or(0))
}
