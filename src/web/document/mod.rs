//! The document of the API, OpenAPI 3.1: made from the same table of endpoints that the routes are made from, so that
//! what it says is what is served.

mod answers;
mod examples;
mod parameters;
mod schemas;

use std::sync::LazyLock;

use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::{
    api::endpoint::{self, Answer, Endpoint, Operation},
    session,
};
use crate::nouns::{self, Noun, Visitor, api_tokens::ApiTokens};

/// The scope of an operation that anybody may call.
pub(in crate::web) const NO_SCOPE: &str = "none";

/// The whole document. It changes with the program alone.
pub fn whole() -> &'static Value {
    static WHOLE: LazyLock<Value> = LazyLock::new(make);
    &WHOLE
}

fn make() -> Value {
    let mut settings = SchemaSettings::draft2020_12().for_serialize();
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    let mut made = settings.into_generator();
    let endpoints = endpoint::all();
    let described: Vec<_> = endpoints.iter().map(|one| (one, (one.describe)(&mut made))).collect();
    let mut parts = schemas::Parts::of(made);
    let groups: Vec<_> = described.iter().map(|(_, operation)| operation.group).collect();
    let mut paths = Map::new();
    for (endpoint, operation) in &described {
        let path = paths.entry(format!("/api{}", endpoint.path)).or_insert_with(|| json!({}));
        let links = links(endpoint, &described);
        path[endpoint.method.as_str().to_lowercase()] = one(endpoint, operation, links, &mut parts);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Deal Scout",
            "summary": env!("CARGO_PKG_DESCRIPTION"),
            "description": ABOUT,
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This installation."}],
        "security": [{"token": []}, {"session": []}],
        "tags": tags(&groups),
        "paths": paths,
        "components": {
            "schemas": parts.into_schemas(),
            "responses": answers::refusals(),
            "parameters": parameters::shared(),
            "headers": answers::headers(),
            "securitySchemes": {"session": {
                "type": "apiKey",
                "in": "cookie",
                "name": session::NAME,
                "description": "A signed-in browser, which may do what its person may. A write needs the header \
                                `X-CSRF-Token`, too, with what pages hold as `csrf-token`.",
            }, "token": {
                "type": "http",
                "scheme": "bearer",
                "description": "A token that `deal-scout token add` or `POST /api/v1/api-tokens` made. Its scope says \
                                how far it goes: read < write < admin.",
            }},
        },
    })
}

const ABOUT: &str = "\
Everything that Deal Scout stores, as JSON.

**Lists** come in pages: `limit` says how many (20 unless told, 100 at most); `next_cursor` of one page is the `cursor` of \
the next, and null on the last; `sort` takes one of the keys that the list names; `count=true` adds `total`.

**Money** is `{\"amount\": 1999, \"currency\": \"USD\"}`: whole minor units (cents; whole yen) and a currency of ISO 4217. \
Times are RFC 3339, in UTC. Ids are whole numbers.

**Changes** name the fields that change; null clears one that may be null. A single thing carries an `ETag`: send it as \
`If-Match` with a change, and the change is refused (412) when somebody else was faster; send it as `If-None-Match` with \
a GET, and an answer that you have already is not sent again (304). A write with an `Idempotency-Key` can be sent again \
after a lost answer: it is done once, and answered the same, for a day.

**Errors** are `application/problem+json` (RFC 9457): `code` is for programs, `detail` for people, `errors` names each \
field that is wrong. Unknown fields and parameters are refused, not ignored. What belongs to somebody else is not found.";

/// One operation.
fn one(
    endpoint: &Endpoint,
    operation: &Operation,
    links: Value,
    parts: &mut schemas::Parts,
) -> Value {
    let mut told = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [operation.group],
        "parameters": parameters::of(endpoint, operation, parts),
        "responses": answers::of(operation, links),
    });
    told["description"] = json!(match operation.scope {
        NO_SCOPE => "Needs no token.".to_owned(),
        scope => format!("Needs a token of the scope `{scope}`."),
    });
    told["security"] = match operation.scope {
        NO_SCOPE => json!([]),
        scope => json!([{"token": [scope]}, {"session": []}]),
    };
    if let Some(body) = &operation.body {
        told["requestBody"] =
            json!({"required": true, "content": parts.body(operation, body.as_value())});
    }
    told
}

