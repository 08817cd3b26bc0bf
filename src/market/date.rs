//! Reads dates in the forms that exports carry. Everything comes out as UTC; a date without a time is its midnight.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};

/// The moment that a cell tells. `day_first` decides `5/12/2020`; `13/12/2020` decides itself.
/// The error says what is wrong.
pub fn parse(text: &str, day_first: bool) -> Result<DateTime<Utc>, String> {
    let text = text.trim();
    let date = parse_iso(text)
        .or_else(|| parse_unix(text))
        .or_else(|| Words::of(text)?.moment(day_first))
        .ok_or_else(|| {
            let shown: String = text.chars().take(40).collect();
            format!("the date '{shown}' is not understood; 2020-12-05 would be")
        })?;
    if (1990..=2200).contains(&date.year()) {
        Ok(date)
    } else {
        Err(format!("the date '{text}' is in the year {}", date.year()))
    }
}

/// What a date such as `13/12/2020` tells about the order of day and month: true when the day comes first.
pub fn order_of(text: &str) -> Option<bool> {
    let words = Words::of(text)?;
    match (words.month, words.numbers.as_slice()) {
        (None, [a, b, _]) if a.text.len() <= 2 && words.separator != '.' => {
            match (a.value > 12, b.value > 12) {
                (true, false) => Some(true),
                (false, true) => Some(false),
                _ => None,
            }
        }
        _ => None,
    }
}

fn parse_iso(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(date) = DateTime::parse_from_rfc3339(text) {
        return Some(date.to_utc());
    }
    let text = text.strip_suffix("UTC").or_else(|| text.strip_suffix('Z')).unwrap_or(text).trim();
    for form in ["%Y-%m-%d %H:%M:%S%.f%:z", "%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f%z"] {
        if let Ok(date) = DateTime::parse_from_str(text, form) {
            return Some(date.to_utc());
        }
    }
    for form in ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]
    {
        if let Ok(date) = NaiveDateTime::parse_from_str(text, form) {
            return Some(date.and_utc());
        }
    }
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(midnight)
}

/// Seconds (9 or 10 digits) or milliseconds (12 or 13) since 1970, or the eight digits of a day.
fn parse_unix(text: &str) -> Option<DateTime<Utc>> {
    let whole = text.split('.').next()?;
    if whole.is_empty() || !whole.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = whole.parse().ok()?;
    match whole.len() {
        8 if whole == text => NaiveDate::parse_from_str(text, "%Y%m%d").ok().map(midnight),
        9 | 10 => DateTime::from_timestamp(number, 0),
        12 | 13 => DateTime::from_timestamp_millis(number),
        _ => None,
    }
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// A date in pieces: its numbers, the month if it is a word, the time of day and the zone.
#[derive(Debug)]
struct Words<'a> {
    numbers: Vec<Number<'a>>,
    month: Option<u32>,
    separator: char,
    time: NaiveTime,
    offset: FixedOffset,
}

#[derive(Debug)]
struct Number<'a> {
    text: &'a str,
    value: u32,
}

