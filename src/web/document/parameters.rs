//! What goes with a request beside its body.

use serde_json::{Value, json};

use super::{part, schemas::Parts};
use crate::web::api::endpoint::{Answer, Endpoint, Operation};

/// The parameters of one operation.
pub(super) fn of(endpoint: &Endpoint, operation: &Operation, parts: &Parts) -> Value {
    let mut told = Vec::new();
    if endpoint.path.contains("{id}") {
        told.push(part("parameters", "id"));
    }
    for known in &operation.query {
        let about = about(known.name).map(str::to_owned);
        let about = about.or_else(|| parts.about_of_answer(operation, known.name));
        let mut parameter = json!({"name": known.name, "in": "query", "schema": known.schema});
        if let Some(about) = about {
            parameter["description"] = json!(about);
        }
        if known.needed {
            parameter["required"] = json!(true);
        }
        told.push(parameter);
    }
    if matches!(operation.answer, Answer::Resource(_)) {
        told.push(part("parameters", "If-None-Match"));
    }
    if operation.matches {
        told.push(part("parameters", "If-Match"));
    }
    if operation.once {
        told.push(part("parameters", "Idempotency-Key"));
    }
    json!(told)
}

/// Those that many operations take.
pub(super) fn shared() -> Value {
    json!({
        "id": {
            "name": "id", "in": "path", "required": true,
            "description": "The id of the row.",
            "schema": {"type": "integer", "minimum": 1, "maximum": i64::MAX},
        },
        "If-None-Match": {
            "name": "If-None-Match", "in": "header",
            "description": "The ETag of the answer that you have: if it is the same still, the answer is an empty 304.",
            "schema": {"type": "string"},
        },
        "If-Match": {
            "name": "If-Match", "in": "header",
            "description": "The ETag of the row as you know it: if it has changed since, nothing is done and the \
                            answer is 412.",
            "schema": {"type": "string"},
        },
        "Idempotency-Key": {
            "name": "Idempotency-Key", "in": "header",
            "description": "A name of your choice for this very request. Sent again with the same key within a day, it \
                            is answered as the first time and done once.",
            "schema": {"type": "string", "pattern": "^[ -~]{1,255}$"},
        },
    })
}

/// What is said of a parameter wherever it stands.
fn about(name: &str) -> Option<&'static str> {
    Some(match name {
        "limit" => "How many at most; 20 unless told.",
        "cursor" => {
            "Where to go on: `next_cursor` of the page before, asked with the same filters and order."
        }
        "sort" => "What to go by; `-` before it is downwards. Ties go by id.",
        "count" => "Adds `total`, the number of all that the filters find.",
        "q" => "Words that have to be in it.",
        "since" => "Only what happened then or later.",
        "until" => "Only what happened before then.",
        "min_price" => "Only what costs at least this, in minor units.",
        "max_price" => "Only what costs at most this, in minor units.",
        "min_score" => "Only what scores at least this.",
        "hidden" => {
            "Whether you have put it aside: ignored, bought, or snoozed until later. `false` leaves such ads out."
        }
        "watched" => "Only what has this status on your watchlist.",
        "currency" => "Only what is in this currency.",
        _ => return None,
    })
}
