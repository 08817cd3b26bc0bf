//! An example of a body, made from its schema: the fields that are needed, with values that the schema allows.

use serde_json::{Map, Value, json};

/// An example that fits `schema`.
pub(super) fn of(schema: &Value) -> Value {
    if let Some(first) = ["oneOf", "anyOf"].iter().find_map(|key| schema[*key].get(0)) {
        return of(first);
    }
    let Some(fields) = schema["properties"].as_object() else { return json!({}) };
    let needed = schema["required"].as_array().map_or(&[][..], Vec::as_slice);
    let mut example = Map::new();
    for (name, field) in fields.iter().filter(|(name, _)| needed.contains(&json!(name))) {
        example.insert(name.clone(), value(name, field));
    }
    // A change needs no field; it shows one.
    if example.is_empty()
        && let Some((name, field)) = fields.iter().find(|(_, field)| field["type"] == "string")
    {
        example.insert(name.clone(), value(name, field));
    }
    Value::Object(example)
}

fn value(name: &str, schema: &Value) -> Value {
    for key in ["default", "const"] {
        if let Some(value) = schema.get(key) {
            return value.clone();
        }
    }
    if let Some(first) = schema["anyOf"].get(0) {
        return value(name, first);
    }
    if let Some(words) = schema["enum"].as_array() {
        let usual = json!("USD");
        return if words.contains(&usual) { usual } else { words[0].clone() };
    }
    match schema["type"].as_str() {
        Some("integer" | "number") if name == "amount" => json!(1999),
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(1)),
        Some("boolean") => json!(true),
        Some("array") => json!([]),
        Some("object") => object(schema),
        _ => json!(text(name, schema)),
    }
}

fn object(schema: &Value) -> Value {
    let Some(fields) = schema["properties"].as_object() else { return json!({}) };
    fields.iter().map(|(name, field)| (name.clone(), value(name, field))).collect()
}

fn text(name: &str, schema: &Value) -> String {
    let pattern = schema["pattern"].as_str().unwrap_or("");
    if schema["format"] == "date-time" {
        "2026-01-31T18:00:00Z".to_owned()
    } else if pattern.starts_with("^https?") {
        "https://example.org/ad/1".to_owned()
    } else if pattern.starts_with("^[a-z0-9_-]") {
        "ebay".to_owned()
    } else if name == "title" {
        "Leica M3 body".to_owned()
    } else {
        format!("A {}", name.replace('_', " "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_shows_what_is_needed() {
        let money = json!({"type": "object", "properties": {
            "amount": {"type": "integer", "minimum": 0}, "currency": {"enum": ["EUR", "USD"]},
        }});
        let schema = json!({
            "properties": {"total": money, "note": {"type": "string"}, "platform": {
                "type": "string", "pattern": "^[a-z0-9_-]{1,50}$",
            }},
            "required": ["total", "platform"],
        });
        let total = json!({"amount": 1999, "currency": "USD"});
        assert_eq!(of(&schema), json!({"total": total, "platform": "ebay"}));
    }
}
