//! Tells people what waits in the outbox. A channel is claimed, what is due for it is read, and one message is sent with
//! no transaction open; then it is settled. A sender that is killed doubles at most the message that was on its way, under
//! the same key, so that a service that knows such keys takes it once.

mod given;
mod plan;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncConnection;
use futures_util::{StreamExt, stream::FuturesUnordered};
use rand::RngExt;
use slog::{info, warn};

pub use self::given::adopt_discord;
use self::plan::{Plan, habits};
use super::Outcome;
use crate::{
    db::outbox::{self, Claimed, Failed, Waiting, Way},
    error::{Error, Result},
    metrics::Delivered,
    model::id::{ListingId, NotificationId},
    notify::{self, Links, Message, Refusal},
    scout::timing::backoff,
    state::App,
    ticket::{self, Act},
};

/// Channels that are sent through at once by one process: a slow one holds up none of the others.
const AT_ONCE: usize = 16;
/// While some services are waited for, something may come due for others.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// How long a sender may take for one message before another takes over; longer than any service is waited for.
const LEASE: TimeDelta = TimeDelta::minutes(3);
/// After so many tries, some ten hours, a message is given up.
const MOST_ATTEMPTS: u32 = 16;
/// How long what waits for a channel outlives it.
const ORPHANED: TimeDelta = TimeDelta::days(1);

/// Sends one message through each channel for which something is due, several channels at a time, until nothing is due
/// any more or every channel waits.
pub async fn tick(app: &App) -> Result<Outcome> {
    let now = app.clock.now();
    outbox::give_up_orphans(&mut *app.conn().await?, now - ORPHANED, now).await?;
    let mut turns = FuturesUnordered::new();
    let mut outcome = Outcome::Idle;
    let mut failure = None;
    loop {
        let goes_on = failure.is_none() && !app.stop.is_cancelled();
        while goes_on && turns.len() < AT_ONCE {
            match claimed(app).await {
                Ok(Some(channel)) => turns.push(Box::pin(turn(app, channel))),
                Ok(None) => break,
                // What is on its way is settled first, or it would be sent again.
                Err(cause) => {
                    failure = Some(cause);
                    break;
                }
            }
        }
        if turns.is_empty() {
            break;
        }
        tokio::select! {
            Some(taken) = turns.next() => match taken {
                Ok(()) => outcome = Outcome::Worked,
                Err(cause) => failure = Some(cause),
            },
            () = app.clock.sleep(LOOK_AGAIN), if goes_on && turns.len() < AT_ONCE => {}
        }
    }
    failure.map_or(Ok(outcome), Err)
}

async fn claimed(app: &App) -> Result<Option<Claimed>> {
    let now = app.clock.now();
    Ok(outbox::claim_channel(&mut *app.conn().await?, now, now + LEASE).await?)
}

/// One turn of one channel: a message at most.
async fn turn(app: &App, channel: Claimed) -> Result<()> {
    let now = app.clock.now();
    let (user, id) = (channel.way.user_id, channel.way.id);
    let habits = habits(&channel);
    // In one transaction, so that the rows that stay claimed are those of the message that is on its way.
    let plan = app
        .conn()
        .await?
        .transaction(async |conn| {
            let rows = outbox::claim_rows(conn, user, id, now, now + LEASE).await?;
            let today = outbox::messages_since(conn, user, id, habits.day_start(now)).await?;
            let plan = Plan::of(rows, &habits, today, now);
            outbox::hush(conn, user, &plan.hushed, now).await?;
            for (at, rows) in &plan.later {
                outbox::put_off(conn, user, rows, *at).await?;
            }
            if plan.message.is_empty() {
                outbox::release(conn, user, id).await?;
            }
            Ok::<_, Error>(plan)
        })
        .await?;
    if plan.message.is_empty() {
        return Ok(());
    }
    let message = message(app, &channel, &plan.message, now)?;
    let sent = app.delivery().send(&channel.way, &message).await;
    settle(app, &channel, &plan.message, sent).await
}

