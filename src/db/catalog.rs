//! What the live database says of itself: its columns, its applied migrations, its due work, its sessions.

use std::time::Duration;

use diesel::{QueryableByName, sql_types};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use tokio_postgres::Client;

use crate::error::Chain;

/// The key of the advisory lock: "dealscut" in ASCII. All replicas agree on it.
pub(super) const MIGRATION_LOCK: i64 = 0x6465_616c_7363_7574;

/// Waits, at most a minute, until this connection alone may migrate; it may until it is closed. Migrations then take
/// as long as they need, but never wait longer than half a minute for a table that somebody else holds. A connection that
/// says nothing more is ended by the server, so that the lock does not stay with a program that is out of reach.
pub async fn hold_migration_lock(client: &Client) -> Result<(), tokio_postgres::Error> {
    client
        .batch_execute(&format!(
            "SET statement_timeout = 0; SET idle_session_timeout = '10s'; \
             SET idle_in_transaction_session_timeout = '10s'; SET lock_timeout = '60s'; \
             SELECT pg_advisory_lock({MIGRATION_LOCK}); SET lock_timeout = '30s'"
        ))
        .await
}

/// The server's major version: 15 of 15.20.
pub async fn major_version(client: &Client) -> Result<u32, tokio_postgres::Error> {
    let version = "SELECT current_setting('server_version_num')::int / 10000";
    let major: i32 = client.query_one(version, &[]).await?.get(0);
    Ok(u32::try_from(major).unwrap_or_default())
}

/// One session of the server's, never mistaken for another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pid: i32,
    since: String,
}

/// The session behind this connection.
pub async fn session(client: &Client) -> Result<Session, tokio_postgres::Error> {
    let own = "SELECT pid, extract(epoch FROM backend_start)::text FROM pg_stat_activity WHERE pid = pg_backend_pid()";
    let row = client.query_one(own, &[]).await?;
    Ok(Session { pid: row.get(0), since: row.get(1) })
}

/// For how long the session has been waiting for its program, asked on another connection: nothing while it works or
/// does not tell, `None` when it is no more.
pub async fn idle_time(
    client: &Client,
    of: &Session,
) -> Result<Option<Duration>, tokio_postgres::Error> {
    let seen = client
        .query_opt(
            "SELECT CASE WHEN state LIKE 'idle%' \
                    THEN extract(epoch FROM clock_timestamp() - state_change) * 1000 ELSE 0 END::bigint \
             FROM pg_stat_activity WHERE pid = $1 AND extract(epoch FROM backend_start)::text = $2",
            &[&of.pid, &of.since],
        )
        .await?;
    Ok(seen.map(|row| Duration::from_millis(u64::try_from(row.get::<_, i64>(0)).unwrap_or(0))))
}

/// Ends the session, whatever it does.
pub async fn end_session(client: &Client, of: &Session) -> Result<(), tokio_postgres::Error> {
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE pid = $1 AND extract(epoch FROM backend_start)::text = $2";
    client.query(end, &[&of.pid, &of.since]).await.map(|_| ())
}

/// What the database says of a failure, or the driver where the database says nothing; no values of rows.
pub fn said(e: &tokio_postgres::Error) -> String {
    e.as_db_error().map_or_else(|| Chain(e).to_string(), |said| said.message().to_owned())
}

/// Work that waits or is under way: rows of one kind in one state.
#[derive(Debug, Clone, PartialEq, QueryableByName)]
#[diesel(check_for_backend(diesel::pg::Pg))]
pub struct Queue {
    /// What is to be done: `estimates`, `imports`, `scans` or `notifications`.
    #[diesel(sql_type = sql_types::Text)]
    pub queue: String,
    /// `due` could be done at once, `running` is being done, `later` waits for its time.
    #[diesel(sql_type = sql_types::Text)]
    pub state: String,
    /// How many; 10,000 when there are more.
    #[diesel(sql_type = sql_types::BigInt)]
    pub rows: i64,
    /// For how long the oldest has been in this state, in seconds; 0 for what waits for its time, and where there is none.
    #[diesel(sql_type = sql_types::Double)]
    pub oldest_s: f64,
}

/// The work that there is, for everybody. Each count walks an index and ends at 10,000 rows.
pub async fn queues(conn: &mut AsyncPgConnection) -> diesel::QueryResult<Vec<Queue>> {
    diesel::sql_query(QUEUES).load(conn).await
}

/// What a person has switched off does not count as due: nobody is to do it.
const QUEUES: &str = "
WITH work (queue, state, since) AS (
    (SELECT 'estimates', 'due', score_due_at FROM listings
     WHERE score_due_at <= now() ORDER BY score_due_at LIMIT 10000)
    UNION ALL
    (SELECT 'estimates', 'later', NULL FROM listings WHERE score_due_at > now() LIMIT 10000)
    UNION ALL
    (SELECT 'imports', 'running', created_at FROM imports WHERE status = 'running' LIMIT 10000)
    UNION ALL
    (SELECT 'scans', 'due', leased_until FROM scans
     WHERE status = 'running' AND leased_until <= now() ORDER BY leased_until LIMIT 10000)
    UNION ALL
    (SELECT 'scans', 'running', created_at FROM scans WHERE status = 'running' AND leased_until > now() LIMIT 10000)
    UNION ALL
    (SELECT 'scans', 'due', s.next_scan_at FROM searches s
     JOIN users u ON u.id = s.user_id AND u.disabled_at IS NULL
     WHERE s.enabled AND s.next_scan_at <= now()
       AND NOT EXISTS (SELECT FROM scans r WHERE r.user_id = s.user_id AND r.search_id = s.id AND r.status = 'running')
     ORDER BY s.next_scan_at LIMIT 10000)
    UNION ALL
    (SELECT 'scans', 'later', NULL FROM searches WHERE enabled AND next_scan_at > now() LIMIT 10000)
    UNION ALL
    (SELECT 'notifications',
            CASE WHEN n.leased_until > now() THEN 'running' WHEN c.wait_until > now() THEN 'later' ELSE 'due' END,
            n.next_try_at
     FROM notifications n JOIN channels c ON c.user_id = n.user_id AND c.id = n.channel_id AND c.enabled
     WHERE n.status = 'pending' AND n.next_try_at <= now() ORDER BY n.next_try_at LIMIT 10000)
    UNION ALL
    (SELECT 'notifications', 'later', NULL FROM notifications
     WHERE status = 'pending' AND next_try_at > now() LIMIT 10000)
)
SELECT known.queue, known.state, count(work.queue) AS rows,
       coalesce(extract(epoch FROM now() - min(work.since)), 0)::float8 AS oldest_s
FROM (VALUES ('estimates', 'due'), ('estimates', 'later'), ('imports', 'running'), ('scans', 'due'),
             ('scans', 'running'), ('scans', 'later'), ('notifications', 'due'), ('notifications', 'running'),
             ('notifications', 'later')) AS known (queue, state)
LEFT JOIN work ON work.queue = known.queue AND work.state = known.state
GROUP BY known.queue, known.state ORDER BY known.queue, known.state";

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
