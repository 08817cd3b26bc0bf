//! Whom people believe about a site: seen, changed, forgotten.

use crate::support::{
    browser::Browser,
    people::{self, ANN, BOB},
    web,
};

#[tokio::test]
async fn a_choice_is_seen_changed_and_forgotten_by_its_owner_alone() {
    let db = people::two().await;
    let server = web::serve(&db).await;
    let ann = Browser::with(&server, &people::session(&db, ANN).await).await;
    let empty = ann.get("/page-choices").await.body;
    assert!(empty.contains("Nothing to decide so far") && empty.contains("href=\"/capture\""));
    for path in ["/capture", "/feeds", "/import"] {
        assert!(ann.get(path).await.body.contains("href=\"/page-choices\""), "{path} leads there");
    }
    db.run(&format!(
        "INSERT INTO page_choices (id, user_id, host, extractor)
         SELECT 7, id, 'shop.example', 'json_ld' FROM users WHERE email = '{ANN}'"
    ))
    .await;
    let page = ann.get("/page-choices").await.body;
    assert!(page.contains("shop.example") && page.contains("Structured data (JSON-LD), since"));

    let bob = Browser::with(&server, &people::session(&db, BOB).await).await;
    assert!(!bob.get("/page-choices").await.body.contains("shop.example"));
    assert_eq!(bob.post("/page-choices/7", &[("extractor", "page_text")]).await.status, 404);
    assert_eq!(bob.post("/page-choices/7/remove", &[]).await.status, 404);

    assert_eq!(ann.post("/page-choices/7", &[("extractor", "oracle")]).await.status, 422);
    let changed = ann.post("/page-choices/7", &[("extractor", "page_text")]).await;
    assert_eq!(changed.status, 303);
    let page = ann.get("/page-choices?done=changed").await.body;
    assert!(page.contains("The text of the page, since") && page.contains("role=\"status\""));
    assert_eq!(ann.post("/page-choices/7/remove", &[]).await.status, 303);
    assert_eq!(db.count("page_choices").await, 0);
}
