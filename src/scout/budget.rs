//! How the calls that a marketplace allows in a day are shared out over the hours and the searches.

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};

/// How far the calls may run ahead of the hours: so many minutes' worth may be used at once.
const AHEAD_MINUTES: i64 = 60;
const DAY_MINUTES: i64 = 24 * 60;

/// What one search may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// So many calls from here on, in this run; and so many may have been used today in all.
    Calls {
        /// By this search; at least one.
        own: u32,
        /// By everybody since the day began.
        by_now: u32,
    },
    /// None before the hours have caught up.
    Later(DateTime<Utc>),
    /// None before the next day.
    Tomorrow(DateTime<Utc>),
}

/// What a search may use at `now` of `limit` calls a day, of which `used` are gone, while `searches` share them.
///
/// The calls follow the clock: at no moment are more used than the part of the day that is over allows, and an hour
/// ahead of it. What is free at a moment is shared evenly, so that one search with many pages leaves something for the
/// others. Days are those of UTC.
pub fn share(limit: u32, used: u32, searches: u32, now: DateTime<Utc>) -> Share {
    let today = now.date_naive().and_time(NaiveTime::MIN).and_utc();
    let tomorrow = today + Days::new(1);
    if used >= limit {
        return Share::Tomorrow(tomorrow);
    }
    let by_now = line(limit, (now - today).num_minutes() + AHEAD_MINUTES);
    if used < by_now {
        let own = (by_now - used).div_ceil(searches.max(1));
        return Share::Calls { own, by_now };
    }
    // The first minute whose line lies above what is used.
    let minute = (0..=DAY_MINUTES).find(|minute| line(limit, minute + AHEAD_MINUTES) > used);
    let at = minute.map_or(tomorrow, |minute| today + TimeDelta::minutes(minute));
    Share::Later(at.max(now + TimeDelta::minutes(1)))
}

/// How many of `limit` calls may be used `minutes` into the day; never none, so that the first search is not refused.
fn line(limit: u32, minutes: i64) -> u32 {
    let minutes = minutes.clamp(0, DAY_MINUTES);
    let calls = (i64::from(limit) * minutes).div_euclid(DAY_MINUTES);
    u32::try_from(calls).unwrap_or(limit).clamp(1.min(limit), limit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(hour: i64, minute: i64) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339("2026-11-22T00:00:00Z").unwrap().to_utc()
            + TimeDelta::minutes(hour * 60 + minute)
    }

    fn own(share: Share) -> Option<u32> {
        if let Share::Calls { own, .. } = share { Some(own) } else { None }
    }

    #[test]
    fn an_hour_is_shared_by_the_searches() {
        // 5,000 a day are 208 an hour.
        assert_eq!(share(5000, 0, 10, at(0, 0)), Share::Calls { own: 21, by_now: 208 });
        assert_eq!(own(share(5000, 0, 1, at(0, 0))), Some(208));
        assert_eq!(own(share(5000, 0, 0, at(0, 0))), Some(208));
        assert_eq!(own(share(5000, 0, 10_000, at(0, 0))), Some(1));
    }

    #[test]
    fn what_was_not_used_is_there_later() {
        assert_eq!(own(share(5000, 100, 10, at(12, 0))), Some(261));
        assert_eq!(own(share(5000, 2700, 10, at(12, 0))), Some(1));
    }

    #[test]
    fn who_is_ahead_of_the_hours_waits_for_them() {
        assert_eq!(share(5000, 208, 10, at(0, 0)), Share::Later(at(0, 1)));
        assert_eq!(share(5000, 1250, 10, at(0, 0)), Share::Later(at(5, 1)));
        assert_eq!(share(2, 1, 10, at(0, 0)), Share::Later(at(23, 0)));
    }

    #[test]
    fn when_all_are_used_it_is_tomorrow() {
        assert_eq!(share(5000, 5000, 1, at(13, 7)), Share::Tomorrow(at(24, 0)));
        assert_eq!(share(0, 0, 1, at(13, 7)), Share::Tomorrow(at(24, 0)));
        assert_eq!(own(share(5000, 4999, 50, at(23, 59))), Some(1));
    }

    proptest! {
        #[test]
        fn nobody_gets_more_than_is_there_and_waiting_ends(
            limit in 0_u32..100_000, used in 0_u32..100_000, searches in 0_u32..2000, minute in 0_i64..1440,
        ) {
            let now = at(0, minute);
            match share(limit, used, searches, now) {
                Share::Calls { own: mine, by_now } => {
                    prop_assert!(mine >= 1 && used + mine <= by_now && by_now <= limit);
                }
                Share::Later(until) => {
                    prop_assert!(until > now && until <= at(24, 0) && used < limit);
                    let then = share(limit, used, searches, until);
                    prop_assert!(own(then).is_some(), "{:?}", then);
                }
                Share::Tomorrow(until) => prop_assert!(until == at(24, 0) && used >= limit),
            }
        }
    }
}
