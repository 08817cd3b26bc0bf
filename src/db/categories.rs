//! The categories that a user's rows have.

use diesel::{
    QueryResult, QueryableByName,
    pg::Pg,
    sql_query,
    sql_types::{BigInt, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::model::id::UserId;

/// The categories of the user's comparables and ads, by the alphabet, at most 300. The look-up goes from one value to
/// the next in an index, however many rows have it.
pub async fn known(mut conn: &AsyncPgConnection, user: UserId) -> QueryResult<Vec<String>> {
    let rows: Vec<Category> = sql_query(
        "WITH RECURSIVE sold AS (
             (SELECT category FROM comps WHERE user_id = $1 AND category > '' ORDER BY category LIMIT 1)
             UNION ALL
             SELECT (SELECT category FROM comps WHERE user_id = $1 AND category > sold.category
                     ORDER BY category LIMIT 1)
             FROM sold WHERE sold.category IS NOT NULL
         ), asked AS (
             (SELECT category FROM listings WHERE user_id = $1 AND category > '' ORDER BY category LIMIT 1)
             UNION ALL
             SELECT (SELECT category FROM listings WHERE user_id = $1 AND category > asked.category
                     ORDER BY category LIMIT 1)
             FROM asked WHERE asked.category IS NOT NULL
         )
         SELECT category FROM (
             (SELECT category FROM sold LIMIT 300) UNION (SELECT category FROM asked LIMIT 300)
         ) AS seen
         WHERE category IS NOT NULL ORDER BY category LIMIT 300",
    )
    .bind::<BigInt, _>(user)
    .load(&mut conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.category).collect())
}

#[derive(QueryableByName)]
#[diesel(check_for_backend(Pg))]
struct Category {
    #[diesel(sql_type = Text)]
    category: String,
}
