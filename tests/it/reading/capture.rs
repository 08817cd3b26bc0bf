//! Capture: by the API with a token, by a pasted link, by the bookmarklet; what a person chooses is remembered.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    TestDb,
    browser::{self, between},
    http::{Reply, Web},
    people::{self, ANN, BOB, bearer},
    server::program,
    web::{self, header, send},
};

const PAGE: &str = "<html lang='en'><link rel=canonical href='/p/1'><script type='application/ld+json'>
    {\"@type\":\"Product\",\"name\":\"Lamp\",\"offers\":{\"price\":\"5.00\",\"priceCurrency\":\"EUR\"}}</script>
    <meta property='product:price:amount' content='6.00'><meta property='product:price:currency' content='EUR'>";

#[tokio::test]
async fn a_capture_is_stored_by_its_address_once() {
    let db = people::two().await;
    let server = web::serve(&db).await;
    let token = people::token(&db, ANN, "write").await;
    let body = json!({"url": "https://www.shop.example.org/p/1?utm_source=x", "title": "Lamp | Shop", "html": PAGE});
    let made = people::post(&server, &token, "/api/v1/capture", &body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let told = made.json();
    assert_eq!(told["created"], true);
    assert_eq!(told["listing"]["title"], "Lamp");
    assert_eq!(told["listing"]["source"], "shop-example-org");
    assert_eq!(told["listing"]["price"], json!({"amount": 500, "currency": "EUR"}));
    assert_eq!(told["disagreements"][0]["field"], "price");
    assert_eq!(
        told["disagreements"][0]["answers"][1],
        json!({"extractor": "open_graph", "says": "€6.00"})
    );
    assert_eq!(header(&made, "location"), format!("/api/v1/listings/{}", told["listing"]["id"]));

    // The person says whom to believe: it holds for this capture and for those to come.
    let mut chosen = body.clone();
    chosen["extractor"] = json!("open_graph");
    let again = people::post(&server, &token, "/api/v1/capture", &chosen).await;
    assert_eq!(
        (again.status, again.json()["listing"]["price"]["amount"].clone()),
        (200, json!(600)),
        "{}",
        again.body
    );
    let later = people::post(&server, &token, "/api/v1/capture", &body).await.json();
    assert_eq!(
        (&later["trusted"], &later["listing"]["price"]["amount"]),
        (&json!("open_graph"), &json!(600))
    );
    let choices =
        people::get(&server, &token, "/api/v1/page-choices?host=shop.example.org").await.json();
    assert_eq!(choices["items"][0]["extractor"], "open_graph");
    // It is hers alone.
    let bob = people::token(&db, BOB, "write").await;
    let his = people::post(&server, &bob, "/api/v1/capture", &body).await.json();
    assert_eq!(
        (&his["trusted"], &his["created"], &his["listing"]["price"]["amount"]),
        (&Value::Null, &json!(true), &json!(500))
    );
}

#[tokio::test]
async fn what_is_given_counts_and_what_is_wrong_is_named() {
    let db = people::two().await;
    let server = web::serve(&db).await;
    let token = people::token(&db, ANN, "write").await;
    let post = async |body: Value| people::post(&server, &token, "/api/v1/capture", &body).await;
    let url = "https://board.example.org/t/7";
    let given = post(json!({"url": url, "title": "Desk", "price": "59,50", "currency": "EUR", "image_url": "https://i.example.org/1.jpg"})).await;
    assert_eq!(
        given.json()["listing"]["price"],
        json!({"amount": 5950, "currency": "EUR"}),
        "{}",
        given.body
    );
    let money = post(json!({"url": url, "price": {"amount": 100, "currency": "USD"}})).await;
    assert_eq!(money.json()["listing"]["price"]["amount"], 100, "{}", money.body);
    let nodes = post(json!({"url": "https://b.example.org/1", "json_ld": ["{\"@type\":\"Product\",\"name\":\"A\nB\",\"offers\":{\"price\":3,\"priceCurrency\":\"USD\",\"availability\":\"SoldOut\"}}"]})).await.json();
    assert_eq!(
        (&nodes["listing"]["title"], &nodes["available"], &nodes["listing"]["available"]),
        (&json!("A B"), &json!(false), &json!(false))
    );
    for (field, body) in [
        ("url", json!({"title": "x"})),
        ("url", json!({"url": "javascript:alert(1)"})),
        ("html", json!({"url": url, "html": "x".repeat(2_000_001)})),
        ("json_ld", json!({"url": url, "json_ld": [1]})),
        ("colour", json!({"url": url, "colour": "red"})),
    ] {
        let refused = post(body).await;
        assert_eq!(
            (refused.status, refused.json()["errors"][0]["field"].clone()),
            (422, json!(field)),
            "{}",
            refused.body
        );
    }
    let huge = post(json!({"url": url, "html": "x".repeat(9_000_000)})).await;
    assert_eq!(huge.status, 413, "{}", huge.body);
    let reader = people::token(&db, ANN, "read").await;
    assert_eq!(
        people::post(&server, &reader, "/api/v1/capture", &json!({"url": url})).await.status,
        403
    );
}

#[tokio::test]
async fn only_named_sites_may_send_from_scripts_and_never_with_cookies() {
    let db = people::two().await;
    let server = program("serve")
        .env("DATABASE_URL", &db.url)
        .env("CORS_ORIGINS", "https://ext.example.org")
        .start();
    server.ready().await;
    let token = people::token(&db, ANN, "write").await;
    let ask = async |method: Method, path: &str, origin: &str| {
        let request = server
            .http()
            .request(method, format!("{}{path}", server.base()))
            .header("origin", origin);
        send(
            request
                .header("access-control-request-method", "POST")
                .header("authorization", bearer(&token))
                .json(&json!({"url": "https://a.example.org/1"})),
        )
        .await
    };
    let asked = ask(Method::OPTIONS, "/api/v1/capture", "https://ext.example.org").await;
    assert_eq!(asked.status, 204, "{}", asked.body);
    assert_eq!(header(&asked, "access-control-allow-origin"), "https://ext.example.org");
    assert!(header(&asked, "access-control-allow-headers").contains("authorization"));
    assert_eq!(header(&asked, "access-control-allow-credentials"), "");
    let sent = ask(Method::POST, "/api/v1/capture", "https://ext.example.org").await;
    assert_eq!(
        (sent.status, header(&sent, "access-control-allow-origin")),
        (201, "https://ext.example.org"),
        "{}",
        sent.body
    );
    for (path, origin) in [
        ("/api/v1/capture", "https://evil.example.org"),
        ("/api/v1/listings", "https://ext.example.org"),
    ] {
        let closed = ask(Method::OPTIONS, path, origin).await;
        assert_eq!(header(&closed, "access-control-allow-origin"), "", "{path} {origin}");
    }
}

#[tokio::test]
async fn a_pasted_link_is_looked_at_corrected_and_saved() {
    let db = TestDb::new().await;
    let web = Web::start(|asked| match asked.path() {
        "/p/1" => Reply::new(200, PAGE).with("content-type", "text/html"),
        "/robots.txt" => Reply::new(200, "User-agent: *\nDisallow: /private"),
        _ => Reply::new(404, ""),
    })
    .await;
    let server = program("serve")
        .env("DATABASE_URL", &db.url)
        .env("DEAL_SCOUT__OUTBOUND__ALLOW", "127.0.0.1")
        .env("DEAL_SCOUT__OUTBOUND__PACE_MS", "0")
        .start();
    server.ready().await;
    let ann = browser::owner(&server).await;
    let form = ann.get("/capture").await;
    assert!(
        form.body.contains("href=\"javascript:") && form.body.contains("capture%23d%3D"),
        "{}",
        form.body
    );
    for (link, says) in [
        ("", "Paste the link"),
        ("/p/1", "http"),
        (&web.url("/nothing"), "nothing at this link any more"),
        (&web.url("/private/1"), "asks programs not to read"),
        ("http://169.254.169.254/latest", "which is not asked"),
    ] {
        let refused = ann.post("/capture/look", &[("link", link)]).await;
        assert!(
            refused.status == 422 && refused.body.contains(says),
            "{link}: {} {}",
            refused.status,
            refused.body
        );
    }
    let draft = ann.post("/capture/look", &[("link", &web.url("/p/1?utm_source=x"))]).await;
    assert_eq!(draft.status, 200, "{}", draft.body);
    assert!(
        draft.body.contains("Which one is right?") && draft.body.contains("€6.00"),
        "{}",
        draft.body
    );
    assert_eq!(db.count("listings").await, 0, "nothing is stored before it is said");
    let url = between(&draft.body, "name=\"url\" value=\"", "\"").to_owned();
    let prices = r#"[["json_ld","€5.00"],["open_graph","€6.00"]]"#;
    let fields = |title, trusted| {
        [
            ("url", url.as_str()),
            ("title", title),
            ("trusted", trusted),
            ("price", "4.50"),
            ("currency", "EUR"),
            ("prices", prices),
            ("rest", r#"{"details":{"a":"\u0000"}}"#),
        ]
    };
    let wrong = ann.post("/capture", &fields("", "open_graph")).await;
    assert!(wrong.status == 422 && wrong.body.contains("needs a title"), "{}", wrong.body);
    let saved = ann.post("/capture", &fields("A lamp", "open_graph")).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    let shown = ann.get(header(&saved, "location")).await;
    assert!(
        shown.status == 200 && shown.body.contains("A lamp") && shown.body.contains("€6.00"),
        "{}",
        shown.body
    );
    assert_eq!(db.count("page_choices").await, 1);
    let typed = ann.post("/capture", &fields("A lamp", "")).await;
    assert!(ann.get(header(&typed, "location")).await.body.contains("€4.50"));
    assert_eq!(db.count("listings").await, 1);
}

#[tokio::test]
async fn what_the_bookmarklet_gathers_is_shown_and_stored_only_by_a_form_of_ours() {
    let db = TestDb::new().await;
    let server = web::serve(&db).await;
    let ann = browser::owner(&server).await;
    let data = json!({"url": "https://shop.example.org/p/1#x", "title": "Lamp | Shop", "selection": "", "html": PAGE});
    let draft = ann.post("/capture/look", &[("data", &data.to_string())]).await;
    assert!(draft.status == 200 && draft.body.contains("value=\"Lamp\""), "{}", draft.body);
    let broken = ann.post("/capture/look", &[("data", "{\"url\":")]).await;
    assert!(broken.status == 422 && broken.body.contains("not whole"), "{}", broken.body);
    let foreign =
        ann.post_bare("/capture", &[("url", "https://a.example.org/1"), ("title", "A")]).await;
    assert_eq!(foreign.status, 403, "{}", foreign.body);
    assert_eq!(db.count("listings").await, 0);
}
