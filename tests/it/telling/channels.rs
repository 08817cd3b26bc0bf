//! Channels as people set them up and try them: each service speaks as it is documented.

use deal_scout::{db::outbox, delivery::Delivery, model::id::ChannelId, workers::notify};
use serde_json::{Value, json};

use super::scene::{OWNER, Scene, noon};
use crate::support::{
    http::{Asked, Reply},
    smtp::MailServer,
};

/// What channel 2 says when it is tried: its kind, address, secret and settings.
async fn tried(scene: &Scene, kind: &str, address: &str, secret: &str, settings: &Value) -> String {
    let app = scene.app(noon());
    let sealed = app.sealer.seal("channels/secret/1", &deal_scout::sealing::Secret::new(secret));
    let sealed: Vec<_> = sealed.unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
    let sealed = sealed.concat();
    scene.run("DELETE FROM channels WHERE id = 2").await;
    scene.channel(2, kind, address).await;
    scene
        .run(&format!(
            "UPDATE channels SET secret = '\\x{sealed}', settings = '{settings}' WHERE id = 2"
        ))
        .await;
    let way = outbox::way(&mut scene.db.conn().await, OWNER, ChannelId(2)).await.unwrap().unwrap();
    let delivery = Delivery { sealer: &app.sealer, outbound: &app.outbound, mail: &app.mail };
    match delivery.try_out(&way, "https://deals.example.org", noon()).await {
        Ok(said) => format!("sent: {said}"),
        Err(refusal) => format!("not sent: {refusal}"),
    }
}

/// Answers as each service does when all is well, and refuses a wrong secret in its own words.
fn service(asked: &Asked) -> Reply {
    let body: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
    let is_json = asked.header("content-type") == Some("application/json");
    match asked.path() {
        "/ntfy/"
            if asked.header("authorization") == Some("Bearer tk_right")
                && body["topic"] == "deals" =>
        {
            Reply::json(&json!({"id": "x", "event": "message", "topic": "deals"}))
        }
        "/ntfy/" => {
            Reply::json(&json!({"code": 40301, "http": 403, "error": "forbidden"})).status(403)
        }
        "/discord/right" if asked.query("wait").as_deref() == Some("true") && is_json => {
            Reply::json(&json!({"id": "1", "type": 0}))
        }
        "/discord/busy" => Reply::json(
            &json!({"message": "You are being rate limited.", "retry_after": 1.5, "global": false}),
        )
        .status(429)
        .with("retry-after", "2"),
        "/botright/sendMessage" if body["chat_id"] == "7" => {
            Reply::json(&json!({"ok": true, "result": {"message_id": 1}}))
        }
        path if path.starts_with("/bot") => {
            Reply::json(&json!({"ok": false, "error_code": 401, "description": "Unauthorized"}))
                .status(401)
        }
        "/slack/right" => Reply::new(200, "ok"),
        "/1/messages.json" if body["token"] == "right" => {
            Reply::json(&json!({"status": 1, "request": "r"}))
        }
        "/1/messages.json" => Reply::json(
            &json!({"token": "invalid", "errors": ["application token is invalid"], "status": 0}),
        )
        .status(400),
        "/gotify/message" if asked.header("x-gotify-key") == Some("right") => {
            Reply::json(&json!({"id": 1}))
        }
        "/gotify/message" => {
            Reply::json(&json!({"error": "Unauthorized", "errorDescription": "you need a token"}))
                .status(401)
        }
        "/notify/key" => Reply::new(200, ""),
        "/notify/nobody" => Reply::new(204, ""),
        _ => Reply::new(404, "no_service"),
    }
}

