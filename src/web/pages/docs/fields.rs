//! Fields and parameters in words: what kind of value, within which limits, and what it means.

use serde_json::Value;

use super::{resolved, text};

/// A field of a body or of an answer, or a parameter.
pub(super) struct Field {
    pub(super) name: String,
    /// What is put there: `whole number, 1 to 100`.
    pub(super) kind: String,
    pub(super) about: String,
    /// Whether it has to be there.
    pub(super) needed: bool,
    /// The words that it can be.
    pub(super) words: Vec<String>,
    /// What it is when nothing is said.
    pub(super) default: String,
}

impl Field {
    /// Every field of an object.
    pub(super) fn all(document: &Value, schema: &Value) -> Vec<Self> {
        let needed = schema["required"].as_array().map_or(&[][..], Vec::as_slice);
        let fields = schema["properties"].as_object().into_iter().flatten();
        fields
            .map(|(name, field)| {
                let needed = needed.iter().any(|one| one == name);
                Self { needed, ..Self::of(document, name, field) }
            })
            .collect()
    }

    /// A parameter.
    pub(super) fn of_parameter(document: &Value, parameter: &Value) -> Self {
        let name = text(&parameter["name"]);
        let field = Self::of(document, &name, &parameter["schema"]);
        let needed = parameter["required"] == true;
        Self { about: text(&parameter["description"]), needed, ..field }
    }

    fn of(document: &Value, name: &str, schema: &Value) -> Self {
        let target = resolved(document, not_null(schema));
        let about = [schema, target].map(|schema| text(&schema["description"]));
        let [own, general] = about;
        Self {
            name: name.to_owned(),
            kind: kind(schema),
            about: if own.is_empty() { general } else { own },
            needed: false,
            words: words(target),
            default: schema.get("default").or(target.get("default")).map(shown).unwrap_or_default(),
        }
    }
}

/// More words than these are listed nowhere.
const MOST_WORDS: usize = 30;

/// What kind of value a schema allows, in words.
pub(super) fn kind(schema: &Value) -> String {
    let is_null = |schema: &Value| schema["type"] == "null";
    if let Some(several) = schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
        let kinds: Vec<_> = several.iter().filter(|one| !is_null(one)).map(kind).collect();
        let or_null = if several.iter().any(is_null) { ", or null" } else { "" };
        return kinds.join(" or ") + or_null;
    }
    if let Some(types) = schema["type"].as_array() {
        let of = |name: &Value| {
            let mut one = schema.clone();
            one["type"] = name.clone();
            kind(&one)
        };
        let kinds: Vec<_> = types.iter().filter(|name| **name != "null").map(of).collect();
        return kinds.join(" or ")
            + if types.iter().any(|name| name == "null") { ", or null" } else { "" };
    }
    if let Some(path) = schema["$ref"].as_str() {
        return path.rsplit('/').next().unwrap_or(path).to_owned();
    }
    if let Some(words) = schema["enum"].as_array() {
        let is_many = words.len() > MOST_WORDS;
        return match words.first().and_then(Value::as_str) {
            Some(_) if is_many && words.iter().any(|word| word == "USD") => {
                "currency of ISO 4217".to_owned()
            }
            Some(first) if is_many => format!("one of {}, such as {first}", words.len()),
            _ => "one of".to_owned(),
        };
    }
    match schema["type"].as_str() {
        Some("integer") => ranged("whole number", schema),
        Some("number") => ranged("number", schema),
        Some("boolean") => "true or false".to_owned(),
        Some("array") => {
            let most = schema["maxItems"].as_u64().map(|most| format!(" of up to {most}"));
            format!("list{}: {}", most.unwrap_or_default(), kind(&schema["items"]))
        }
        Some("object") if is_money(schema) => "Money".to_owned(),
        Some("object") => "object".to_owned(),
        Some("string") => text_kind(schema),
        _ if schema.get("const").is_some() => shown(&schema["const"]),
        _ => "anything".to_owned(),
    }
}

fn text_kind(schema: &Value) -> String {
    let pattern = schema["pattern"].as_str().unwrap_or_default();
    if schema["format"] == "date-time" {
        return "time".to_owned();
    }
    if pattern.starts_with("^https?") {
        return "address of the web".to_owned();
    }
    if pattern == "^[a-z0-9_-]{1,50}$" {
        return "name of a-z, 0-9, - and _".to_owned();
    }
    match (schema["minLength"].as_u64(), schema["maxLength"].as_u64()) {
        (Some(least), Some(most)) => format!("text, {least} to {most} characters"),
        (None, Some(most)) => format!("text, up to {most} characters"),
        _ => "text".to_owned(),
    }
}

fn ranged(what: &str, schema: &Value) -> String {
    let limit = |key: &str| schema.get(key).filter(|limit| **limit != i64::MAX);
    match (limit("minimum"), limit("maximum")) {
        (Some(least), Some(most)) => format!("{what}, {least} to {most}"),
        (Some(least), None) => format!("{what}, {least} or more"),
        _ => what.to_owned(),
    }
}

fn is_money(schema: &Value) -> bool {
    let fields = schema["properties"].as_object();
    fields.is_some_and(|fields| {
        fields.len() == 2 && fields.contains_key("amount") && fields.contains_key("currency")
    })
}

fn not_null(schema: &Value) -> &Value {
    let several = schema["anyOf"].as_array().into_iter().flatten();
    several.clone().find(|one| one["type"] != "null").unwrap_or(schema)
}

/// The words of an enum: listed, or each a constant with its meaning.
fn words(schema: &Value) -> Vec<String> {
    let schema = if schema["type"] == "array" { &schema["items"] } else { schema };
    if let Some(words) = schema["enum"].as_array().filter(|words| words.len() <= MOST_WORDS) {
        return words.iter().filter(|word| !word.is_null()).map(shown).collect();
    }
    let several = schema["oneOf"].as_array().into_iter().flatten();
    several.filter_map(|one| one.get("const")).map(shown).collect()
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn kinds_of_values_are_told_in_words() {
        for (schema, told) in [
            (json!({"type": "integer", "minimum": 1, "maximum": 100}), "whole number, 1 to 100"),
            (
                json!({"type": "integer", "minimum": 1, "maximum": i64::MAX}),
                "whole number, 1 or more",
            ),
            (
                json!({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}),
                "time, or null",
            ),
            (json!({"type": ["string", "null"]}), "text, or null"),
            (json!({"$ref": "#/components/schemas/Money"}), "Money"),
            (
                json!({"type": "array", "maxItems": 5, "items": {"type": "boolean"}}),
                "list of up to 5: true or false",
            ),
        ] {
            assert_eq!(kind(&schema), told);
        }
    }

    #[test]
    fn an_enum_tells_its_words() {
        let status = json!({"anyOf": [{"enum": ["paid", "sent"]}, {"type": "null"}]});
        let field = Field::of(&json!({}), "status", &status);
        assert_eq!(field.words, ["paid", "sent"]);
        assert_eq!(
            words(&json!({"oneOf": [{"const": "low"}, {"const": "high"}]})),
            ["low", "high"]
        );
    }
}
