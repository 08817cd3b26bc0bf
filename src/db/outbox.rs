//! The outbox: what waits to be told through each channel. A channel is claimed by one sender at a time, so that its
//! pace is kept and a digest is whole, however many replicas send; a sender that dies is relieved when its time is up.
//! The functions that claim serve whoever sends, over everybody's rows; the others take the user, as everywhere.

mod by_hand;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    OptionalExtension, QueryResult, QueryableByName,
    pg::Pg,
    sql_types::{Array, BigInt, Binary, Bool, Int4, Jsonb, Nullable, Text, Timestamptz},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

pub use self::by_hand::{adopt_searches, again, read_all, reconsider, tried, way};
use crate::model::{
    channel::ChannelKind,
    id::{ChannelId, ListingId, NotificationId, UserId},
    notification::Reason,
    user_prefs::Notify,
};

/// Rows that one sender takes at most; what is left waits for its next turn.
const MOST: i64 = 500;
/// How long what a search finds is held back while the search still runs, so that it is told as one.
const GATHERED: TimeDelta = TimeDelta::minutes(10);

/// A channel, with what is needed to send through it.
#[derive(Debug, Clone, QueryableByName)]
#[diesel(check_for_backend(Pg))]
pub struct Way {
    /// The channel.
    #[diesel(sql_type = BigInt)]
    pub id: ChannelId,
    /// Whose it is.
    #[diesel(sql_type = BigInt)]
    pub user_id: UserId,
    /// What carries the message.
    #[diesel(sql_type = Text)]
    pub kind: ChannelKind,
    /// Where to.
    #[diesel(sql_type = Text)]
    pub address: String,
    /// What else its kind needs.
    #[diesel(sql_type = Jsonb)]
    pub settings: serde_json::Value,
    /// Ciphertext.
    #[diesel(sql_type = Nullable<Binary>)]
    pub secret: Option<Vec<u8>>,
    /// The address that its owner signs in with.
    #[diesel(sql_type = Nullable<Text>)]
    pub email: Option<String>,
}

/// A claimed channel, and when its owner wants to be told.
#[derive(Debug, QueryableByName)]
#[diesel(check_for_backend(Pg))]
pub struct Claimed {
    /// The channel.
    #[diesel(embed)]
    pub way: Way,
    /// An IANA time zone.
    #[diesel(sql_type = Text)]
    pub time_zone: String,
    /// When the owner wants to be told.
    #[diesel(sql_type = Text)]
    pub notify: Notify,
    /// The hour of a digest.
    #[diesel(sql_type = Int4)]
    pub digest_hour: i32,
    /// The day of a weekly digest: 1 is Monday.
    #[diesel(sql_type = Int4)]
    pub digest_weekday: i32,
    /// The hour that quiet hours begin at.
    #[diesel(sql_type = Nullable<Int4>)]
    pub quiet_from: Option<i32>,
    /// The hour that they end at.
    #[diesel(sql_type = Nullable<Int4>)]
    pub quiet_until: Option<i32>,
    /// Messages in a day at most.
    #[diesel(sql_type = Int4)]
    pub daily_maximum: i32,
}

/// A claimed row.
#[derive(Debug, Clone, QueryableByName)]
#[diesel(check_for_backend(Pg))]
pub struct Waiting {
    /// The row.
    #[diesel(sql_type = BigInt)]
    pub id: NotificationId,
    /// The ad, where it is still stored.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub listing_id: Option<ListingId>,
    /// Why it is told.
    #[diesel(sql_type = Text)]
    pub reason: Reason,
    /// What it says.
    #[diesel(sql_type = Jsonb)]
    pub payload: serde_json::Value,
    /// How often it was tried.
    #[diesel(sql_type = Int4)]
    pub attempts: i32,
    /// When the reason was found.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// Whether a sender was lost while it had the row on its way.
    #[diesel(sql_type = Bool)]
    pub is_left_behind: bool,
    /// Whether the ad can be bought no more.
    #[diesel(sql_type = Bool)]
    pub is_gone: bool,
    /// Whether the person has said since that they do not want to hear of the ad.
    #[diesel(sql_type = Bool)]
    pub is_hushed: bool,
}