/// Writes down how a message fared. The rows that it did not take up are left to the next turn.
async fn settle(
    app: &App,
    channel: &Claimed,
    rows: &[Waiting],
    sent: Result<String, Refusal>,
) -> Result<()> {
    let now = app.clock.now();
    let (user, id) = (channel.way.user_id, channel.way.id);
    let ids: Vec<NotificationId> = rows.iter().map(|row| row.id).collect();
    let paced = now + notify::pace(channel.way.kind);
    let mut conn = app.conn().await?;
    let Err(refusal) = sent else {
        info!(app.log, "a message was sent"; "channel_id" => id.0, "kind" => channel.way.kind.as_str(),
            "notifications" => ids.len());
        app.metrics.message(channel.way.kind.as_str(), Delivered::Sent);
        outbox::sent(&mut conn, user, id, &ids, now, paced).await?;
        return Ok(());
    };
    warn!(app.log, "a message was not sent: {refusal}"; "channel_id" => id.0, "kind" => channel.way.kind.as_str());
    let tried = rows.iter().map(|row| row.attempts).max().unwrap_or(0);
    let attempts = u32::try_from(tried).unwrap_or(0).saturating_add(1);
    let next_try_at = next_try(&refusal, attempts, now);
    let outcome = if next_try_at.is_some() { Delivered::Later } else { Delivered::GivenUp };
    app.metrics.message(channel.way.kind.as_str(), outcome);
    let why = refusal.to_string();
    let wait_until = next_try_at.unwrap_or(paced);
    let failed = Failed { why: &why, next_try_at, wait_until };
    outbox::failed(&mut conn, user, id, &ids, &failed, now).await?;
    Ok(())
}

/// When to try again, if that is of any use.
fn next_try(refusal: &Refusal, attempts: u32, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    match refusal {
        Refusal::Later { retry_after, .. } if attempts < MOST_ATTEMPTS => {
            let jitter = rand::rng().random_range(0.0..1.0);
            Some(now + backoff(attempts, *retry_after, jitter))
        }
        Refusal::Later { .. } | Refusal::Never(_) => None,
    }
}

fn message(app: &App, channel: &Claimed, rows: &[Waiting], now: DateTime<Utc>) -> Result<Message> {
    let base = app.settings.base_url();
    // The same for each try of the same rows, and for nothing else.
    let key = match rows {
        [] => String::new(),
        [one] => format!("n-{}-{}", channel.way.id, one.id),
        [first, .., last] => {
            format!("n-{}-{}-{}-{}", channel.way.id, first.id, last.id, rows.len())
        }
    };
    let notes = rows.iter().map(|row| {
        let links = links(app, &channel.way, row.listing_id, &base, now)?;
        Ok(plan::note(row, links))
    });
    Ok(Message::of(key, notes.collect::<Result<_>>()?, format!("{base}/notifications"), now))
}

/// Links that need no sign-in. An ad that is no longer stored has none.
fn links(
    app: &App,
    way: &Way,
    listing: Option<ListingId>,
    base: &str,
    now: DateTime<Utc>,
) -> Result<Links> {
    let Some(listing) = listing else { return Ok(Links::default()) };
    let link = |act| -> Result<Option<String>> {
        let path = ticket::path(&app.sealer, way.user_id, listing, act, now)?;
        Ok(Some(format!("{base}{path}")))
    };
    Ok(Links { open: link(Act::Open)?, snooze: link(Act::Snooze)?, ignore: link(Act::Ignore)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn later(retry_after: Option<TimeDelta>) -> Refusal {
        Refusal::Later { why: "busy".to_owned(), retry_after }
    }

    #[test]
    fn what_passes_is_tried_again_and_what_does_not_is_given_up() {
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        let wait = |refusal: &Refusal, attempts| {
            next_try(refusal, attempts, now).map(|at| (at - now).num_seconds())
        };
        assert!(matches!(wait(&later(None), 1), Some(30..=38)));
        assert!(matches!(wait(&later(Some(TimeDelta::seconds(600))), 1), Some(600)));
        assert!(wait(&later(None), MOST_ATTEMPTS - 1).is_some());
        assert_eq!(wait(&later(None), MOST_ATTEMPTS), None);
        assert_eq!(wait(&Refusal::Never("no".to_owned()), 1), None);
    }
}
