//! Until when an ad sleeps, as people say it, in their own time zone.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// The hour at which an ad is back that sleeps over night.
const MORNING: u32 = 8;
/// The hour that "tonight" means.
const EVENING: u32 = 20;
/// "Tonight" is never nearer than this.
const AT_LEAST: TimeDelta = TimeDelta::hours(3);
/// No snooze is longer, in days.
const LONGEST: i64 = 3_653;

/// What people choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Snooze {
    /// This evening; late at night in a few hours.
    Tonight,
    /// Tomorrow morning.
    Tomorrow,
    /// In the morning a week from now.
    Week,
    /// In the morning of that day.
    Date(NaiveDate),
}

impl Snooze {
    /// When the ad is back, for somebody who lives in `zone`.
    ///
    /// # Errors
    /// A day that has begun already, or one too far off.
    pub fn until(self, zone: Tz, now: DateTime<Utc>) -> Result<DateTime<Utc>, &'static str> {
        let today = now.with_timezone(&zone).date_naive();
        let in_days = |days| today.checked_add_days(Days::new(days)).unwrap_or(today);
        match self {
            Self::Tonight => Ok(moment(zone, today, EVENING, now).max(now + AT_LEAST)),
            Self::Tomorrow => Ok(moment(zone, in_days(1), MORNING, now)),
            Self::Week => Ok(moment(zone, in_days(7), MORNING, now)),
            Self::Date(day) if day <= today => Err("is not a day to come"),
            Self::Date(day) if (day - today).num_days() > LONGEST => {
                Err("is too far off; ignore the ad instead")
            }
            Self::Date(day) => Ok(moment(zone, day, MORNING, now)),
        }
    }
}

/// An hour of a day. One that the clocks skip is the one after it; of one that comes twice the first is meant.
fn moment(zone: Tz, day: NaiveDate, hour: u32, now: DateTime<Utc>) -> DateTime<Utc> {
    let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0).map(|time| NaiveDateTime::new(day, time));
    let hours = [hour, hour + 1].into_iter().filter_map(at);
    let mut moments = hours.filter_map(|local| zone.from_local_datetime(&local).earliest());
    moments.next().map_or(now + TimeDelta::days(1), |local| local.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn until(snooze: Snooze, zone: Tz, now: &str) -> String {
        snooze.until(zone, at(now)).unwrap().format("%m-%d %H:%M").to_string()
    }

    #[test]
    fn a_choice_means_the_persons_own_evening_and_morning() {
        let (berlin, morning) = (chrono_tz::Europe::Berlin, "2026-11-22T09:30:00Z");
        assert_eq!(until(Snooze::Tonight, berlin, morning), "11-22 19:00");
        assert_eq!(until(Snooze::Tomorrow, berlin, morning), "11-23 07:00");
        assert_eq!(until(Snooze::Week, berlin, morning), "11-29 07:00");
        // The day is already another one in Auckland.
        assert_eq!(
            until(Snooze::Tomorrow, chrono_tz::Pacific::Auckland, "2026-11-22T20:00:00Z"),
            "11-23 19:00"
        );
    }

    #[test]
    fn tonight_is_never_over() {
        let berlin = chrono_tz::Europe::Berlin;
        assert_eq!(until(Snooze::Tonight, berlin, "2026-11-22T17:30:00Z"), "11-22 20:30");
        assert_eq!(until(Snooze::Tonight, berlin, "2026-11-22T22:30:00Z"), "11-23 01:30");
    }

    #[test]
    fn a_week_over_a_change_of_clocks_ends_at_the_same_hour() {
        // Clocks went back on 25 October 2026.
        let now = "2026-10-21T10:00:00Z";
        assert_eq!(until(Snooze::Week, chrono_tz::Europe::Berlin, now), "10-28 07:00");
        assert_eq!(until(Snooze::Tomorrow, chrono_tz::Europe::Berlin, now), "10-22 06:00");
    }

    #[test]
    fn a_date_is_one_to_come() {
        let now = at("2026-11-22T09:30:00Z");
        let date = |text: &str| Snooze::Date(text.parse().unwrap()).until(Tz::UTC, now);
        assert_eq!(date("2026-12-24").unwrap(), at("2026-12-24T08:00:00Z"));
        assert!(date("2026-11-22").is_err());
        assert!(date("2012-01-01").is_err());
        assert!(date("2999-01-01").is_err());
    }
}
