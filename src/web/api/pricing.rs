//! `/api/v1/pricing`: what things are worth.

use actix_web::{
    HttpRequest, HttpResponse,
    http::Method,
    web::{self, Data, Payload},
};
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    body,
    endpoint::{self, Answer, Endpoint, Operation},
};
use crate::{
    error::{Error, FieldError, Result},
    model::{condition::Condition, estimate::Question, kind::Kind, money::Currency},
    nouns::{
        fields::Fields,
        params::Params,
        shape::{currency, one_of, text, time},
        worth::Worth,
    },
    scout::normalize::{clean_title, kind_of},
    state::App,
    web::{auth::Reader, respond},
    worth,
};

/// Questions in one request at most.
const MOST: usize = 1_000;
/// The largest body, in bytes: the most questions with descriptions as ads have them.
const LARGEST: usize = 16 * 1024 * 1024;
/// The longest title and description, in characters.
const LONGEST_TITLE: usize = 500;
const LONGEST_DESCRIPTION: usize = 20_000;
const LONGEST_CATEGORY: usize = 200;

/// The operation.
pub(super) fn endpoint() -> Endpoint {
    Endpoint {
        path: "/v1/pricing/estimate".to_owned(),
        method: Method::POST,
        // What others ask stands in for sales that are not known.
        tables: &["comps", "listings", "orders", "cross_posts", "my_items"],
        route: || web::post().to(estimate),
        describe,
    }
}

fn describe(made: &mut SchemaGenerator) -> Operation {
    let mut fields = Fields::describe();
    asked(&mut fields);
    let question = fields.schema(true);
    let many = json!({"type": "array", "maxItems": MOST, "items": question});
    let answer = [made.subschema_for::<Worth>(), made.subschema_for::<Answers>()];
    Operation {
        id: "estimate".to_owned(),
        group: "pricing",
        summary: "Estimates what a thing is worth, or up to a thousand things at once.".to_owned(),
        scope: "read",
        query: Vec::new(),
        body: Some(endpoint::schema(json!({"oneOf": [question, many]}))),
        answer: Answer::Body(endpoint::schema(json!({"anyOf": answer}))),
        matches: false,
        once: false,
        refusals: &[],
    }
}

/// `POST /api/v1/pricing/estimate`: one question, or an array of up to a thousand. An array is answered by
/// `{"items":[…]}` in the same order.
async fn estimate(
    app: Data<App>,
    request: HttpRequest,
    Reader(viewer): Reader,
    body: Payload,
) -> Result<HttpResponse> {
    Params::of(request.query_string()).finish()?;
    let (questions, is_one) = match body::read(&request, body, LARGEST).await?.json {
        Value::Array(many) => (questions(many)?, false),
        one => (vec![question(one).map_err(Error::Invalid)?], true),
    };
    let mut conn = app.conn().await?;
    let now = app.clock.now();
    let asked = worth::estimate_many(&app.comp_indexes, &mut conn, viewer.user, questions, now);
    let items: Vec<_> =
        asked.await?.into_iter().map(|estimate| Worth::of(estimate, true)).collect();
    match items.first() {
        Some(answer) if is_one => respond::json(answer),
        _ => respond::json(&Answers { items }),
    }
}

/// Answers in the order of the questions.
#[derive(Debug, Serialize, JsonSchema)]
struct Answers {
    items: Vec<Worth>,
}

fn questions(many: Vec<Value>) -> Result<Vec<Question>> {
    if many.len() > MOST {
        let message = format!("{} questions are too many; at most {MOST} at once", many.len());
        return Err(Error::invalid("items", message));
    }
    let mut faults = Vec::new();
    let mut questions = Vec::with_capacity(many.len());
    for (at, asked) in many.into_iter().enumerate() {
        match question(asked) {
            Ok(question) => questions.push(question),
            Err(found) => faults.extend(
                found
                    .into_iter()
                    .map(|fault| FieldError::new(format!("[{at}].{}", fault.field), fault.message)),
            ),
        }
    }
    if faults.is_empty() { Ok(questions) } else { Err(Error::Invalid(faults)) }
}

/// A question as programs ask it: a title; the currency is USD when it is not given, the moment is now, and the kind is
/// recognised.
fn question(asked_for: Value) -> Result<Question, Vec<FieldError>> {
    let Value::Object(given) = asked_for else {
        return Err(vec![FieldError::new("question", "is not an object with a title")]);
    };
    // A question has no secrets.
    let seal = |_: &str, _: &str| Ok(Vec::new());
    let mut fields = Fields::create(given, &seal);
    let question = asked(&mut fields);
    match fields.finish() {
        Ok(()) => question.ok_or_else(Vec::new),
        Err(Error::Invalid(faults)) => Err(faults),
        Err(other) => Err(vec![FieldError::new("question", other.to_string())]),
    }
}

/// Reads the fields of a question; nothing without a title.
fn asked(fields: &mut Fields<'_>) -> Option<Question> {
    let title = fields.need("title", text(1..=LONGEST_TITLE));
    let description = fields.nullable("description", text(0..=LONGEST_DESCRIPTION)).flatten();
    let condition = fields.nullable("condition", one_of::<Condition>()).flatten();
    let currency = fields.nullable("currency", currency()).flatten();
    let kind = fields.nullable("kind", one_of::<Kind>()).flatten();
    let category = fields.nullable("category", text(0..=LONGEST_CATEGORY)).flatten();
    let at = fields.nullable("at", time()).flatten();
    let title = clean_title(&title?);
    Some(Question {
        kind: kind.unwrap_or_else(|| kind_of(&title, description.as_deref())),
        title,
        condition,
        currency: currency.unwrap_or(Currency::USD),
        category: category.filter(|category| !category.trim().is_empty()),
        at,
        ad: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(asked: Value) -> String {
        question(asked).unwrap_err().remove(0).field
    }

    #[test]
    fn a_question_needs_only_a_title() {
        let question = question(json!({"title": " Leica M3 "})).unwrap();
        assert_eq!((question.title.as_str(), question.currency), ("Leica M3", Currency::USD));
    }

    #[test]
    fn what_is_wrong_with_a_question_is_named() {
        assert_eq!(fault(json!({})), "title");
        assert_eq!(fault(json!({"title": "a", "colour": "red"})), "colour");
        assert_eq!(fault(json!({"title": ""})), "title");
        assert_eq!(fault(json!("Leica")), "question");
        for (field, wrong) in [
            ("title", json!(5)),
            ("title", Value::Null),
            ("description", json!(["long"])),
            ("description", json!("a".repeat(LONGEST_DESCRIPTION + 1))),
            ("condition", json!("shiny")),
            ("currency", json!("dollars")),
            ("currency", json!(1)),
            ("kind", json!(true)),
            ("category", json!(7)),
            ("at", json!("yesterday")),
        ] {
            let mut asked = json!({"title": "Leica"});
            asked[field] = wrong;
            assert_eq!(fault(asked.clone()), field, "{asked}");
        }
    }

    #[test]
    fn the_fault_of_one_among_many_says_which() {
        let error = questions(vec![json!({"title": "a"}), json!({"title": ""})]).unwrap_err();
        match error {
            Error::Invalid(faults) => assert_eq!(faults[0].field, "[1].title"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_thousand_at_once_is_the_limit() {
        assert!(questions(vec![json!({"title": "a"}); MOST]).is_ok());
        assert!(questions(vec![json!({"title": "a"}); MOST + 1]).is_err());
    }
}
