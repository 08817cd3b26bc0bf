//! The security headers are on every answer, and no page holds anything inline.

use std::collections::BTreeSet;

use regex::Regex;
use reqwest::Method;

use super::{routes, without_limit};
use crate::support::{
    TestDb,
    browser::{self, Browser},
    people,
    server::{Answer, program},
    web::{header, send},
};

const METHODS: [Method; 7] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
];

/// What every answer has, whatever it says.
fn is_protected(answer: &Answer, about: &str) {
    let about = format!("{about} answered {}: {:?}", answer.status, answer.headers);
    let policy = header(answer, "content-security-policy");
    for part in [
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(part), "{about}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{about}");
    assert_eq!(header(answer, "x-content-type-options"), "nosniff", "{about}");
    assert_eq!(header(answer, "x-frame-options"), "DENY", "{about}");
    assert_eq!(header(answer, "referrer-policy"), "same-origin", "{about}");
    assert_eq!(header(answer, "cross-origin-opener-policy"), "same-origin", "{about}");
    assert!(header(answer, "permissions-policy").contains("camera=()"), "{about}");
    let names = ["server", "x-powered-by"].map(|name| header(answer, name));
    assert_eq!(names, ["", ""], "{about}");
    // What belongs to a person is kept by no proxy.
    let is_personal =
        !header(answer, "set-cookie").is_empty() || answer.body.contains("csrf-token");
    let kept = header(answer, "cache-control");
    assert!(!is_personal || !kept.contains("public"), "{about}");
}

/// Scripts and styles are files of ours; nothing in a page runs by itself.
fn has_nothing_inline(answer: &Answer, about: &str) {
    if !header(answer, "content-type").starts_with("text/html") {
        return;
    }
    let tags = Regex::new(r"<[a-zA-Z][^>]*>").unwrap();
    let obeyed =
        Regex::new(r#"(?i)\s(on[a-z]+|style|srcdoc)\s*=|=\s*["']?\s*javascript:"#).unwrap();
    for tag in tags.find_iter(&answer.body) {
        let tag = tag.as_str();
        // The bookmarklet is dragged away and runs elsewhere; here the policy keeps it from running.
        let is_dragged = about.contains("/capture") && tag.contains(" data-drag");
        assert!(is_dragged || !obeyed.is_match(tag), "{about}: {tag}");
        let name = tag[1..].split([' ', '>', '\n', '/']).next().unwrap().to_lowercase();
        let is_ours = tag.contains(" src=\"/static/");
        assert!(name != "script" || is_ours, "{about}: {tag}");
        assert!(
            !["style", "iframe", "object", "embed", "base"].contains(&name.as_str()),
            "{about}: {tag}"
        );
    }
}

#[tokio::test]
async fn every_answer_to_every_method_is_protected() {
    let (db, server) = without_limit().await;
    let mut seen = BTreeSet::new();
    let paths: BTreeSet<_> = routes::all(&server).await.into_iter().map(|one| one.path).collect();
    for path in &paths {
        let cookie = people::session(&db, people::ANN).await;
        let csrf = Browser::with(&server, &cookie).await.csrf;
        let ask = |method: Method, name: &'static str| {
            let address = format!("{}{path}", server.base());
            let mut request = server.http().request(method.clone(), address);
            if name == "Ann" {
                request = request.header("cookie", &cookie).header("x-csrf-token", &csrf);
            }
            async move { (format!("{method} {path} by {name}"), send(request).await) }
        };
        let asked =
            METHODS.into_iter().flat_map(|one| [ask(one.clone(), "nobody"), ask(one, "Ann")]);
        for (about, answer) in futures_util::future::join_all(asked).await {
            is_protected(&answer, &about);
            has_nothing_inline(&answer, &about);
            assert!(answer.status < 500, "{about}: {}", answer.body);
            seen.insert(answer.status);
        }
    }
    for status in [200, 303, 401, 404, 405, 415, 422] {
        assert!(seen.contains(&status), "no {status} among {seen:?}");
    }
}

#[tokio::test]
async fn answers_to_what_is_wrong_are_protected_as_well() {
    let db = TestDb::new().await;
    let server = program("serve")
        .env("DATABASE_URL", &db.url)
        .env("DEAL_SCOUT__LIMITS__REQUESTS_PER_MINUTE", "3")
        .start();
    server.ready().await;
    let ann = browser::owner(&server).await;
    let large = "x".repeat((1 << 20) + 10);
    let mut seen = Vec::new();
    let mut note = |answer: Answer, about: &str| {
        is_protected(&answer, about);
        has_nothing_inline(&answer, about);
        seen.push(answer.status);
    };
    note(ann.post_bare("/logout", &[]).await, "a form without its token");
    note(ann.post("/searches/new", &[("name", &large)]).await, "a large form");
    let token = people::token(&db, people::ANN, "write").await;
    let json = server.http().post(format!("{}/api/v1/comps", server.base())).bearer_auth(&token);
    let json = json.header("content-type", "application/json").body("{");
    note(send(json).await, "broken JSON");
    for _ in 0..5 {
        note(people::get(&server, &token, "/api/v1/comps").await, "too many requests");
    }
    db.run("CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''boom''; END';
            CREATE TRIGGER broken BEFORE INSERT ON feeds FOR EACH ROW EXECUTE FUNCTION broken()")
        .await;
    let broken = ann
        .post("/feeds", &[("address", "https://example.org/feed"), ("name", "a"), ("kind", "feed")])
        .await;
    assert!(!broken.body.contains("boom"), "{}", broken.body);
    note(broken, "a fault of ours");
    db.run("ALTER TABLE comps RENAME TO away").await;
    note(ann.get("/comps").await, "a missing table");
    for status in [400, 403, 413, 429, 500, 503] {
        assert!(seen.contains(&status), "no {status} among {seen:?}");
    }
}

#[tokio::test]
async fn answers_without_a_database_are_protected_as_well() {
    let server =
        program("serve").env("DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing").start();
    for path in [
        "/",
        "/login",
        "/status",
        "/health",
        "/health/ready",
        "/metrics",
        "/api/v1/comps",
        "/static/app.css",
        "/x",
    ] {
        let answer = server.get(path).await;
        is_protected(&answer, path);
        has_nothing_inline(&answer, path);
    }
}
