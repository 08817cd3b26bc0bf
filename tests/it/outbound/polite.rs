//! Pages and feeds are read politely: as robots.txt allows, and two at once at most.

use std::sync::{
    Arc,
    atomic::{AtomicU16, Ordering},
};

use deal_scout::outbound::{Answer, Fault, Outbound};

use super::{Book, outbound, public};
use crate::support::http::{Reply, Web};

async fn page(out: &Outbound, url: &str) -> Result<Answer, Fault> {
    out.send(public(url).politely()).await
}

#[tokio::test]
async fn what_robots_txt_forbids_is_not_asked_and_the_file_is_read_once() {
    let web = Web::start(|asked| match asked.path() {
        "/robots.txt" => {
            Reply::new(200, "User-agent: deal-scout\nDisallow: /private\nAllow: /private/but")
        }
        _ => Reply::new(200, "page"),
    })
    .await;
    let out = outbound("127.0.0.1", &Book::of(&[]));
    page(&out, &web.url("/a?b")).await.unwrap();
    let told = page(&out, &web.url("/private/x")).await.unwrap_err();
    assert!(matches!(told, Fault::Robots { .. }) && !told.is_passing(), "{told:?}");
    page(&out, &web.url("/private/but")).await.unwrap();
    assert_eq!(web.paths(), ["/robots.txt", "/a", "/private/but"]);
    // An interface for programs does not ask.
    out.send(public(&web.url("/private/x"))).await.unwrap();
}

#[tokio::test]
async fn no_robots_txt_allows_and_a_broken_server_forbids_for_now() {
    let status = Arc::new(AtomicU16::new(404));
    let told = Arc::clone(&status);
    let web = Web::start(move |asked| match asked.path() {
        "/robots.txt" => Reply::new(told.load(Ordering::SeqCst), "Disallow: /"),
        _ => Reply::new(200, "page"),
    })
    .await;
    for (answer, may) in
        [(404, true), (403, true), (410, true), (500, false), (503, false), (429, false)]
    {
        status.store(answer, Ordering::SeqCst);
        let out = outbound("127.0.0.1", &Book::of(&[]));
        let told = page(&out, &web.url("/a")).await;
        assert_eq!(told.is_ok(), may, "{answer}: {told:?}");
        if let Err(fault) = told {
            assert!(fault.is_passing() && fault.retry_after().unwrap().as_secs() > 60, "{fault:?}");
            // It is not asked again and again.
            let before = web.asked().len();
            assert!(page(&out, &web.url("/b")).await.is_err());
            assert_eq!(web.asked().len(), before);
        }
    }
}

#[tokio::test]
async fn a_redirect_leads_to_the_other_sites_rules() {
    let other = Web::start(|asked| match asked.path() {
        "/robots.txt" => Reply::new(200, "User-agent: *\nDisallow: /"),
        _ => Reply::new(200, "page"),
    })
    .await;
    let to = other.url("/page");
    let web = Web::start(move |asked| match asked.path() {
        "/robots.txt" => Reply::new(404, ""),
        _ => Reply::redirect(&to),
    })
    .await;
    let out = outbound("127.0.0.1", &Book::of(&[]));
    let told = page(&out, &web.url("/a")).await.unwrap_err();
    assert!(matches!(told, Fault::Robots { .. }), "{told:?}");
    assert_eq!(other.paths(), ["/robots.txt"]);
}

#[tokio::test]
async fn robots_txt_itself_is_guarded_like_any_address() {
    let inside = Web::on("127.0.0.2:0", |_| Reply::new(200, "inside")).await;
    let to = inside.url("/robots.txt");
    let web = Web::start(move |_| Reply::redirect(&to)).await;
    let out = outbound("127.0.0.1", &Book::of(&[]));
    assert!(matches!(page(&out, &web.url("/a")).await, Err(Fault::Network { .. })));
    assert_eq!(inside.connections(), 0);
}

#[tokio::test]
async fn two_requests_to_one_host_run_at_once_and_no_third() {
    let web = Web::start(|asked| match asked.path() {
        "/robots.txt" => Reply::new(404, ""),
        _ => Reply::Stalled(Vec::new()),
    })
    .await;
    let out = outbound("127.0.0.1", &Book::of(&[]));
    let ask = |n: usize| {
        let (out, url) = (out.clone(), web.url(&format!("/{n}")));
        let request = public(&url).politely().within(std::time::Duration::from_millis(600));
        tokio::spawn(async move { out.send(request).await })
    };
    let mut asking = [0, 1, 2].map(ask).into_iter();
    let first = asking.next().unwrap().await.unwrap();
    assert!(matches!(first, Err(Fault::Slow { .. })), "{first:?}");
    // When the first gave up, only two had been sent.
    assert_eq!(web.asked().iter().filter(|asked| asked.path() != "/robots.txt").count(), 2);
    for rest in asking {
        assert!(rest.await.unwrap().is_err());
    }
    assert_eq!(web.asked().len(), 4);
}
