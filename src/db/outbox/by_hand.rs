//! What people do with the outbox: try a channel, try a message again, mark what was read, change their minds.

use chrono::{DateTime, Utc};
use diesel::{
    OptionalExtension, QueryResult, QueryableByName,
    sql_types::{BigInt, Bool, Nullable, Text, Timestamptz},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::Way;
use crate::model::id::{ChannelId, NotificationId, UserId};

/// One channel of `user`, ready to be sent through.
pub async fn way(
    conn: &mut AsyncPgConnection,
    user: UserId,
    channel: ChannelId,
) -> QueryResult<Option<Way>> {
    diesel::sql_query(
        "SELECT c.id, c.user_id, c.kind, c.address, c.settings, c.secret, u.email
         FROM channels c JOIN users u ON u.id = c.user_id WHERE c.user_id = $1 AND c.id = $2",
    )
    .bind::<BigInt, _>(user)
    .bind::<BigInt, _>(channel)
    .get_result(conn)
    .await
    .optional()
}

/// Notes how a trial of a channel went: when it works, what waits for it need not wait longer; `fault` says why not.
pub async fn tried(
    conn: &mut AsyncPgConnection,
    user: UserId,
    channel: ChannelId,
    fault: Option<&str>,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::sql_query(
        "WITH due AS (
             UPDATE notifications SET next_try_at = $4
             WHERE user_id = $1 AND channel_id = $2 AND status = 'pending' AND error IS NOT NULL AND $3 IS NULL
               AND coalesce(leased_until <= $4, TRUE)
         )
         UPDATE channels SET last_error = left($3, 2000),
                failing_since = CASE WHEN $3 IS NULL THEN NULL ELSE coalesce(failing_since, $4) END,
                last_sent_at = CASE WHEN $3 IS NULL THEN $4 ELSE last_sent_at END,
                wait_until = CASE WHEN $3 IS NULL AND failing_since IS NOT NULL THEN NULL ELSE wait_until END
         WHERE user_id = $1 AND id = $2",
    )
    .bind::<BigInt, _>(user)
    .bind::<BigInt, _>(channel)
    .bind::<Nullable<Text>, _>(fault)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await
    .map(|_| ())
}

/// Puts a notification that was given up in line again. `None` when there is no such one; false when it was not given
/// up, or its channel is no more or switched off.
pub async fn again(
    conn: &mut AsyncPgConnection,
    user: UserId,
    id: NotificationId,
    now: DateTime<Utc>,
) -> QueryResult<Option<bool>> {
    #[derive(QueryableByName)]
    struct Queued {
        #[diesel(sql_type = Bool)]
        queued: bool,
    }
    let found: Option<Queued> = diesel::sql_query(
        "WITH again AS (
             UPDATE notifications SET status = 'pending', attempts = 0, next_try_at = $3, error = NULL, updated_at = $3
             WHERE user_id = $1 AND id = $2 AND status = 'failed'
               AND EXISTS (SELECT FROM channels c WHERE c.user_id = $1 AND c.id = notifications.channel_id AND c.enabled)
             RETURNING id
         )
         SELECT EXISTS (SELECT FROM again) AS queued FROM notifications WHERE user_id = $1 AND id = $2",
    )
    .bind::<BigInt, _>(user)
    .bind::<BigInt, _>(id)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await
    .optional()?;
    Ok(found.map(|found| found.queued))
}

/// Has everything that waits for a better time considered anew: the person has changed what that is. What waits for a
/// service in trouble, or to be told again, goes on waiting.
pub async fn reconsider(
    conn: &mut AsyncPgConnection,
    user: UserId,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::sql_query(
        "UPDATE notifications SET next_try_at = $2
         WHERE user_id = $1 AND status = 'pending' AND next_try_at > $2 AND error IS NULL AND NOT payload ? 'was'",
    )
    .bind::<BigInt, _>(user)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await
}

/// Marks everything that was told, or could not be told, as read.
pub async fn read_all(
    conn: &mut AsyncPgConnection,
    user: UserId,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::sql_query(
        "UPDATE notifications SET status = 'read', updated_at = $2
         WHERE user_id = $1 AND status IN ('sent', 'failed')",
    )
    .bind::<BigInt, _>(user)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await
}

/// Lets a new channel tell of those searches of `user` that have none. Returns how many these are.
pub async fn adopt_searches(
    conn: &mut AsyncPgConnection,
    user: UserId,
    channel: ChannelId,
) -> QueryResult<usize> {
    diesel::sql_query(
        "INSERT INTO search_channels (user_id, search_id, channel_id)
         SELECT q.user_id, q.id, $2 FROM searches q
         WHERE q.user_id = $1
           AND NOT EXISTS (SELECT FROM search_channels s WHERE s.user_id = q.user_id AND s.search_id = q.id)",
    )
    .bind::<BigInt, _>(user)
    .bind::<BigInt, _>(channel)
    .execute(conn)
    .await
}