/// Claims a channel of anybody's for which something is due, the one that waited longest first, until `until`.
pub async fn claim_channel(
    conn: &mut AsyncPgConnection,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> QueryResult<Option<Claimed>> {
    diesel::sql_query(
        "WITH due AS (
             SELECT n.user_id, n.channel_id, min(n.next_try_at) AS since FROM notifications n
             WHERE n.status = 'pending' AND n.next_try_at <= $1 AND n.channel_id IS NOT NULL
               AND coalesce(n.leased_until <= $1, TRUE)
               AND NOT EXISTS (SELECT FROM scans s WHERE s.search_id = n.search_id AND s.status = 'running'
                               AND s.leased_until > $1 AND n.created_at > $3)
             GROUP BY n.user_id, n.channel_id
         ), mine AS (
             SELECT c.id FROM channels c JOIN due ON due.user_id = c.user_id AND due.channel_id = c.id
             WHERE c.enabled AND coalesce(c.wait_until <= $1, TRUE)
             ORDER BY due.since, c.id LIMIT 1 FOR NO KEY UPDATE OF c SKIP LOCKED
         ), held AS (
             UPDATE channels c SET wait_until = $2 FROM mine WHERE c.id = mine.id
             RETURNING c.id, c.user_id, c.kind, c.address, c.settings, c.secret
         )
         SELECT held.*, u.email, coalesce(p.time_zone, 'UTC') AS time_zone, coalesce(p.notify, 'instantly') AS notify,
                coalesce(p.digest_hour, 9) AS digest_hour, coalesce(p.digest_weekday, 1) AS digest_weekday,
                p.quiet_from, p.quiet_until, coalesce(p.daily_maximum, 50) AS daily_maximum
         FROM held JOIN users u ON u.id = held.user_id LEFT JOIN user_prefs p ON p.user_id = held.user_id",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(until)
    .bind::<Timestamptz, _>(now - GATHERED)
    .get_result(conn)
    .await
    .optional()
}

/// Claims what is due for a claimed channel, until `until`, the oldest first.
pub async fn claim_rows(
    conn: &mut AsyncPgConnection,
    user: UserId,
    channel: ChannelId,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> QueryResult<Vec<Waiting>> {
    let mut rows: Vec<Waiting> = diesel::sql_query(
        "WITH mine AS (
             SELECT n.id, n.leased_until IS NOT NULL AS is_left_behind FROM notifications n
             WHERE n.user_id = $1 AND n.channel_id = $2 AND n.status = 'pending' AND n.next_try_at <= $3
               AND coalesce(n.leased_until <= $3, TRUE)
               AND NOT EXISTS (SELECT FROM scans s WHERE s.search_id = n.search_id AND s.status = 'running'
                               AND s.leased_until > $3 AND n.created_at > $5)
             ORDER BY n.next_try_at, n.id LIMIT $6 FOR NO KEY UPDATE SKIP LOCKED
         ), held AS (
             UPDATE notifications n SET leased_until = $4 FROM mine WHERE n.id = mine.id
             RETURNING n.id, n.listing_id, n.reason, n.payload, n.attempts, n.created_at, mine.is_left_behind
         )
         SELECT held.*, coalesce(NOT l.available, FALSE) AS is_gone,
                coalesce(w.status IN ('ignored', 'bought')
                         OR w.status = 'snoozed' AND coalesce(w.snoozed_until > $3, TRUE), FALSE) AS is_hushed
         FROM held
         LEFT JOIN listings l ON l.user_id = $1 AND l.id = held.listing_id
         LEFT JOIN watchlist_items w ON w.user_id = $1 AND w.listing_id = held.listing_id",
    )
    .bind::<BigInt, _>(user)
    .bind::<BigInt, _>(channel)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(until)
    .bind::<Timestamptz, _>(now - GATHERED)
    .bind::<BigInt, _>(MOST)
    .load(conn)
    .await?;
    rows.sort_by_key(|row| (row.created_at, row.id));
    Ok(rows)
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// How many messages the channel has carried since `since`.
pub async fn messages_since(
    conn: &mut AsyncPgConnection,
    user: UserId,
    channel: ChannelId,
    since: DateTime<Utc>,
) -> QueryResult<usize> {
    let counted: Counted = diesel::sql_query(
        "SELECT count(*) AS count FROM notifications
         WHERE user_id = $1 AND channel_id = $2 AND sent_at >= $3 AND told_with IS NULL",
    )
    .bind::<BigInt, _>(user)
    .bind::<BigInt, _>(channel)
    .bind::<Timestamptz, _>(since)
    .get_result(conn)
    .await?;
    Ok(usize::try_from(counted.count).unwrap_or(usize::MAX))
}

/// Settles a message that was taken: its rows are sent, the channel works, and keeps its pace until `wait_until`.
pub async fn sent(
    conn: &mut AsyncPgConnection,
    user: UserId,
    channel: ChannelId,
    rows: &[NotificationId],
    now: DateTime<Utc>,
    wait_until: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::sql_query(
        "WITH told AS (
             UPDATE notifications SET status = 'sent', sent_at = $4, next_try_at = NULL, leased_until = NULL, error = NULL,
                    attempts = attempts + 1, told_with = nullif(($3)[1], id), updated_at = $4
             WHERE user_id = $1 AND id = ANY($3) AND status = 'pending'
         )
         UPDATE channels SET last_sent_at = $4, failing_since = NULL, last_error = NULL, wait_until = $5
         WHERE user_id = $1 AND id = $2",
    )
    .bind::<BigInt, _>(user)
    .bind::<BigInt, _>(channel)
    .bind::<Array<BigInt>, _>(rows)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(wait_until)
    .execute(conn)
    .await
    .map(|_| ())
}

/// Why a message was not taken, and what follows.
#[derive(Debug)]
pub struct Failed<'a> {
    /// In words for people.
    pub why: &'a str,
    /// When its rows are tried again; `None` gives them up.
    pub next_try_at: Option<DateTime<Utc>>,
    /// Until when nothing else is sent through the channel.
    pub wait_until: DateTime<Utc>,
}

