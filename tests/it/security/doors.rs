//! Coming in: cookies, where links and redirects lead, whatever the request claims.

use reqwest::Method;

use super::{raw, routes, with_provider};
use crate::support::{
    TestDb,
    browser::{self, Browser, PASSWORD, between},
    people::ANN,
    provider::FakeProvider,
    server::Answer,
    smtp::{MailServer, with_mail},
    web::{self, header, post_form, send},
};

/// Addresses that lead elsewhere, or would break a header.
const ELSEWHERE: [&str; 22] = [
    "//evil.example",
    "///evil.example",
    "////evil.example/x",
    "/\\evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "https://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "HTTPS:\\\\evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
    " //evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/x\r\nSet-Cookie: a=b",
    "/x\r\nLocation: https://evil.example",
    "/\u{0}//evil.example",
    "/\u{2028}/evil.example",
];

/// Where an answer leads stays here, and nothing was put into it.
fn stays_here(answer: &Answer, about: &str) {
    let location = header(answer, "location");
    let base = url::Url::parse("https://deals.example.org/login").unwrap();
    let led = base.join(location).unwrap();
    assert_eq!(led.origin(), base.origin(), "{about}: {location}");
    for cookie in answer.headers.get_all("set-cookie") {
        assert!(cookie.to_str().unwrap().starts_with("deal_scout_"), "{about}: {cookie:?}");
    }
}

#[tokio::test]
async fn nobody_is_led_elsewhere_after_signing_in() {
    let db = TestDb::new().await;
    web::with_ads(&db, 1).await;
    let provider = FakeProvider::start().await;
    let server = with_provider(&db, &provider).await;
    let ann = browser::owner(&server).await;
    for (n, next) in ELSEWHERE.iter().enumerate() {
        let peer = format!("198.51.100.{n}");
        let form = [("email", ANN), ("password", PASSWORD), ("next", *next)];
        let request = post_form(&server, "/login", &form).header("x-forwarded-for", &peer);
        let answer = send(request).await;
        assert_eq!(answer.status, 303, "{next:?}");
        stays_here(&answer, next);

        let request =
            server.http().get(format!("{}/login", server.base())).query(&[("next", next)]);
        let page = send(request).await;
        assert!(!page.body.contains("evil.example"), "{next:?}: {}", page.body);

        let watched = ann.post("/listings/1/watch", &[("action", "ignore"), ("next", next)]).await;
        stays_here(&watched, next);
        // What is asked for while nobody is signed in comes back, encoded.
        let target = raw::encoded(next);
        stays_here(&server.get(&format!("/{target}")).await, next);
        stays_here(&server.get(&format!("/listings/{target}")).await, next);
    }
    // The provider's way keeps where to go in a sealed cookie, and goes there in the end.
    db.run(&format!(
        "INSERT INTO identities (user_id, issuer, subject) SELECT id, '{}', 'ann-1' FROM users",
        provider.issuer
    ))
    .await;
    for next in ["//evil.example", "/\\evil.example", "https:evil.example"] {
        let request =
            server.http().get(format!("{}/login/oidc", server.base())).query(&[("next", next)]);
        let begun = send(request.header("x-forwarded-for", "203.0.113.7")).await;
        let there = server.http().get(header(&begun, "location")).send().await.unwrap();
        let back = there.headers()["location"].to_str().unwrap().to_owned();
        let back = back.strip_prefix(server.base()).unwrap().to_owned();
        let cookie = browser::cookie(&begun);
        stays_here(&server.get_with(&back, &[("cookie", &cookie)]).await, next);
    }
}

