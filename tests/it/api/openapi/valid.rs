//! Whether a value fits a schema: as much of JSON Schema as the document uses. A keyword that is not known here stops
//! the test, so that nothing is taken for valid unseen.

use chrono::DateTime;
use regex::Regex;
use serde_json::Value;

use super::document::Document;

/// What is wrong with `value`; nothing when it fits.
pub(crate) fn faults(document: &Document, schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    Check { document, found: &mut found }.value(schema, value, "");
    found
}

struct Check<'a> {
    document: &'a Document,
    found: &'a mut Vec<String>,
}

impl Check<'_> {
    fn value(&mut self, schema: &Value, value: &Value, at: &str) {
        let Some(keywords) = schema.as_object() else {
            self.expect(schema == &Value::Bool(true), at, "nothing is allowed here");
            return;
        };
        for (keyword, limit) in keywords {
            match keyword.as_str() {
                "$ref" => self.value(self.document.resolved(schema), value, at),
                "type" => self.kind(limit, value, at),
                "enum" => {
                    self.expect(limit.as_array().unwrap().contains(value), at, "none of the enum");
                }
                "const" => self.expect(limit == value, at, "not the constant"),
                "not" => {
                    self.expect(!faults(self.document, limit, value).is_empty(), at, "ruled out");
                }
                "anyOf" | "allOf" | "oneOf" => self.several(keyword, limit, value, at),
                "minimum" => self.expect(
                    value.as_f64() >= limit.as_f64() || !value.is_number(),
                    at,
                    "too small",
                ),
                "maximum" => self.expect(
                    value.as_f64().is_none_or(|number| number <= limit.as_f64().unwrap()),
                    at,
                    "too large",
                ),
                "minLength" => self.length(value, at, |length| length >= limit.as_u64().unwrap()),
                "maxLength" => self.length(value, at, |length| length <= limit.as_u64().unwrap()),
                "pattern" => {
                    let pattern =
                        Regex::new(limit.as_str().unwrap()).expect("a pattern that is one");
                    let fits = value.as_str().is_none_or(|text| pattern.is_match(text));
                    self.expect(fits, at, &format!("not of the form {limit}"));
                }
                "minItems" => self.count(value, at, |count| count >= limit.as_u64().unwrap()),
                "maxItems" => self.count(value, at, |count| count <= limit.as_u64().unwrap()),
                "format" if limit == "date-time" => {
                    let is_time = value
                        .as_str()
                        .is_none_or(|text| DateTime::parse_from_rfc3339(text).is_ok());
                    self.expect(is_time, at, "no time");
                }
                // Looked at elsewhere, or only for people.
                "properties"
                | "required"
                | "additionalProperties"
                | "items"
                | "format"
                | "title"
                | "description"
                | "default"
                | "example"
                | "examples"
                | "writeOnly"
                | "readOnly"
                | "uniqueItems"
                | "contentMediaType" => {}
                other => panic!("this test does not know the keyword {other}"),
            }
        }
        match value {
            Value::Object(fields) => self.fields(schema, fields, at),
            Value::Array(items) => {
                for (place, item) in items.iter().enumerate() {
                    self.value(
                        schema.get("items").unwrap_or(&Value::Bool(true)),
                        item,
                        &format!("{at}/{place}"),
                    );
                }
            }
            _ => {}
        }
    }

    fn fields(&mut self, schema: &Value, fields: &serde_json::Map<String, Value>, at: &str) {
        for needed in schema["required"].as_array().into_iter().flatten() {
            let is_there = fields.contains_key(needed.as_str().unwrap());
            self.expect(is_there, at, &format!("{needed} is missing"));
        }
        for (name, value) in fields {
            let at = format!("{at}/{name}");
            match (schema["properties"].get(name), schema.get("additionalProperties")) {
                (Some(schema), _) | (None, Some(schema)) => self.value(schema, value, &at),
                (None, None) => {}
            }
        }
    }

    fn several(&mut self, keyword: &str, schemas: &Value, value: &Value, at: &str) {
        let each: Vec<_> = schemas
            .as_array()
            .unwrap()
            .iter()
            .map(|one| faults(self.document, one, value))
            .collect();
        let fitting = each.iter().filter(|faults| faults.is_empty()).count();
        let is_right = match keyword {
            "anyOf" => fitting > 0,
            "oneOf" => fitting == 1,
            _ => fitting == each.len(),
        };
        self.expect(is_right, at, &format!("{fitting} of {keyword} fit: {each:?}"));
    }

    fn kind(&mut self, kind: &Value, value: &Value, at: &str) {
        let is = |kind: &Value| match kind.as_str().unwrap() {
            "null" => value.is_null(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "string" => value.is_string(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            other => panic!("no such type: {other}"),
        };
        let fits = kind.as_array().map_or_else(|| is(kind), |kinds| kinds.iter().any(is));
        self.expect(fits, at, &format!("{value} is no {kind}"));
    }

    fn length(&mut self, value: &Value, at: &str, fits: impl Fn(u64) -> bool) {
        let length = value.as_str().map(|text| u64::try_from(text.chars().count()).unwrap());
        self.expect(length.is_none_or(fits), at, "too short or too long");
    }

    fn count(&mut self, value: &Value, at: &str, fits: impl Fn(u64) -> bool) {
        let count = value.as_array().map(|items| u64::try_from(items.len()).unwrap());
        self.expect(count.is_none_or(fits), at, "too few or too many");
    }

    fn expect(&mut self, is_right: bool, at: &str, fault: &str) {
        if !is_right {
            self.found.push(format!("{at}: {fault}"));
        }
    }
}