impl<'a> Words<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let mut words = Words {
            numbers: Vec::new(),
            month: None,
            separator: ' ',
            time: NaiveTime::MIN,
            offset: FixedOffset::east_opt(0)?,
        };
        let mut afternoon = None;
        for piece in text.split([' ', ',', '\u{a0}', '\u{202f}', '\t']).filter(|p| !p.is_empty()) {
            if piece.contains(':') {
                let (clock, half) = split_half(piece);
                words.time = time_of_day(clock)?;
                afternoon = afternoon.or(half);
            } else if let Some(half) = split_half(piece).1.filter(|_| piece.len() <= 4) {
                afternoon = Some(half);
            } else if piece.starts_with(['+', '-']) && piece.len() == 5 {
                words.offset = offset(piece)?;
            } else {
                words.take(piece)?;
            }
        }
        if let Some(afternoon) = afternoon {
            words.time = twelve_hours(words.time, afternoon)?;
        }
        Some(words)
    }

    /// Takes `5/12/2020`, `05-Dec-20`, `5.`, `Dec`, `Saturday` apart.
    fn take(&mut self, piece: &'a str) -> Option<()> {
        if let Some(separator) = piece.chars().find(|c| matches!(c, '/' | '.' | '-')) {
            self.separator = separator;
        }
        for part in piece.split(['/', '.', '-']).filter(|p| !p.is_empty()) {
            let digits = part.trim_end_matches(|c: char| c.is_alphabetic());
            if let Ok(value) = digits.parse::<u32>() {
                // "5th" is a five; "5x" is not.
                if !["", "st", "nd", "rd", "th", "er"].contains(&&part[digits.len()..]) {
                    return None;
                }
                self.numbers.push(Number { text: digits, value });
            } else if let Some(offset) = zone(part) {
                self.offset = offset;
            } else if let Some(month) = month(part) {
                self.month = Some(month);
            } else if !is_filler(part) {
                return None;
            }
        }
        (self.numbers.len() <= 3).then_some(())
    }

    fn moment(&self, day_first: bool) -> Option<DateTime<Utc>> {
        let (year, month, day) = match (self.month, self.numbers.as_slice()) {
            (Some(month), [a, b]) if a.text.len() == 4 => (a, month, b.value),
            (Some(month), [a, b]) => (b, month, a.value),
            (None, [a, b, c]) if a.text.len() == 4 => (a, b.value, c.value),
            (None, [a, b, c]) => {
                let day_first = match (a.value > 12, b.value > 12) {
                    (true, _) => true,
                    (_, true) => false,
                    _ => day_first || self.separator == '.',
                };
                if day_first { (c, b.value, a.value) } else { (c, a.value, b.value) }
            }
            _ => return None,
        };
        let full = match year.text.len() {
            4 => year.value,
            2 => 2000 + year.value,
            _ => return None,
        };
        let date = NaiveDate::from_ymd_opt(i32::try_from(full).ok()?, month, day)?;
        let local = self.offset.from_local_datetime(&date.and_time(self.time)).single()?;
        Some(local.to_utc())
    }
}

fn split_half(piece: &str) -> (&str, Option<bool>) {
    let bare = piece.trim_end_matches('.');
    let cut = |n: usize| bare.get(..bare.len().saturating_sub(n)).unwrap_or_default();
    let lower = bare.to_ascii_lowercase();
    match () {
        () if lower.ends_with("pm") => (cut(2), Some(true)),
        () if lower.ends_with("am") => (cut(2), Some(false)),
        () if lower.ends_with("p.m") => (cut(3), Some(true)),
        () if lower.ends_with("a.m") => (cut(3), Some(false)),
        () => (piece, None),
    }
}

fn time_of_day(clock: &str) -> Option<NaiveTime> {
    ["%H:%M:%S%.f", "%H:%M"].iter().find_map(|form| NaiveTime::parse_from_str(clock, form).ok())
}

fn twelve_hours(time: NaiveTime, afternoon: bool) -> Option<NaiveTime> {
    use chrono::Timelike;
    match (time.hour(), afternoon) {
        (12, false) => time.with_hour(0),
        (hour @ 1..=11, true) => time.with_hour(hour + 12),
        _ => Some(time),
    }
}

fn offset(text: &str) -> Option<FixedOffset> {
    let hours: i32 = text.get(1..3)?.parse().ok()?;
    let minutes: i32 = text.get(3..5)?.parse().ok()?;
    let seconds = (hours * 60 + minutes) * 60;
    FixedOffset::east_opt(if text.starts_with('-') { -seconds } else { seconds })
}

fn zone(word: &str) -> Option<FixedOffset> {
    let hours = match word.to_ascii_uppercase().as_str() {
        "UTC" | "GMT" | "Z" => 0,
        "PST" => -8,
        "PDT" | "MST" => -7,
        "MDT" | "CST" => -6,
        "CDT" | "EST" => -5,
        "EDT" => -4,
        "BST" | "CET" | "MEZ" => 1,
        "CEST" | "MESZ" => 2,
        _ => return None,
    };
    FixedOffset::east_opt(hours * 3600)
}

