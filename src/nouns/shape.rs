//! The shapes that values have on their way in: what is taken, said once, for the reader and for the document alike.

use std::{fmt, ops::RangeInclusive};

use chrono::{DateTime, Datelike, Utc};
use serde_json::{Map, Value, json};

use crate::model::{
    money::{Currency, Money},
    text_enum::Words,
};

/// The most minor units that an amount may have: ten thousand million dollars.
pub const MOST_MONEY: i64 = 1_000_000_000_000;
/// The largest free-form object, in bytes of JSON.
const LARGEST_OBJECT: usize = 64 * 1024;
/// The largest number in one. The database writes numbers out in full, and near the end of what a float holds they can
/// no longer be read back.
const LARGEST_NUMBER: f64 = 1e300;

/// A kind of value: its JSON schema, and how one is read.
pub struct Shape<T> {
    /// JSON Schema, draft 2020-12.
    pub schema: Value,
    read: Reading<T>,
}

type Reading<T> = Box<dyn Fn(&Value) -> Result<T, String>>;

impl<T: 'static> Shape<T> {
    /// A shape by its schema and its reader. The reader takes what the schema allows and refuses the rest in words.
    pub fn new(schema: Value, read: impl Fn(&Value) -> Result<T, String> + 'static) -> Self {
        Self { schema, read: Box::new(read) }
    }

    /// Reads a value.
    ///
    /// # Errors
    /// What is wrong with it and what would be right.
    pub fn read(&self, value: &Value) -> Result<T, String> {
        (self.read)(value)
    }

    /// Reads a value that came as text, as parameters and tables have them.
    ///
    /// # Errors
    /// What is wrong with it and what would be right.
    pub fn read_text(&self, text: &str) -> Result<T, String> {
        let is_text = self.schema["type"] == "string" || self.schema.get("enum").is_some();
        let value = if is_text { None } else { serde_json::from_str(text).ok() };
        self.read(&value.unwrap_or_else(|| Value::String(text.to_owned())))
    }

    /// The same shape as another type.
    pub fn map<U: 'static>(self, convert: impl Fn(T) -> U + 'static) -> Shape<U> {
        let read = self.read;
        Shape { schema: self.schema, read: Box::new(move |value| read(value).map(&convert)) }
    }
}

impl<T> fmt::Debug for Shape<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Shape").field(&self.schema).finish()
    }
}

/// Text of so many characters. One that must have some must have one that is seen.
pub fn text(length: RangeInclusive<usize>) -> Shape<String> {
    let (least, most) = (*length.start(), *length.end());
    let pattern = if least == 0 {
        r"^[^\u0000]*$"
    } else {
        r"^[^\u0000]*[^\u0000\t\n\u000b\f\r ][^\u0000]*$"
    };
    let mut schema = json!({"type": "string", "maxLength": most, "pattern": pattern});
    if least > 0 {
        schema["minLength"] = json!(least);
    }
    Shape::new(schema, move |value| {
        let text = value.as_str().ok_or_else(|| expected("text", value))?;
        if text.contains('\0') {
            return Err("contains the character NUL, which no text has".to_owned());
        }
        let is_blank = text.bytes().all(|b| matches!(b, b'\t'..=b'\r' | b' '));
        if !length.contains(&text.chars().count()) || (least > 0 && is_blank) {
            return Err(format!("needs {least} to {most} characters"));
        }
        Ok(text.to_owned())
    })
}

/// A name that programs use: small letters, digits, `-` and `_`.
pub fn slug() -> Shape<String> {
    let schema = json!({"type": "string", "pattern": "^[a-z0-9_-]{1,50}$"});
    Shape::new(schema, |value| {
        let text = value.as_str().ok_or_else(|| expected("text", value))?;
        let is_slug = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
        if (1..=50).contains(&text.len()) && text.bytes().all(is_slug) {
            return Ok(text.to_owned());
        }
        Err("needs 1 to 50 of the characters a-z, 0-9, - and _".to_owned())
    })
}

/// An address of the web: `http` or `https`, a host by its name or in dotted numbers, perhaps a port, and printable ASCII
/// after it; about 1,990 characters at most. No name, no password and no brackets stand before the path: no
/// marketplace's address has them, and programs that take addresses apart stumble over such that are cut off.
pub fn url() -> Shape<String> {
    let schema = json!({
        "type": "string",
        "pattern": "^https?://[A-Za-z0-9][A-Za-z0-9._-]{0,252}(:[0-9]{1,5})?([/?#][!-~]{0,1730})?$",
    });
    Shape::new(schema, |value| {
        let text = value.as_str().ok_or_else(|| expected("text", value))?;
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        if rest.is_some_and(leads_to_a_host) {
            return Ok(text.to_owned());
        }
        Err("is not an address such as https://example.org/ad/1".to_owned())
    })
}

