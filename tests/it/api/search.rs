//! Searching ads and comparables by words, over the real PostgreSQL.

use serde_json::{Value, json};

use crate::support::{Server, TestDb, web};

/// Ads 1, 2, 3 … with these titles; the descriptions are empty but for what stands behind a bar.
async fn with_titles(db: &TestDb, titles: &[&str]) {
    for (at, title) in titles.iter().enumerate() {
        let (title, description) = title.split_once(" | ").unwrap_or((title, ""));
        let (title, description) = (title.replace('\'', "''"), description.replace('\'', "''"));
        let id = at + 1;
        db.run(&format!(
            "INSERT INTO listings (id, user_id, source, source_id, title, description, currency, score_due_at, created_at)
             VALUES ({id}, 1, 'csv', '{id}', '{title}', '{description}', 'USD', NULL,
                     TIMESTAMPTZ '2026-01-01' + {id} * INTERVAL '1 minute');
             INSERT INTO comps (id, user_id, source, source_id, title, price_amount, currency, observed_at)
             VALUES ({id}, 1, 'csv', '{id}', '{title}', 100, 'USD', TIMESTAMPTZ '2026-01-01' + {id} * INTERVAL '1 minute')"
        ))
        .await;
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat()
}

async fn ids(server: &Server, noun: &str, q: &str, more: &str) -> Vec<i64> {
    let page = server.get(&format!("/api/v1/{noun}?q={}{more}", encoded(q))).await;
    assert_eq!(page.status, 200, "{q}: {}", page.body);
    let page = page.json();
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn words_phrases_exclusions_and_beginnings_find_what_people_expect() {
    let db = TestDb::new().await;
    with_titles(
        &db,
        &[
            "Leica M6 rangefinder",
            "Leica M6 TTL, body rigid and fine | with box",
            "Summicron 50mm rigid body for Leica M",
            "Empty box for Leica M6",
            "Stüssy Men's jacket",
        ],
    )
    .await;
    let server = web::demo(&db).await;
    for (q, expected) in [
        ("leica m6", vec![4, 2, 1]),
        ("LEICA", vec![4, 3, 2, 1]),
        ("leica -box", vec![3, 1]),
        ("\"rigid body\"", vec![3]),
        ("“rigid body” leica", vec![3]),
        ("sum*", vec![3]),
        ("leica -rangefinder -\"rigid body\" -emp*", vec![2]),
        ("-leica", vec![5]),
        ("stussy mens", vec![5]),
        ("STÜSSY", vec![5]),
        // Only when a whole word finds nothing is the last one taken as half typed.
        ("range", vec![1]),
        ("leica ran", vec![1]),
        ("\"range\"", vec![]),
        // What says nothing finds nothing; signs of the search language are only signs.
        ("%", vec![]),
        ("🔥", vec![]),
        ("\"", vec![]),
        ("& | ! <-> :* () '", vec![]),
        ("leica & (m6 | 'x') !", vec![]),
        ("leica'); DROP TABLE listings; --", vec![]),
    ] {
        assert_eq!(ids(&server, "listings", q, "&sort=-created_at").await, expected, "{q}");
    }
    assert_eq!(ids(&server, "comps", "leica -box", "").await, [3, 2, 1], "comps have titles only");
    assert_eq!(ids(&server, "comps", "\"rigid body\"", "").await, [3]);
}

#[tokio::test]
async fn model_numbers_are_found_however_they_are_glued() {
    let db = TestDb::new().await;
    with_titles(
        &db,
        &[
            "Sony WH-1000XM4",
            "EVGA RTX-3080 Ti",
            "iPhone13 Pro 128GB",
            "PS5 console, 5800X3D",
            "RTX 4080",
        ],
    )
    .await;
    let server = web::demo(&db).await;
    for (q, expected) in [
        ("wh1000xm4", vec![1]),
        ("WH 1000 XM4", vec![1]),
        ("wh-1000xm", vec![1]),
        ("rtx3080", vec![2]),
        ("RTX 3080ti", vec![2]),
        ("rtx 30", vec![2]),
        ("iphone 13", vec![3]),
        ("iphone13 128 gb", vec![3]),
        ("\"128 GB\"", vec![3]),
        ("ps 5", vec![4]),
        ("5800x3d", vec![4]),
        ("rtx -3080", vec![5]),
    ] {
        assert_eq!(ids(&server, "listings", q, "").await, expected, "{q}");
    }
}

#[tokio::test]
async fn by_relevance_a_word_in_the_title_counts_more_than_one_in_the_description() {
    let db = TestDb::new().await;
    with_titles(
        &db,
        &[
            "Tripod for cameras of all makes | fits a leica m6 and others",
            "Leica M6",
            "Bag | once held a leica, and by the way an m6",
            "Leica lens hood, and a strap, and a case for the good old M6",
        ],
    )
    .await;
    let server = web::demo(&db).await;
    assert_eq!(ids(&server, "listings", "leica m6", "&sort=-relevance").await, [2, 4, 1, 3]);
    assert_eq!(ids(&server, "listings", "leica m6", "&sort=relevance").await, [3, 1, 4, 2]);
    let first = "/api/v1/listings?q=leica+m6&sort=-relevance&limit=3&count=true";
    let page = server.get(first).await.json();
    assert_eq!(page["total"], 4);
    let cursor = page["next_cursor"].as_str().unwrap();
    let page = server.get(&format!("{first}&cursor={cursor}")).await.json();
    assert_eq!(
        (page["items"][0]["id"].clone(), page["next_cursor"].clone()),
        (json!(3), Value::Null)
    );
}

#[tokio::test]
async fn common_words_are_listed_page_by_page_in_every_order() {
    let db = TestDb::new().await;
    db.run(
        "INSERT INTO listings (user_id, source, source_id, title, price_amount, currency, score_due_at)
         SELECT 1, 'csv', n::text, 'Camera ' || n, CASE WHEN n % 3 = 0 THEN NULL ELSE n % 50 END,
                CASE WHEN n % 2 = 0 THEN 'EUR' ELSE 'USD' END, NULL
         FROM generate_series(1, 1200) AS n",
    )
    .await;
    let server = web::demo(&db).await;
    for (sort, expected) in [
        ("-score", 1200),
        ("price", 1200),
        ("-price", 1200),
        ("-updated_at", 1200),
        ("-relevance", 1000),
    ] {
        let first = format!("/api/v1/listings?q=camera&limit=100&sort={sort}");
        let (mut path, mut seen) = (first.clone(), Vec::new());
        loop {
            let page = server.get(&path).await.json();
            seen.extend(
                page["items"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()),
            );
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("{first}&cursor={cursor}");
        }
        let shown = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!((shown, seen.len()), (expected, expected), "{sort}");
    }
    let cheapest = server.get("/api/v1/listings?sort=price&limit=2").await.json();
    assert_eq!(cheapest["items"][0]["price"], json!({"amount": 0, "currency": "EUR"}));
    let dearest = server.get("/api/v1/listings?sort=-price&currency=USD&limit=2").await.json();
    assert_eq!(dearest["items"][0]["price"], json!({"amount": 49, "currency": "USD"}));
}

#[tokio::test]
async fn misspelt_words_are_answered_with_what_may_be_meant_and_nothing_invented() {
    let db = TestDb::new().await;
    with_titles(&db, &["Leica M6 rangefinder", "Samsung Galaxy S21", "Leica Summicron"]).await;
    db.run(
        "INSERT INTO users (email) VALUES ('bob@example.org');
         INSERT INTO listings (user_id, source, source_id, title, currency)
         SELECT max(id), 'csv', '1', 'Hasselblad 500', 'USD' FROM users",
    )
    .await;
    let server = web::demo(&db).await;
    for (q, meant) in [
        ("leicca m6", json!("leica m6")),
        ("samsnug galaxy", json!("samsung galaxy")),
        ("lecia -box", json!("leica -box")),
        ("\"leica sumicron\"", json!("\"leica summicron\"")),
        ("bicycle", Value::Null),
        ("leica galaxy", Value::Null),
        ("hasselblat", Value::Null),
        ("🔥", Value::Null),
    ] {
        let page = server.get(&format!("/api/v1/listings?q={}", encoded(q))).await.json();
        assert_eq!(page["items"], json!([]), "{q}");
        assert_eq!(page.get("did_you_mean"), Some(&meant), "{q}");
    }
    let found = server.get("/api/v1/listings?q=leica").await.json();
    assert_eq!(found.get("did_you_mean"), None, "only where nothing was found");
    assert_eq!(server.get("/api/v1/listings?kind=parts").await.json().get("did_you_mean"), None);
    let comps = server.get("/api/v1/comps?q=leicca").await.json();
    assert_eq!(comps["did_you_mean"], "leica");

    let page = server.get("/?q=leicca+m6").await.body;
    assert!(page.contains("Did you mean <a href=\"/?q=leica%20m6\">leica m6</a>?"), "{page}");
}

#[tokio::test]
async fn suggestions_come_from_ones_own_titles_and_categories_alone() {
    let db = TestDb::new().await;
    with_titles(&db, &["Leica M6 body", "LEICA M6, boxed", "Leica M3", "Sony WH-1000XM4"]).await;
    db.run(
        "UPDATE listings SET category = 'Leicaflex cameras' WHERE id = 3;
         INSERT INTO users (email) VALUES ('bob@example.org');
         INSERT INTO listings (user_id, source, source_id, title, category, currency)
         SELECT max(id), 'csv', '1', 'Leitz Focomat', 'Leitz', 'USD' FROM users",
    )
    .await;
    let server = web::demo(&db).await;
    let said = async |noun: &str, q: &str| {
        server.get(&format!("/api/v1/{noun}/suggestions?q={}", encoded(q))).await.json()["items"]
            .clone()
    };
    assert_eq!(
        said("listings", "lei").await,
        json!(["Leicaflex cameras", "leica", "leica m6", "leica m3"])
    );
    assert_eq!(said("listings", "leica m").await[0], "leica m6");
    assert_eq!(said("listings", "wh1000").await, json!(["wh-1000xm4"]));
    assert_eq!(said("listings", "leicca").await, json!(["leica"]));
    assert_eq!(said("listings", "leit").await, json!([]), "nobody is told another's words");
    assert_eq!(said("listings", "%").await, json!([]));
    assert_eq!(said("comps", "sony w").await, json!(["sony wh-1000xm4"]));
    for path in ["listings/suggestions", "listings/suggestions?q=a&x=1", "comps/suggestions?q=%00"]
    {
        assert_eq!(server.get(&format!("/api/v1/{path}")).await.status, 422, "{path}");
    }
}
