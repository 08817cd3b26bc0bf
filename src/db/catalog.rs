//! What the live database says of itself: its columns, its applied migrations, its due work.

use diesel::{QueryableByName, sql_types};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

/// The key of the advisory lock: "dealscut" in ASCII. All replicas agree on it.
pub(super) const MIGRATION_LOCK: i64 = 0x6465_616c_7363_7574;

/// Waits, at most a minute, until this connection alone may migrate; it may until it is closed. Migrations then take
/// as long as they need, but never wait longer than half a minute for a table that somebody else holds.
pub async fn hold_migration_lock(conn: &mut AsyncPgConnection) -> diesel::QueryResult<()> {
    conn.batch_execute(&format!(
        "SET statement_timeout = 0; SET lock_timeout = '60s'; \
         SELECT pg_advisory_lock({MIGRATION_LOCK}); SET lock_timeout = '30s'"
    ))
    .await
}

/// The server's major version: 15 of 15.20.
pub async fn major_version(conn: &mut AsyncPgConnection) -> diesel::QueryResult<u32> {
    let version: Major =
        diesel::sql_query("SELECT current_setting('server_version_num')::int / 10000 AS major")
            .get_result(conn)
            .await?;
    Ok(u32::try_from(version.major).unwrap_or_default())
}

#[derive(QueryableByName)]
struct Major {
    #[diesel(sql_type = sql_types::Integer)]
    major: i32,
}

/// How many listings are due to be scored; counts no further than 10,000.
pub async fn queue_depth(conn: &mut AsyncPgConnection) -> diesel::QueryResult<i64> {
    let depth: Depth = diesel::sql_query(
        "SELECT count(*) AS depth FROM (SELECT 1 FROM listings WHERE score_due_at <= now() LIMIT 10000) due",
    )
    .get_result(conn)
    .await?;
    Ok(depth.depth)
}

#[derive(QueryableByName)]
#[diesel(check_for_backend(diesel::pg::Pg))]
struct Depth {
    #[diesel(sql_type = sql_types::BigInt)]
    depth: i64,
}

/// One live column.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
#[diesel(check_for_backend(diesel::pg::Pg))]
pub struct LiveColumn {
    /// Its table.
    #[diesel(sql_type = sql_types::Text)]
    pub table_name: String,
    /// Its name.
    #[diesel(sql_type = sql_types::Text)]
    pub column_name: String,
    /// Its type as PostgreSQL names it: `bigint`, `text`, `timestamp with time zone`, `text[]`.
    #[diesel(sql_type = sql_types::Text)]
    pub type_name: String,
    /// Whether it may be NULL.
    #[diesel(sql_type = sql_types::Bool)]
    pub nullable: bool,
}

/// Every column of every table in the current schema.
pub async fn columns(conn: &mut AsyncPgConnection) -> diesel::QueryResult<Vec<LiveColumn>> {
    diesel::sql_query(
        "SELECT c.relname::text AS table_name, a.attname::text AS column_name, \
                format_type(a.atttypid, NULL) AS type_name, NOT a.attnotnull AS nullable \
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
         WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') \
           AND a.attnum > 0 AND NOT a.attisdropped \
         ORDER BY c.relname, a.attnum",
    )
    .load(conn)
    .await
}

#[derive(QueryableByName)]
#[diesel(check_for_backend(diesel::pg::Pg))]
struct Version {
    #[diesel(sql_type = sql_types::Text)]
    version: String,
}

#[derive(QueryableByName)]
#[diesel(check_for_backend(diesel::pg::Pg))]
struct Exists {
    #[diesel(sql_type = sql_types::Bool)]
    exists: bool,
}

/// The versions that are recorded as applied, in order; none where nothing was ever applied.
pub async fn applied_versions(conn: &mut AsyncPgConnection) -> diesel::QueryResult<Vec<String>> {
    let recorded: Exists =
        diesel::sql_query("SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL AS exists")
            .get_result(conn)
            .await?;
    if !recorded.exists {
        return Ok(Vec::new());
    }
    let rows: Vec<Version> = diesel::sql_query(
        "SELECT version::text AS version FROM __diesel_schema_migrations ORDER BY version",
    )
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}