/// Settles a message that was not taken.
pub async fn failed(
    conn: &mut AsyncPgConnection,
    user: UserId,
    channel: ChannelId,
    rows: &[NotificationId],
    failed: &Failed<'_>,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::sql_query(
        "WITH tried AS (
             UPDATE notifications SET status = CASE WHEN $5 IS NULL THEN 'failed' ELSE 'pending' END, next_try_at = $5,
                    leased_until = NULL, error = $4, attempts = attempts + 1, updated_at = $7
             WHERE user_id = $1 AND id = ANY($3) AND status = 'pending'
         )
         UPDATE channels SET failing_since = coalesce(failing_since, $7), last_error = left($4, 2000), wait_until = $6
         WHERE user_id = $1 AND id = $2",
    )
    .bind::<BigInt, _>(user)
    .bind::<BigInt, _>(channel)
    .bind::<Array<BigInt>, _>(rows)
    .bind::<Text, _>(failed.why)
    .bind::<Nullable<Timestamptz>, _>(failed.next_try_at)
    .bind::<Timestamptz, _>(failed.wait_until)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await
    .map(|_| ())
}

/// Lets rows go that are not sent in this turn, until `at`.
pub async fn put_off(
    conn: &mut AsyncPgConnection,
    user: UserId,
    rows: &[NotificationId],
    at: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::sql_query(
        "UPDATE notifications SET next_try_at = $3, leased_until = NULL
         WHERE user_id = $1 AND id = ANY($2) AND status = 'pending'",
    )
    .bind::<BigInt, _>(user)
    .bind::<Array<BigInt>, _>(rows)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await
    .map(|_| ())
}

/// Closes rows that the person does not want to hear of any more.
pub async fn hush(
    conn: &mut AsyncPgConnection,
    user: UserId,
    rows: &[NotificationId],
    now: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::sql_query(
        "UPDATE notifications SET status = 'read', next_try_at = NULL, leased_until = NULL, updated_at = $3
         WHERE user_id = $1 AND id = ANY($2) AND status = 'pending'",
    )
    .bind::<BigInt, _>(user)
    .bind::<Array<BigInt>, _>(rows)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await
    .map(|_| ())
}

/// Lets a channel go through which nothing was sent in this turn.
pub async fn release(
    conn: &mut AsyncPgConnection,
    user: UserId,
    channel: ChannelId,
) -> QueryResult<()> {
    diesel::sql_query("UPDATE channels SET wait_until = NULL WHERE user_id = $1 AND id = $2")
        .bind::<BigInt, _>(user)
        .bind::<BigInt, _>(channel)
        .execute(conn)
        .await
        .map(|_| ())
}

/// Gives up what has waited since before `since` for a channel that is no more.
pub async fn give_up_orphans(
    conn: &mut AsyncPgConnection,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::sql_query(
        "UPDATE notifications SET status = 'failed', next_try_at = NULL, error = 'its channel was removed', updated_at = $2
         WHERE status = 'pending' AND channel_id IS NULL AND next_try_at < $1",
    )
    .bind::<Timestamptz, _>(since)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await
}
