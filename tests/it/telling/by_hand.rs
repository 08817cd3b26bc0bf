//! What people do by hand, over HTTP: try a channel, and try again what was given up, whatever the service answers.

use serde_json::{Value, json};

use crate::support::{
    Server, TestDb,
    browser::{Browser, between},
    cluster::PATIENCE,
    http::{Asked, Reply, Web},
    people::{self, ANN, BOB},
    server::program,
    web::header,
};

/// The ways to answer: the channel's number is its place in this list, from 1.
const WAYS: [&str; 7] = ["taken", "refused", "busy", "broken", "nonsense", "silent", "cut-off"];

fn answer(asked: &Asked) -> Reply {
    match asked.path() {
        "/taken" => Reply::new(200, "ok"),
        "/refused" => Reply::json(&json!({"message": "who are you?"})).status(401),
        "/busy" => Reply::new(429, "slow down").with("retry-after", "900"),
        "/broken" => Reply::new(500, "<h1>oops</h1>"),
        "/nonsense" => Reply::Raw(b"220 mail.example.org ESMTP\r\n".to_vec()),
        "/silent" => Reply::Stalled(Vec::new()),
        "/cut-off" => Reply::new(200, "ok, we have it").cut_off(3),
        path => panic!("nobody is to ask for {path}"),
    }
}

/// What people are told of each way, a part of it.
fn words(way: &str) -> &'static str {
    match way {
        "taken" => "took it (200)",
        "refused" => "refuses the token, the password or the address (401): who are you?",
        "busy" => "asks to wait (429): slow down",
        "broken" => "has trouble of its own (500)",
        "nonsense" => "cannot be reached: invalid HTTP version",
        "silent" => "did not answer within 2 s",
        "cut-off" => "was cut off; nothing of it is used",
        _ => unreachable!("{way}"),
    }
}

struct Scene {
    db: TestDb,
    web: Web,
    server: Server,
}

/// Ann has a channel for each way to answer.
async fn scene() -> Scene {
    let (db, web) = (people::two().await, Web::start(answer).await);
    for (number, way) in (1..).zip(WAYS) {
        db.run(&format!(
            "INSERT INTO channels (id, user_id, name, kind, address) VALUES ({number}, 1, '{way}', 'webhook', '{}')",
            web.url(&format!("/{way}"))
        ))
        .await;
    }
    let server = program("serve")
        .env("DATABASE_URL", &db.url)
        .env("DEAL_SCOUT__OUTBOUND__ALLOW", "127.0.0.0/8")
        .env("DEAL_SCOUT__OUTBOUND__TIMEOUT_S", "2")
        .start();
    server.ready().await;
    Scene { db, web, server }
}

impl Scene {
    async fn browser(&self, email: &str) -> Browser<'_> {
        Browser::with(&self.server, &people::session(&self.db, email).await).await
    }

    /// Channel `number` as the list of channels shows it.
    async fn shown(&self, ann: &Browser<'_>, path: &str, number: usize) -> String {
        let page = ann.get(path).await.body;
        between(&page, &format!("<li id=\"channel-{number}\">"), "</li>").to_owned()
    }

    async fn until(&self, rows: &str, count: i64) {
        let began = std::time::Instant::now();
        while self.db.count(rows).await != count {
            assert!(began.elapsed() < PATIENCE, "{rows}: {}", self.server.story().join("\n"));
        }
    }
}

#[tokio::test]
async fn a_channel_is_tried_and_its_service_is_quoted() {
    let scene = scene().await;
    let token = people::token(&scene.db, ANN, "write").await;
    let ann = scene.browser(ANN).await;
    for (number, way) in (1..).zip(WAYS) {
        let path = format!("/api/v1/channels/{number}/test");
        let tried = people::post(&scene.server, &token, &path, &json!({})).await;
        assert_eq!(tried.status, 200, "{way}: {}", tried.body);
        let said = tried.json();
        assert_eq!(said["sent"], way == "taken", "{way}: {said}");
        assert!(said["said"].as_str().unwrap().contains(words(way)), "{way}: {said}");

        let sent = ann.post(&format!("/channels/{number}/test"), &[]).await;
        let to = format!("/channels?tried={number}#channel-{number}");
        assert_eq!((sent.status, header(&sent, "location")), (303, to.as_str()));
        let shown = scene.shown(&ann, &format!("/channels?tried={number}"), number).await;
        if way == "taken" {
            assert!(shown.contains("Works") && shown.contains("The message was taken."), "{shown}");
        } else {
            let words = words(way).trim();
            assert!(shown.contains("Fails") && shown.contains(words), "{way}: {shown}");
            assert!(shown.contains("<p class=\"fault\" role=\"alert\">"), "{shown}");
        }
    }
    assert_eq!(scene.db.count("notifications").await, 0, "a trial is no notification");
    assert!(scene.web.asked().len() >= 2 * WAYS.len());

    // Nobody tries a channel of somebody else, and nobody with a token that may only read.
    let before = scene.web.asked().len();
    let bobs = people::token(&scene.db, BOB, "admin").await;
    let reader = people::token(&scene.db, ANN, "read").await;
    let test = "/api/v1/channels/1/test";
    assert_eq!(people::post(&scene.server, &bobs, test, &json!({})).await.status, 404);
    assert_eq!(people::post(&scene.server, &reader, test, &json!({})).await.status, 403);
    assert_eq!(scene.browser(BOB).await.post("/channels/1/test", &[]).await.status, 404);
    assert_eq!(scene.web.asked().len(), before);
}

