//! When a person is told: at once, after quiet hours, or with the next digest. All of it by the clock on the person's
//! own wall, which now and then jumps an hour: an hour that comes twice is quiet twice, one that is skipped ends where
//! the clock goes on. Delays, and never drops.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

use crate::model::user_prefs::Notify;

/// So many messages wait at most for a channel before they come as one.
pub const MOST_AT_ONCE: usize = 5;

/// How a person wants to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Habits {
    /// Where the clock hangs.
    pub zone: Tz,
    /// At once, or once a day or week.
    pub notify: Notify,
    /// The hour of a digest, 0 to 23.
    pub digest_hour: u32,
    /// The day of a weekly digest: 1 is Monday, 7 is Sunday.
    pub digest_weekday: u32,
    /// From this hour until that one it is quiet; over midnight when the second is the smaller one. Equal hours are none.
    pub quiet: Option<(u32, u32)>,
    /// Messages that one channel may carry in a day.
    pub daily_maximum: usize,
}

/// When something is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// It is time.
    Now,
    /// It waits until then, and is asked about again.
    Later(DateTime<Utc>),
}

impl Habits {
    /// When to tell at `now` of what was found at `made_at`.
    pub fn when(&self, made_at: DateTime<Utc>, now: DateTime<Utc>) -> When {
        let time = match self.last_digest(now) {
            Some(last) if made_at > last => self.next_digest(now),
            _ => now,
        };
        match self.quiet_until(time) {
            Some(end) => When::Later(end),
            None if time > now => When::Later(time),
            None => When::Now,
        }
    }

    /// Whether all that waits comes in one message, however little it is.
    pub fn gathers(&self) -> bool {
        matches!(self.notify, Notify::Daily | Notify::Weekly)
    }

    /// The end of the quiet hours that `at` lies in.
    pub fn quiet_until(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let (from, until) = self.quiet.filter(|(from, until)| from != until)?;
        let hour = at.with_timezone(&self.zone).hour();
        let is_quiet =
            if from < until { (from..until).contains(&hour) } else { hour >= from || hour < until };
        is_quiet.then(|| self.next(until, at, |_| true))
    }

    /// The beginning of the day that `at` lies in.
    pub fn day_start(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        self.moment(at.with_timezone(&self.zone).date_naive(), 0)
    }

    /// The hour of the digest on the day after `at`: what a full day has no room for is told then.
    pub fn tomorrow(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let day = at.with_timezone(&self.zone).date_naive() + Days::new(1);
        let time = self.moment(day, self.digest_hour);
        self.quiet_until(time).unwrap_or(time)
    }

    /// The last digest at or before `now`; `None` when there are none.
    fn last_digest(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let today = now.with_timezone(&self.zone).date_naive();
        (0..=8)
            .filter_map(|ago| today.checked_sub_days(Days::new(ago)))
            .filter(|day| self.is_digest_day(*day))
            .map(|day| self.moment(day, self.digest_hour))
            .find(|time| *time <= now && self.gathers())
    }

    fn next_digest(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.next(self.digest_hour, now, |day| self.is_digest_day(day))
    }

    fn is_digest_day(&self, day: NaiveDate) -> bool {
        self.notify != Notify::Weekly || day.weekday().number_from_monday() == self.digest_weekday
    }

    /// The next time after `after` that the clock strikes `hour` on a day that is wanted.
    fn next(
        &self,
        hour: u32,
        after: DateTime<Utc>,
        is_wanted: impl Fn(NaiveDate) -> bool,
    ) -> DateTime<Utc> {
        let today = after.with_timezone(&self.zone).date_naive();
        (0..=15)
            .filter_map(|ahead| today.checked_add_days(Days::new(ahead)))
            .filter(|day| is_wanted(*day))
            .map(|day| self.moment(day, hour))
            .find(|time| *time > after)
            .unwrap_or(after + TimeDelta::hours(1))
    }

    /// When the clock shows `hour` on that day: the first time when it does so twice, and when it skips the hour, where
    /// it goes on.
    fn moment(&self, day: NaiveDate, hour: u32) -> DateTime<Utc> {
        let wanted = day.and_hms_opt(hour, 0, 0).unwrap_or_default();
        (0..=2 * 24 * 4)
            .find_map(|quarters| {
                let shown = wanted + TimeDelta::minutes(15 * quarters);
                self.zone.from_local_datetime(&shown).earliest()
            })
            .map_or_else(|| wanted.and_utc(), |time| time.with_timezone(&Utc))
    }
}

/// How long to wait after the `attempts`th failure: twice as long each time, up to an hour. `jitter` from 0 to 1 adds up
/// to a quarter, so that not everything comes back at once; whoever answered may ask for more.
pub fn backoff(attempts: u32, asked: Option<TimeDelta>, jitter: f64) -> TimeDelta {
    let seconds = 30_i64.saturating_mul(1 << attempts.saturating_sub(1).min(7)).min(3600);
    let more = super::number::whole(super::number::float(seconds) * 0.25 * jitter.clamp(0.0, 1.0));
    let wait = TimeDelta::seconds(seconds + more);
    asked.map_or(wait, |asked| wait.max(asked.min(TimeDelta::days(1))))
}

#[cfg(test)]
mod tests;