/// A month's name or its beginning, in English, German, French, Italian or Spanish.
fn month(word: &str) -> Option<u32> {
    const BEGINNINGS: &[(&str, u32)] = &[
        ("jan", 1),
        ("jän", 1),
        ("gen", 1),
        ("ene", 1),
        ("feb", 2),
        ("fév", 2),
        ("fev", 2),
        ("mar", 3),
        ("mär", 3),
        ("mrz", 3),
        ("apr", 4),
        ("avr", 4),
        ("abr", 4),
        ("may", 5),
        ("mai", 5),
        ("mag", 5),
        ("jun", 6),
        ("juin", 6),
        ("giu", 6),
        ("jul", 7),
        ("juil", 7),
        ("lug", 7),
        ("aug", 8),
        ("aoû", 8),
        ("aou", 8),
        ("ago", 8),
        ("sep", 9),
        ("set", 9),
        ("oct", 10),
        ("okt", 10),
        ("ott", 10),
        ("nov", 11),
        ("dec", 12),
        ("dez", 12),
        ("déc", 12),
        ("dic", 12),
    ];
    let word = word.to_lowercase();
    let is_month = |beginning: &&(&str, u32)| word.starts_with(beginning.0) && word.len() <= 12;
    BEGINNINGS.iter().find(is_month).map(|(_, month)| *month)
}

/// Weekdays and the words that pages put around a date.
fn is_filler(word: &str) -> bool {
    const FILLERS: &[&str] = &[
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "tues",
        "thur",
        "thurs",
        "mo",
        "di",
        "mi",
        "do",
        "fr",
        "sa",
        "so",
        "sold",
        "ended",
        "on",
        "at",
        "um",
        "am",
        "verkauft",
        "de",
        "le",
        "t",
    ];
    FILLERS.contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, day_first: bool) -> String {
        match parse(text, day_first) {
            Ok(date) => date.format("%Y-%m-%d %H:%M:%S").to_string(),
            Err(reason) => reason,
        }
    }

    #[test]
    fn the_usual_forms_are_understood() {
        for (text, said) in [
            ("2020-12-05", "2020-12-05 00:00:00"),
            ("2020-12-05 00:00:00", "2020-12-05 00:00:00"),
            ("2020-12-05T10:20:30", "2020-12-05 10:20:30"),
            ("2020-12-05T10:20:30+02:00", "2020-12-05 08:20:30"),
            ("2026-03-04T04:04:43.819Z", "2026-03-04 04:04:43"),
            ("2020/12/05", "2020-12-05 00:00:00"),
            ("20201205", "2020-12-05 00:00:00"),
            ("12/5/2020", "2020-12-05 00:00:00"),
            ("12/5/20 3:04 PM", "2020-12-05 15:04:00"),
            ("5.12.2020", "2020-12-05 00:00:00"),
            ("05.12.20 18:30", "2020-12-05 18:30:00"),
            ("Dec 5, 2020", "2020-12-05 00:00:00"),
            ("Sold  Dec 5, 2020", "2020-12-05 00:00:00"),
            ("5 December 2020", "2020-12-05 00:00:00"),
            ("05-Dec-20", "2020-12-05 00:00:00"),
            ("5. Dez. 2020", "2020-12-05 00:00:00"),
            ("5 déc. 2020", "2020-12-05 00:00:00"),
            ("Sat, 05 Dec 2020 10:00:00 GMT", "2020-12-05 10:00:00"),
            ("Sat, 5 Dec 2020 10:00:00 -0800", "2020-12-05 18:00:00"),
            ("Dec-05-20 10:00:00 PST", "2020-12-05 18:00:00"),
            ("1607126400", "2020-12-05 00:00:00"),
            ("1607126400000", "2020-12-05 00:00:00"),
            ("31/12/2020", "2020-12-31 00:00:00"),
        ] {
            assert_eq!(read(text, false), said, "{text}");
        }
    }

    #[test]
    fn day_and_month_go_by_the_table_where_both_could_be() {
        assert_eq!(read("5/12/2020", true), "2020-12-05 00:00:00");
        assert_eq!(read("5/12/2020", false), "2020-05-12 00:00:00");
        assert_eq!(order_of("13/12/2020"), Some(true));
        assert_eq!(order_of("12/13/2020"), Some(false));
        assert_eq!(order_of("12/12/2020"), None);
        assert_eq!(order_of("2020-12-13"), None);
    }

    #[test]
    fn what_is_no_date_says_so() {
        for text in
            ["", "soon", "2020-13-45", "99/99/2020", "1/2", "12:30", "5x Dec 2020", "3020-01-01"]
        {
            assert!(read(text, false).starts_with("the date"), "{text}: {}", read(text, false));
        }
    }
}
