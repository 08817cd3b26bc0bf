//! No path leads out of where files are, and no upload is larger than it may be.

use std::time::Duration;

use super::raw;
use crate::support::{
    TestDb,
    people::{self, ANN},
    server::program,
    web::{self, send},
};

/// Ways up, as browsers, proxies and file systems write them.
const UP: [&str; 16] = [
    "../",
    "..%2f",
    "%2e%2e/",
    "%2e%2e%2f",
    "..%252f",
    "%252e%252e%252f",
    "..\\",
    "..%5c",
    "%2e%2e%5c",
    "....//",
    "..;/",
    "..%c0%af",
    "%uff0e%uff0e/",
    "..%00/",
    "./../",
    "/",
];

/// What stands in files that must not be read.
const INSIDE: [&str; 4] = ["root:x:", "[package]", "deal-scout keys", "PG_VERSION"];

#[tokio::test]
async fn no_address_leads_out_of_the_files() {
    let db = TestDb::new().await;
    let server = web::demo(&db).await;
    std::fs::write(server.data_dir.path().join("bait.txt"), "root:x:").unwrap();
    let data = server.data_dir.path().display().to_string();
    let mut targets = Vec::new();
    for start in ["/static/", "/", "/api/v1/photos/", "/finds/", "/l/"] {
        for up in UP {
            for file in ["etc/passwd", "Cargo.toml", "secret.key", "bait.txt"] {
                targets.push(format!("{start}{}{file}", up.repeat(8)));
                targets.push(format!("{start}app.css{}{file}", up.repeat(2)));
            }
        }
        for absolute in [
            "/etc/passwd",
            "//etc/passwd",
            "%2fetc%2fpasswd",
            "C:%5cwindows%5cwin.ini",
            "file:///etc/passwd",
        ] {
            targets.push(format!("{start}{absolute}"));
        }
        targets.push(format!("{start}{data}/secret.key"));
        targets.push(format!("{start}app.css%00.txt"));
    }
    for target in &targets {
        let told = raw::get(&server, target, "").await;
        assert!([303, 400, 401, 403, 404].contains(&told.status), "{target}: {}", told.text);
        for inside in INSIDE {
            assert!(!told.text.contains(inside), "{target}: {}", told.text);
        }
    }
    assert!(targets.len() > 600);
}

#[tokio::test]
async fn a_photo_is_named_by_its_row_alone() {
    let db = people::two().await;
    let server = web::serve(&db).await;
    let token = people::token(&db, ANN, "read").await;
    for id in ["..%2f1", "1%2f..%2f2", "1%00", "1;x", "+1", "0x1", "1e0", "%31%2e0"] {
        let answer = people::get(&server, &token, &format!("/api/v1/photos/{id}/file")).await;
        assert_eq!(answer.status, 404, "{id}: {}", answer.body);
    }
}

/// How long a server is waited for that may wait for the rest of a body.
const SHORT: Duration = Duration::from_secs(3);

#[tokio::test]
async fn what_is_sent_is_never_larger_than_it_may_be() {
    let db = people::two().await;
    let server = program("serve")
        .env("DATABASE_URL", &db.url)
        .env("DEAL_SCOUT__IMPORT__MAX_BYTES", "200000")
        .start();
    server.ready().await;
    let token = people::token(&db, ANN, "write").await;
    let cookie = people::session(&db, ANN).await;
    let csrf = crate::support::browser::Browser::with(&server, &cookie).await.csrf;
    let large = |bytes: usize| vec![b'a'; bytes];
    let post = |path: &str, kind: &str, body: Vec<u8>| {
        let request = server.http().post(format!("{}{path}", server.base())).bearer_auth(&token);
        send(request.header("content-type", kind).body(body))
    };
    for (path, kind, bytes) in [
        ("/api/v1/comps", "application/json", 2 << 20),
        ("/api/v1/listings", "application/json", 2 << 20),
        ("/api/v1/photos", "image/png", 16 << 20),
        ("/api/v1/capture", "application/json", 12 << 20),
    ] {
        let answer = post(path, kind, large(bytes)).await;
        assert_eq!(answer.status, 413, "{path}: {}", answer.body);
    }
    // A length that promises little, and a length that promises too much.
    let head = |length: usize| {
        format!(
            "POST /api/v1/comps HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
        )
    };
    let told = raw::send_within(&server, format!("{}{{}}", head(1 << 40)).as_bytes(), SHORT).await;
    assert!(told.status == 413 || told.status == 0, "{}", told.text);
    let chunks = "8000\r\n".to_owned() + &"x".repeat(0x8000) + "\r\n";
    let head = format!(
        "POST /login HTTP/1.1\r\nHost: a\r\nCookie: {cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    let told =
        raw::send_within(&server, format!("{head}{}", chunks.repeat(60)).as_bytes(), SHORT).await;
    assert!(told.status == 413 || told.status == 0, "{:.300}", told.text);
    let file = reqwest::multipart::Part::bytes(large(300_000)).file_name("../../../etc/passwd");
    let form = reqwest::multipart::Form::new().text("csrf", csrf).part("file", file);
    let request = server.http().post(format!("{}/import", server.base())).header("cookie", &cookie);
    assert_eq!(send(request.multipart(form)).await.status, 413);
    let left: Vec<_> = std::fs::read_dir(server.data_dir.path()).unwrap().flatten().collect();
    let names: Vec<_> = left.iter().map(std::fs::DirEntry::file_name).collect();
    assert!(!names.iter().any(|name| name == "passwd"), "{names:?}");
}
