//! JSON columns. PostgreSQL holds numbers of any size, and somebody may have stored one by hand that no program of ours
//! would: such a number comes as a text with its digits, so that the row can be read all the same.

use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    pg::{Pg, PgValue},
    sql_types::Jsonb,
};
use serde_json::Value;

/// Beyond it, what PostgreSQL writes out in full cannot be read back as a float.
const LARGEST: f64 = 1e300;

/// What a JSON column holds. Rows read their columns as this: `#[diesel(deserialize_as = Json)]`.
#[derive(Debug, Clone, PartialEq, FromSqlRow)]
pub struct Json(Value);

impl From<Json> for Value {
    fn from(json: Json) -> Self {
        json.0
    }
}

impl FromSql<Jsonb, Pg> for Json {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        match value.as_bytes() {
            [1, text @ ..] => Ok(Self(read(text)?)),
            _ => Err("this is no JSONB of version 1".into()),
        }
    }
}

fn read(text: &[u8]) -> serde_json::Result<Value> {
    serde_json::from_slice(text).or_else(|_| serde_json::from_slice(&quoted(text)))
}

/// The same JSON with each number that is too large as a text.
fn quoted(text: &[u8]) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::with_capacity(text.len() + 16), text);
    while let Some(first) = rest.first() {
        let length = match first {
            b'"' => string(rest),
            b'-' | b'0'..=b'9' => {
                let is_part = |b: &u8| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
                rest.iter().position(|b| !is_part(b)).unwrap_or(rest.len())
            }
            _ => 1,
        };
        let (token, after) = rest.split_at(length);
        let number = std::str::from_utf8(token).ok().and_then(|token| token.parse::<f64>().ok());
        if number.is_some_and(|number| number.abs() > LARGEST) {
            out.push(b'"');
            out.extend_from_slice(token);
            out.push(b'"');
        } else {
            out.extend_from_slice(token);
        }
        rest = after;
    }
    out
}

/// How long the string is that `text` begins with, both quotes included.
fn string(text: &[u8]) -> usize {
    let mut is_escaped = false;
    let end = text.iter().skip(1).position(|byte| {
        let ends = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 2)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_number_that_no_float_holds_comes_as_its_digits() {
        let huge = format!("1{}", "0".repeat(400));
        let text =
            format!(r#"{{"a": [-{huge}, 1.5, {huge}.25], "b\"{huge}": "{huge}\\", "c": 1e400}}"#);
        let read = read(text.as_bytes()).unwrap();
        let mut expected =
            json!({"a": [format!("-{huge}"), 1.5, format!("{huge}.25")], "c": "1e400"});
        expected[format!("b\"{huge}")] = json!(format!("{huge}\\"));
        assert_eq!(read, expected);
    }

    #[test]
    fn what_can_be_read_is_read_as_it_is() {
        let text = br#"{"a": null, "b": [1, -2.5e3, "1e999"], "c": true}"#;
        assert_eq!(read(text).unwrap(), serde_json::from_slice::<Value>(text).unwrap());
        assert_eq!(quoted(text), text);
        assert!(read(b"{").is_err());
    }
}
