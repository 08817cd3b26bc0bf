//! Runs of searches: who is due, who holds which run, and how far each is.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    dsl::sql,
    pg::Pg,
    prelude::*,
    sql_query,
    sql_types::{Array, BigInt, Bool, Integer, Jsonb, Nullable, Text, Timestamptz},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{keyset::After, schema::scans};
use crate::model::{
    id::{ScanId, SearchId, UserId},
    scan::{Progress, ScanStatus, Trigger},
};

/// A stored run.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = scans, check_for_backend(Pg))]
pub struct Scan {
    /// Its row.
    pub id: ScanId,
    /// Whose it is.
    pub user_id: UserId,
    /// What is run.
    pub search_id: SearchId,
    /// Who wanted it.
    pub trigger: Trigger,
    /// How far it is.
    pub status: ScanStatus,
    /// How far it is with each source, as [`Progress`].
    pub progress: serde_json::Value,
    /// Why it failed.
    pub error: Option<String>,
    /// How many have taken it up.
    pub attempts: i32,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// When it was wanted.
    pub created_at: DateTime<Utc>,
    /// When it last moved.
    pub updated_at: DateTime<Utc>,
}

impl Scan {
    /// How far it is with each source. What cannot be read is as good as nothing done.
    pub fn progress(&self) -> Progress {
        serde_json::from_value(self.progress.clone()).unwrap_or_default()
    }
}

/// A run that somebody works on: as long as nobody else has taken it up since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
#[diesel(check_for_backend(Pg))]
pub struct Held {
    /// The run.
    #[diesel(sql_type = BigInt)]
    pub id: ScanId,
    /// Whose it is.
    #[diesel(sql_type = BigInt)]
    pub user_id: UserId,
    /// What is run.
    #[diesel(sql_type = BigInt)]
    pub search_id: SearchId,
    /// Which taking up this is.
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
}

/// Takes up a run: one that is wanted or whose holder is gone, else a new one of a search that is due. Others that ask
/// at the same time get other runs. Searches of people for whom no source is set up wait until one is;
/// `has_marketplaces` says whether everybody has some.
pub async fn claim(
    conn: &mut AsyncPgConnection,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    has_marketplaces: bool,
) -> QueryResult<Option<Held>> {
    let taken_over = sql_query(TAKE_OVER)
        .bind::<Timestamptz, _>(now)
        .bind::<Timestamptz, _>(until)
        .get_result(conn)
        .await
        .optional()?;
    if taken_over.is_some() {
        return Ok(taken_over);
    }
    sql_query(BEGIN)
        .bind::<Timestamptz, _>(now)
        .bind::<Timestamptz, _>(until)
        .bind::<Bool, _>(has_marketplaces)
        .get_result(conn)
        .await
        .optional()
}