#[tokio::test]
async fn every_service_is_spoken_to_as_it_wants_and_its_refusals_are_told() {
    let scene = Scene::answering(service).await;
    let at = |path: &str| scene.web.url(path);
    let none = json!({});
    let here = json!({"server": at("")});
    for (kind, address, secret, settings, said) in [
        ("ntfy", at("/ntfy/deals"), "tk_right", &none, "sent: "),
        ("ntfy", at("/ntfy/deals"), "tk_wrong", &none, "not sent: 127.0.0.1 refuses the token"),
        (
            "discord",
            String::new(),
            at("/discord/right").as_str(),
            &none,
            "sent: Discord has posted it",
        ),
        (
            "discord",
            String::new(),
            at("/discord/busy").as_str(),
            &none,
            "not sent: 127.0.0.1 asks to wait (429): You are",
        ),
        (
            "discord",
            String::new(),
            at("/discord/gone").as_str(),
            &none,
            "not sent: 127.0.0.1 knows no such address",
        ),
        ("telegram", "7".to_owned(), "right", &here, "sent: Telegram has delivered it"),
        ("telegram", "7".to_owned(), "wrong", &here, "not sent: 127.0.0.1 refuses the token"),
        ("slack", String::new(), at("/slack/right").as_str(), &none, "sent: Slack has posted it"),
        (
            "slack",
            String::new(),
            at("/slack/gone").as_str(),
            &none,
            "not sent: 127.0.0.1 knows no such address any more (404): no_service",
        ),
        ("pushover", "u".to_owned(), "right", &here, "sent: Pushover has taken it"),
        (
            "pushover",
            "u".to_owned(),
            "wrong",
            &here,
            "not sent: 127.0.0.1 did not take the message (400): application token is invalid",
        ),
        ("gotify", at("/gotify"), "right", &none, "sent: "),
        (
            "gotify",
            at("/gotify"),
            "wrong",
            &none,
            "not sent: 127.0.0.1 refuses the token, the password or the address (401): you need a token",
        ),
        ("apprise", at("/notify/key"), "json://x", &none, "sent: "),
        (
            "apprise",
            at("/notify/nobody"),
            "json://x",
            &none,
            "not sent: 127.0.0.1 has nobody to tell",
        ),
    ] {
        let told = tried(&scene, kind, &address, secret, settings).await;
        assert!(told.starts_with(said), "{kind}: {told}");
        assert!(!told.contains("wrong"), "no secret is told: {told}");
    }
}

#[tokio::test]
async fn a_channel_into_a_private_network_is_refused() {
    let scene = Scene::new().await;
    let told = tried(&scene, "webhook", "http://10.0.0.1/hook", "k", &json!({})).await;
    assert!(told.starts_with("not sent: ") && told.contains("outbound.allow"), "{told}");
}

#[tokio::test]
async fn a_find_comes_by_mail_as_text_and_html() {
    let Some(mut server) = MailServer::start() else { return };
    let scene = Scene::new().await;
    scene.run("UPDATE channels SET kind = 'email', address = 'ann@example.org'").await;
    scene.find(1, 310, 84).await;
    scene.enqueue(&[1], noon()).await;
    let port = server.port.to_string();
    let app = scene.app_with(
        noon(),
        &[
            ("SMTP_HOST", "127.0.0.1"),
            ("SMTP_PORT", &port),
            ("SMTP_USE_TLS", "false"),
            ("EMAIL_FROM", "Deals <deals@example.org>"),
        ],
    );
    notify::tick(&app).await.unwrap();
    let mail = server.next();
    assert!(mail.contains("Subject: $310.00: RTX 3070 number 1"), "{mail}");
    assert!(mail.contains("text/plain") && mail.contains("text/html"), "{mail}");
    assert!(mail.contains("Message-ID: <n-1-") && mail.contains("/l/"), "{mail}");
    assert_eq!(scene.told().await, ["1 find 31000 email sent"]);
}

#[tokio::test]
async fn the_operators_discord_becomes_a_channel_once_and_follows_the_setting() {
    let scene = Scene::answering(service).await;
    scene.run("DELETE FROM search_channels; DELETE FROM channels").await;
    let ours = "channels WHERE kind = 'discord' AND name = 'Discord' AND secret IS NOT NULL";
    for path in ["/discord/right", "/discord/right", "/discord/busy"] {
        let url = scene.web.url(path);
        let app = scene.app_with(noon(), &[("DISCORD_WEBHOOK_URL", &url)]);
        notify::adopt_discord(&app).await.unwrap();
        assert_eq!(scene.db.count(ours).await, 1);
    }
    assert_eq!(scene.db.count("channels").await, 1);
    assert_eq!(scene.db.count("search_channels").await, 1);
    scene.find(1, 310, 84).await;
    scene.enqueue(&[1], noon()).await;
    assert_eq!(scene.tell(noon()).await, 1);
    assert_eq!(scene.web.paths(), ["/discord/busy"]);
}
