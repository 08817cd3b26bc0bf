//! A row of every noun, made through the API itself by what the document tells.

use std::{collections::BTreeMap, io::Cursor};

use reqwest::{Method, RequestBuilder};
use serde_json::{Map, Value, json};

use super::document::{Document, Operation};
use crate::support::{
    Server,
    server::Answer,
    web::{header, send},
};

/// One person with a token, and the rows of theirs.
#[derive(Debug)]
pub(crate) struct Person<'a> {
    pub(crate) server: &'a Server,
    pub(crate) document: &'a Document,
    pub(crate) token: String,
    /// The id of one row of each noun.
    pub(crate) rows: BTreeMap<String, i64>,
    /// Makes texts that nobody else has.
    serial: std::cell::Cell<u32>,
}

impl<'a> Person<'a> {
    /// Somebody without rows.
    pub(crate) fn new(server: &'a Server, document: &'a Document, token: String) -> Self {
        let (rows, serial) = (BTreeMap::new(), std::cell::Cell::new(0));
        Self { server, document, token, rows, serial }
    }

    /// Makes a row of every noun, each after those that it refers to; what is made elsewhere is looked up.
    pub(crate) async fn settle(mut self) -> Self {
        let operations = self.document.operations();
        for operation in operations.iter().filter(|one| one.makes() && !one.is_of_one()) {
            let answer = self.call(operation, 0, &self.rows).await;
            self.document.expects(operation, &answer);
            // Where there can be one only, there is one already.
            if answer.status != 409 {
                assert_eq!(answer.status, 201, "{}: {}", operation.id, answer.body);
                let id = answer.json()["id"].as_i64().expect("a new row has an id");
                self.rows.insert(operation.noun().to_owned(), id);
            }
        }
        for operation in operations.iter().filter(|one| one.lists()) {
            if !self.rows.contains_key(operation.noun()) {
                let list = self.send(Method::GET, &operation.path).await.json();
                let id = list["items"][0]["id"].as_i64();
                let id =
                    id.unwrap_or_else(|| panic!("make a row of {} in the scene", operation.noun()));
                self.rows.insert(operation.noun().to_owned(), id);
            }
        }
        for operation in operations.iter().filter(|one| one.starts()) {
            let answer = self.call(operation, self.row(operation.noun()), &self.rows).await;
            self.document.expects(operation, &answer);
            let made = header(&answer, "location").split('/').nth(3).unwrap_or_default().to_owned();
            let id = answer.json()["id"].as_i64().expect("what was started has an id");
            self.rows.insert(made, id);
        }
        self
    }

    /// The id of the row of a noun.
    pub(crate) fn row(&self, noun: &str) -> i64 {
        *self
            .rows
            .get(noun)
            .unwrap_or_else(|| panic!("there is no noun {noun}, or the scene has no row of it"))
    }

    /// Calls an operation for a row, with a whole body whose references are `rows`.
    pub(crate) async fn call(
        &self,
        operation: &Operation,
        id: i64,
        rows: &BTreeMap<String, i64>,
    ) -> Answer {
        self.send_to(operation, id, rows, None).await
    }

    /// The same with one reference of another's: a field of the body, or else a parameter.
    pub(crate) async fn call_with(
        &self,
        operation: &Operation,
        id: i64,
        rows: &BTreeMap<String, i64>,
        reference: (&str, i64),
    ) -> Answer {
        self.send_to(operation, id, rows, Some(reference)).await
    }

    async fn send_to(
        &self,
        operation: &Operation,
        id: i64,
        rows: &BTreeMap<String, i64>,
        reference: Option<(&str, i64)>,
    ) -> Answer {
        let request = self.request(operation.method.clone(), &operation.address(id));
        if let Some(schema) = self.document.body(operation) {
            let mut body = self.body(schema, rows);
            if let Some((name, id)) = reference {
                body[name] = if name.ends_with("_ids") { json!([id]) } else { json!(id) };
            }
            return send(request.json(&body)).await;
        }
        let request = match reference {
            Some((name, id)) => request.query(&[(name, id)]),
            None => request,
        };
        send(match operation.told["requestBody"]["content"].as_object() {
            Some(kinds) => with_file(request, kinds),
            None => request,
        })
        .await
    }

