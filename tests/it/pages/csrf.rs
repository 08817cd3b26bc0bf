//! What a session cookie authorises wants a proof that it comes from a page of ours.

use reqwest::multipart::{Form, Part};

use crate::support::{
    TestDb,
    browser::{self, Browser},
    people::ANN,
    server::{Answer, Server},
    web::{self, header, send},
};

async fn upload(server: &Server, browser: &Browser<'_>, token: Option<&str>) -> Answer {
    let csv = "Title,Price,Sold Date\nCamera,100.50,2026-10-01\n";
    let mut form = Form::new();
    if let Some(token) = token {
        form = form.text("csrf", token.to_owned());
    }
    let form = form.part("file", Part::text(csv.repeat(2_000)).file_name("sold.csv"));
    let request = server.http().post(format!("{}/import", server.base())).multipart(form);
    send(request.header("cookie", &browser.cookie)).await
}

#[tokio::test]
async fn a_form_without_the_token_is_refused_and_changes_nothing() {
    let db = TestDb::new().await;
    let server = web::serve(&db).await;
    let ann = browser::owner(&server).await;

    for form in
        [vec![], vec![("csrf", "")], vec![("csrf", "0")], vec![("title", ann.csrf.as_str())]]
    {
        let refused = ann.post_bare("/logout", &form).await;
        assert_eq!(refused.status, 403, "{form:?}");
        assert!(refused.body.contains("open the page again"), "{}", refused.body);
    }
    assert!(ann.is_signed_in().await);

    let other = browser::sign_in(&server, ANN).await;
    assert_ne!(ann.csrf, other.csrf, "each session has its own");
    assert_eq!(ann.post_bare("/logout", &[("csrf", &other.csrf)]).await.status, 403);

    assert_eq!(ann.post("/logout", &[]).await.status, 303);
    assert!(!ann.is_signed_in().await);
    // Whoever is not signed in is told to sign in, not that a form is old.
    let gone = ann.post_bare("/logout", &[]).await;
    assert_eq!((gone.status, header(&gone, "location")), (303, "/login"));
}

#[tokio::test]
async fn a_file_is_taken_only_with_the_token_before_it() {
    let db = TestDb::new().await;
    let server = web::serve(&db).await;
    let ann = browser::owner(&server).await;
    for token in [None, Some("wrong")] {
        assert_eq!(upload(&server, &ann, token).await.status, 403, "{token:?}");
    }
    assert!(ann.get("/import").await.body.contains("Nothing has been imported yet"));
    let taken = upload(&server, &ann, Some(&ann.csrf)).await;
    assert_eq!(taken.status, 303, "{}", taken.body);
    assert!(header(&taken, "location").starts_with("/imports/"));
}

#[tokio::test]
async fn scripts_send_the_token_as_a_header() {
    let db = TestDb::new().await;
    let server = web::serve(&db).await;
    let ann = browser::owner(&server).await;
    let ask = |token: &str| {
        let address = format!("{}/api/v1/pricing/estimate", server.base());
        let question = serde_json::json!({ "title": "Leica M3" });
        let request = server.http().post(address).json(&question).header("cookie", &ann.cookie);
        let request =
            if token.is_empty() { request } else { request.header("x-csrf-token", token) };
        send(request)
    };
    let refused = ask("").await;
    assert_eq!((refused.status, &refused.json()["code"]), (403, &"forbidden".into()));
    assert!(refused.body.contains("X-CSRF-Token"), "{}", refused.body);
    assert_eq!(ask("wrong").await.status, 403);
    let answered = ask(&ann.csrf).await;
    assert_eq!(answered.status, 200, "{}", answered.body);
}