/// Notification `id` that was given up, for channel `id`.
async fn given_up(scene: &Scene, id: usize) {
    scene
        .db
        .run(&format!(
            "INSERT INTO notifications (id, user_id, channel_id, channel, reason, payload, status, attempts, error)
             VALUES ({id}, 1, {id}, 'webhook', 'find', '{{\"title\": \"Leica {id}\"}}', 'failed', 16, 'no answer')"
        ))
        .await;
}

async fn notification(scene: &Scene, token: &str, id: usize) -> Value {
    people::get(&scene.server, token, &format!("/api/v1/notifications/{id}")).await.json()
}

#[tokio::test]
async fn what_was_given_up_is_tried_again_and_fares_as_its_service_says() {
    let scene = scene().await;
    let token = people::token(&scene.db, ANN, "write").await;
    let ann = scene.browser(ANN).await;
    for (id, way) in (1..).zip(WAYS) {
        given_up(&scene, id).await;
        // One by a program, the next by hand.
        if id % 2 == 0 {
            let list = ann.get("/notifications?tab=failed").await.body;
            assert!(list.contains(&format!("Leica {id}")) && list.contains("Try again"), "{list}");
            let asked = ann.post(&format!("/notifications/{id}/retry"), &[]).await;
            assert_eq!(header(&asked, "location"), "/notifications?tab=failed&done=again", "{way}");
        } else {
            let path = format!("/api/v1/notifications/{id}/retry");
            let asked = people::post(&scene.server, &token, &path, &json!({})).await;
            assert_eq!((asked.status, &asked.json()["id"]), (200, &json!(id)), "{}", asked.body);
            assert_eq!(
                (&asked.json()["status"], &asked.json()["attempts"]),
                (&json!("pending"), &json!(0))
            );
        }
    }
    scene.until("notifications WHERE attempts = 1", 7).await;
    for (id, way) in (1..).zip(WAYS) {
        let row = notification(&scene, &token, id).await;
        let (status, error) =
            (row["status"].as_str().unwrap(), row["error"].as_str().unwrap_or(""));
        match way {
            "taken" => assert_eq!((status, error), ("sent", "")),
            "refused" => assert_eq!(status, "failed"),
            _ => assert_eq!(status, "pending", "{way}: {error}"),
        }
        assert!(way == "taken" || error.contains(words(way)), "{way}: {error}");
    }
    // Who asks for a quarter of an hour gets it.
    let patient = "notifications WHERE id = 3 AND next_try_at BETWEEN now() + INTERVAL '13 min' AND now() + INTERVAL '19 min'";
    assert_eq!(scene.db.count(patient).await, 1);

    // Only what failed, and has a channel still, is tried again; and only by whom it belongs to.
    let again = |id: usize| format!("/api/v1/notifications/{id}/retry");
    for id in [1, 3] {
        assert_eq!(people::post(&scene.server, &token, &again(id), &json!({})).await.status, 409);
        assert_eq!(ann.post(&format!("/notifications/{id}/retry"), &[]).await.status, 409);
    }
    let bob = people::token(&scene.db, BOB, "write").await;
    assert_eq!(people::post(&scene.server, &bob, &again(2), &json!({})).await.status, 404);
    assert_eq!(scene.browser(BOB).await.post("/notifications/2/retry", &[]).await.status, 404);
    scene.db.run("DELETE FROM channels WHERE id = 2").await;
    assert_eq!(people::post(&scene.server, &token, &again(2), &json!({})).await.status, 409);
    scene.db.run("UPDATE channels SET enabled = FALSE; UPDATE notifications SET status = 'failed' WHERE id = 4").await;
    let off = people::post(&scene.server, &token, &again(4), &json!({})).await;
    assert_eq!(
        off.status, 409,
        "through a channel that is switched off nothing would go: {}",
        off.body
    );
}
