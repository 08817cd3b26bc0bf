//! Tickets: addresses that let whoever holds them do one thing in a person's name, without signing in. A message has
//! them for its ads, and the feed of finds is read by one. Nothing is stored for a ticket: a tag by the sealing key
//! proves that this program wrote it, so a ticket lives as long as it says and as long as that key still opens.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    model::{
        id::{ListingId, UserId},
        watchlist_item::Standing,
    },
    sealing::{NoKey, Sealer},
};

/// How long the links of a message live.
pub const LIVES: TimeDelta = TimeDelta::days(30);

/// For what tags are made.
const MESSAGE: &str = "tickets/message";
const FINDS: &str = "tickets/finds";
/// The longest ticket, in bytes; whatever is longer is none.
const LONGEST: usize = 200;

/// What a link in a message does to its ad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Shows it.
    Open,
    /// Puts it out of sight for good.
    Ignore,
    /// Puts it out of sight for a week.
    Snooze,
    /// Puts back how it stood: made for who has just used another link.
    Restore(Standing),
}

/// A link in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    /// In whose name.
    pub user: UserId,
    /// To which ad.
    pub listing: ListingId,
    /// What is done.
    pub act: Act,
    /// When it ends, to the minute.
    pub expires_at: DateTime<Utc>,
}

/// Why a ticket is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It was not made here, or with a key that is gone.
    #[error("it is not whole, was changed, or was made with a key that is no longer in use")]
    Unknown,
    /// Its time is over.
    #[error("its time is over")]
    Expired,
}

impl Ticket {
    /// The ticket as text: plain letters, digits, `.`, `-`, `_` and `:`.
    ///
    /// # Errors
    /// When there is no key to make it with.
    pub fn write(&self, sealer: &Sealer) -> Result<String, NoKey> {
        let minute = self.expires_at.timestamp().div_euclid(60);
        tagged(sealer, MESSAGE, &format!("{}.{}.{}.{minute}", self.act, self.user, self.listing))
    }

    /// The ticket that a text is.
    ///
    /// # Errors
    /// Why it is not taken at `now`.
    pub fn read(text: &str, sealer: &Sealer, now: DateTime<Utc>) -> Result<Self, Refused> {
        let said = proven(sealer, MESSAGE, text).ok_or(Refused::Unknown)?;
        let ticket = Self::parse(said).ok_or(Refused::Unknown)?;
        if ticket.expires_at <= now { Err(Refused::Expired) } else { Ok(ticket) }
    }

    fn parse(said: &str) -> Option<Self> {
        let mut parts = said.split('.');
        let act = Act::parse(parts.next()?)?;
        let user = parts.next()?.parse().ok()?;
        let listing = parts.next()?.parse().ok()?;
        let minute: i64 = parts.next()?.parse().ok()?;
        let expires_at = DateTime::from_timestamp(minute.checked_mul(60)?, 0)?;
        parts.next().is_none().then_some(Self { user, listing, act, expires_at })
    }
}

/// The links of one message about an ad, as paths: `/l/…`.
///
/// # Errors
/// When there is no key to make them with.
pub fn path(
    sealer: &Sealer,
    user: UserId,
    listing: ListingId,
    act: Act,
    now: DateTime<Utc>,
) -> Result<String, NoKey> {
    let ticket = Ticket { user, listing, act, expires_at: now + LIVES };
    Ok(format!("/l/{}", ticket.write(sealer)?))
}

/// The ticket to a person's finds. Another `version` makes another one.
///
/// # Errors
/// When there is no key to make it with.
pub fn to_finds(sealer: &Sealer, user: UserId, version: i32) -> Result<String, NoKey> {
    tagged(sealer, FINDS, &format!("{user}.{version}"))
}

/// Whose finds a ticket is for, and its version; `None` of what is no such ticket.
pub fn finds_of(sealer: &Sealer, text: &str) -> Option<(UserId, i32)> {
    let (user, version) = proven(sealer, FINDS, text)?.split_once('.')?;
    Some((user.parse().ok()?, version.parse().ok()?))
}

fn tagged(sealer: &Sealer, context: &str, said: &str) -> Result<String, NoKey> {
    let tag = sealer.tag(context, said.as_bytes())?;
    Ok(format!("{said}.{}", URL_SAFE_NO_PAD.encode(tag)))
}

/// What a text says, when its tag proves it.
fn proven<'t>(sealer: &Sealer, context: &str, text: &'t str) -> Option<&'t str> {
    let (said, tag) = text.rsplit_once('.').filter(|_| text.len() <= LONGEST)?;
    let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
    sealer.is_tagged(context, said.as_bytes(), &tag).then_some(said)
}

