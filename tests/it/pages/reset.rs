//! Links that set a password: by mail, by a command; once, and for an hour.

use std::{net::TcpListener, time::Instant};

use crate::support::{
    Server, TestDb,
    browser::{self, PASSWORD, between, try_sign_in},
    people::{ANN, BOB},
    server::program,
    smtp::{MailServer, free_port, with_mail},
    web::{self, header, post_form, send},
};

const NEW: &str = "another correct horse";

/// The path of the link in a text.
fn path(text: &str) -> String {
    format!("/reset?token={}", between(&format!("{text}\n"), "/reset?token=", "\n").trim())
}

async fn ask(server: &Server, email: &str) -> crate::support::server::Answer {
    send(post_form(server, "/forgot", &[("email", email)])).await
}

async fn set(server: &Server, link: &str, password: &str) -> crate::support::server::Answer {
    let token = link.trim_start_matches("/reset?token=");
    let form = [("token", token), ("password", password), ("password_again", password)];
    send(post_form(server, "/reset", &form)).await
}

#[tokio::test]
async fn a_link_comes_by_mail_and_works_once() {
    let Some(mut mail) = MailServer::start() else { return };
    let db = TestDb::new().await;
    let server = with_mail(&db.url, mail.port).start();
    server.ready().await;
    let ann = browser::owner(&server).await;

    let nobody = ask(&server, BOB).await;
    let somebody = ask(&server, " Ann@Example.org").await;
    assert_eq!((nobody.status, somebody.status), (200, 200));
    let anonymous = |answer: &crate::support::server::Answer| {
        answer.body.replace(header(answer, "x-request-id"), "")
    };
    assert_eq!(anonymous(&nobody), anonymous(&somebody), "nobody learns who has an account");

    let text = mail.next();
    assert!(text.contains("To: ann@example.org") && text.contains("From: "), "{text}");
    assert!(text.contains("https://deals.example.org/reset?token="), "{text}");
    let link = path(&text);
    ask(&server, ANN).await;
    let second = path(&mail.next());

    assert!(server.get(&link).await.body.contains(ANN));
    let short = set(&server, &link, "short").await;
    assert_eq!(short.status, 422);
    assert!(short.body.contains("at least 10"));
    let done = set(&server, &link, NEW).await;
    assert_eq!((done.status, header(&done, "location")), (303, "/login?done=reset"));

    for used in [&link, &second] {
        assert_eq!(server.get(used).await.status, 410, "one use ends every link");
        assert_eq!(set(&server, used, PASSWORD).await.status, 410);
    }
    assert!(!ann.is_signed_in().await, "every session has ended");
    assert_eq!(try_sign_in(&server, ANN, PASSWORD).await.status, 401);
    assert_eq!(try_sign_in(&server, ANN, NEW).await.status, 303);

    let told = server.story().join("\n");
    let token = link.trim_start_matches("/reset?token=");
    assert!(!told.contains(token) && !told.contains(ANN), "{told}");
}

#[tokio::test]
async fn a_mail_server_that_is_down_or_slow_holds_nobody_up() {
    let db = TestDb::new().await;
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    for (port, cause) in
        [(free_port(), "cannot be used"), (silent.local_addr().unwrap().port(), "took longer than")]
    {
        let server = with_mail(&db.url, port).start();
        server.ready().await;
        browser::claim(&server).await;
        let began = Instant::now();
        let answer = ask(&server, ANN).await;
        assert_eq!(answer.status, 200);
        assert!(began.elapsed().as_millis() < 900, "the answer does not wait for the mail");
        let line = server.wait_for_line("a mail was not sent");
        assert!(line.contains(cause) && line.contains("check"), "{line}");
        assert!(!line.contains(ANN), "{line}");
    }
}

#[tokio::test]
async fn without_a_mail_server_people_are_told_whom_to_ask() {
    let db = TestDb::new().await;
    let server = web::serve(&db).await;
    browser::claim(&server).await;
    let page = server.get("/forgot").await;
    assert!(page.body.contains("deal-scout user reset-link"), "{}", page.body);

    let (code, link, told) =
        program("user").env("DATABASE_URL", &db.url).arg("reset-link").arg(ANN).finish();
    assert_eq!(code, Some(0), "{told}");
    assert!(link.starts_with("http://localhost:"), "{link}");
    let (code, json, _) = program("user")
        .env("DATABASE_URL", &db.url)
        .env("DEAL_SCOUT__PUBLIC_URL", "https://deals.example.org")
        .arg("reset-link")
        .arg(ANN)
        .arg("--json")
        .finish();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let newer = json["link"].as_str().unwrap();
    assert!(code == Some(0) && newer.starts_with("https://deals.example.org/reset?token="));
    assert_eq!(set(&server, &path(&link), NEW).await.status, 303);
    assert_eq!(server.get(&path(newer)).await.status, 410);

    let (code, _, told) =
        program("user").env("DATABASE_URL", &db.url).arg("reset-link").arg(BOB).finish();
    assert!(code == Some(1) && told.contains("user list"), "{told}");
}

#[tokio::test]
async fn a_link_ends_with_its_hour_and_with_its_account() {
    let db = TestDb::new().await;
    let server = web::serve(&db).await;
    browser::claim(&server).await;
    let link = || {
        let (_, link, _) =
            program("user").env("DATABASE_URL", &db.url).arg("reset-link").arg(ANN).finish();
        path(&link)
    };
    let late = link();
    db.run("UPDATE password_resets SET expires_at = now() - INTERVAL '1 second'").await;
    assert_eq!(server.get(&late).await.status, 410);
    let closed = link();
    db.run("UPDATE users SET disabled_at = now()").await;
    assert_eq!(set(&server, &closed, NEW).await.status, 410);
    for wrong in ["/reset", "/reset?token=", "/reset?token=%00", "/reset?token=zzz"] {
        assert_eq!(server.get(wrong).await.status, 410, "{wrong}");
    }
}

#[tokio::test]
async fn asking_for_links_and_guessing_from_many_places_becomes_too_fast() {
    let db = TestDb::new().await;
    let server = with_mail(&db.url, free_port()).start();
    server.ready().await;
    let try_from = async |path: &str, n: u32, form: &[(&str, &str)]| {
        let elsewhere = format!("198.51.100.{n}");
        send(post_form(&server, path, form).header("x-forwarded-for", elsewhere)).await
    };
    let mut last = try_from("/forgot", 0, &[("email", BOB)]).await;
    for n in 1..=5 {
        last = try_from("/forgot", n, &[("email", BOB)]).await;
    }
    assert_eq!((last.status, header(&last, "retry-after")), (429, "3600"));
    assert!(last.body.contains("<h1>"), "it is a page");
    for n in 0..=40 {
        last = try_from("/login", n, &[("email", BOB), ("password", "")]).await;
    }
    assert_eq!((last.status, header(&last, "retry-after")), (429, "900"));
}
