//! Searching by words: from what was typed to the rows that have it. The database folds both what is stored and what
//! is asked by one function of its own, `search_text`, so that the two cannot disagree.

use diesel::{
    QueryableByName,
    prelude::*,
    sql_query,
    sql_types::{Array, BigInt, Bool, Nullable, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::model::{id::UserId, words::Words};

/// The most rows that are ranked and put in order by something else than an index: the newest ones that match.
pub const MOST_CANDIDATES: i64 = 1_000;
/// How many titles are looked at for suggestions and corrections.
const MOST_TITLES: i64 = 500;

/// What can be searched by words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Searched {
    /// Ads of others.
    Listings,
    /// Comparables.
    Comps,
}

impl Searched {
    fn table(self) -> &'static str {
        match self {
            Self::Listings => "listings",
            Self::Comps => "comps",
        }
    }
}

/// What words have found.
#[derive(Debug, Clone)]
pub(super) enum Found {
    /// No row has them.
    Nothing,
    /// These rows and no others: at most [`MOST_CANDIDATES`].
    Few {
        /// The search as PostgreSQL writes it.
        query: String,
        /// The rows' ids.
        ids: Vec<i64>,
    },
    /// So many rows that going through them in any order soon meets some.
    Many {
        /// The search as PostgreSQL writes it.
        query: String,
    },
}

/// Finds what has the words. When nothing has them, the last word is taken as half typed.
pub(super) async fn seek(
    conn: &AsyncPgConnection,
    user: UserId,
    searched: Searched,
    words: &Words,
) -> QueryResult<Found> {
    let Some(query) = compiled(conn, words).await? else { return Ok(Found::Nothing) };
    if words.only_excludes() {
        return Ok(Found::Many { query });
    }
    match probe(conn, user, searched, query).await? {
        Found::Nothing => {}
        found => return Ok(found),
    }
    let Some(half_typed) = words.half_typed() else { return Ok(Found::Nothing) };
    let Some(query) = compiled(conn, &half_typed).await? else { return Ok(Found::Nothing) };
    probe(conn, user, searched, query).await
}

async fn probe(
    mut conn: &AsyncPgConnection,
    user: UserId,
    searched: Searched,
    query: String,
) -> QueryResult<Found> {
    // In a query of its own the search is not known to the planner, which would go through the whole table for a
    // word that it knows to be common.
    let ids: Vec<Id> = sql_query(format!(
        "SELECT id FROM {} WHERE user_id = $1 AND words @@ (SELECT $2::tsquery) LIMIT $3",
        searched.table()
    ))
    .bind::<BigInt, _>(user)
    .bind::<Text, _>(&query)
    .bind::<BigInt, _>(MOST_CANDIDATES + 1)
    .load(&mut conn)
    .await?;
    let ids: Vec<i64> = ids.into_iter().map(|row| row.id).collect();
    Ok(match i64::try_from(ids.len()) {
        Ok(0) => Found::Nothing,
        Ok(few) if few <= MOST_CANDIDATES => Found::Few { query, ids },
        _ => Found::Many { query },
    })
}

