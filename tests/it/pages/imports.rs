//! Files through the browser.

use std::fmt::Write;

use reqwest::multipart::{Form, Part};

use crate::support::{
    TestDb,
    server::{Answer, Server, program},
    web::{self, header, send},
};

async fn upload(server: &Server, name: &str, content: impl Into<Vec<u8>>) -> Answer {
    let part = Part::bytes(content.into()).file_name(name.to_owned());
    let form = Form::new().part("file", part);
    send(server.http().post(format!("{}/import", server.base())).multipart(form)).await
}

/// Asks for the import's page until it has ended.
async fn ended(server: &Server, path: &str) -> String {
    for _ in 0..500 {
        let page = server.get(path).await.body;
        if !page.contains("<progress") {
            return page;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("{path} does not end");
}

fn sold(rows: usize) -> String {
    let mut csv = "Title,Price,Sold Date\n".to_owned();
    for n in 0..rows {
        let _ = writeln!(csv, "Camera number {n},{}.50,2026-10-{:02}", n + 1, n % 28 + 1);
    }
    csv
}

#[tokio::test]
async fn an_uploaded_file_is_read_in_and_a_second_time_changes_nothing() {
    let db = TestDb::new().await;
    let server = web::demo(&db).await;
    let mut csv = sold(1_200);
    csv.push_str("No price at all,,2026-10-01\n");

    let taken = upload(&server, "sold.csv", csv.clone()).await;
    assert_eq!(taken.status, 303, "{}", taken.body);
    let page = ended(&server, header(&taken, "location")).await;
    assert!(page.contains("<dt>New</dt><dd>1,200</dd>"), "{page}");
    assert!(page.contains("<dt>Skipped</dt><dd>1</dd>") && page.contains(">1202</td>"), "{page}");

    let again = upload(&server, "sold.csv", csv).await;
    let page = ended(&server, header(&again, "location")).await;
    assert!(page.contains("<dt>New</dt><dd>0</dd>"));
    assert!(page.contains("<dt>Unchanged</dt><dd>1,200</dd>"), "{page}");
    assert!(server.get("/import").await.body.contains("sold.csv"));
    let left = std::fs::read_dir(server.data_dir.path().join("tmp")).unwrap().count();
    assert_eq!(left, 0, "uploads do not stay on the disk");
}

#[tokio::test]
async fn a_file_of_no_known_kind_is_refused_beside_the_form() {
    let db = TestDb::new().await;
    let server = web::demo(&db).await;
    let refused = upload(&server, "photo.jpg", b"\xff\xd8\xff\xe0 not a table".to_vec()).await;
    assert!((400..500).contains(&refused.status), "{}", refused.status);
    assert!(refused.body.contains("photo.jpg") && refused.body.contains("role=\"alert\""));
    let nothing = upload(&server, "", Vec::new()).await;
    assert_eq!(nothing.status, 422);
    assert!(nothing.body.contains("Choose a file first"));
}

#[tokio::test]
async fn a_file_beyond_the_limit_is_refused_and_leaves_nothing() {
    let db = TestDb::new().await;
    let server = program("demo")
        .env("DATABASE_URL", &db.url)
        .env("DEAL_SCOUT__DEMO__SAMPLE", "false")
        .env("DEAL_SCOUT__IMPORT__MAX_BYTES", "20000")
        .start();
    server.ready().await;
    let refused = upload(&server, "sold.csv", sold(900)).await;
    assert_eq!(refused.status, 413);
    assert!(refused.body.contains("larger than 20 kB"), "{}", refused.body);
    let left = std::fs::read_dir(server.data_dir.path().join("tmp")).unwrap().count();
    assert_eq!(left, 0);
}
