//! The guarded start-up on the real thing: each fault of the promises kills, blocks or starves a real server, and
//! each scene looks at the health, the pages, the log, and that no restart was needed.

mod database;
mod managed;
mod migrations;
mod redis;
mod repair;
mod schema;
mod tls;

use crate::support::{Server, server::Answer};

/// Asserts that the lines come in this order in the story, each beginning one line; others may stand between. The log
/// arrives a little after what it tells, so it is waited for.
fn assert_story(server: &Server, wanted: &[&str]) {
    let fits = |story: &[String]| {
        let mut lines = story.iter();
        wanted.iter().all(|line| lines.any(|told| told.starts_with(line)))
    };
    assert!(
        server.story_until(fits),
        "{wanted:#?} in this order in:\n{}",
        server.entrypoint().join("\n")
    );
}

/// Asserts that a page is there, with a banner that says `text`.
async fn assert_banner(server: &Server, path: &str, text: &str) -> Answer {
    let page = server.get(path).await;
    assert!(page.body.contains("<html"), "{path} is a page: {}", page.body);
    assert!(page.body.contains("class=\"banner"), "{path} has a banner: {}", page.body);
    assert!(page.body.contains(text), "the banner of {path} says '{text}': {}", page.body);
    page
}

/// Asserts that the API refuses with this code and says when to come back.
async fn assert_api_refuses(server: &Server, code: &str) -> serde_json::Value {
    let answer = server.get("/api/v1/listings").await;
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert!(answer.headers.contains_key("retry-after"), "it says when to try again");
    let problem = answer.json();
    assert_eq!(problem["code"], code, "{problem:#}");
    problem
}
