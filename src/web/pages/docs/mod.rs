//! `/api/docs`: the document of the API, for people. Needs no database, no sign-in and no script.

mod fields;

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;
use serde_json::Value;

use crate::{
    error::Result,
    state::App,
    web::{document, links, respond, shell::Shell},
};
use fields::Field;

/// `GET /api/docs`
pub(in crate::web) async fn show(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
) -> Result<HttpResponse> {
    let here = links::base_for(&app, &request);
    let document = document::whole();
    respond::page(&DocsPage { shell, here, groups: groups(document), shapes: shapes(document) })
}

#[derive(Template)]
#[template(path = "docs/show.html")]
struct DocsPage {
    shell: Shell,
    /// The address that was asked, up to the host.
    here: String,
    groups: Vec<Group>,
    shapes: Vec<Shape>,
}

/// What belongs together: a noun with its operations.
struct Group {
    name: String,
    about: String,
    operations: Vec<Operation>,
}

struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    /// The scope that it needs; empty when it needs no token.
    scope: String,
    query: Vec<Field>,
    headers: Vec<Field>,
    body: Option<Body>,
    answer: Answer,
    refusals: Vec<Refusal>,
}

struct Body {
    /// `application/json`, or the kinds of files that are taken.
    kinds: Vec<String>,
    fields: Vec<Field>,
    /// Said when there are other forms than these fields.
    also: Option<String>,
    example: Option<String>,
}

/// What comes back when all is well.
struct Answer {
    status: String,
    about: String,
    kind: String,
    headers: Vec<String>,
}

struct Refusal {
    status: String,
    about: String,
}

/// A shape that answers have, by its name.
struct Shape {
    name: String,
    about: String,
    fields: Vec<Field>,
    /// What it is when it has no fields.
    kind: String,
}

fn groups(document: &Value) -> Vec<Group> {
    let tags = document["tags"].as_array().map_or(&[][..], Vec::as_slice);
    let operations = |name: &str| {
        let paths = document["paths"].as_object().into_iter().flatten();
        let each = paths.flat_map(|(path, methods)| {
            methods
                .as_object()
                .into_iter()
                .flatten()
                .map(move |(method, told)| (path, method, told))
        });
        let mut each: Vec<_> = each.filter(|(_, _, told)| told["tags"][0] == name).collect();
        each.sort_by_key(|(path, method, _)| {
            (path.matches('/').count(), path.as_str(), place(method))
        });
        each.into_iter()
            .map(|(path, method, told)| operation(document, path, method, told))
            .collect()
    };
    tags.iter()
        .map(|tag| {
            let name = text(&tag["name"]);
            Group { operations: operations(&name), about: text(&tag["description"]), name }
        })
        .collect()
}

/// Reading comes before making, and removing last.
fn place(method: &str) -> usize {
    ["get", "post", "patch", "delete"].iter().position(|known| *known == method).unwrap_or(4)
}

fn operation(document: &Value, path: &str, method: &str, told: &Value) -> Operation {
    let mut query = Vec::new();
    let mut headers = Vec::new();
    for parameter in told["parameters"].as_array().into_iter().flatten() {
        let parameter = resolved(document, parameter);
        let field = Field::of_parameter(document, parameter);
        match parameter["in"].as_str() {
            Some("query") => query.push(field),
            Some("header") => headers.push(field),
            _ => {}
        }
    }
    let mut answers = told["responses"].as_object().into_iter().flatten();
    let good = answers.clone().find(|(status, _)| status.starts_with('2'));
    let refusal = |(status, answer): (&String, &Value)| {
        let about = text(&resolved(document, answer)["description"]);
        let is_refusal = status.starts_with('4') || status.starts_with('5');
        is_refusal.then(|| Refusal { status: status.clone(), about })
    };
    Operation {
        id: text(&told["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&told["summary"]),
        scope: text(&told["security"][0]["token"][0]),
        query,
        headers,
        body: told.get("requestBody").map(|body| self::body(document, body)),
        answer: good.map_or_else(Answer::none, |(status, answer)| Answer::of(status, answer)),
        refusals: answers.by_ref().filter_map(refusal).collect(),
    }
}

fn body(document: &Value, body: &Value) -> Body {
    let content = body["content"].as_object();
    let kinds = content.map(|content| content.keys().cloned().collect()).unwrap_or_default();
    let json = &body["content"]["application/json"];
    let mut schema = resolved(document, &json["schema"]);
    let several = schema["oneOf"].get(1);
    schema = schema["oneOf"].get(0).unwrap_or(schema);
    let example = json.get("example").filter(|example| **example != serde_json::json!({}));
    Body {
        kinds,
        fields: Field::all(document, schema),
        also: several.and_then(|other| other["maxItems"].as_u64()).map(|most| {
            format!(
                "An array of up to {most} of these is taken too, and answered in the same order."
            )
        }),
        example: example.and_then(|example| serde_json::to_string_pretty(example).ok()),
    }
}

impl Answer {
    fn of(status: &str, answer: &Value) -> Self {
        let content = answer["content"].as_object();
        let kind = match answer["content"].get("application/json") {
            Some(json) => fields::kind(&json["schema"]),
            None => content
                .into_iter()
                .flat_map(|content| content.keys())
                .cloned()
                .collect::<Vec<_>>()
                .join(", "),
        };
        let headers = answer["headers"].as_object().into_iter().flatten();
        Self {
            status: status.to_owned(),
            about: text(&answer["description"]),
            kind,
            headers: headers
                .map(|(name, _)| name.clone())
                .filter(|name| name != "X-Request-Id")
                .collect(),
        }
    }

    fn none() -> Self {
        Self {
            status: String::new(),
            about: String::new(),
            kind: String::new(),
            headers: Vec::new(),
        }
    }
}

fn shapes(document: &Value) -> Vec<Shape> {
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    let is_told = |name: &str| !name.ends_with("Body") && !name.ends_with("Id");
    let shape = |(name, schema): (&String, &Value)| Shape {
        name: name.clone(),
        about: text(&schema["description"]),
        fields: Field::all(document, schema),
        kind: fields::kind(schema),
    };
    schemas.filter(|(name, _)| is_told(name)).map(shape).collect()
}

fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let path = value["$ref"].as_str().and_then(|path| path.strip_prefix('#'));
    path.and_then(|path| document.pointer(path)).unwrap_or(value)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_shown_in_its_group() {
        let document = document::whole();
        let paths = document["paths"].as_object().unwrap();
        let all: usize = paths.values().map(|methods| methods.as_object().unwrap().len()).sum();
        let groups = groups(document);
        assert_eq!(groups.iter().map(|group| group.operations.len()).sum::<usize>(), all);
        let orders = groups.iter().find(|group| group.name == "orders").unwrap();
        let create = orders.operations.iter().find(|one| one.method == "POST").unwrap();
        let total =
            create.body.as_ref().unwrap().fields.iter().find(|f| f.name == "total").unwrap();
        assert!(total.needed && total.kind == "Money", "{}", total.kind);
        assert_eq!(create.answer.kind, "Order");
    }
}
