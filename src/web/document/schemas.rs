//! The schemas of what is sent and answered, as strict as they are true.

use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use super::{definitions, examples, part};
use crate::{
    error::Error,
    web::api::endpoint::{Answer, Operation},
};

/// The named schemas.
pub(super) struct Parts(Map<String, Value>);

impl Parts {
    /// What the generator has collected.
    pub(super) fn of(made: SchemaGenerator) -> Self {
        let mut schemas = definitions(made);
        schemas.values_mut().for_each(close);
        schemas.insert("Problem".to_owned(), problem());
        Self(schemas)
    }

    /// All of them, by name.
    pub(super) fn into_schemas(self) -> Value {
        Value::Object(self.0)
    }

    /// A body by its kind of content. A schema of JSON gets a name, what its fields mean, and an example.
    pub(super) fn body(&mut self, operation: &Operation, schema: &Value) -> Value {
        let mut content = content(schema);
        if let Some(json) = content.get_mut("application/json") {
            let mut schema = schema.clone();
            self.tell_fields(operation, &mut schema);
            let example = examples::of(&schema);
            let id = &operation.id;
            let name = format!("{}{}Body", id[..1].to_uppercase(), &id[1..]);
            json["schema"] = part("schemas", &name);
            json["example"] = example;
            self.0.insert(name, schema);
        }
        content
    }

    /// What a field of the answer means, by its name.
    pub(super) fn about_of_answer(&self, operation: &Operation, field: &str) -> Option<String> {
        let answer = self.resolved(answer(operation)?)?;
        let own = |schema: &Value| {
            let about = &schema["properties"][field]["description"];
            about.as_str().map(str::to_owned)
        };
        // A page tells of its rows.
        own(answer).or_else(|| own(self.resolved(&answer["properties"]["items"]["items"])?))
    }

    fn tell_fields(&self, operation: &Operation, schema: &mut Value) {
        let Some(fields) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
            return;
        };
        for (name, field) in fields {
            if field.get("description").is_none()
                && let Some(about) = self.about_of_answer(operation, name)
            {
                field["description"] = json!(about);
            }
        }
    }

    fn resolved<'a>(&'a self, schema: &'a Value) -> Option<&'a Value> {
        match schema.get("$ref").and_then(Value::as_str) {
            Some(path) => self.0.get(path.rsplit('/').next()?),
            None => Some(schema),
        }
    }
}

fn answer(operation: &Operation) -> Option<&Value> {
    match &operation.answer {
        Answer::Body(schema)
        | Answer::Resource(schema)
        | Answer::Changed(schema)
        | Answer::Created(schema)
        | Answer::Accepted(schema)
        | Answer::Stored(schema) => Some(schema.as_value()),
        Answer::Nothing => None,
    }
}

/// Content by its media types: those that a schema names by `contentMediaType`, itself or in its `anyOf`; else JSON.
pub(super) fn content(schema: &Value) -> Value {
    let mut kinds = Map::new();
    let one = std::slice::from_ref(schema);
    for schema in schema["anyOf"].as_array().map_or(one, Vec::as_slice) {
        if let Some(kind) = schema["contentMediaType"].as_str() {
            kinds.insert(kind.to_owned(), json!({}));
        }
    }
    if kinds.is_empty() {
        kinds.insert("application/json".to_owned(), json!({"schema": schema}));
    }
    Value::Object(kinds)
}

/// No other fields than those that are named: what comes later is told in a later document.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            object.values_mut().for_each(close);
            if !object.contains_key("properties") {
                return;
            }
            let mut is_one_of_several = object.contains_key("$ref");
            for key in ["oneOf", "anyOf", "allOf"] {
                let Some(several) = object.get_mut(key).and_then(Value::as_array_mut) else {
                    continue;
                };
                is_one_of_several = true;
                // Each of several schemas of one object knows its own fields alone.
                for one in several.iter_mut().filter_map(Value::as_object_mut) {
                    one.remove("additionalProperties");
                }
            }
            if !is_one_of_several {
                object.entry("additionalProperties").or_insert(json!(false));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// What every failure looks like.
fn problem() -> Value {
    json!({
        "title": "Problem",
        "description": "A failure, as RFC 9457 has it.",
        "type": "object",
        "properties": {
            "type": {"const": "about:blank"},
            "title": {"type": "string", "description": "The status in words."},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string", "description": "What is wrong and what would be right, for people."},
            "instance": {"type": "string", "description": "The address that was asked."},
            "code": {"enum": Error::CODES, "description": "What is wrong, for programs."},
            "request_id": {"type": "string", "description": "The name of the request, which the log has too."},
            "errors": {
                "type": "array",
                "minItems": 1,
                "description": "Each fault of the input.",
                "items": {
                    "type": "object",
                    "properties": {
                        "field": {"type": "string", "description": "The field or parameter, as it was sent."},
                        "message": {"type": "string", "description": "What is wrong with it and what would be right."},
                    },
                    "required": ["field", "message"],
                    "additionalProperties": false,
                },
            },
            "missing": {
                "type": "array",
                "minItems": 1,
                "description": "The tables that the database lacks.",
                "items": {"type": "string"},
            },
        },
        "required": ["type", "title", "status", "detail", "instance", "code", "request_id"],
        "additionalProperties": false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_no_field_that_is_not_told_unless_it_is_one_of_several() {
        let mut schema = json!({
            "properties": {"place": {"properties": {"x": {}}}, "details": {"type": "object"}},
        });
        close(&mut schema);
        assert_eq!(schema["additionalProperties"], false);
        assert_eq!(schema["properties"]["place"]["additionalProperties"], false);
        assert_eq!(schema["properties"]["details"].get("additionalProperties"), None);
        let own = json!({"properties": {"id": {}}, "additionalProperties": false});
        let mut several = json!({"properties": {}, "oneOf": [own]});
        close(&mut several);
        assert_eq!(several, json!({"properties": {}, "oneOf": [{"properties": {"id": {}}}]}));
    }

    #[test]
    fn what_is_no_json_is_told_by_its_media_type() {
        let picture = json!({"anyOf": [
            {"contentMediaType": "image/jpeg"}, {"contentMediaType": "image/png"},
        ]});
        assert_eq!(content(&picture), json!({"image/jpeg": {}, "image/png": {}}));
        let order = json!({"type": "object"});
        assert_eq!(content(&order), json!({"application/json": {"schema": order}}));
    }
}
