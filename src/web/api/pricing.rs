//! `/api/v1/pricing`: what things are worth.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Bytes, Data},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    error::{Error, FieldError, Result},
    model::{
        condition::Condition,
        estimate::{Estimate, Question},
        kind::Kind,
        money::Currency,
    },
    scout::normalize::kind_of,
    state::App,
    web::{auth::Viewer, respond},
    worth,
};

/// Questions in one request at most.
const MOST: usize = 1_000;

/// `POST /api/v1/pricing/estimate`: one question, or an array of up to a thousand. An array is answered by
/// `{"items":[…]}` in the same order.
pub(in crate::web) async fn estimate(
    app: Data<App>,
    request: HttpRequest,
    viewer: Viewer,
    body: Bytes,
) -> Result<HttpResponse> {
    let (questions, is_one) = match json(&request, &body)? {
        Value::Array(many) => (questions(many)?, false),
        one => (vec![question(one).map_err(|fault| Error::Invalid(vec![fault]))?], true),
    };
    let mut conn = app.conn().await?;
    let now = app.clock.now();
    let asked = worth::estimate_many(&app.comp_indexes, &mut conn, viewer.user, questions, now);
    let items = asked.await?;
    match items.first() {
        Some(answer) if is_one => respond::json(answer),
        _ => respond::json(&Answers { items }),
    }
}

#[derive(Debug, Serialize)]
struct Answers {
    items: Vec<Estimate>,
}

/// A question as programs ask it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// As in an ad.
    title: String,
    /// As in an ad; tells what it is where the title does not.
    description: Option<String>,
    condition: Option<Condition>,
    /// USD when it is not given.
    currency: Option<Currency>,
    /// Recognised from title and description when it is not given.
    kind: Option<Kind>,
}

fn json(request: &HttpRequest, body: &Bytes) -> Result<Value> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or("").trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(Error::UnsupportedMedia("send application/json".to_owned()));
    }
    serde_json::from_slice(body)
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

fn question(asked: Value) -> Result<Question, FieldError> {
    if !asked.is_object() {
        return Err(FieldError::new("question", "is not an object with a title"));
    }
    let asked: Asked = serde_json::from_value(asked).map_err(|cause| {
        let words = cause.to_string();
        // serde names the field between backticks: "missing field `title`", "unknown field `colour`, expected …".
        let field = words.split('`').nth(1).filter(|_| words.contains("field `"));
        FieldError::new(field.unwrap_or("question"), words.as_str())
    })?;
    let title = asked.title.trim();
    if title.is_empty() || title.chars().count() > 500 {
        return Err(FieldError::new("title", "has 1 to 500 characters"));
    }
    Ok(Question {
        kind: asked.kind.unwrap_or_else(|| kind_of(title, asked.description.as_deref())),
        title: title.to_owned(),
        condition: asked.condition,
        currency: asked.currency.unwrap_or(Currency::USD),
        ad: None,
    })
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