const TAKE_OVER: &str = "
UPDATE scans SET leased_until = $2, attempts = attempts + 1, updated_at = $1
WHERE id = (
    SELECT id FROM scans
    WHERE status = 'running' AND leased_until <= $1
    ORDER BY leased_until, id LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING id, user_id, search_id, attempts";

/// The search stays locked until its run is there, so that nobody begins a second one; one that a person began meanwhile
/// counts.
const BEGIN: &str = "
WITH due AS (
    SELECT s.user_id, s.id FROM searches s
    WHERE s.enabled AND (s.next_scan_at IS NULL OR s.next_scan_at <= $1)
      AND NOT EXISTS (SELECT FROM scans r WHERE r.user_id = s.user_id AND r.search_id = s.id AND r.status = 'running')
      AND ($3 OR EXISTS (SELECT FROM feeds f WHERE f.user_id = s.user_id AND f.enabled))
      AND NOT EXISTS (SELECT FROM users u WHERE u.id = s.user_id AND u.disabled_at IS NOT NULL)
    ORDER BY s.next_scan_at NULLS FIRST, s.id LIMIT 1 FOR UPDATE OF s SKIP LOCKED
)
INSERT INTO scans (user_id, search_id, trigger, leased_until, attempts, created_at, updated_at)
SELECT user_id, id, 'schedule', $2, 1, $1, $1 FROM due
ON CONFLICT DO NOTHING
RETURNING id, user_id, search_id, attempts";

/// Asks for a run of a search at once. The one that is under way is the one that was asked for. `None` when there is no
/// such search.
pub async fn want(
    conn: &mut AsyncPgConnection,
    user: UserId,
    search: SearchId,
    now: DateTime<Utc>,
) -> QueryResult<Option<Scan>> {
    sql_query(
        "INSERT INTO scans (user_id, search_id, trigger, leased_until, created_at, updated_at)
         SELECT user_id, id, 'person', $3, $3, $3 FROM searches WHERE user_id = $1 AND id = $2
         ON CONFLICT DO NOTHING",
    )
    .bind::<BigInt, _>(user)
    .bind::<BigInt, _>(search)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    scans::table
        .filter(scans::user_id.eq(user).and(scans::search_id.eq(search)))
        .order((scans::created_at.desc(), scans::id.desc()))
        .select(Scan::as_select())
        .first(conn)
        .await
        .optional()
}

/// One run.
pub async fn find(
    mut conn: &AsyncPgConnection,
    user: UserId,
    id: ScanId,
) -> QueryResult<Option<Scan>> {
    scans::table
        .filter(scans::user_id.eq(user).and(scans::id.eq(id)))
        .select(Scan::as_select())
        .first(&mut conn)
        .await
        .optional()
}

/// The latest run of each of `searches` that has one.
pub async fn latest(
    mut conn: &AsyncPgConnection,
    user: UserId,
    searches: &[SearchId],
) -> QueryResult<Vec<Scan>> {
    // One step down the index for each search, however many runs it has had.
    let latest = sql::<Bool>("scans.id IN (SELECT last.id FROM unnest(")
        .bind::<Array<BigInt>, _>(searches.iter().map(|search| search.0).collect::<Vec<_>>())
        .sql(") AS wanted (id) CROSS JOIN LATERAL (SELECT s.id FROM scans s WHERE s.user_id = ")
        .bind::<BigInt, _>(user)
        .sql(" AND s.search_id = wanted.id ORDER BY s.created_at DESC, s.id DESC LIMIT 1) last)");
    scans::table
        .filter(scans::user_id.eq(user).and(latest))
        .select(Scan::as_select())
        .load(&mut conn)
        .await
}

/// At most `limit` runs of a search, the latest first, from just after `after`.
pub async fn of_search(
    mut conn: &AsyncPgConnection,
    user: UserId,
    search: SearchId,
    after: Option<After>,
    limit: i64,
) -> QueryResult<Vec<Scan>> {
    let mut query = scans::table
        .filter(scans::user_id.eq(user).and(scans::search_id.eq(search)))
        .order((scans::created_at.desc(), scans::id.desc()))
        .select(Scan::as_select())
        .limit(limit)
        .into_boxed();
    if let Some((time, last)) = after.and_then(|after| Some((after.time()?, after.id))) {
        query = query
            .filter(scans::created_at.le(time))
            .filter(scans::created_at.lt(time).or(scans::id.lt(last)));
    }
    query.load(&mut conn).await
}

/// Notes how far a run is and holds it until then. False when somebody else holds it, or nobody: whatever was done in
/// this transaction must then not be kept.
pub async fn hold(
    conn: &mut AsyncPgConnection,
    held: Held,
    progress: &Progress,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> QueryResult<bool> {
    let mine = scans::table
        .filter(scans::user_id.eq(held.user_id).and(scans::id.eq(held.id)))
        .filter(scans::status.eq(ScanStatus::Running).and(scans::attempts.eq(held.attempts)));
    let written = diesel::update(mine)
        .set((
            scans::progress.eq(json(progress)?),
            scans::leased_until.eq(until),
            scans::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(written > 0)
}

/// What a run came to.
#[derive(Debug)]
pub struct Outcome<'a> {
    /// How far it came with each source.
    pub progress: &'a Progress,
    /// Done, or failed.
    pub status: ScanStatus,
    /// Why it failed.
    pub error: Option<&'a str>,
    /// When the search runs next.
    pub next_scan_at: DateTime<Utc>,
    /// When it runs next if it was changed meanwhile. Never at once: where one replica's clock is ahead of another's, a
    /// change stays newer than the runs for a while.
    pub soonest: DateTime<Utc>,
}

/// Ends a run, and lets its search wait for the next one. False when somebody else holds it.
pub async fn settle(
    conn: &mut AsyncPgConnection,
    held: Held,
    outcome: &Outcome<'_>,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let written = sql_query(
        "WITH mine AS (
             UPDATE scans SET status = $4, progress = $5, error = left($6, 2000), leased_until = NULL,
                              finished_at = $7, updated_at = $7
             WHERE user_id = $1 AND id = $2 AND status = 'running' AND attempts = $3
             RETURNING user_id, search_id, created_at
         )
         UPDATE searches s SET last_scan_at = $7,
                next_scan_at = CASE WHEN s.updated_at > mine.created_at THEN least($8, $9) ELSE $8 END
         FROM mine WHERE s.user_id = mine.user_id AND s.id = mine.search_id",
    )
    .bind::<BigInt, _>(held.user_id)
    .bind::<BigInt, _>(held.id)
    .bind::<Integer, _>(held.attempts)
    .bind::<Text, _>(outcome.status)
    .bind::<Jsonb, _>(json(outcome.progress)?)
    .bind::<Nullable<Text>, _>(outcome.error)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(outcome.next_scan_at)
    .bind::<Timestamptz, _>(outcome.soonest)
    .execute(conn)
    .await?;
    Ok(written > 0)
}

/// Lets a run go unfinished, for another worker to go on with at once.
pub async fn release(
    conn: &mut AsyncPgConnection,
    held: Held,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    let mine = scans::table
        .filter(scans::user_id.eq(held.user_id).and(scans::id.eq(held.id)))
        .filter(scans::status.eq(ScanStatus::Running).and(scans::attempts.eq(held.attempts)));
    diesel::update(mine).set(scans::leased_until.eq(now)).execute(conn).await.map(|_| ())
}

fn json(progress: &Progress) -> QueryResult<serde_json::Value> {
    serde_json::to_value(progress)
        .map_err(|cause| diesel::result::Error::SerializationError(Box::new(cause)))
}
