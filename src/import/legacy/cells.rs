//! One row of the old system, and how its values are read: money, times, texts, JSON. Pure.

use chrono::{DateTime, Datelike, NaiveDateTime, Utc};
use serde_json::{Map, Value};

use crate::{
    market::{condition, price, text},
    model::{condition::Condition, money::Currency},
};

/// Years that something of the old system can be of; anything else is a slip.
const YEARS: std::ops::RangeInclusive<i32> = 1990..=2100;

/// What was lost of a row that is taken, in words.
pub(super) type Notes = Vec<String>;

/// A row, each value as text.
#[derive(Debug, Clone)]
pub(super) struct Cells {
    /// The table that it is of.
    pub(super) table: &'static str,
    /// Its id over there.
    pub(super) id: i64,
    values: Vec<(&'static str, Option<String>)>,
}

impl Cells {
    pub(super) fn new(
        table: &'static str,
        id: i64,
        names: &[&'static str],
        values: Vec<Option<String>>,
    ) -> Self {
        Self { table, id, values: names.iter().copied().zip(values).collect() }
    }

    /// The value as it stands there; `None` for NULL.
    pub(super) fn raw(&self, name: &str) -> Option<&str> {
        let cell = self.values.iter().find(|(column, _)| *column == name);
        debug_assert!(cell.is_some(), "{} is not read from {}", name, self.table);
        cell?.1.as_deref()
    }

    /// A text on one line; `None` when there is nothing in it.
    pub(super) fn line(&self, name: &str) -> Option<String> {
        self.raw(name).and_then(text::line)
    }

    /// A text of paragraphs, without what cannot be seen; `None` when there is nothing in it.
    pub(super) fn paragraphs(&self, name: &str) -> Option<String> {
        let kept: String = self
            .raw(name)?
            .chars()
            .filter(|c| *c == '\n' || *c == '\t' || !c.is_control())
            .collect();
        let kept = kept.trim();
        (!kept.is_empty()).then(|| kept.to_owned())
    }

    /// A number that other rows are known by.
    pub(super) fn reference(&self, name: &str) -> Option<i64> {
        self.raw(name)?.parse().ok()
    }

    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        match self.raw(name)? {
            "t" | "true" => Some(true),
            _ => Some(false),
        }
    }

    /// An amount in US cents; the error says why it is none.
    pub(super) fn cents(&self, name: &str) -> Result<Option<i64>, String> {
        self.raw(name).map(|value| cents(name, value)).transpose()
    }

    /// The same, with a note and nothing where it is none.
    pub(super) fn cents_or_none(&self, name: &str, notes: &mut Notes) -> Option<i64> {
        self.cents(name).unwrap_or_else(|fault| {
            notes.push(format!("{fault}; taken without it"));
            None
        })
    }

    /// A time, which the old system kept in UTC without saying so. A note and `None` where it is none.
    pub(super) fn time(&self, name: &str, notes: &mut Notes) -> Option<DateTime<Utc>> {
        let value = self.raw(name)?;
        let time = time(value);
        if time.is_none() {
            notes.push(format!(
                "{name} is {value}, which is no time that makes sense; taken without it"
            ));
        }
        time
    }

    /// How worn it is, whatever the word.
    pub(super) fn condition(&self, name: &str) -> Option<Condition> {
        let word = self.raw(name)?;
        word.parse().ok().or_else(|| condition::of_words(word))
    }

    /// What stands in a JSON column; a note and `None` where it cannot be read.
    pub(super) fn json(&self, name: &str, notes: &mut Notes) -> Option<Value> {
        let value = self.raw(name)?;
        let read = serde_json::from_str(value).or_else(|_| serde_json::from_str(&mended(value)));
        match read {
            Ok(Value::Null) => None,
            Ok(value) => Some(without_nul(value)),
            Err(cause) => {
                notes
                    .push(format!("the JSON in {name} cannot be read ({cause}); taken without it"));
                None
            }
        }
    }

    /// A JSON object. Anything else is kept under `legacy_value`, so that nothing is lost.
    pub(super) fn object(&self, name: &str, notes: &mut Notes) -> Map<String, Value> {
        match self.json(name, notes) {
            None => Map::new(),
            Some(Value::Object(object)) => object,
            Some(other) => Map::from_iter([("legacy_value".to_owned(), other)]),
        }
    }

    /// The columns that tell when something was, with what stands in them.
    pub(super) fn times(&self) -> impl Iterator<Item = (&'static str, Option<&str>)> {
        let times = self.values.iter().filter(|(name, _)| name.ends_with("_at"));
        times.map(|(name, value)| {
            (*name, value.as_deref().map(|value| value.strip_suffix("+00").unwrap_or(value)))
        })
    }

