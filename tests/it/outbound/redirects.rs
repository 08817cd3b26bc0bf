//! Redirects are followed a few times. What proves who asks goes along to no other host, and comes back in no refusal.

use deal_scout::outbound::{Fault, Reach, Request, header, parse};

use super::{Book, get, outbound, public};
use crate::support::http::{Reply, Web};

#[tokio::test]
async fn five_redirects_are_followed_and_no_sixth() {
    let web = Web::start(|asked| {
        let left: usize = asked.path().trim_start_matches('/').parse().unwrap();
        if left == 0 {
            Reply::new(200, "there")
        } else {
            Reply::redirect(&format!("/{}", left - 1))
        }
    })
    .await;
    let out = outbound("127.0.0.1", &Book::of(&[]));
    let answer = get(&out, &web.url("/5")).await.unwrap();
    assert_eq!((answer.body.as_slice(), answer.url.path()), (&b"there"[..], "/0"));
    let before = web.asked().len();
    let told = get(&out, &web.url("/9")).await.unwrap_err();
    assert!(matches!(told, Fault::Redirects { limit: 5, .. }), "{told:?}");
    assert_eq!(web.asked().len() - before, 6);
}

#[tokio::test]
async fn what_proves_who_asks_stays_with_the_first_host() {
    let other = Web::start(|_| Reply::new(200, "other")).await;
    let to = other.url("/taken?x=1");
    let web = Web::start(move |asked| match asked.path() {
        "/same" => Reply::redirect("/end"),
        "/end" => Reply::new(200, "end"),
        "/kept" => Reply::redirect(&to).status(307),
        _ => Reply::redirect(&to),
    })
    .await;
    let out = outbound("127.0.0.1", &Book::of(&[]));
    let secret = |path: &str| {
        public(&web.url(path))
            .secret_header(header::AUTHORIZATION, "Bearer s3cret".parse().unwrap())
            .header(header::HeaderName::from_static("x-api-key"), "s3cret".parse().unwrap())
            .header(header::ACCEPT, "text/html".parse().unwrap())
    };
    out.send(secret("/same")).await.unwrap();
    let asked = web.asked();
    assert_eq!(asked[1].header("authorization"), Some("Bearer s3cret"));

    assert_eq!(out.send(secret("/away")).await.unwrap().body, b"other");
    let taken = &other.asked()[0];
    assert_eq!((taken.header("authorization"), taken.header("x-api-key")), (None, None));
    assert_eq!(taken.header("accept"), Some("text/html"));
    assert_eq!(taken.header("referer"), None);

    let post = |path: &str| {
        let url = parse(&web.url(path)).unwrap();
        Request::post(url, Reach::Public, "text/plain", b"s3cret".to_vec())
    };
    assert!(matches!(out.send(post("/kept")).await, Err(Fault::Redirect { .. })));
    out.send(post("/away")).await.unwrap();
    let taken = &other.asked()[1];
    assert_eq!((taken.method.as_str(), taken.body.len()), ("GET", 0));
    assert_eq!(taken.header("content-type"), None);
    assert_eq!(other.asked().len(), 2);
}

#[tokio::test]
async fn a_refusal_repeats_no_key_and_a_good_answer_arrives_as_it_is() {
    let ads = r#"{"title": "A camera app, with camera"}"#;
    let web = Web::start(move |asked| match asked.path() {
        "/ads" => Reply::new(200, ads),
        _ => Reply::new(403, r#"{"message": "camera is no key"}"#),
    })
    .await;
    let out = outbound("127.0.0.1", &Book::of(&[]));
    let ask = |path: &str| {
        let key = header::HeaderName::from_static("x-api-key");
        out.send(public(&web.url(path)).secret_header(key, "camera".parse().unwrap()))
    };
    assert_eq!(ask("/ads").await.unwrap().body, ads.as_bytes());
    assert_eq!(ask("/x").await.unwrap().body, br#"{"message":"*** is no key"}"#);
}

#[tokio::test]
async fn the_program_says_who_it_is() {
    let web = Web::start(|_| Reply::new(204, "")).await;
    get(&outbound("127.0.0.1", &Book::of(&[])), &web.url("/")).await.unwrap();
    let agent = format!("deal-scout/{} (+https://deals.example.org)", env!("CARGO_PKG_VERSION"));
    assert_eq!(web.asked()[0].header("user-agent"), Some(agent.as_str()));
}
