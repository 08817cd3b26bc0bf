//! What is swept away by itself.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::schema::{
    channels, idempotency_keys, imports, listings, notifications, password_resets, scans,
    search_sources, searches, sessions,
};
use crate::error::Result;

/// What one sweep takes at most where much can have come together.
const MOST: i64 = 10_000;

/// Removes the sessions that have expired and tells how many.
pub async fn expired_sessions(conn: &mut AsyncPgConnection, now: DateTime<Utc>) -> Result<usize> {
    Ok(diesel::delete(sessions::table.filter(sessions::expires_at.le(now))).execute(conn).await?)
}

/// Forgets the answers to writes that were kept before `before`, and tells how many.
pub async fn old_answers(conn: &mut AsyncPgConnection, before: DateTime<Utc>) -> Result<usize> {
    let old = idempotency_keys::table.filter(idempotency_keys::created_at.lt(before));
    Ok(diesel::delete(old).execute(conn).await?)
}

/// Removes the links to new passwords that have expired, and tells how many.
pub async fn expired_resets(conn: &mut AsyncPgConnection, now: DateTime<Utc>) -> Result<usize> {
    let expired = password_resets::table.filter(password_resets::expires_at.le(now));
    Ok(diesel::delete(expired).execute(conn).await?)
}

/// Removes the runs of searches that ended before `before`, but for the latest of each search, and tells how many.
pub async fn old_scans(conn: &mut AsyncPgConnection, before: DateTime<Utc>) -> Result<usize> {
    let later = diesel::alias!(scans as later);
    let has_later = later
        .filter(later.field(scans::user_id).eq(scans::user_id))
        .filter(later.field(scans::search_id).eq(scans::search_id))
        .filter(later.field(scans::created_at).gt(scans::created_at))
        .select(later.field(scans::id));
    let old = scans::table
        .filter(scans::finished_at.lt(before))
        .filter(diesel::dsl::exists(has_later))
        .select(scans::id)
        .limit(MOST);
    let old: Vec<i64> = old.load(conn).await?;
    Ok(diesel::delete(scans::table.filter(scans::id.eq_any(old))).execute(conn).await?)
}

/// Nothing is ever put off further than this: the longest time between two runs of a search, and some.
const FURTHEST: TimeDelta = TimeDelta::days(15);
/// Nobody claims anything for longer.
const LONGEST_LEASE: TimeDelta = TimeDelta::hours(1);

/// Makes due what is put off further than anything ever is, and tells how many rows that were: the clock was ahead for a
/// while, and what was written then would wait until that time comes.
pub async fn put_off_too_far(conn: &mut AsyncPgConnection, now: DateTime<Utc>) -> Result<usize> {
    let (far, leased) = (now + FURTHEST, now + LONGEST_LEASE);
    let scores = listings::table.filter(listings::score_due_at.gt(far));
    let mut rows = diesel::update(scores).set(listings::score_due_at.eq(now)).execute(conn).await?;
    let photos = listings::table.filter(listings::photo_due_at.gt(far));
    rows += diesel::update(photos).set(listings::photo_due_at.eq(now)).execute(conn).await?;
    let due = searches::table.filter(searches::enabled.and(searches::next_scan_at.gt(far)));
    rows += diesel::update(due).set(searches::next_scan_at.eq(now)).execute(conn).await?;
    let tries = search_sources::table.filter(search_sources::next_try_at.gt(far));
    rows += diesel::update(tries).set(search_sources::next_try_at.eq(now)).execute(conn).await?;
    let running =
        scans::table.filter(scans::status.eq("running").and(scans::leased_until.gt(leased)));
    rows += diesel::update(running).set(scans::leased_until.eq(now)).execute(conn).await?;
    let paced = channels::table.filter(channels::wait_until.gt(far));
    rows += diesel::update(paced).set(channels::wait_until.eq(now)).execute(conn).await?;
    let sent = channels::table.filter(channels::last_sent_at.gt(leased));
    rows += diesel::update(sent).set(channels::last_sent_at.eq(now)).execute(conn).await?;
    let pending = notifications::status.eq("pending");
    // What waits at a channel that is switched off waits for more than a time.
    let works = channels::table
        .filter(channels::user_id.eq(notifications::user_id))
        .filter(channels::id.nullable().eq(notifications::channel_id))
        .filter(channels::enabled);
    let told = notifications::table
        .filter(pending.and(notifications::next_try_at.gt(far)))
        .filter(diesel::dsl::exists(works));
    rows += diesel::update(told).set(notifications::next_try_at.eq(now)).execute(conn).await?;
    let claimed = notifications::table.filter(pending.and(notifications::leased_until.gt(leased)));
    rows += diesel::update(claimed).set(notifications::leased_until.eq(now)).execute(conn).await?;
    Ok(rows)
}

/// Closes the imports that have made no progress since `before`: the process that ran them is gone. What they had
/// stored stays, and reading the file again completes it. Tells how many.
pub async fn abandoned_imports(
    conn: &mut AsyncPgConnection,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<usize> {
    let abandoned =
        imports::table.filter(imports::status.eq("running").and(imports::updated_at.lt(before)));
    let closed = diesel::update(abandoned)
        .set((
            imports::status.eq("interrupted"),
            imports::error
                .eq("the program stopped while it read this file; read it again to complete it"),
            imports::updated_at.eq(now),
            imports::finished_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(closed)
}
