//! Who sees the metrics.

use crate::support::{
    TestDb,
    server::{Answer, Server, program},
};

const TOKEN: &str = "0123456789abcdef-right";

async fn asked(server: &Server, headers: &[(&str, &str)]) -> Answer {
    server.get_with("/metrics", headers).await
}

/// As a proxy on this machine passes somebody on.
const PASSED_ON: (&str, &str) = ("x-forwarded-for", "192.0.2.7");

#[tokio::test]
async fn this_machine_sees_them_and_others_do_not() {
    let db = TestDb::new().await;
    let server = program("serve").env("DATABASE_URL", &db.url).start();
    server.ready().await;
    let here = asked(&server, &[]).await;
    assert_eq!(here.status, 200);
    assert_eq!(here.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    assert_eq!(here.headers["cache-control"], "no-store");
    for headers in [
        &[PASSED_ON][..],
        &[PASSED_ON, ("authorization", "Bearer ")],
        // A page elsewhere that points its own name at this machine.
        &[("host", "evil.example")],
    ] {
        let refused = asked(&server, headers).await;
        assert_eq!(
            (refused.status, refused.json()["code"].as_str()),
            (403, Some("forbidden")),
            "{headers:?}"
        );
        assert!(
            refused.json()["detail"].as_str().unwrap().contains("metrics.token"),
            "{}",
            refused.body
        );
    }
    let post = server.http().post(format!("{}/metrics", server.base())).send().await.unwrap();
    assert_eq!(post.status().as_u16(), 405);
}

#[tokio::test]
async fn a_prometheus_elsewhere_sends_the_token_also_while_the_database_is_away() {
    let server = program("serve")
        .env("DATABASE_URL", "postgres://deals:planted-password@127.0.0.1:1/deals?sslmode=disable")
        .env("DEAL_SCOUT__METRICS__TOKEN", TOKEN)
        .start();
    let right = format!("Bearer {TOKEN}");
    let seen = asked(&server, &[PASSED_ON, ("authorization", &right)]).await;
    assert_eq!(seen.status, 200, "{}", seen.body);
    assert!(seen.body.contains("deal_scout_database_up 0"), "{}", seen.body);
    assert!(seen.body.contains("deal_scout_phase{phase=\"ready\"} 0"), "{}", seen.body);
    assert!(!seen.body.contains("planted-password") && !seen.body.contains(TOKEN));
    for (sent, code) in [
        (None, "unauthorized"),
        (Some("Bearer 0123456789abcdef-wrong"), "invalid_token"),
        (Some("Basic eDp5"), "unauthorized"),
    ] {
        let mut headers = vec![PASSED_ON];
        headers.extend(sent.map(|sent| ("authorization", sent)));
        let refused = asked(&server, &headers).await;
        assert_eq!(
            (refused.status, refused.json()["code"].as_str()),
            (401, Some(code)),
            "{sent:?}"
        );
        assert!(refused.headers["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
    }
}

#[tokio::test]
async fn an_operator_may_show_them_to_everybody_and_a_token_must_be_worth_its_name() {
    let db = TestDb::new().await;
    let server = program("serve")
        .env("DATABASE_URL", &db.url)
        .env("DEAL_SCOUT__METRICS__OPEN", "true")
        .start();
    assert_eq!(asked(&server, &[PASSED_ON]).await.status, 200);
    let (code, _, said) = program("serve")
        .env("DATABASE_URL", &db.url)
        .env("DEAL_SCOUT__METRICS__TOKEN", "secret")
        .finish();
    assert_eq!(code, Some(2));
    assert!(said.contains("metrics.token") && said.contains("too easy to guess"), "{said}");
}