/// Whether what follows `https://` is a host, and a port and a path if any.
fn leads_to_a_host(rest: &str) -> bool {
    let (place, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (host, port) = place.split_once(':').unwrap_or((place, "0"));
    let is_host = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    host.starts_with(|c: char| c.is_ascii_alphanumeric())
        && host.len() <= 253
        && host.bytes().all(is_host)
        && (1..=5).contains(&port.len())
        && port.bytes().all(|b| b.is_ascii_digit())
        && path.len() <= 1731
        && path.bytes().all(|b| b.is_ascii_graphic())
}

/// One of an enum's words.
pub fn one_of<T: Words>() -> Shape<T> {
    Shape::new(json!({"type": "string", "enum": T::words()}), |value| {
        let text = value.as_str().ok_or_else(|| expected("text", value))?;
        text.parse()
    })
}

/// A whole number within a range.
pub fn whole<T: TryFrom<i64> + 'static>(range: RangeInclusive<i64>) -> Shape<T> {
    let (least, most) = (*range.start(), *range.end());
    let schema = json!({"type": "integer", "minimum": least, "maximum": most});
    Shape::new(schema, move |value| {
        let number = as_whole(value).filter(|number| range.contains(number));
        let number = number.and_then(|number| T::try_from(number).ok());
        number.ok_or_else(|| format!("is not a whole number from {least} to {most}"))
    })
}

/// The id of another row.
pub fn id<T: From<i64> + 'static>() -> Shape<T> {
    whole::<i64>(1..=i64::MAX).map(T::from)
}

/// A number within a range.
pub fn decimal(range: RangeInclusive<f64>) -> Shape<f64> {
    let (least, most) = (*range.start(), *range.end());
    let schema = json!({"type": "number", "minimum": least, "maximum": most});
    Shape::new(schema, move |value| {
        let number = value.as_f64().filter(|number| range.contains(number));
        number.ok_or_else(|| format!("is not a number from {least} to {most}"))
    })
}

/// Yes or no.
pub fn boolean() -> Shape<bool> {
    Shape::new(json!({"type": "boolean"}), |value| {
        value.as_bool().ok_or_else(|| "is neither true nor false".to_owned())
    })
}

/// A moment, RFC 3339, of the years 1 to 9999.
pub fn time() -> Shape<DateTime<Utc>> {
    Shape::new(json!({"type": "string", "format": "date-time"}), |value| {
        let text = value.as_str().ok_or_else(|| expected("a time", value))?;
        let time = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
        time.ok()
            .filter(|time| (1..=9999).contains(&time.year()))
            .ok_or_else(|| "is not a time such as 2026-01-31T18:00:00Z".to_owned())
    })
}

/// A currency that ISO 4217 lists.
pub fn currency() -> Shape<Currency> {
    Shape::new(json!({"type": "string", "enum": Currency::LISTED}), |value| {
        let text = value.as_str().ok_or_else(|| expected("text", value))?;
        let currency: Currency = text.parse()?;
        if currency.is_listed() {
            return Ok(currency);
        }
        Err(format!("'{text}' is no currency that ISO 4217 lists, such as USD"))
    })
}

/// An amount of money, not negative.
pub fn money() -> Shape<Money> {
    let amount = whole::<i64>(0..=MOST_MONEY);
    let currency = currency();
    let schema = json!({
        "type": "object",
        "properties": {"amount": amount.schema, "currency": currency.schema},
        "required": ["amount", "currency"],
        "additionalProperties": false,
    });
    Shape::new(schema, move |value| {
        let right = r#"is not money such as {"amount": 1999, "currency": "USD"}"#;
        let object = value.as_object().filter(|object| object.len() == 2).ok_or(right)?;
        let (Some(units), Some(code)) = (object.get("amount"), object.get("currency")) else {
            return Err(right.to_owned());
        };
        let units = amount.read(units).map_err(|why| format!("amount {why}"))?;
        Ok(Money::new(units, currency.read(code).map_err(|why| format!("currency: {why}"))?))
    })
}

/// A list of at most so many values.
pub fn list<T: 'static>(item: Shape<T>, most: usize) -> Shape<Vec<T>> {
    let schema = json!({"type": "array", "items": item.schema, "maxItems": most});
    Shape::new(schema, move |value| {
        let items = value.as_array().ok_or_else(|| expected("a list", value))?;
        if items.len() > most {
            return Err(format!("has {} entries; at most {most} are taken", items.len()));
        }
        let read = |(at, value)| item.read(value).map_err(|why| format!("entry {at} {why}"));
        items.iter().enumerate().map(read).collect()
    })
}

/// A list of at most so many values, as columns that are lists hold it.
pub fn column<T: 'static>(item: Shape<T>, most: usize) -> Shape<Vec<Option<T>>> {
    list(item, most).map(|items| items.into_iter().map(Some).collect())
}

/// A free-form object of at most 64 KiB, without NUL in its texts and numbers beyond 1e300.
pub fn object() -> Shape<Value> {
    Shape::new(json!({"type": "object"}), |value| {
        let object = value.as_object().ok_or_else(|| expected("an object", value))?;
        if let Some(fault) = unstorable(object) {
            return Err(fault.to_owned());
        }
        if value.to_string().len() > LARGEST_OBJECT {
            return Err(format!("is larger than {LARGEST_OBJECT} bytes"));
        }
        Ok(value.clone())
    })
}