#[tokio::test]
async fn cookies_are_for_this_site_alone_and_no_script_reads_them() {
    let db = TestDb::new().await;
    let provider = FakeProvider::start().await;
    let server = with_provider(&db, &provider).await;
    let first = browser::claim(&server).await;
    let ann = Browser::of(&server, &first).await;
    let login = |proto: &str| {
        let form = [("email", ANN), ("password", PASSWORD)];
        send(post_form(&server, "/login", &form).header("x-forwarded-proto", proto))
    };
    let begin = |proto: &str| {
        let request = server.http().get(format!("{}/login/oidc", server.base()));
        send(request.header("x-forwarded-proto", proto))
    };
    let mut set = vec![(first, false), (ann.post("/logout", &[]).await, false)];
    for (proto, is_secure) in [("http", false), ("https", true)] {
        set.push((login(proto).await, is_secure));
        set.push((begin(proto).await, is_secure));
    }
    let mut seen = 0;
    for (answer, is_secure) in &set {
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            let (pair, attributes) = cookie.split_once("; ").unwrap();
            let attributes: Vec<_> = attributes.split("; ").collect();
            assert!(attributes.contains(&"HttpOnly"), "{cookie}");
            assert!(attributes.contains(&"SameSite=Lax"), "{cookie}");
            assert_eq!(attributes.contains(&"Secure"), *is_secure, "{cookie}");
            assert!(!attributes.iter().any(|one| one.starts_with("Domain")), "{cookie}");
            assert!(attributes.iter().any(|one| one.starts_with("Max-Age=")), "{cookie}");
            let value = pair.split_once('=').unwrap().1;
            assert!(value.is_empty() || value.len() >= 64, "{cookie}");
            seen += 1;
        }
    }
    assert!(seen >= 6, "{seen} cookies were set");
}

#[tokio::test]
async fn a_session_begins_with_a_cookie_of_its_own_and_ends_for_good() {
    let db = TestDb::new().await;
    let server = web::serve(&db).await;
    browser::claim(&server).await;
    let planted = format!("deal_scout_session={}", "ab".repeat(32));
    let form = [("email", ANN), ("password", PASSWORD)];
    let answer = send(post_form(&server, "/login", &form).header("cookie", &planted)).await;
    let ann = Browser::of(&server, &answer).await;
    assert_ne!(ann.cookie, planted, "nobody chooses another's cookie");
    assert_eq!(server.get_with("/", &[("cookie", &planted)]).await.status, 303);
    ann.post("/logout", &[]).await;
    assert!(!ann.is_signed_in().await);
    for wrong in [
        "deal_scout_session=",
        "deal_scout_session=%00",
        "deal_scout_session=' OR 1=1 --",
        "deal_scout_session",
    ] {
        assert_eq!(server.get_with("/", &[("cookie", wrong)]).await.status, 303, "{wrong}");
    }
}

#[tokio::test]
async fn no_answer_and_no_mail_leads_where_the_request_says_we_are() {
    let Some(mut mail) = MailServer::start() else { return };
    let db = TestDb::new().await;
    let server = with_mail(&db.url, mail.port).start();
    server.ready().await;
    let ann = browser::owner(&server).await;
    let claims = [
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("x-host", "evil.example"),
        ("forwarded", "host=evil.example;proto=https"),
        ("x-forwarded-server", "evil.example"),
        ("x-original-url", "https://evil.example/"),
        ("x-forwarded-prefix", "https://evil.example"),
    ];
    // An address gets few mails an hour, so those that name a host alone are tried.
    for (name, value) in claims.iter().take(4) {
        let asked = post_form(&server, "/forgot", &[("email", ANN)]).header(*name, *value);
        assert_eq!(send(asked).await.status, 200, "{name}");
        let text = mail.next();
        assert!(!text.contains("evil"), "{name}: {text}");
        let link = between(&text, "https://deals.example.org", "\n");
        assert!(link.starts_with("/reset?token="), "{name}: {text}");
    }
    for route in routes::all(&server).await.iter().filter(|one| one.method == Method::GET) {
        for cookie in ["", ann.cookie.as_str()] {
            let mut headers = claims.to_vec();
            headers.push(("cookie", cookie));
            let answer = server.get_with(&route.path, &headers).await;
            assert!(!answer.body.contains("evil.example"), "{}: {}", route.path, answer.body);
            let told = format!("{:?}", answer.headers);
            assert!(!told.contains("evil.example"), "{}: {told}", route.path);
        }
    }
    // An address in full in the first line is an address here, or none.
    let told = raw::get(&server, "https://evil.example/listings/1", "").await;
    assert!(!told.text.contains("evil.example"), "{}", told.text);
}
