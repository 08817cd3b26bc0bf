//! The document and the behaviour, held together: every operation is called as the document tells, and every answer
//! must be one that it tells of.

pub(crate) mod document;
pub(crate) mod scene;
mod valid;

use reqwest::Method;

use self::{
    document::{Document, Operation},
    scene::{Person, refers_to},
};
use crate::support::{
    people::{self, ANN, token},
    web::{self, header, send},
};

#[tokio::test]
async fn every_operation_does_what_the_document_tells() {
    let db = people::two().await;
    people::session(&db, ANN).await;
    let server = web::serve(&db).await;
    let document = Document::of(&server).await;
    let ann = Person::new(&server, &document, token(&db, ANN, "admin").await).settle().await;
    let operations = document.operations();
    for operation in operations.iter().filter(|one| one.method == Method::GET) {
        walk_list(&ann, operation).await;
        walk_one(&ann, operation).await;
    }
    for operation in operations.iter().filter(|one| one.method == Method::PATCH) {
        walk_change(&ann, operation).await;
    }
    let verbs = operations.iter().filter(|one| one.method == Method::POST);
    for operation in verbs.filter(|one| !one.makes() || one.is_of_one()) {
        let id = if operation.is_of_one() { ann.row(operation.noun()) } else { 0 };
        let answer = ann.call(operation, id, &ann.rows).await;
        document.expects(operation, &answer);
    }
    for operation in operations.iter().rev().filter(|one| one.method == Method::DELETE) {
        let id = ann.row(operation.noun());
        let answer = ann.send(Method::DELETE, &operation.address(id)).await;
        assert_eq!(answer.status, 204, "{}: {}", operation.id, answer.body);
        document.expects(operation, &answer);
        let again = ann.send(Method::DELETE, &operation.address(i64::MAX)).await;
        assert_eq!(again.status, 404, "{}: {}", operation.id, again.body);
        document.expects(operation, &again);
    }
    for operation in &operations {
        walk_closed(&ann, operation).await;
    }
}

#[test]
fn the_api_has_no_address_outside_the_table_that_the_document_is_made_from() {
    let routes = include_str!("../../../../src/web/routes.rs");
    let programs = include_str!("../../../../src/web/routes/programs.rs");
    assert!(programs.contains("api::endpoint::all()") && !programs.contains("\"/"));
    assert!(!routes.contains("\"/v1"), "put it into src/web/api/endpoint.rs instead");
    let beside = routes.matches("\"/api/").count();
    assert_eq!(beside, 1, "only the reader, which is a page, stands beside the table");
}

/// Every order both ways, every filter, and the next page.
async fn walk_list(ann: &Person<'_>, list: &Operation) {
    if list.is_of_one() {
        return;
    }
    for parameter in ann.document.parameters(list, "query") {
        let name = parameter["name"].as_str().unwrap();
        let values = match (name, parameter["schema"]["enum"].as_array(), refers_to(name)) {
            ("cursor", _, _) => continue,
            (_, Some(words), _) => words.clone(),
            (_, None, Some(noun)) => vec![ann.row(&noun).into()],
            ("q", None, None) => vec!["camera".into()],
            _ => vec![ann.value(name, &parameter["schema"])],
        };
        let others = needed(ann, list, name);
        for value in values {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let request = ann.request(Method::GET, &list.path).query(&[(name, &value)]);
            let answer = send(request.query(&others)).await;
            assert_eq!(answer.status, 200, "{} {name}={value}: {}", list.id, answer.body);
            ann.document.expects(list, &answer);
        }
        let twice = ann.request(Method::GET, &list.path).query(&[(name, "\0"), (name, "\0")]);
        let answer = send(twice).await;
        assert_eq!(answer.status, 422, "{} {name}: {}", list.id, answer.body);
        ann.document.expects(list, &answer);
    }
    if list.lists() {
        let page = ann.send(Method::GET, &format!("{}?limit=1&count=true", list.path)).await.json();
        assert!(page["total"].as_i64().unwrap() >= 1, "{}: {page}", list.id);
        if let Some(cursor) = page["next_cursor"].as_str() {
            let request = ann.request(Method::GET, &list.path).query(&[("cursor", cursor)]);
            let answer = send(request).await;
            assert_eq!(answer.status, 200, "{}: {}", list.id, answer.body);
        }
    }
}

/// The other parameters without which there is no answer.
fn needed(ann: &Person<'_>, list: &Operation, but: &str) -> Vec<(String, String)> {
    let all = ann.document.parameters(list, "query");
    let needed = all.into_iter().filter(|one| one["required"] == true && one["name"] != but);
    needed.map(|one| (one["name"].as_str().unwrap().to_owned(), "camera".to_owned())).collect()
}

/// What is there, what the client has already, what is not there.
async fn walk_one(ann: &Person<'_>, show: &Operation) {
    if !show.is_of_one() {
        return;
    }
    let address = show.address(ann.row(show.noun()));
    let answer = ann.send(Method::GET, &address).await;
    assert!([200, 404].contains(&answer.status), "{}: {}", show.id, answer.body);
    ann.document.expects(show, &answer);
    let etag = header(&answer, "etag");
    if !etag.is_empty() {
        let again = send(ann.request(Method::GET, &address).header("if-none-match", etag)).await;
        assert_eq!(again.status, 304, "{}", show.id);
        ann.document.expects(show, &again);
    }
    for nothing in ["9223372036854775807", "0", "-1", "99999999999999999999", "x", "%00"] {
        let answer = ann.send(Method::GET, &show.path.replace("{id}", nothing)).await;
        assert_eq!(answer.status, 404, "{} of {nothing}: {}", show.id, answer.body);
        ann.document.expects(show, &answer);
    }
}

/// A whole change, one that came too late, and one of a field that is not there.
async fn walk_change(ann: &Person<'_>, change: &Operation) {
    let id = ann.row(change.noun());
    let answer = ann.call(change, id, &ann.rows).await;
    assert_eq!(answer.status, 200, "{}: {}", change.id, answer.body);
    ann.document.expects(change, &answer);
    let address = change.address(id);
    let change_with = |body: serde_json::Value| ann.request(Method::PATCH, &address).json(&body);
    let late = send(change_with(serde_json::json!({})).header("if-match", "\"0\"")).await;
    assert_eq!(late.status, 412, "{}: {}", change.id, late.body);
    ann.document.expects(change, &late);
    let strange = send(change_with(serde_json::json!({"colour": "red"}))).await;
    assert_eq!(strange.status, 422, "{}: {}", change.id, strange.body);
    ann.document.expects(change, &strange);
}

/// Without a token, and with one that is none.
async fn walk_closed(ann: &Person<'_>, operation: &Operation) {
    let is_open = operation.told["security"].as_array().unwrap().is_empty();
    let address = format!("{}{}", ann.server.base(), operation.address(1));
    for wrong in [None, Some("Bearer nonsense")] {
        let request = ann.server.http().request(operation.method.clone(), &address);
        let answer = send(match wrong {
            Some(wrong) => request.header("authorization", wrong),
            None => request,
        })
        .await;
        assert_eq!(
            answer.status,
            if is_open { 200 } else { 401 },
            "{}: {}",
            operation.id,
            answer.body
        );
        ann.document.expects(operation, &answer);
    }
}
