//! Whatever changes something wants a proof that it comes from a page of ours; what is sent twice, or far too much of
//! it, is refused and changes nothing.

use reqwest::Method;
use serde_json::json;

use super::{planted, raw, routes, without_limit};
use crate::support::{
    TestDb,
    browser::{self, PASSWORD},
    people::{self, ANN},
    web::{self, post_form, send},
};

/// What the forms need to be read at all.
const EVERYTHING: [(&str, &str); 22] = [
    ("action", "ignore"),
    ("address", "https://example.org/feed"),
    ("currency", "USD"),
    ("current", PASSWORD),
    ("days", "30"),
    ("description", ""),
    ("email", "x@example.org"),
    ("extractor", "json_ld"),
    ("html", ""),
    ("image_url", ""),
    ("kind", "feed"),
    ("locale", "en-US"),
    ("name", "a name"),
    ("password", PASSWORD),
    ("password_again", PASSWORD),
    ("price", "5"),
    ("role", "member"),
    ("scope", "read"),
    ("selection", ""),
    ("time_zone", "UTC"),
    ("title", "a title"),
    ("url", "https://example.org/1"),
];

#[tokio::test]
async fn every_form_and_every_write_of_a_browser_wants_the_token() {
    let (db, server) = without_limit().await;
    let cookie = people::session(&db, ANN).await;
    let before = content(&db).await;
    let mut tried = 0;
    let mut all = routes::pages();
    all.extend(routes::operations(&server).await);
    for route in all.iter().filter(|one| one.method != Method::GET) {
        let address = format!("{}{}", server.base(), route.path);
        let request = || server.http().request(route.method.clone(), &address);
        let signed = || request().header("cookie", &cookie);
        // What reads by POST is refused as well: nobody has to know which one it is.
        let is_page = !route.path.starts_with("/api/");
        if !routes::is_anonymous(&route.path) {
            let mut wrong = vec![("csrf", "0000000000000000")];
            wrong.extend(EVERYTHING);
            let answer = send(signed().form(&wrong)).await;
            assert_eq!(answer.status, 403, "{route:?}: {}", answer.body);
            // What is no form may be refused for that.
            for request in [
                signed().header("x-csrf-token", "wrong").json(&json!({})),
                signed().header("content-type", "text/plain").body("csrf=x"),
            ] {
                let answer = send(request).await;
                assert!([400, 403, 415].contains(&answer.status), "{route:?}: {}", answer.body);
            }
            let nobody = send(request().form(&wrong)).await;
            let expected: &[u16] = if is_page { &[303] } else { &[401] };
            assert!(expected.contains(&nobody.status), "{route:?}: {}", nobody.body);
        }
        for (name, value) in [
            ("origin", "https://evil.example"),
            ("sec-fetch-site", "cross-site"),
            ("origin", "null"),
        ] {
            let answer = send(signed().header(name, value).form(&EVERYTHING)).await;
            assert_eq!(answer.status, 403, "{route:?} {name}: {value}: {}", answer.body);
        }
        tried += 1;
    }
    assert!(tried > 70, "{tried} writes were tried");
    assert_eq!(content(&db).await, before, "nothing has changed");
}

/// What the tables hold, without those where it is noted when people were seen.
async fn content(db: &TestDb) -> Vec<(String, String)> {
    let mut rows = planted::rows(db).await;
    rows.retain(|(table, _)| !["sessions", "api_tokens", "users"].contains(&table.as_str()));
    rows
}

#[tokio::test]
async fn a_field_that_comes_twice_is_refused() {
    let db = TestDb::new().await;
    let server = web::serve(&db).await;
    let ann = browser::owner(&server).await;
    let twice = [("email", ANN), ("email", "eve@example.org"), ("password", PASSWORD)];
    let answer = send(post_form(&server, "/login", &twice)).await;
    assert!((400..500).contains(&answer.status), "{}", answer.status);
    assert_eq!(answer.headers.get("set-cookie"), None);
    let first = send(post_form(
        &server,
        "/login",
        &[("email", ANN), ("password", PASSWORD), ("password", "x")],
    ))
    .await;
    assert!((400..500).contains(&first.status), "{}", first.status);
    // Of two tokens neither counts, unless the first is right.
    let both = [("csrf", "wrong"), ("csrf", ann.csrf.as_str())];
    assert_eq!(ann.post_bare("/logout", &both).await.status, 403);
    let token = people::token(&db, ANN, "read").await;
    for query in [
        "limit=1&limit=2",
        "cursor=a&cursor=b",
        "q=a&q=b",
        "sort=price&sort=-price",
        "limit[]=1",
        "limit=1;limit=2",
    ] {
        let answer = people::get(&server, &token, &format!("/api/v1/listings?{query}")).await;
        assert_eq!(answer.status, 422, "{query}: {}", answer.body);
    }
    let write = people::token(&db, ANN, "write").await;
    for two in [format!("Bearer {token}, Bearer {write}"), format!("Bearer {token} {write}")] {
        let answer = server.get_with("/api/v1/comps", &[("authorization", &two)]).await;
        assert_eq!(answer.status, 401);
    }
}

#[tokio::test]
async fn far_too_much_of_anything_is_refused_and_the_server_goes_on() {
    let db = TestDb::new().await;
    let server = web::serve(&db).await;
    let headers = |count: usize| "X-A: b\r\n".repeat(count);
    let parameters = "a=1&".repeat(20_000);
    let cookies = format!("Cookie: {}\r\n", "a=b; ".repeat(100_000));
    for (about, told) in [
        ("headers", raw::get(&server, "/status", &headers(5_000)).await),
        ("a header", raw::get(&server, "/status", &format!("X-A: {}\r\n", "b".repeat(300_000))).await),
        ("cookies", raw::get(&server, "/status", &cookies).await),
        ("an address", raw::get(&server, &format!("/{}", "a".repeat(300_000)), "").await),
        ("lengths", raw::send(&server, b"POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 9\r\n\r\na=b").await),
        ("both lengths", raw::send(&server, b"POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n").await),
        ("a length", raw::send(&server, b"POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n").await),
        ("a name", raw::send(&server, b"GET / HTTP/1.1\r\nHost: a\r\nX A: b\r\n\r\n").await),
    ] {
        // A connection that is closed without a word is a refusal, too.
        assert!(told.status == 0 || (400..500).contains(&told.status), "{about}: {:.300}", told.text);
    }
    let many = raw::get(&server, &format!("/api/v1/listings?{parameters}"), "").await;
    assert!((400..500).contains(&many.status) || many.status == 0, "{:.300}", many.text);
    let fields: Vec<_> = (0..20_000).map(|n| (n.to_string(), "1")).collect();
    let form = server.http().post(format!("{}/login", server.base())).form(&fields);
    let answer = send(form).await;
    assert!((400..500).contains(&answer.status), "{}", answer.status);
    assert_eq!(server.get("/health").await.status, 200);
}
