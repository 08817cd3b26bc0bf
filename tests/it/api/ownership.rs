//! Two people: what is Ann's is nothing to Bob. The document tells which operations there are, so that one that comes
//! later is tried by itself.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use super::openapi::{
    document::{Document, Operation},
    scene::{Person, refers_to},
};
use crate::support::{
    TestDb,
    people::{self, ANN, BOB, token},
    web,
};

/// What only the owner of the installation may do at all: Bob is told so, whatever he asks for.
const FOR_THE_OWNER: &str = "users";

#[tokio::test]
async fn what_belongs_to_one_person_is_nothing_to_another() {
    let db = people::two().await;
    people::session(&db, ANN).await;
    people::session(&db, BOB).await;
    let server = web::serve(&db).await;
    let document = Document::of(&server).await;
    let ann = Person::new(&server, &document, token(&db, ANN, "admin").await).settle().await;
    let bob = Person::new(&server, &document, token(&db, BOB, "write").await);
    let mut rows = bobs_rows(&bob).await;
    rows.extend(bobs_own(&bob).await);
    let before = everything(&ann).await;
    let mut tried = 0;
    for operation in document.operations() {
        if operation.is_of_one() {
            others_row_is_not_found(&ann, &bob, &operation, &rows).await;
        } else if operation.lists() {
            lists_show_nothing(&ann, &bob, &operation).await;
        }
        if operation.method != Method::GET {
            others_rows_cannot_be_referred_to(&db, &ann, &bob, &operation, &rows).await;
        }
        tried += 1;
    }
    assert_eq!(everything(&ann).await, before, "nothing of Ann's has changed");
    assert!(tried > 20, "the document tells of {tried} operations only");
}

/// What a member can make.
async fn bobs_rows(bob: &Person<'_>) -> BTreeMap<String, i64> {
    let mut rows = BTreeMap::new();
    let operations = bob.document.operations();
    for operation in operations.iter().filter(|one| one.makes() && !one.is_of_one()) {
        let answer = bob.call(operation, 0, &rows).await;
        if operation.noun() == FOR_THE_OWNER {
            assert_eq!(answer.status, 403, "{}: {}", operation.id, answer.body);
            continue;
        }
        assert!([201, 409].contains(&answer.status), "{}: {}", operation.id, answer.body);
        if let Some(id) = answer.json()["id"].as_i64() {
            rows.insert(operation.noun().to_owned(), id);
        }
    }
    rows
}

/// What Bob has without having made it.
async fn bobs_own(bob: &Person<'_>) -> BTreeMap<String, i64> {
    let mut rows = BTreeMap::new();
    for list in bob.document.operations().iter().filter(|one| one.lists()) {
        let page = bob.send(Method::GET, &list.path).await.json();
        if let Some(id) = page["items"][0]["id"].as_i64() {
            rows.insert(list.noun().to_owned(), id);
        }
    }
    rows
}

/// Every row of Ann's as she sees it.
async fn everything(ann: &Person<'_>) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for list in ann.document.operations().iter().filter(|one| one.lists()) {
        let mut page = ann.send(Method::GET, &format!("{}?limit=100", list.path)).await.json();
        // That she looks is noted.
        for item in page["items"].as_array_mut().unwrap() {
            for noted in ["last_used_at", "last_seen_at"] {
                item.as_object_mut().unwrap().remove(noted);
            }
        }
        all.insert(list.path.clone(), page);
    }
    all
}

async fn others_row_is_not_found(
    ann: &Person<'_>,
    bob: &Person<'_>,
    operation: &Operation,
    rows: &BTreeMap<String, i64>,
) {
    let id = ann.row(operation.noun());
    let answer = bob.call(operation, id, rows).await;
    let is_closed = operation.noun() == FOR_THE_OWNER && answer.status == 403;
    assert!(
        answer.status == 404 || is_closed,
        "{} of Ann's row, by Bob, answered {}: {}",
        operation.id,
        answer.status,
        answer.body
    );
    bob.document.expects(operation, &answer);
}

async fn lists_show_nothing(ann: &Person<'_>, bob: &Person<'_>, list: &Operation) {
    let page = bob.send(Method::GET, &format!("{}?limit=100&count=true", list.path)).await.json();
    let items = page["items"].as_array().unwrap();
    let anns = ann.row(list.noun());
    assert!(items.iter().all(|item| item["id"] != anns), "{}: {page}", list.id);
    assert_eq!(page["total"], items.len(), "{}: {page}", list.id);
    for parameter in ann.document.parameters(list, "query") {
        let name = parameter["name"].as_str().unwrap();
        if let Some(id) = refers_to(name).map(|noun| ann.row(&noun)) {
            let page = bob.send(Method::GET, &format!("{}?{name}={id}", list.path)).await.json();
            assert_eq!(page["items"], json!([]), "{} of Ann's {name}", list.id);
        }
    }
}

/// Each reference of a body in turn points at Ann's row, the others at Bob's own.
async fn others_rows_cannot_be_referred_to(
    db: &TestDb,
    ann: &Person<'_>,
    bob: &Person<'_>,
    operation: &Operation,
    rows: &BTreeMap<String, i64>,
) {
    let fields = bob.document.body(operation).map(|schema| &schema["properties"]);
    let fields =
        fields.and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.as_str());
    let parameters = bob.document.parameters(operation, "query").into_iter();
    let parameters = parameters.map(|parameter| parameter["name"].as_str().unwrap());
    for name in fields.chain(parameters) {
        let Some(id) = refers_to(name).map(|noun| ann.row(&noun)) else { continue };
        let table = operation.noun().replace('-', "_");
        let before = db.count(&table).await;
        let row = rows.get(operation.noun()).copied().unwrap_or(0);
        let answer = bob.call_with(operation, row, rows, (name, id)).await;
        let told = format!(
            "{} with Ann's {name} answered {}: {}",
            operation.id, answer.status, answer.body
        );
        assert_eq!(answer.status, 422, "{told}");
        assert_eq!(answer.json()["errors"][0]["field"], *name, "{told}");
        assert_eq!(db.count(&table).await, before, "{told}");
    }
}
