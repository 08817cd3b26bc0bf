//! `/api/v1/pricing`: what things are worth.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Payload},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{
    error::{Error, FieldError, Result},
    model::{condition::Condition, estimate::Question, kind::Kind, money::Currency},
    nouns::{params::Params, worth::Worth},
    scout::normalize::kind_of,
    state::App,
    web::{auth::Viewer, respond},
    worth,
};

/// Questions in one request at most.
const MOST: usize = 1_000;
/// The largest body, in bytes: the most questions with descriptions as ads have them.
const LARGEST: usize = 16 * 1024 * 1024;
/// The longest title and description, in characters.
const LONGEST_TITLE: usize = 500;
const LONGEST_DESCRIPTION: usize = 20_000;
/// What a question consists of.
const FIELDS: [&str; 5] = ["title", "description", "condition", "currency", "kind"];

/// `POST /api/v1/pricing/estimate`: one question, or an array of up to a thousand. An array is answered by
/// `{"items":[…]}` in the same order.
pub(in crate::web) async fn estimate(
    app: Data<App>,
    request: HttpRequest,
    viewer: Viewer,
    body: Payload,
) -> Result<HttpResponse> {
    Params::of(request.query_string()).finish()?;
    let (questions, is_one) = match json(&request, body).await? {
        Value::Array(many) => (questions(many)?, false),
        one => (vec![question(one).map_err(|fault| Error::Invalid(vec![fault]))?], true),
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

#[derive(Debug, Serialize)]
struct Answers {
    items: Vec<Worth>,
}

async fn json(request: &HttpRequest, body: Payload) -> Result<Value> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or("").trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(Error::UnsupportedMedia("send application/json".to_owned()));
    }
    let too_large = |_| Error::TooLarge { limit: u64::try_from(LARGEST).unwrap_or(u64::MAX) };
    let body = body.to_bytes_limited(LARGEST).await.map_err(too_large)?;
    let body = body.map_err(|_| Error::BadRequest("the body did not arrive whole".to_owned()))?;
    serde_json::from_slice(&body)
        .map_err(|cause| Error::BadRequest(format!("the body is not JSON: {cause}")))
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
            Err(fault) => {
                faults.push(FieldError::new(format!("[{at}].{}", fault.field), fault.message));
            }
        }
    }
    if faults.is_empty() { Ok(questions) } else { Err(Error::Invalid(faults)) }
}

/// A question as programs ask it: a title; the currency is USD when it is not given, and the kind is recognised.
fn question(asked: Value) -> Result<Question, FieldError> {
    let Value::Object(mut fields) = asked else {
        return Err(FieldError::new("question", "is not an object with a title"));
    };
    if let Some(unknown) = fields.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        let message = format!("is not known here; known are {}", FIELDS.join(", "));
        return Err(FieldError::new(unknown, message));
    }
    let title: String = take(&mut fields, "title")?.unwrap_or_default();
    let title = title.trim();
    if !(1..=LONGEST_TITLE).contains(&title.chars().count()) {
        let message = format!("is needed, with 1 to {LONGEST_TITLE} characters");
        return Err(FieldError::new("title", message));
    }
    let description: Option<String> = take(&mut fields, "description")?;
    if description.as_ref().is_some_and(|text| text.chars().count() > LONGEST_DESCRIPTION) {
        let message = format!("is longer than {LONGEST_DESCRIPTION} characters");
        return Err(FieldError::new("description", message));
    }
    let condition: Option<Condition> = take(&mut fields, "condition")?;
    let currency: Option<Currency> = take(&mut fields, "currency")?;
    let kind: Option<Kind> = take(&mut fields, "kind")?;
    Ok(Question {
        kind: kind.unwrap_or_else(|| kind_of(title, description.as_deref())),
        title: title.to_owned(),
        condition,
        currency: currency.unwrap_or(Currency::USD),
        ad: None,
    })
}

/// A field's value; nothing when it is not given or null.
fn take<T: DeserializeOwned>(
    fields: &mut Map<String, Value>,
    name: &str,
) -> Result<Option<T>, FieldError> {
    let value = fields.remove(name).unwrap_or_default();
    serde_json::from_value(value).map_err(|cause| FieldError::new(name, cause.to_string()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fault(asked: Value) -> String {
        question(asked).unwrap_err().field
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
