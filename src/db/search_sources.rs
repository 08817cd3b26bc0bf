//! What a search remembers of each of its sources.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    dsl::now as database_now,
    pg::Pg,
    prelude::*,
    sql_query,
    sql_types::{Array, BigInt, Nullable, Text, Timestamptz},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::schema::search_sources;
use crate::model::{
    feed::TAKEN_NAMES,
    id::{SearchId, UserId},
    scan::SourceFault,
};

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
        /// Whether its answer was matched against the search as it is now. If not, it is forgotten: the next run asks
        /// as if for the first time.
        is_current: bool,
    },
    /// It gave no usable answer.
    Badly {
        /// What the matter is.
        fault: SourceFault,
        /// Why, in words.
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
        Read::Well { memory, is_full, is_current } => {
            let nothing = serde_json::json!({});
            let memory = if *is_current { memory.as_ref() } else { Some(&nothing) };
            diesel::update(row)
                .set((
                    memory.map(|memory| search_sources::memory.eq(memory)),
                    search_sources::failures.eq(0),
                    search_sources::fault.eq(None::<SourceFault>),
                    search_sources::error.eq(None::<String>),
                    search_sources::failing_since.eq(None::<DateTime<Utc>>),
                    search_sources::next_try_at.eq(None::<DateTime<Utc>>),
                    is_current.then(|| search_sources::last_ok_at.eq(now)),
                    is_full.then(|| search_sources::last_full_at.eq(now)),
                    search_sources::updated_at.eq(database_now),
                ))
                .execute(conn)
                .await?;
        }
        Read::Badly { fault, error, counts, next_try_at } => {
            let error: String = error.chars().take(2_000).collect();
            diesel::update(row)
                .set((
                    search_sources::failures.eq(search_sources::failures + i32::from(*counts)),
                    search_sources::fault.eq(fault),
                    search_sources::error.eq(error),
                    search_sources::failing_since
                        .eq(coalesce(search_sources::failing_since, Some(now))),
                    search_sources::next_try_at.eq(next_try_at),
                    search_sources::updated_at.eq(database_now),
                ))
                .execute(conn)
                .await?;
        }
    }
    Ok(())
}

diesel::define_sql_function! {
    fn coalesce(known: Nullable<Timestamptz>, otherwise: Nullable<Timestamptz>) -> Nullable<Timestamptz>;
}

/// A source as several searches together see it.
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
    pub fault: Option<SourceFault>,
    /// The same in words.
    #[diesel(sql_type = Nullable<Text>)]
    pub error: Option<String>,
    /// Since when any search has got no usable answer.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub failing_since: Option<DateTime<Utc>>,
    /// The next time that a search may ask it again after a fault.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub next_try_at: Option<DateTime<Utc>>,
    /// When any search last read it without a fault.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_ok_at: Option<DateTime<Utc>>,
}

/// Whose searches are asked how their sources do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The user's own.
    Own,
    /// The user's own, and everybody's as far as they ask marketplaces. Feeds of others stay their own business.
    AllOfMarketplaces,
}

/// How the sources do that running searches ask, by name.
pub async fn health(
    conn: &mut AsyncPgConnection,
    user: UserId,
    whose: Whose,
) -> QueryResult<Vec<SourceHealth>> {
    let shared: &[&str] = match whose {
        Whose::Own => &[],
        Whose::AllOfMarketplaces => &TAKEN_NAMES,
    };
    // What a search does not ask any more says nothing, whatever it said last.
    sql_query(
        "SELECT r.source, count(*) AS searches, count(r.error) AS failing,
                (array_agg(r.fault ORDER BY r.updated_at DESC) FILTER (WHERE r.error IS NOT NULL))[1] AS fault,
                (array_agg(r.error ORDER BY r.updated_at DESC) FILTER (WHERE r.error IS NOT NULL))[1] AS error,
                min(r.failing_since) AS failing_since, min(r.next_try_at) AS next_try_at,
                max(r.last_ok_at) AS last_ok_at
         FROM search_sources r JOIN searches s ON s.user_id = r.user_id AND s.id = r.search_id
         WHERE (r.user_id = $1 OR r.source = ANY($2)) AND s.enabled
           AND (r.source = ANY(s.sources) OR s.sources = '{}' AND (r.source = ANY($3) OR EXISTS (
               SELECT FROM feeds f WHERE f.user_id = r.user_id AND f.name = r.source AND f.enabled)))
         GROUP BY r.source ORDER BY r.source",
    )
    .bind::<BigInt, _>(user)
    .bind::<Array<Text>, _>(shared)
    .bind::<Array<Text>, _>(TAKEN_NAMES.as_slice())
    .load(conn)
    .await
}
