//! Assets and the headers that every answer carries.

use crate::support::{
    TestDb,
    web::{self, header},
};

#[tokio::test]
async fn assets_are_named_by_content_and_not_sent_twice() {
    let db = TestDb::new().await;
    let server = web::demo(&db).await;

    let page = server.get("/status").await;
    let link = page.body.split('"').find(|part| part.starts_with("/static/app.css?v=")).unwrap();
    let style = server.get(link).await;
    assert_eq!(style.status, 200);
    assert!(header(&style, "content-type").starts_with("text/css"));
    assert_eq!(header(&style, "cache-control"), "public, max-age=31536000, immutable");

    let again = server.get_with(link, &[("if-none-match", header(&style, "etag"))]).await;
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    let bare = server.get("/static/app.css").await;
    assert_eq!(header(&bare, "cache-control"), "no-cache");
    assert_eq!(server.get("/static/../Cargo.toml").await.status, 404);
    assert_eq!(server.get("/favicon.ico").await.status, 200);
    assert!(server.get("/robots.txt").await.body.contains("Disallow: /"));
}

#[tokio::test]
async fn every_answer_is_named_protected_and_compressed_on_request() {
    let db = TestDb::new().await;
    let server = web::demo(&db).await;

    for path in ["/", "/status", "/nothing-here", "/api/v1/listings", "/static/app.js"] {
        let answer = server.get(path).await;
        assert!(!header(&answer, "x-request-id").is_empty(), "{path}");
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff", "{path}");
        let policy = header(&answer, "content-security-policy");
        assert!(policy.contains("default-src 'self'") && !policy.contains("unsafe"), "{path}");
        for (inline, why) in
            [(" style=\"", "style"), ("<script>", "script"), (" onclick=", "event")]
        {
            assert!(!answer.body.contains(inline), "{path} has inline {why}");
        }
    }
    let named = server.get_with("/status", &[("x-request-id", "from-the-proxy")]).await;
    assert_eq!(header(&named, "x-request-id"), "from-the-proxy");
    let request = server.http().get(format!("{}/status", server.base()));
    let packed = web::send(request.header("accept-encoding", "gzip")).await;
    assert_eq!((packed.status, header(&packed, "content-encoding")), (200, "gzip"));
}

#[tokio::test]
async fn what_is_not_there_is_a_page_for_people_and_a_problem_for_programs() {
    let db = TestDb::new().await;
    let server = web::demo(&db).await;

    let page = server.get("/nothing-here").await;
    assert_eq!(page.status, 404);
    assert!(page.body.contains("Nothing here") && page.body.contains("</html>"));
    let problem = server.get("/api/v1/nothing").await;
    assert_eq!(problem.status, 404);
    assert_eq!(header(&problem, "content-type"), "application/problem+json");
    let problem = problem.json();
    assert_eq!((&problem["code"], &problem["status"]), (&"not_found".into(), &404.into()));
    assert!(problem["request_id"].as_str().is_some_and(|id| !id.is_empty()));
}

#[tokio::test]
async fn head_is_answered_like_get_without_the_body() {
    let db = TestDb::new().await;
    let server = web::demo(&db).await;
    for path in
        ["/health", "/health/live", "/health/ready", "/health/startup", "/", "/api/v1/comps"]
    {
        let head = web::send(server.http().head(format!("{}{path}", server.base()))).await;
        assert_eq!((head.status, head.body.as_str()), (200, ""), "{path}");
        assert_eq!(header(&head, "content-type"), header(&server.get(path).await, "content-type"));
    }
}
