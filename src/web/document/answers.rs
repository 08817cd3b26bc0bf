//! What an operation may answer: every status that can come, with its headers and its body.

use serde_json::{Map, Value, json};

use super::{NO_SCOPE, makes_a_row, part, schemas};
use crate::web::api::endpoint::{Answer, Operation};

/// The answers of one operation.
pub(super) fn of(operation: &Operation, links: Value) -> Value {
    let mut told = Map::new();
    let (status, mut good) = match &operation.answer {
        Answer::Body(schema) => ("200", body("As asked.", schema.as_value(), &[])),
        Answer::Resource(schema) => ("200", body("As it is now.", schema.as_value(), &["ETag"])),
        Answer::Changed(schema) => {
            ("200", body("Done; this is how it is now.", schema.as_value(), &["ETag"]))
        }
        Answer::Created(schema) => (
            "201",
            body("Made; `Location` is where it is.", schema.as_value(), &["ETag", "Location"]),
        ),
        Answer::Accepted(schema) => (
            "202",
            body(
                "Taken on; `Location` is where it can be followed.",
                schema.as_value(),
                &["ETag", "Location"],
            ),
        ),
        Answer::Stored(schema) => {
            ("200", body("It was there, and is as told.", schema.as_value(), &["ETag", "Location"]))
        }
        Answer::Nothing => ("204", empty("Done; there is nothing left to tell.", &[])),
    };
    if makes_a_row(operation) && links.as_object().is_some_and(|links| !links.is_empty()) {
        good["links"] = links;
    }
    told.insert(status.to_owned(), good);
    if matches!(operation.answer, Answer::Resource(_)) {
        told.insert("304".to_owned(), empty("You have it already.", &["ETag"]));
    }
    if let Answer::Stored(schema) = &operation.answer {
        let made =
            body("Made; `Location` is where it is.", schema.as_value(), &["ETag", "Location"]);
        told.insert("201".to_owned(), made);
    }
    for status in statuses(operation) {
        told.insert(status.to_string(), part("responses", name(status)));
    }
    Value::Object(told)
}

/// The statuses of failures that an operation can answer with.
fn statuses(operation: &Operation) -> Vec<u16> {
    let mut statuses = vec![403, 422];
    if operation.scope != NO_SCOPE {
        statuses.extend([401, 429, 503]);
    }
    if operation.body.is_some() {
        statuses.extend([400, 413, 415]);
    }
    statuses.extend(operation.refusals);
    statuses.sort_unstable();
    statuses.dedup();
    statuses
}

/// Every failure, once for all operations.
pub(super) fn refusals() -> Value {
    let all = [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 429, 503];
    all.into_iter().map(|status| (name(status).to_owned(), refusal(status))).collect()
}

fn refusal(status: u16) -> Value {
    let (about, more): (&str, &[&str]) = match status {
        400 => ("The body cannot be read as JSON.", &[]),
        401 => ("No token was sent, or one that is not taken.", &["WWW-Authenticate"]),
        403 => ("The token does not go as far as this.", &[]),
        404 => ("There is no such thing, or it is somebody else's.", &[]),
        405 => ("The address does not take this method.", &["Allow"]),
        409 => (
            "It contradicts what is stored: there is one like it, or something depends on it.",
            &[],
        ),
        412 => ("It has changed since it was read; nothing was done.", &[]),
        413 => ("The body is larger than what is taken.", &[]),
        415 => ("The body is of a kind that is not taken here.", &[]),
        422 => ("A field or a parameter is wrong; `errors` names each. Nothing was stored.", &[]),
        429 => ("Too many requests in this minute.", &["Retry-After"]),
        _ => ("Not available just now: the database is away, or lacks a table.", &["Retry-After"]),
    };
    let mut told = empty(about, more);
    told["content"] = json!({"application/problem+json": {"schema": part("schemas", "Problem")}});
    told
}

fn name(status: u16) -> &'static str {
    match status {
        400 => "BadRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        405 => "MethodNotAllowed",
        409 => "Conflict",
        412 => "PreconditionFailed",
        413 => "TooLarge",
        415 => "UnsupportedMediaType",
        422 => "Invalid",
        429 => "TooManyRequests",
        _ => "Unavailable",
    }
}

fn body(about: &str, schema: &Value, headers: &[&str]) -> Value {
    let mut told = empty(about, headers);
    told["content"] = schemas::content(schema);
    told
}

fn empty(about: &str, headers: &[&str]) -> Value {
    let named = headers.iter().chain(&["X-Request-Id"]);
    let headers: Map<_, _> = named.map(|&name| (name.to_owned(), part("headers", name))).collect();
    json!({"description": about, "headers": headers})
}

/// The headers of answers.
pub(super) fn headers() -> Value {
    let header = |about: &str, pattern: &str| {
        json!({
            "description": about,
            "required": true,
            "schema": {"type": "string", "pattern": pattern},
        })
    };
    json!({
        "ETag": header("The version of what was answered, for If-Match and If-None-Match.", "^\"[0-9a-f]{32}\"$"),
        "Location": header("Where the new row is.", "^/api/v1/[a-z0-9/-]+$"),
        "X-Request-Id": header("The name of the request, which the log has too.", "^[A-Za-z0-9_-]{1,64}$"),
        "WWW-Authenticate": header("What to send: a token.", "^Bearer( error=\"invalid_token\")?$"),
        "Allow": header("The methods that the address takes.", "^[A-Z]+(, ?[A-Z]+)*$"),
        "Retry-After": {
            "description": "Seconds after which to try again.",
            "required": true,
            "schema": {"type": "integer", "minimum": 1},
        },
    })
}