impl Act {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "o" => Some(Self::Open),
            "i" => Some(Self::Ignore),
            "s" => Some(Self::Snooze),
            other => Some(Self::Restore(other.strip_prefix("r-")?.parse().ok()?)),
        }
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open => f.write_str("o"),
            Self::Ignore => f.write_str("i"),
            Self::Snooze => f.write_str("s"),
            Self::Restore(standing) => write!(f, "r-{standing}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use slog::{Discard, Logger, o};

    use super::*;
    use crate::config::{Env, Overrides, load};

    fn sealer(folder: &std::path::Path, variables: &[(&str, &str)]) -> Sealer {
        let folder = folder.to_str().unwrap();
        let env = Env::of(
            std::env::temp_dir(),
            &[&[("DEAL_SCOUT__DATA_DIR", folder)], variables].concat(),
        );
        let settings = load(&Overrides::new(None), &env).unwrap().settings;
        Sealer::new(&settings, &Logger::root(Discard, o!())).unwrap()
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).unwrap()
    }

    fn ticket(act: Act) -> Ticket {
        let expires_at = DateTime::from_timestamp(1_790_000_040 + 600, 0).unwrap();
        Ticket { user: UserId(1), listing: ListingId(530), act, expires_at }
    }

    #[test]
    fn a_ticket_is_read_as_it_was_written_until_its_time_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let sealer = sealer(folder.path(), &[]);
        for act in [
            Act::Open,
            Act::Ignore,
            Act::Snooze,
            Act::Restore(Standing::Open),
            Act::Restore(Standing::Snoozed(DateTime::from_timestamp(1_790_000_000, 0))),
        ] {
            let text = ticket(act).write(&sealer).unwrap();
            assert!(text.len() < 90, "{text}");
            assert_eq!(Ticket::read(&text, &sealer, now()), Ok(ticket(act)));
            let late = ticket(act).expires_at;
            assert_eq!(Ticket::read(&text, &sealer, late), Err(Refused::Expired));
        }
    }

    #[test]
    fn a_ticket_that_was_changed_anywhere_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let sealer = sealer(folder.path(), &[]);
        let text = ticket(Act::Ignore).write(&sealer).unwrap();
        for at in 0..text.len() - 1 {
            let other = if &text[at..=at] == "1" { "2" } else { "1" };
            let changed = format!("{}{other}{}", &text[..at], &text[at + 1..]);
            assert_eq!(Ticket::read(&changed, &sealer, now()), Err(Refused::Unknown), "{changed}");
            assert_eq!(Ticket::read(&text[..at], &sealer, now()), Err(Refused::Unknown));
        }
        for none in ["", ".", "i.1.530.29833344", &"x".repeat(5_000)] {
            assert_eq!(Ticket::read(none, &sealer, now()), Err(Refused::Unknown));
        }
    }

    #[test]
    fn a_ticket_for_one_purpose_opens_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let sealer = sealer(folder.path(), &[]);
        let finds = to_finds(&sealer, UserId(1), 3).unwrap();
        assert_eq!(finds_of(&sealer, &finds), Some((UserId(1), 3)));
        assert_ne!(finds, to_finds(&sealer, UserId(1), 4).unwrap());
        assert_eq!(Ticket::read(&finds, &sealer, now()), Err(Refused::Unknown));
        let message = ticket(Act::Open).write(&sealer).unwrap();
        assert_eq!(finds_of(&sealer, &message), None);
    }

    #[test]
    fn a_ticket_outlives_another_key_as_long_as_the_old_one_opens() {
        let (one, two) = ("1f".repeat(31) + "00", "2e".repeat(31) + "01");
        let folder = tempfile::tempdir().unwrap();
        let before = sealer(folder.path(), &[("DEAL_SCOUT__SECRET_KEY", &one)]);
        let text = ticket(Act::Snooze).write(&before).unwrap();
        let both = [("DEAL_SCOUT__SECRET_KEY", &*two), ("DEAL_SCOUT__SECRET_KEY_OLD", &*one)];
        let rotated = sealer(folder.path(), &both);
        assert_eq!(Ticket::read(&text, &rotated, now()), Ok(ticket(Act::Snooze)));
        let forgotten = sealer(folder.path(), &both[..1]);
        assert_eq!(Ticket::read(&text, &forgotten, now()), Err(Refused::Unknown));
    }
}
