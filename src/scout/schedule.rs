//! When a search runs next: every so many minutes, or in some hours of the day where its owner lives.

use chrono::{DateTime, Duration, Timelike, Utc};
use chrono_tz::Tz;

/// How much of an interval may be added to it, so that searches made at one time do not run at one time for ever.
const SPREAD: f64 = 0.1;
/// No spread is larger.
const MOST_SPREAD_MINUTES: f64 = 10.0;
/// Enough hours to meet every hour of the day, even where the clock leaves some out.
const HOURS_AHEAD: usize = 51;

/// How often a search runs.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// The time between two runs, in minutes.
    pub every_minutes: u32,
    /// The hours of the day that it runs in; all when empty.
    pub hours: Vec<u32>,
    /// Where these hours are meant.
    pub zone: Tz,
}

impl Schedule {
    /// When the run after the one at `last` is. `jitter` is between 0 and 1, by chance.
    ///
    /// With hours, a search that runs every hour or less often runs once in each of them that its interval allows, near
    /// the beginning; one that runs more often does so during these hours. An hour that the clock leaves out in spring
    /// is left out, one that comes twice in autumn counts once for who runs hourly or less often.
    pub fn next(&self, last: DateTime<Utc>, jitter: f64) -> DateTime<Utc> {
        let every = Duration::minutes(i64::from(self.every_minutes.max(1)));
        let minutes = f64::from(self.every_minutes.max(1));
        let seconds = (minutes * SPREAD).min(MOST_SPREAD_MINUTES) * 60.0 * jitter.clamp(0.0, 1.0);
        let spread = Duration::seconds(crate::scout::number::whole(seconds));
        if self.hours.is_empty() {
            return last + every + spread;
        }
        if self.every_minutes < 60 && self.runs_at(last + every) {
            return last + every + spread;
        }
        self.first_hour(last, every) + spread
    }

    fn runs_at(&self, at: DateTime<Utc>) -> bool {
        self.hours.contains(&at.with_timezone(&self.zone).hour())
    }

    /// The beginning of the first hour that it runs in, about an interval after `last`.
    fn first_hour(&self, last: DateTime<Utc>, every: Duration) -> DateTime<Utc> {
        // The run before began a little after its hour, and a day in spring has 23 hours.
        let slack = Duration::hours(if every >= Duration::hours(3) { 2 } else { 1 });
        let earliest = last + (every - slack).max(Duration::zero());
        let mut hour = self.next_hour(last);
        for _ in 0..HOURS_AHEAD * 8 {
            if hour >= earliest && self.runs_at(hour) && !self.is_same_hour(last, hour) {
                return hour;
            }
            hour = self.next_hour(hour);
        }
        last + every
    }

    /// The hour that comes twice in autumn is the same one to people.
    fn is_same_hour(&self, a: DateTime<Utc>, b: DateTime<Utc>) -> bool {
        let wall = |at: DateTime<Utc>| at.with_timezone(&self.zone).naive_local();
        let (a, b) = (wall(a), wall(b));
        (a.date(), a.hour()) == (b.date(), b.hour())
    }

    /// The next moment at which the clock on the wall shows a full hour.
    fn next_hour(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let at = at - Duration::seconds(i64::from(at.second()));
        let at = at.with_nanosecond(0).unwrap_or(at);
        let minute = at.with_timezone(&self.zone).minute();
        at + Duration::minutes(i64::from(60 - minute))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    fn schedule(every_minutes: u32, hours: &[u32], zone: &str) -> Schedule {
        Schedule { every_minutes, hours: hours.to_vec(), zone: zone.parse().unwrap() }
    }

    fn next(schedule: &Schedule, last: &str) -> String {
        schedule.next(at(last), 0.0).to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    }

    #[test]
    fn without_hours_it_runs_every_so_many_minutes_and_a_little_later_by_chance() {
        let hourly = schedule(60, &[], "UTC");
        assert_eq!(next(&hourly, "2026-03-01T10:00:00Z"), "2026-03-01T11:00:00Z");
        assert_eq!(hourly.next(at("2026-03-01T10:00:00Z"), 1.0), at("2026-03-01T11:06:00Z"));
        let weekly = schedule(10_080, &[], "UTC");
        assert_eq!(weekly.next(at("2026-03-01T10:00:00Z"), 1.0), at("2026-03-08T10:10:00Z"));
    }

    #[test]
    fn hours_are_those_on_the_wall_where_its_owner_lives() {
        let mornings = schedule(60, &[8, 18], "Europe/Berlin");
        assert_eq!(next(&mornings, "2026-01-10T07:04:00Z"), "2026-01-10T17:00:00Z");
        assert_eq!(next(&mornings, "2026-01-10T17:03:00Z"), "2026-01-11T07:00:00Z");
        assert_eq!(next(&mornings, "2026-07-10T17:03:00Z"), "2026-07-11T06:00:00Z");
        let half = schedule(60, &[9], "Asia/Kolkata");
        assert_eq!(next(&half, "2026-01-10T12:00:00Z"), "2026-01-11T03:30:00Z");
    }

    #[test]
    fn a_search_that_runs_often_does_so_during_its_hours() {
        let often = schedule(15, &[8, 9], "UTC");
        assert_eq!(next(&often, "2026-01-10T08:50:00Z"), "2026-01-10T09:05:00Z");
        assert_eq!(next(&often, "2026-01-10T09:50:00Z"), "2026-01-11T08:00:00Z");
    }

    #[test]
    fn a_day_between_two_runs_stays_a_day_through_clock_changes() {
        let daily = schedule(1_440, &[8], "Europe/Berlin");
        assert_eq!(next(&daily, "2026-03-28T07:09:00Z"), "2026-03-29T06:00:00Z");
        assert_eq!(next(&daily, "2026-10-24T06:09:00Z"), "2026-10-25T07:00:00Z");
    }

    #[test]
    fn an_hour_that_comes_twice_counts_once_and_one_that_never_comes_waits_for_the_next_day() {
        let at_two = schedule(60, &[2], "Europe/Berlin");
        assert_eq!(next(&at_two, "2026-10-25T00:05:00Z"), "2026-10-26T01:00:00Z");
        assert_eq!(next(&at_two, "2026-03-28T01:05:00Z"), "2026-03-30T00:00:00Z");
    }

    #[test]
    fn the_next_run_is_always_later_and_within_its_hours() {
        for zone in ["UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"] {
            for every in [5, 60, 90, 1_440, 10_080] {
                let schedule = schedule(every, &[0, 2, 3, 23], zone);
                let mut last = at("2026-03-01T00:30:00Z");
                for _ in 0..60 {
                    let next = schedule.next(last, 0.5);
                    assert!(next > last, "{zone} {every} {last}");
                    assert!(schedule.runs_at(next), "{zone} {every} {next}");
                    last = next;
                }
            }
        }
    }
}