    /// Where it comes from, for good: the id may be given again in a database that was wiped, so the time of making is
    /// part of it. It does not depend on the server, so a dump that was restored elsewhere is recognised.
    pub(super) fn origin(&self) -> String {
        let made =
            self.values.iter().find(|(name, _)| ["created_at", "observed_at"].contains(name));
        let made = made.and_then(|(_, value)| value.as_deref()).unwrap_or_default();
        let made = made.strip_suffix("+00").unwrap_or(made);
        let digits: String = made.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
        format!("legacy:{digits}/{}/{}", self.table, self.id)
    }
}

/// An amount in US cents out of a double as PostgreSQL writes it.
fn cents(name: &str, value: &str) -> Result<i64, String> {
    let number: f64 =
        value.parse().map_err(|_| format!("{name} is {value}, which is no number"))?;
    if !number.is_finite() {
        return Err(format!("{name} is {value}, which is no amount"));
    }
    if number < 0.0 {
        return Err(format!("{name} is {value}; an amount is not negative"));
    }
    price::plain(&format!("{:.2}", number.abs()), Currency::USD)
        .ok_or_else(|| format!("{name} is {value}, which is absurdly much"))
}

fn time(value: &str) -> Option<DateTime<Utc>> {
    let value = value.strip_suffix("+00").unwrap_or(value);
    let time = NaiveDateTime::parse_from_str(value, "%Y-%m-%d %H:%M:%S%.f").ok()?.and_utc();
    YEARS.contains(&time.year()).then_some(time)
}

/// The same JSON with half surrogates made readable: `json` lets `"\ud83d"` stand alone, no text can hold it.
fn mended(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let unit = |text: &str| u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok();
        let taken = match (unit(rest), rest.get(6..).and_then(unit)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
            (Some(0xD800..=0xDFFF), _) => {
                out.push('\u{FFFD}');
                rest = &rest[6..];
                continue;
            }
            (Some(_), _) => 6,
            // A backslash and the character that it stands before.
            (None, _) => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
        };
        out.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    out.push_str(rest);
    out
}

/// PostgreSQL's `jsonb` takes no NUL.
fn without_nul(value: Value) -> Value {
    let clean = |text: String| if text.contains('\0') { text.replace('\0', "") } else { text };
    match value {
        Value::String(text) => Value::String(clean(text)),
        Value::Array(all) => all.into_iter().map(without_nul).collect(),
        Value::Object(all) => {
            all.into_iter().map(|(name, value)| (clean(name), without_nul(value))).collect()
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(name: &'static str, value: &str) -> Cells {
        Cells::new("listings", 7, &[name], vec![Some(value.to_owned())])
    }

    #[test]
    fn doubles_become_cents_and_what_is_no_amount_says_so() {
        let read = |value: &str| row("price", value).cents("price");
        assert_eq!(read("19.99"), Ok(Some(1999)));
        assert_eq!(read("19.989999999999998"), Ok(Some(1999)));
        assert_eq!(read("0.1"), Ok(Some(10)));
        assert_eq!(read("-0"), Ok(Some(0)));
        assert_eq!(read("1e-300"), Ok(Some(0)));
        for (value, why) in [
            ("NaN", "no amount"),
            ("Infinity", "no amount"),
            ("-Infinity", "no amount"),
            ("-1", "not negative"),
            ("1e+300", "absurdly much"),
        ] {
            assert!(read(value).unwrap_err().contains(why), "{value}");
        }
    }

    #[test]
    fn times_are_utc_and_nonsense_is_noted() {
        let mut notes = Notes::new();
        let mut read = |value| row("at", value).time("at", &mut notes);
        let noon: DateTime<Utc> = "2025-10-20T12:00:00.5Z".parse().unwrap();
        assert_eq!(read("2025-10-20 12:00:00.5"), Some(noon));
        assert_eq!(read("2025-10-20 12:00:00.5+00"), Some(noon));
        for odd in ["infinity", "-infinity", "0044-03-15 00:00:00 BC", "0001-01-01 00:00:00"] {
            assert_eq!(read(odd), None, "{odd}");
        }
        assert_eq!(notes.len(), 4);
    }

    #[test]
    fn json_that_our_database_would_not_take_is_mended() {
        let mut notes = Notes::new();
        let mut read = |value| row("location", value).object("location", &mut notes);
        let object = |value: Value| value.as_object().unwrap().clone();
        assert_eq!(read(r#"{"a":"x\ud83dy\u0000z"}"#), object(json!({"a": "x\u{FFFD}yz"})));
        assert_eq!(read(r#"{"a":"\\ud83d \ud83d\ude00"}"#), object(json!({"a": "\\ud83d 😀"})));
        assert_eq!(read("[1]"), object(json!({"legacy_value": [1]})));
        assert_eq!(read("null"), Map::new());
        assert_eq!(read("{\"a\":1e999}"), Map::new());
        assert_eq!(notes.len(), 1);
    }

    #[test]
    fn an_origin_tells_rows_apart_whose_id_was_given_twice() {
        let made = |at| row("created_at", at).origin();
        assert_eq!(made("2025-10-20 12:00:00.5"), "legacy:202510201200005/listings/7");
        assert_eq!(made("2025-10-20 12:00:00.5"), made("2025-10-20 12:00:00.5+00"));
        assert_ne!(made("2025-10-20 12:00:00.5"), made("2025-10-21 12:00:00.5"));
    }
}
