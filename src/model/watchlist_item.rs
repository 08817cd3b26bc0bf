//! Ads that people keep an eye on.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};

super::text_enum::text_enum! {
    /// What a person thinks of an ad.
    WatchlistStatus {
        /// Worth an eye.
        Saved = "saved",
        /// Not to be seen again.
        Ignored = "ignored",
        /// Not to be seen for a while.
        Snoozed = "snoozed",
        /// Bought.
        Bought = "bought",
    }
}

/// How an ad stands with a person. Written as `open`, `saved`, `ignored`, `bought`, `snoozed` or `snoozed:1790000000`,
/// so that what was can be put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standing {
    /// Nothing was said of it.
    #[default]
    Open,
    /// It is watched.
    Saved,
    /// It is not to be seen again.
    Ignored,
    /// It is not to be seen until then; without a time until the person says otherwise.
    Snoozed(Option<DateTime<Utc>>),
    /// It was bought.
    Bought,
}

impl Standing {
    /// Of what is stored.
    pub fn of(status: WatchlistStatus, snoozed_until: Option<DateTime<Utc>>) -> Self {
        match status {
            WatchlistStatus::Saved => Self::Saved,
            WatchlistStatus::Ignored => Self::Ignored,
            WatchlistStatus::Snoozed => Self::Snoozed(snoozed_until),
            WatchlistStatus::Bought => Self::Bought,
        }
    }

    /// What is stored for it; nothing of what is open.
    pub fn stored(self) -> Option<(WatchlistStatus, Option<DateTime<Utc>>)> {
        match self {
            Self::Open => None,
            Self::Saved => Some((WatchlistStatus::Saved, None)),
            Self::Ignored => Some((WatchlistStatus::Ignored, None)),
            Self::Snoozed(until) => Some((WatchlistStatus::Snoozed, until)),
            Self::Bought => Some((WatchlistStatus::Bought, None)),
        }
    }

    /// The same at `now`: a snooze that is over leaves nothing.
    #[must_use]
    pub fn at(self, now: DateTime<Utc>) -> Self {
        match self {
            Self::Snoozed(Some(until)) if until <= now => Self::Open,
            other => other,
        }
    }

    /// Whether such an ad is left out of the deals.
    pub fn is_hidden(self) -> bool {
        matches!(self, Self::Ignored | Self::Snoozed(_) | Self::Bought)
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open => f.write_str("open"),
            Self::Saved => f.write_str("saved"),
            Self::Ignored => f.write_str("ignored"),
            Self::Snoozed(None) => f.write_str("snoozed"),
            Self::Snoozed(Some(until)) => write!(f, "snoozed:{}", until.timestamp()),
            Self::Bought => f.write_str("bought"),
        }
    }
}

impl FromStr for Standing {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let until = |seconds: &str| DateTime::from_timestamp(seconds.parse().ok()?, 0);
        match text {
            "open" => Ok(Self::Open),
            "saved" => Ok(Self::Saved),
            "ignored" => Ok(Self::Ignored),
            "snoozed" => Ok(Self::Snoozed(None)),
            "bought" => Ok(Self::Bought),
            other => other
                .strip_prefix("snoozed:")
                .and_then(until)
                .map(|until| Self::Snoozed(Some(until)))
                .ok_or_else(|| format!("'{other}' is no standing such as saved or ignored")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standing_is_read_as_it_was_written() {
        let until = DateTime::from_timestamp(1_790_000_000, 0);
        for standing in [
            Standing::Open,
            Standing::Saved,
            Standing::Ignored,
            Standing::Snoozed(None),
            Standing::Snoozed(until),
            Standing::Bought,
        ] {
            assert_eq!(standing.to_string().parse(), Ok(standing));
        }
        for wrong in ["", "Saved", "snoozed:", "snoozed:x", "snoozed:99999999999999999999"] {
            assert!(wrong.parse::<Standing>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_snooze_ends_by_itself() {
        let until = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let snoozed = Standing::Snoozed(Some(until));
        assert!(snoozed.at(until - chrono::TimeDelta::seconds(1)).is_hidden());
        assert_eq!(snoozed.at(until), Standing::Open);
        assert!(Standing::Snoozed(None).at(until).is_hidden());
    }
}