/// What of an object the database would not give back.
fn unstorable(object: &Map<String, Value>) -> Option<&'static str> {
    const NUL: &str = "contains the character NUL, which no text has";
    fn within(value: &Value) -> Option<&'static str> {
        match value {
            Value::String(text) => text.contains('\0').then_some(NUL),
            Value::Number(number) => {
                let is_far_off =
                    number.as_f64().is_some_and(|number| number.abs() > LARGEST_NUMBER);
                is_far_off.then_some("contains a number beyond 1e300, farther than can be kept")
            }
            Value::Array(items) => items.iter().find_map(within),
            Value::Object(object) => unstorable(object),
            _ => None,
        }
    }
    object
        .iter()
        .find_map(|(key, value)| key.contains('\0').then_some(NUL).or_else(|| within(value)))
}

/// JSON does not tell `1` from `1.0`.
fn as_whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| {
        let number = value.as_f64().filter(|number| number.fract() == 0.0)?;
        format!("{number:.0}").parse().ok()
    })
}

fn expected(what: &str, value: &Value) -> String {
    let is = match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    format!("is {is} where {what} is expected")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_counted_in_characters_and_must_be_seen() {
        assert_eq!(text(1..=3).read(&json!("äöü")), Ok("äöü".to_owned()));
        for wrong in [json!(""), json!(" \t\n"), json!("four"), json!("a\0"), json!(5)] {
            assert!(text(1..=3).read(&wrong).is_err(), "{wrong}");
        }
        assert_eq!(text(0..=3).read(&json!("")), Ok(String::new()));
    }

    #[test]
    fn money_is_neither_negative_nor_huge_nor_of_a_currency_that_nobody_has() {
        let read = |amount: Value, code: &str| {
            money().read(&json!({"amount": amount, "currency": code})).map_err(|_| ())
        };
        assert_eq!(read(json!(1999), "USD"), Ok(Money::new(1999, Currency::USD)));
        assert_eq!(read(json!(1999.0), "USD"), Ok(Money::new(1999, Currency::USD)));
        for (amount, code) in [
            (json!(-1), "USD"),
            (json!(MOST_MONEY + 1), "USD"),
            (json!(1.5), "USD"),
            (json!("5"), "USD"),
            (json!(5), "XQQ"),
            (json!(5), "usd"),
        ] {
            assert_eq!(read(amount.clone(), code), Err(()), "{amount} {code}");
        }
        assert!(money().read(&json!({"amount": 5, "currency": "USD", "x": 1})).is_err());
        assert!(money().read(&json!(5)).is_err());
    }

    #[test]
    fn times_have_a_year_of_four_digits() {
        assert!(time().read(&json!("2026-01-31T18:00:00+02:00")).is_ok());
        for wrong in ["2026-13-01T00:00:00Z", "2026-01-01", "99999-01-01T00:00:00Z", "soon"] {
            assert!(time().read(&json!(wrong)).is_err(), "{wrong}");
        }
        assert!(time().read(&json!("9999-12-31T23:59:59-14:00")).is_err());
    }

    #[test]
    fn what_comes_as_text_is_read_as_what_it_is() {
        assert_eq!(whole::<i32>(1..=100).read_text("20"), Ok(20));
        assert!(whole::<i32>(1..=100).read_text("x").is_err());
        assert_eq!(boolean().read_text("true"), Ok(true));
        assert_eq!(text(1..=9).read_text("12"), Ok("12".to_owned()));
    }

    #[test]
    fn what_cannot_be_kept_is_found_however_deep() {
        assert!(object().read(&json!({"a": [{"b": "c"}]})).is_ok());
        assert!(object().read(&json!({"a": [{"b": "\0"}]})).is_err());
        assert!(object().read(&json!({"a": {"\0": 1}})).is_err());
        assert!(object().read(&json!({"a": "x".repeat(70_000)})).is_err());
        assert!(object().read(&json!({"a": [1e300, -1e300]})).is_ok());
        assert!(object().read(&json!({"a": [{"b": -1.7e308}]})).is_err());
    }

    #[test]
    fn addresses_and_names_are_plain() {
        for right in [
            "https://example.org/a?b=[c]",
            "http://10.0.0.8:8080",
            "https://a_b.example.org?q",
            "https://Example.org#x",
        ] {
            assert!(url().read(&json!(right)).is_ok(), "{right}");
        }
        for wrong in [
            "ftp://x",
            "https://",
            "https://a b",
            "javascript:x",
            "https://ä",
            "http://[1",
            "https://me:secret@example.org/",
            "https://example.org:/",
            "https://example.org:port/",
            "https:///ad/1",
            "https://-a/",
        ] {
            assert!(url().read(&json!(wrong)).is_err(), "{wrong}");
        }
        assert!(slug().read(&json!("ebay-de_1")).is_ok());
        assert!(slug().read(&json!("eBay")).is_err());
    }
}