#[derive(QueryableByName)]
#[diesel(check_for_backend(diesel::pg::Pg))]
struct Id {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

#[derive(QueryableByName)]
#[diesel(check_for_backend(diesel::pg::Pg))]
struct Compiled {
    #[diesel(sql_type = Nullable<Text>)]
    query: Option<String>,
}

/// The search as PostgreSQL writes it; `None` when nothing in it can be searched for. What was typed is never part of
/// a statement: PostgreSQL itself quotes each word, and only its own text is put together.
async fn compiled(mut conn: &AsyncPgConnection, words: &Words) -> QueryResult<Option<String>> {
    let terms = words.terms();
    let texts: Vec<_> = terms.iter().map(|term| term.text.as_str()).collect();
    let prefixes: Vec<_> = terms.iter().map(|term| term.is_prefix).collect();
    let excluded: Vec<_> = terms.iter().map(|term| term.is_excluded).collect();
    let compiled: Compiled = sql_query(
        "SELECT string_agg(CASE WHEN is_excluded THEN '!(' ELSE '(' END || said || ')', ' & ')::tsquery::text AS query
         FROM (SELECT is_excluded, phraseto_tsquery('simple', search_text(typed))::text
                                   || CASE WHEN is_prefix THEN ':*' ELSE '' END AS said
               FROM unnest($1::text[], $2::boolean[], $3::boolean[]) AS t (typed, is_prefix, is_excluded)) AS terms
         WHERE said NOT IN ('', ':*')",
    )
    .bind::<Array<Text>, _>(texts)
    .bind::<Array<Bool>, _>(prefixes)
    .bind::<Array<Bool>, _>(excluded)
    .get_result(&mut conn)
    .await?;
    Ok(compiled.query)
}

#[derive(QueryableByName)]
#[diesel(check_for_backend(diesel::pg::Pg))]
struct Title {
    #[diesel(sql_type = Text)]
    title: String,
}

fn titles(rows: Vec<Title>) -> Vec<String> {
    rows.into_iter().map(|row| row.title).collect()
}

/// Titles of the user that have the words, the last one half typed: what could be meant.
pub async fn titles_like_half_typed(
    mut conn: &AsyncPgConnection,
    user: UserId,
    searched: Searched,
    words: &Words,
) -> QueryResult<Vec<String>> {
    let half_typed = words.half_typed();
    let query = compiled(conn, half_typed.as_ref().unwrap_or(words)).await?;
    let Some(query) = query.filter(|_| !words.only_excludes()) else { return Ok(Vec::new()) };
    let rows = sql_query(format!(
        "SELECT title FROM {} WHERE user_id = $1 AND words @@ (SELECT $2::tsquery) LIMIT $3",
        searched.table()
    ));
    let rows = rows.bind::<BigInt, _>(user).bind::<Text, _>(query).bind::<BigInt, _>(MOST_TITLES);
    rows.load(&mut conn).await.map(titles)
}

/// Titles of the user with a word that looks like `word`: that shares most of its trigrams, or begins with the same
/// two characters.
pub async fn titles_alike(
    mut conn: &AsyncPgConnection,
    user: UserId,
    searched: Searched,
    word: &str,
) -> QueryResult<Vec<String>> {
    let table = searched.table();
    let rows: Vec<Title> = sql_query(format!(
        "(SELECT title FROM {table} WHERE user_id = $1 AND (SELECT $2::text) <% title LIMIT $3)
         UNION ALL
         (SELECT title FROM {table} WHERE user_id = $1 AND words @@ (SELECT to_tsquery('simple',
                  nullif(left(split_part(search_text($2), ' ', 1), 2), '') || ':*')) LIMIT $3)"
    ))
    .bind::<BigInt, _>(user)
    .bind::<Text, _>(word)
    .bind::<BigInt, _>(MOST_TITLES)
    .load(&mut conn)
    .await?;
    Ok(titles(rows))
}

#[derive(QueryableByName)]
#[diesel(check_for_backend(diesel::pg::Pg))]
struct Place {
    #[diesel(sql_type = BigInt)]
    place: i64,
}

/// Which terms of a search no row of the user has, by their place in [`Words::terms`]. Exclusions are left out.
pub async fn unknown_terms(
    mut conn: &AsyncPgConnection,
    user: UserId,
    searched: Searched,
    words: &Words,
) -> QueryResult<Vec<usize>> {
    let texts: Vec<_> = words.terms().iter().map(|term| term.text.as_str()).collect();
    let rows: Vec<Place> = sql_query(format!(
        "SELECT place - 1 AS place
         FROM unnest($2::text[]) WITH ORDINALITY AS t (typed, place),
              LATERAL (SELECT phraseto_tsquery('simple', search_text(typed)) AS query) AS q
         WHERE NOT EXISTS (SELECT FROM (SELECT FROM {} WHERE user_id = $1 AND words @@ query LIMIT 1) AS one)",
        searched.table()
    ))
    .bind::<BigInt, _>(user)
    .bind::<Array<Text>, _>(texts)
    .load(&mut conn)
    .await?;
    let places = rows.into_iter().filter_map(|row| usize::try_from(row.place).ok());
    Ok(places.filter(|&place| !words.terms()[place].is_excluded).collect())
}

/// The user's own categories that begin with the text, in any letter case.
pub async fn categories_beginning(
    mut conn: &AsyncPgConnection,
    user: UserId,
    searched: Searched,
    text: &str,
) -> QueryResult<Vec<String>> {
    let rows: Vec<Title> = sql_query(format!(
        "WITH RECURSIVE each AS (
             (SELECT category FROM {0} WHERE user_id = $1 AND category > '' ORDER BY category LIMIT 1)
             UNION ALL
             SELECT (SELECT category FROM {0} WHERE user_id = $1 AND category > each.category
                     ORDER BY category LIMIT 1)
             FROM each WHERE each.category IS NOT NULL
         )
         SELECT category AS title FROM (SELECT category FROM each LIMIT 2000) AS some
         WHERE category IS NOT NULL AND starts_with(search_text(category), rtrim(search_text($2)))
         LIMIT 10",
        searched.table()
    ))
    .bind::<BigInt, _>(user)
    .bind::<Text, _>(text)
    .load(&mut conn)
    .await?;
    Ok(titles(rows))
}
