//! What a search remembers of each of its sources.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    dsl::now as database_now,
    pg::Pg,
    prelude::*,
    sql_query,
    sql_types::BigInt,
    sql_types::{Nullable, Text, Timestamptz},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::schema::search_sources;
use crate::model::id::{SearchId, UserId};

/// What is remembered of one source.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = search_sources, check_for_backend(Pg))]
pub struct SearchSource {
    /// Its name.
    pub source: String,
    /// What it asked to keep, when it was last read to its end.
    pub memory: serde_json::Value,
    /// Runs in a row that got no usable answer.
    pub failures: i32,
    /// Why the last one did not.
    pub error: Option<String>,
    /// Not to be asked before.
    pub next_try_at: Option<DateTime<Utc>>,
    /// When it was last read without a fault.
    pub last_ok_at: Option<DateTime<Utc>>,
    /// When it last told everything that it has.
    pub last_full_at: Option<DateTime<Utc>>,
}

/// What a search remembers, by the source's name.
pub async fn of_search(
    mut conn: &AsyncPgConnection,
    user: UserId,
    search: SearchId,
) -> QueryResult<HashMap<String, SearchSource>> {
    let rows: Vec<SearchSource> = search_sources::table
        .filter(search_sources::user_id.eq(user).and(search_sources::search_id.eq(search)))
        .select(SearchSource::as_select())
        .load(&mut conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.source.clone(), row)).collect())
}

/// What became of reading a source.
#[derive(Debug, Clone)]
pub enum Read {
    /// It was read to its end.
    Well {
        /// What it asks to keep; `None` keeps what there was.
        memory: Option<serde_json::Value>,
        /// Whether that was everything that it has.
        is_full: bool,
    },
    /// It gave no usable answer.
    Badly {
        /// Why.
        error: String,
        /// Whether that counts as a failure: being asked for patience does not.
        counts: bool,
        /// Not to be asked before.
        next_try_at: Option<DateTime<Utc>>,
    },
}

/// Notes what became of reading a source.
pub async fn note(
    conn: &mut AsyncPgConnection,
    (user, search): (UserId, SearchId),
    source: &str,
    read: &Read,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    let key = (
        search_sources::user_id.eq(user),
        search_sources::search_id.eq(search),
        search_sources::source.eq(source),
    );
    diesel::insert_into(search_sources::table)
        .values(&key)
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    let row = search_sources::table.find((user, search, source));
    match read {
        Read::Well { memory, is_full } => {
            diesel::update(row)
                .set((
                    memory.as_ref().map(|memory| search_sources::memory.eq(memory)),
                    search_sources::failures.eq(0),
                    search_sources::error.eq(None::<String>),
                    search_sources::next_try_at.eq(None::<DateTime<Utc>>),
                    search_sources::last_ok_at.eq(now),
                    is_full.then(|| search_sources::last_full_at.eq(now)),
                    search_sources::updated_at.eq(database_now),
                ))
                .execute(conn)
                .await?;
        }
        Read::Badly { error, counts, next_try_at } => {
            let error: String = error.chars().take(2_000).collect();
            diesel::update(row)
                .set((
                    search_sources::failures.eq(search_sources::failures + i32::from(*counts)),
                    search_sources::error.eq(error),
                    search_sources::next_try_at.eq(next_try_at),
                    search_sources::updated_at.eq(database_now),
                ))
                .execute(conn)
                .await?;
        }
    }
    Ok(())
}

/// A source as all searches of a user together see it.
#[derive(Debug, Clone, QueryableByName)]
#[diesel(check_for_backend(Pg))]
pub struct SourceHealth {
    /// Its name.
    #[diesel(sql_type = Text)]
    pub source: String,
    /// How many searches ask it.
    #[diesel(sql_type = BigInt)]
    pub searches: i64,
    /// Of those, how many got no usable answer the last time.
    #[diesel(sql_type = BigInt)]
    pub failing: i64,
    /// The latest fault that is not mended.
    #[diesel(sql_type = Nullable<Text>)]
    pub error: Option<String>,
    /// The next time that a search may ask it again after a fault.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub next_try_at: Option<DateTime<Utc>>,
    /// When any search last read it without a fault.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_ok_at: Option<DateTime<Utc>>,
}

/// How the sources of a user's searches do, by name.
pub async fn health(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Vec<SourceHealth>> {
    sql_query(
        "SELECT source, count(*) AS searches, count(error) AS failing,
                (array_agg(error ORDER BY updated_at DESC) FILTER (WHERE error IS NOT NULL))[1] AS error,
                min(next_try_at) AS next_try_at, max(last_ok_at) AS last_ok_at
         FROM search_sources WHERE user_id = $1 GROUP BY source ORDER BY source",
    )
    .bind::<BigInt, _>(user)
    .load(conn)
    .await
}