/// From a new row to what can be done with it.
fn links(endpoint: &Endpoint, all: &[(&Endpoint, Operation)]) -> Value {
    let one = format!("{}/{{id}}", endpoint.path);
    let with_it = all.iter().filter(|(other, _)| other.path == one);
    let link = |operation: &Operation| {
        json!({
            "operationId": operation.id,
            "parameters": {"id": "$response.body#/id"},
            "description": operation.summary,
        })
    };
    with_it.map(|(_, operation)| (operation.id.clone(), link(operation))).collect()
}

/// The groups of operations in order, with what they are about.
fn tags(groups: &[&'static str]) -> Value {
    let mut nouns = Abouts(Vec::new());
    nouns::each(&mut nouns);
    let mut tags: Vec<Value> = Vec::new();
    for group in groups {
        if tags.iter().any(|tag| tag["name"] == *group) {
            continue;
        }
        let about = nouns.0.iter().chain(OTHERS).find(|(name, _)| name == group);
        tags.push(match about {
            Some((_, about)) => json!({"name": group, "description": about}),
            None => json!({"name": group}),
        });
    }
    json!(tags)
}

/// The groups that are no nouns.
const OTHERS: &[(&str, &str)] = &[
    ("pricing", "What things are worth, by comparable sales."),
    ("users", "Who has an account: all of them for an admin, else your own."),
    ("sessions", "The browsers that you are signed in with."),
    ("capture", "Ads that you have before you in a browser, taken in by what it hands over."),
    (ApiTokens::MANY, ApiTokens::ABOUT),
    ("users", "Who has an account. The owner sees and changes all; everybody else themself."),
    ("sessions", "The browsers that you are signed in with."),
    ("document", "What this API can do, for programs."),
];

struct Abouts(Vec<(&'static str, &'static str)>);

impl Visitor for Abouts {
    fn visit<N: Noun>(&mut self) {
        self.0.push((N::MANY, N::ABOUT));
    }
}

/// Whether an operation answers with something that has an `id`, to which links can lead.
fn makes_a_row(operation: &Operation) -> bool {
    matches!(operation.answer, Answer::Created(_))
}

/// A reference to a part of the document.
fn part(kind: &str, name: &str) -> Value {
    json!({"$ref": format!("#/components/{kind}/{name}")})
}

/// Finishes what the generator has collected.
fn definitions(mut made: SchemaGenerator) -> Map<String, Value> {
    made.take_definitions(true)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn operations() -> Vec<(String, String, &'static Value)> {
        let paths = whole()["paths"].as_object().unwrap();
        let each = paths.iter().flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().iter();
            methods.map(move |(method, told)| (path.clone(), method.clone(), told))
        });
        each.collect()
    }

    #[test]
    fn every_endpoint_is_told_once() {
        let told: BTreeSet<_> =
            operations().into_iter().map(|(path, method, _)| (method, path)).collect();
        let served: Vec<_> = endpoint::all()
            .into_iter()
            .map(|one| (one.method.as_str().to_lowercase(), format!("/api{}", one.path)))
            .collect();
        assert_eq!(served.len(), told.len(), "an address and its method are in the table once");
        assert_eq!(told, served.into_iter().collect());
    }

    #[test]
    fn every_operation_has_a_name_of_its_own_and_a_summary() {
        let names: BTreeSet<_> =
            operations().iter().map(|(_, _, told)| told["operationId"].to_string()).collect();
        assert_eq!(names.len(), operations().len());
        for (path, method, told) in operations() {
            assert!(!told["summary"].as_str().unwrap().is_empty(), "{method} {path}");
        }
        for tag in whole()["tags"].as_array().unwrap() {
            assert!(tag["description"].is_string(), "{tag}: say what it is about in OTHERS");
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn walk(value: &Value, document: &Value) {
            match value {
                Value::Object(object) => {
                    if let Some(Value::String(path)) = object.get("$ref") {
                        let target = document.pointer(path.strip_prefix('#').unwrap());
                        assert!(target.is_some(), "{path} leads nowhere");
                    }
                    object.values().for_each(|value| walk(value, document));
                }
                Value::Array(items) => items.iter().for_each(|value| walk(value, document)),
                _ => {}
            }
        }
        walk(whole(), whole());
    }

    #[test]
    fn every_id_in_an_address_is_a_parameter() {
        for (path, method, told) in operations() {
            let parameters = told["parameters"].as_array().unwrap();
            let is_told = parameters.iter().any(|one| *one == part("parameters", "id"));
            assert_eq!(is_told, path.contains("{id}"), "{method} {path}");
        }
    }
}