    /// A request without a body.
    pub(crate) async fn send(&self, method: Method, path: &str) -> Answer {
        send(self.request(method, path)).await
    }

    /// A request with the person's token.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let address = format!("{}{path}", self.server.base());
        self.server.http().request(method, address).bearer_auth(&self.token)
    }

    /// Every field that a schema tells of, with a value that fits; references only where a row is known.
    pub(crate) fn body(&self, schema: &Value, rows: &BTreeMap<String, i64>) -> Value {
        let schema = schema["oneOf"].get(0).unwrap_or(schema);
        let mut body = Map::new();
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let value = match refers_to(name) {
                Some(noun) if name.ends_with("_ids") => rows.get(&noun).map(|id| json!([id])),
                Some(noun) => rows.get(&noun).map(|id| json!(id)),
                None => Some(self.value(name, field)),
            };
            if let Some(value) = value {
                body.insert(name.clone(), value);
            }
        }
        Value::Object(body)
    }

    /// A value that fits a schema, and what is said elsewhere about fields of its name.
    pub(crate) fn value(&self, name: &str, schema: &Value) -> Value {
        let schema = self.document.resolved(schema);
        if let Some(first) = schema["anyOf"].get(0) {
            return self.value(name, first);
        }
        if let Some(example) = schema["examples"].get(0).or(schema["enum"].get(0)) {
            return example.clone();
        }
        match schema["type"].as_str() {
            Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(1)),
            Some("boolean") => json!(true),
            Some("array") => json!([self.value(name, &schema["items"])]),
            Some("object") => {
                let fields = schema["properties"].as_object().into_iter().flatten();
                // The least of each may be nothing at all of the whole.
                let usual = |name: &str, field: &Value| {
                    field.get("default").cloned().unwrap_or_else(|| self.value(name, field))
                };
                fields.map(|(name, field)| (name.clone(), usual(name, field))).collect()
            }
            _ => json!(self.text(name, schema)),
        }
    }

    fn text(&self, name: &str, schema: &Value) -> String {
        let pattern = schema["pattern"].as_str().unwrap_or("");
        let number = self.serial.replace(self.serial.get() + 1);
        match name {
            _ if schema["format"] == "date-time" => "2099-01-31T18:00:00Z".to_owned(),
            _ if pattern.starts_with("^https?") => format!("https://example.org/{number}"),
            _ if pattern.starts_with("^[a-z0-9_-]") => format!("name-{number}"),
            "email" | "address" => format!("person-{number}@example.org"),
            "time_zone" => "Europe/Berlin".to_owned(),
            "locale" => "de-DE".to_owned(),
            _ => format!("a {name}, number {number}"),
        }
    }
}

/// The noun that a field refers to: `my-items` of `my_item_id`.
pub(crate) fn refers_to(field: &str) -> Option<String> {
    let stem = field.strip_suffix("_ids").or_else(|| field.strip_suffix("_id"))?;
    // What others call theirs.
    if matches!(stem, "source" | "external" | "platform_order") {
        return None;
    }
    let plural = if stem.ends_with("ch") { "es" } else { "s" };
    Some(format!("{}{plural}", stem.replace('_', "-")))
}

/// A picture of one pixel, of a kind that is taken.
fn with_file(request: RequestBuilder, kinds: &Map<String, Value>) -> RequestBuilder {
    let picture = image::RgbImage::from_pixel(8, 8, image::Rgb([200, 30, 30]));
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).expect("a picture");
    assert!(kinds.contains_key("image/png"), "{kinds:?}");
    request.header("content-type", "image/png").body(bytes.into_inner())
}
