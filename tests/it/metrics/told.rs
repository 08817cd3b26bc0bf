//! What is told, and that nobody's words are among it.

use serde_json::json;

use crate::support::{
    browser,
    cluster::PATIENCE,
    http::{Reply, Web},
    market::ebay::{Ad, FakeEbay, Mishap},
    people,
    server::program,
};

/// Words that people have given, none of which may stand in the metrics.
const PLANTED: [&str; 6] =
    ["zanzibar", "annas-flat", "ann@example.org", "hush-hush", "planted", "ann's"];

#[tokio::test]
async fn requests_sources_and_messages_are_counted_without_anybodys_words() {
    let (db, ebay) = (people::two().await, FakeEbay::start().await);
    ebay.put(Ad::new(1, "Zanzibar camera", "1900.00"));
    ebay.next(Mishap::Html);
    let hook = Web::start(|_| Reply::new(401, "planted")).await;
    let mut program = program("serve")
        .env("DATABASE_URL", &db.url)
        .env("DEAL_SCOUT__OUTBOUND__ALLOW", "127.0.0.0/8");
    for (name, value) in ebay.settings() {
        program = program.env(name, value);
    }
    let server = program.start();
    server.ready().await;
    let token = people::token(&db, people::ANN, "write").await;
    let cookie = people::session(&db, people::ANN).await;
    let ann = browser::Browser::with(&server, &cookie).await;
    let feed =
        json!({"name": "annas-flat", "kind": "feed", "address": hook.url("/rss?key=hush-hush")});
    assert_eq!(people::post(&server, &token, "/api/v1/feeds", &feed).await.status, 201);
    let channel = json!({"name": "Ann's", "kind": "webhook", "address": hook.url("/hush-hush")});
    let channel =
        people::post(&server, &token, "/api/v1/channels", &channel).await.json()["id"].clone();
    let told = json!({"channel_id": channel, "channel": "webhook", "reason": "find", "status": "failed",
                      "payload": {"title": "zanzibar"}});
    let told =
        people::post(&server, &token, "/api/v1/notifications", &told).await.json()["id"].clone();
    let search = json!({"name": "planted", "words": "zanzibar"});
    let search =
        people::post(&server, &token, "/api/v1/searches", &search).await.json()["id"].clone();
    people::post(&server, &token, &format!("/api/v1/notifications/{told}/retry"), &json!({})).await;
    ann.get(&format!("/searches/{search}?q=planted")).await;
    ann.get("/planted/zanzibar").await;
    server.get("/api/v1/planted?hush-hush").await;
    let strange = reqwest::Method::from_bytes(b"PLANTED").unwrap();
    server.http().request(strange, format!("{}/searches", server.base())).send().await.unwrap();

    let began = std::time::Instant::now();
    let wanted = [
        "deal_scout_http_requests_total{method=\"POST\",route=\"/api/v1/searches\",status=\"2xx\"} 1",
        "deal_scout_http_requests_total{method=\"GET\",route=\"/searches/{id}\",status=\"2xx\"} 1",
        "deal_scout_http_requests_total{method=\"GET\",route=\"none\",status=\"4xx\"} 2",
        "deal_scout_http_request_duration_seconds_count{method=\"POST\",route=\"/api/v1/searches\"} 1",
        "deal_scout_source_answers_total{outcome=\"nonsense\",source=\"ebay\"} 1",
        "deal_scout_source_answers_total{outcome=\"refused\",source=\"feed\"} 1",
        "deal_scout_notifications_total{channel=\"webhook\",outcome=\"given_up\"} 1",
        "deal_scout_notifications_total{channel=\"ntfy\",outcome=\"sent\"} 0",
        "deal_scout_phase{phase=\"ready\"} 1",
        "deal_scout_schema_complete 1",
        "deal_scout_redis_configured 0",
        "deal_scout_redis_up 1",
        "deal_scout_database_connections_max 10",
    ];
    let text = loop {
        let text = server.get("/metrics").await.body;
        let missing: Vec<_> =
            wanted.iter().filter(|line| !text.lines().any(|said| said == **line)).collect();
        if missing.is_empty() {
            break text;
        }
        assert!(began.elapsed() < PATIENCE / 2, "{missing:#?}\n{text}");
    };
    let small = text.to_lowercase();
    for word in PLANTED {
        assert!(!small.contains(word), "{word} is told:\n{text}");
    }
    assert!(text.contains("method=\"other\""), "{text}");
}

#[tokio::test]
async fn a_request_is_named_in_its_answer_and_in_what_is_told_of_its_failure() {
    let db = people::two().await;
    let server = crate::support::web::serve(&db).await;
    let told = server.get_with("/api/v1/nothing", &[("x-request-id", "proxy-77_a")]).await;
    assert_eq!(
        (told.status, &told.headers["x-request-id"], &told.json()["request_id"]),
        (404, &"proxy-77_a".parse().unwrap(), &json!("proxy-77_a"))
    );
    for strange in ["a b", "", "x;y", &"a".repeat(65)] {
        let made = server.get_with("/metrics", &[("x-request-id", strange)]).await;
        let id = made.headers["x-request-id"].to_str().unwrap().to_owned();
        assert!(id.len() == 16 && id != strange, "{id}");
    }
}
