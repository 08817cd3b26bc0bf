//! The clock on a person's wall: times in their zone and their way of writing them.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, SecondsFormat, TimeZone, Utc};
use chrono_tz::Tz;
use diesel_async::AsyncPgConnection;

use crate::{
    db::user_prefs::{self, UserPrefs},
    error::Result,
    model::{id::UserId, money::Currency},
    web::shell::Shell,
};

/// How a person reads times and money.
#[derive(Debug)]
pub(in crate::web) struct Wall {
    zone: Tz,
    way: Way,
    /// The currency that they think in.
    pub(in crate::web) currency: Currency,
}

/// How dates and hours are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// "Mon, Nov 23, 8:00 AM"
    American,
    /// "Mon 23 Nov, 8:00 AM"
    TwelveHours,
    /// "Mon 23 Nov, 08:00"
    DayFirst,
}

impl Way {
    fn of(locale: &str) -> Self {
        match locale.rsplit('-').next().unwrap_or_default() {
            "US" => Self::American,
            "CA" | "AU" | "NZ" | "IN" | "PH" if locale.starts_with("en") => Self::TwelveHours,
            _ => Self::DayFirst,
        }
    }

    const fn day(self) -> &'static str {
        match self {
            Self::American => "%a, %b %-d",
            Self::TwelveHours | Self::DayFirst => "%a %-d %b",
        }
    }

    const fn year(self) -> &'static str {
        match self {
            Self::American => ", %Y",
            Self::TwelveHours | Self::DayFirst => " %Y",
        }
    }

    const fn hour(self) -> &'static str {
        match self {
            Self::American | Self::TwelveHours => "%-I:%M %p",
            Self::DayFirst => "%H:%M",
        }
    }
}

impl Wall {
    /// The wall of `user`, as their preferences say.
    pub(in crate::web) async fn of(conn: &AsyncPgConnection, user: UserId) -> Result<Self> {
        Ok(Self::by(user_prefs::of(conn, user).await?.as_ref()))
    }

    /// The same by preferences at hand.
    pub(in crate::web) fn by(prefs: Option<&UserPrefs>) -> Self {
        let zone = prefs.and_then(|prefs| prefs.time_zone.parse().ok());
        Self {
            zone: zone.unwrap_or(Tz::UTC),
            way: prefs.map_or(Way::American, |prefs| Way::of(&prefs.locale)),
            currency: prefs.map_or(Currency::USD, |prefs| prefs.currency),
        }
    }

    /// A moment: "Mon, Nov 23, 8:00 AM". The year is told when it is not that of `now`.
    pub(in crate::web) fn moment(&self, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
        format!("{}, {}", self.day(at, now), self.hour(at))
    }

    /// The day of a moment.
    pub(in crate::web) fn day(&self, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
        let (at, now) = (at.with_timezone(&self.zone), now.with_timezone(&self.zone));
        let year = if at.year() == now.year() { "" } else { self.way.year() };
        at.format(&format!("{}{year}", self.way.day())).to_string()
    }

    fn hour(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.zone).format(self.way.hour()).to_string()
    }

    /// A full hour of the day, 0 to 23: "9:00 PM", "21:00".
    pub(in crate::web) fn full_hour(&self, hour: u32) -> String {
        let time = NaiveTime::from_hms_opt(hour % 24, 0, 0).unwrap_or_default();
        time.format(self.way.hour()).to_string()
    }

    /// A moment as HTML: "2 h ago", with the exact time by this wall beside it. Scripts leave it as it is.
    pub(in crate::web) fn ago(&self, shell: &Shell, at: &DateTime<Utc>) -> String {
        html(at, &shell.ago(at), &self.moment(*at, shell.now))
    }

    /// A moment as HTML, told exactly.
    pub(in crate::web) fn exact(&self, shell: &Shell, at: &DateTime<Utc>) -> String {
        html(at, &self.moment(*at, shell.now), self.zone.name())
    }

    /// Today.
    pub(in crate::web) fn today(&self, now: DateTime<Utc>) -> NaiveDate {
        now.with_timezone(&self.zone).date_naive()
    }

    /// The moment that a day ends at.
    pub(in crate::web) fn end_of(&self, day: NaiveDate) -> DateTime<Utc> {
        let next = day.succ_opt().unwrap_or(day).and_time(NaiveTime::MIN);
        // Where a clock change skips midnight, the day ends with the hour after.
        let end = self.zone.from_local_datetime(&next).earliest();
        end.map_or_else(|| next.and_utc(), |end| end.to_utc())
    }
}

fn html(at: &DateTime<Utc>, words: &str, beside: &str) -> String {
    let exact = at.to_rfc3339_opts(SecondsFormat::Secs, true);
    format!("<time datetime=\"{exact}\" title=\"{beside}\" data-own>{words}</time>")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wall(locale: &str) -> Wall {
        Wall { zone: Tz::Europe__Berlin, way: Way::of(locale), currency: Currency::EUR }
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_moment_is_told_in_the_persons_zone_and_way() {
        let (evening, now) = (at("2026-11-23T20:05:00Z"), at("2026-11-24T00:00:00Z"));
        let said = |locale| wall(locale).moment(evening, now);
        assert_eq!(said("en-US"), "Mon, Nov 23, 9:05 PM");
        assert_eq!(said("en-AU"), "Mon 23 Nov, 9:05 PM");
        assert_eq!(said("en-GB"), "Mon 23 Nov, 21:05");
        assert_eq!(said("de-DE"), "Mon 23 Nov, 21:05");
        assert_eq!(wall("en-US").full_hour(0), "12:00 AM");
        assert_eq!(wall("sv-SE").full_hour(9), "09:00");
    }

    #[test]
    fn another_year_is_told() {
        let now = at("2026-12-31T23:30:00Z");
        assert_eq!(wall("en-GB").day(at("2026-12-31T22:30:00Z"), now), "Thu 31 Dec 2026");
        assert_eq!(wall("en-US").day(at("2026-12-31T22:30:00Z"), now), "Thu, Dec 31, 2026");
    }

    #[test]
    fn a_day_ends_at_the_persons_midnight() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 29).unwrap();
        assert_eq!(wall("de-DE").end_of(day), at("2026-03-29T22:00:00Z"));
        assert_eq!(wall("de-DE").today(at("2026-03-29T22:00:00Z")), day.succ_opt().unwrap());
    }
}
