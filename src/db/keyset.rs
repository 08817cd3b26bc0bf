//! Lists that are read page by page: where a page ended.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};

/// The last row of a page, as its order sees it. The next page starts just after it, whatever its depth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    /// Whether it is among the rows that lack what the order asks for, which come last.
    pub rest: bool,
    /// The value that the order goes by: a score, minor units, or microseconds since 1970.
    pub key: i64,
    /// The row, which breaks ties.
    pub id: i64,
}

impl After {
    /// The key as a time, for the orders that go by one. `None` when PostgreSQL has no such time.
    pub fn time(self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_micros(self.key).filter(|_| self.key >= EARLIEST)
    }
}

/// About 4368 BC, in microseconds since 1970: PostgreSQL's times begin a little earlier.
const EARLIEST: i64 = -200_000_000_000_000_000;

impl fmt::Display for After {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let group = if self.rest { 'r' } else { 'k' };
        write!(f, "{group}.{}.{}", self.key, self.id)
    }
}

impl FromStr for After {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut fields = text.splitn(3, '.');
        let rest = match fields.next() {
            Some("r") => Some(true),
            Some("k") => Some(false),
            _ => None,
        };
        let mut number = || fields.next().and_then(|field| field.parse::<i64>().ok());
        match (rest, number(), number()) {
            (Some(rest), Some(key), Some(id)) if id > 0 => Ok(Self { rest, key, id }),
            _ => Err(NO_CURSOR),
        }
    }
}

/// What is wrong with a cursor that no page gave out.
pub const NO_CURSOR: &str = "is not a cursor; take next_cursor from the page before";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_the_way_out_and_back() {
        for after in [
            After { rest: false, key: -5, id: 7 },
            After { rest: true, key: 1_700_000_000_000_000, id: i64::MAX },
        ] {
            assert_eq!(after.to_string().parse(), Ok(after));
        }
    }

    #[test]
    fn nonsense_is_no_cursor() {
        for text in [
            "",
            "k",
            "k.1",
            "k.1.",
            "x.1.2",
            "k.1.2.3",
            "k.9999999999999999999.1",
            "k.1.0",
            "k.1.-7",
        ] {
            assert!(text.parse::<After>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_time_that_postgresql_lacks_is_no_time() {
        let time = |key| After { rest: false, key, id: 1 }.time();
        assert!(time(0).is_some() && time(EARLIEST).is_some());
        for key in [i64::MIN, -8_000_000_000_000_000_000, EARLIEST - 1, i64::MAX] {
            assert_eq!(time(key), None, "{key}");
        }
    }
}
