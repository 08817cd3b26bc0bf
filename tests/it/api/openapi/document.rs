//! The document as a client reads it: its operations, and whether an answer is one that it tells of.

use reqwest::Method;
use serde_json::Value;

use super::valid;
use crate::support::{Server, server::Answer, web::header};

/// The document that a server serves.
#[derive(Debug)]
pub(crate) struct Document(Value);

/// One operation of it.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: Method,
    /// With `{id}` where an id goes.
    pub(crate) path: String,
    pub(crate) told: Value,
}

impl Document {
    /// Asks for it.
    pub(crate) async fn of(server: &Server) -> Self {
        let answer = server.get("/api/openapi.json").await;
        assert_eq!(answer.status, 200);
        Self(answer.json())
    }

    /// Every operation, in the order of the document.
    pub(crate) fn operations(&self) -> Vec<Operation> {
        let mut all = Vec::new();
        for (path, methods) in self.0["paths"].as_object().unwrap() {
            for (method, told) in methods.as_object().unwrap() {
                all.push(Operation {
                    id: told["operationId"].as_str().unwrap().to_owned(),
                    method: method.to_uppercase().parse().unwrap(),
                    path: path.clone(),
                    told: told.clone(),
                });
            }
        }
        // Objects of JSON have no order; the groups have, each after those that it refers to.
        let tags = self.0["tags"].as_array().unwrap();
        let place =
            |one: &Operation| tags.iter().position(|tag| tag["name"] == one.told["tags"][0]);
        all.sort_by_key(place);
        all
    }

    /// What a reference leads to, or the value itself.
    pub(crate) fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(path) => self.0.pointer(path.strip_prefix('#').unwrap()).expect(path),
            None => value,
        }
    }

    /// The schema of the JSON that an operation takes.
    pub(crate) fn body<'a>(&'a self, operation: &'a Operation) -> Option<&'a Value> {
        let schema = &operation.told["requestBody"]["content"]["application/json"]["schema"];
        (!schema.is_null()).then(|| self.resolved(schema))
    }

    /// The parameters of an operation that stand in `place`.
    pub(crate) fn parameters<'a>(
        &'a self,
        operation: &'a Operation,
        place: &str,
    ) -> Vec<&'a Value> {
        let all = operation.told["parameters"].as_array().unwrap().iter();
        all.map(|one| self.resolved(one)).filter(|one| one["in"] == place).collect()
    }

    /// Stops when the document does not tell of this answer: its status, its headers, its kind of content, its shape.
    pub(crate) fn expects(&self, operation: &Operation, answer: &Answer) {
        let about = format!("{} answered {}: {}", operation.id, answer.status, answer.body);
        let told = self.resolved(&operation.told["responses"][answer.status.to_string()]);
        assert!(told.is_object(), "not told: {about}");
        for (name, told) in told["headers"].as_object().unwrap() {
            let told = self.resolved(told);
            let is_needed = told["required"] == true;
            assert!(!is_needed || !header(answer, name).is_empty(), "no {name}: {about}");
            if told["schema"]["type"] == "string" && !header(answer, name).is_empty() {
                let faults = valid::faults(self, &told["schema"], &header(answer, name).into());
                assert!(faults.is_empty(), "{name}: {}\n{about}", faults.join("\n"));
            }
        }
        let Some(content) = told["content"].as_object() else {
            assert_eq!(answer.body, "", "{about}");
            return;
        };
        let kind = header(answer, "content-type");
        let told = content.get(kind).unwrap_or_else(|| panic!("{kind} is not told: {about}"));
        if kind.ends_with("json") {
            let faults = valid::faults(self, &told["schema"], &answer.json());
            assert!(faults.is_empty(), "{}\n{about}", faults.join("\n"));
        }
    }
}

impl Operation {
    /// The noun that its address begins with: `orders`.
    pub(crate) fn noun(&self) -> &str {
        self.path.split('/').nth(3).unwrap_or("")
    }

    /// Whether it is about one row.
    pub(crate) fn is_of_one(&self) -> bool {
        self.path.contains("{id}")
    }

    /// Whether it makes a row, each time that it is called.
    pub(crate) fn makes(&self) -> bool {
        let answers = &self.told["responses"];
        !answers["201"].is_null() && answers["200"].is_null()
    }

    /// Whether it starts something that goes on by itself, of one row.
    pub(crate) fn starts(&self) -> bool {
        self.is_of_one() && !self.told["responses"]["202"].is_null()
    }

    /// Whether it is the list of a noun.
    pub(crate) fn lists(&self) -> bool {
        self.method == Method::GET && self.path == format!("/api/v1/{}", self.noun())
    }

    /// Its address for a row.
    pub(crate) fn address(&self, id: i64) -> String {
        self.path.replace("{id}", &id.to_string())
    }
}
