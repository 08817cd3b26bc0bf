//! Nobody writes into the log what looks like a line of ours, or what a terminal obeys.

use serde_json::json;

use super::raw;
use crate::support::{
    browser::Browser,
    people::{self, ANN},
    server::{Server, program},
    web::{post_form, send},
};

/// A line end, a line of ours, an escape that clears the screen, and signs that turn the direction of writing.
const HOSTILE: &str = "a\r\nNov 22 12:00:00 INFO all is well\u{1b}[2J\u{9b}31m\u{7}\u{202e}";

/// Puts it wherever a stranger's text can come from.
async fn speak(server: &Server, db: &crate::support::TestDb) {
    let encoded = raw::encoded(HOSTILE);
    for path in [
        "/",
        "/listings/",
        "/static/",
        "/api/v1/",
        "/l/",
        "/finds/",
        "/login?next=",
        "/api/v1/comps?q=",
        "/reset?token=",
    ] {
        server.get(&format!("{path}{encoded}")).await;
    }
    let escape =
        "X-Request-Id: a\u{1b}[2J\r\nUser-Agent: \u{1b}[31mred\r\nReferer: \u{1b}]0;title\u{7}\r\n";
    raw::get(server, "/status", escape).await;
    raw::get(server, "/\u{1b}[2J", "").await;
    raw::send(server, b"\x1b[2J / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let form = [("email", HOSTILE), ("password", HOSTILE), ("next", HOSTILE)];
    for path in ["/login", "/setup", "/forgot", "/reset"] {
        send(post_form(server, path, &form)).await;
    }
    let ann = Browser::with(server, &people::session(db, ANN).await).await;
    ann.post("/account", &[("name", HOSTILE), ("time_zone", HOSTILE)]).await;
    ann.post(
        "/feeds",
        &[("address", &format!("https://127.0.0.1:9/{encoded}")), ("name", HOSTILE)],
    )
    .await;
    let token = people::token(db, ANN, "admin").await;
    for (path, body) in [
        (
            "/api/v1/comps",
            json!({"title": HOSTILE, "price": {"amount": 1, "currency": "USD"}, "source": HOSTILE}),
        ),
        (
            "/api/v1/channels",
            json!({"name": HOSTILE, "kind": "webhook", "address": format!("https://127.0.0.1:9/{encoded}")}),
        ),
        ("/api/v1/searches", json!({"name": HOSTILE, "words": HOSTILE})),
        ("/api/v1/users", json!({"email": HOSTILE, "name": HOSTILE})),
    ] {
        people::post(server, &token, path, &body).await;
    }
    // The name of a file that people import is theirs, too.
    let part = reqwest::multipart::Part::text("title,price\na,b\n")
        .file_name(HOSTILE.replace("\r\n", " "));
    let form = reqwest::multipart::Form::new().text("csrf", ann.csrf.clone()).part("file", part);
    let request =
        server.http().post(format!("{}/import", server.base())).header("cookie", &ann.cookie);
    send(request.multipart(form)).await;
    db.run(
        "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS
            $$BEGIN RAISE EXCEPTION E'boom\\nNov 22 12:00:00 INFO all is well\\x1b[2J'; END$$;
            CREATE TRIGGER broken BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION broken()",
    )
    .await;
    let order = json!({"title": "a", "platform": "ebay", "ordered_at": "2026-11-22T12:00:00Z", "total": {"amount": 1, "currency": "USD"}});
    people::post(server, &token, "/api/v1/orders", &order).await;
}

#[tokio::test]
async fn each_line_of_the_log_is_one_of_ours() {
    for format in ["json", "terminal"] {
        let db = people::two().await;
        let server = program("serve")
            .env("DATABASE_URL", &db.url)
            .env("DEAL_SCOUT__LOG__FORMAT", format)
            .env("DEAL_SCOUT__LOG__LEVEL", "debug")
            .start();
        server.ready().await;
        speak(&server, &db).await;
        server.get("/the-last-line").await;
        server.wait_for_line("/the-last-line");
        let log = server.log();
        assert!(log.len() > 20, "{log:#?}");
        for line in &log {
            assert!(!line.starts_with("Nov 22") && !line.starts_with("INFO"), "{format}: {line:?}");
            let obeyed = |c: char| {
                c.is_ascii_control()
                    || (format == "terminal" && (c.is_control() || c == '\u{202e}'))
            };
            assert!(!line.contains(obeyed), "{format}: {line:?}");
            let is_json = serde_json::from_str::<serde_json::Value>(line).is_ok();
            assert_eq!(is_json, format == "json", "{line:?}");
        }
    }
}
