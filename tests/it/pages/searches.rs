//! Searches as people try, make, change, run and remove them.

use crate::support::{
    Server, TestDb,
    browser::{self, Browser, between},
    cluster::PATIENCE,
    http::{Reply, Web},
    market::ebay::{Ad, FakeEbay, Mishap},
    people,
    server::program,
    web::header,
};

/// What somebody types who looks for a camera.
const FORM: [(&str, &str); 8] = [
    ("name", "M6 <under> 2,500"),
    ("words", "leica m6"),
    ("excluded_words", "strap, \"for parts\""),
    ("currency", "USD"),
    ("max_price", "2,500"),
    ("every_minutes", "45"),
    ("rearm_minutes", "60"),
    ("enabled", "true"),
];

struct Scene {
    db: TestDb,
    ebay: FakeEbay,
    server: Server,
}

/// The program with eBay set up, where two ads stand; only one is wanted. Ann and Bob have accounts.
async fn scene() -> Scene {
    let (db, ebay) = (people::two().await, FakeEbay::start().await);
    ebay.put(Ad::new(1, "Leica M6 classic, chrome", "1900.00"));
    ebay.put(Ad::new(2, "Leica M6 body with a strap", "1300.00"));
    let mut program = program("serve").env("DATABASE_URL", &db.url);
    for (name, value) in ebay.settings() {
        program = program.env(name, value);
    }
    let server = program.start();
    server.ready().await;
    Scene { db, ebay, server }
}

impl Scene {
    async fn browser(&self, email: &str) -> Browser<'_> {
        Browser::with(&self.server, &people::session(&self.db, email).await).await
    }

    /// Waits until so many runs are over.
    async fn runs_are_over(&self, count: i64) {
        let began = std::time::Instant::now();
        while self.db.count("scans WHERE status <> 'running'").await < count {
            assert!(began.elapsed() < PATIENCE, "{}", self.server.story().join("\n"));
        }
    }
}

fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let is_said = |name: &str| more.iter().any(|(said, _)| *said == name);
    FORM.into_iter().filter(|(name, _)| !is_said(name)).chain(more.iter().copied()).collect()
}

#[tokio::test]
async fn a_search_is_tried_saved_run_changed_and_removed() {
    let scene = scene().await;
    let ann = scene.browser(people::ANN).await;
    assert!(ann.get("/searches").await.body.contains("Make the first search"));
    assert_eq!(ann.get("/searches/new").await.status, 200);

    let tried = ann.post("/searches/new", &with(&[("do", "preview"), ("sources", "ebay")])).await;
    assert_eq!(tried.status, 200);
    for said in [
        "What it would find now",
        "1 fit, 1 dropped",
        "Leica M6 classic, chrome",
        "$1,900.00",
        "It has “strap” in its title.",
        "value=\"leica m6\"",
        "value=\"M6 &#60;under&#62; 2,500\"",
        "strap, &#34;for parts&#34;</textarea>",
        "value=\"2,500\"",
        "<option value=\"45\" selected>",
        "value=\"ebay\" checked",
    ] {
        assert!(tried.body.contains(said), "{said}: {}", tried.body);
    }
    assert_eq!((scene.db.count("searches").await, scene.db.count("listings").await), (0, 0));

    let saved = ann.post("/searches/new", &with(&[("do", "save"), ("sources", "ebay")])).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    let page = header(&saved, "location").to_owned();
    scene.runs_are_over(1).await;
    let shown = ann.get(&page).await.body;
    for said in
        ["M6 &#60;under&#62; 2,500", "leica m6 · without strap, &#34;for parts&#34; · up to $2,500"]
    {
        assert!(
            shown.contains(said) || shown.contains(&said.replace("&#34;", "")),
            "{said}: {shown}"
        );
    }
    assert!(shown.contains("Leica M6 classic, chrome") && !shown.contains("with a strap"));
    assert!(
        ann.get(&format!("{page}?show=dropped"))
            .await
            .body
            .contains("It has “strap” in its title.")
    );

    let edit = format!("{page}/edit");
    let form = ann.get(&edit).await.body;
    assert!(
        form.contains("value=\"leica m6\"") && form.contains("value=\"ebay\" checked"),
        "{form}"
    );
    let changed = ann.post(&edit, &with(&[("name", "Any M6"), ("excluded_words", "")])).await;
    assert_eq!(
        (changed.status, header(&changed, "location")),
        (303, page.as_str()),
        "{}",
        changed.body
    );
    scene.runs_are_over(2).await;
    let shown = ann.get(&page).await.body;
    assert!(shown.contains("Any M6") && shown.contains("with a strap"), "{shown}");

    assert_eq!(ann.post(&format!("{page}/remove"), &[]).await.status, 303);
    assert_eq!(ann.get(&page).await.status, 404);
    assert_eq!((scene.db.count("searches").await, scene.db.count("scans").await), (0, 0));
    assert_eq!(scene.db.count("listings").await, 2, "the ads stay");
}

#[tokio::test]
async fn looking_now_is_one_run_however_often_it_is_asked_for() {
    let scene = scene().await;
    let ann = scene.browser(people::ANN).await;
    // A search that does not run by itself; its source takes a moment.
    scene.db.run("INSERT INTO searches (id, user_id, name, words, enabled) VALUES (7, 1, 'M6', 'leica m6', FALSE)").await;
    let paused = ann.get("/searches/7").await.body;
    assert!(paused.contains("does not look by itself") && !paused.contains("comes by itself"));
    scene.ebay.next(Mishap::Broken);
    for _ in 0..3 {
        let asked = ann.post("/searches/7/scan", &[]).await;
        assert_eq!((asked.status, header(&asked, "location")), (303, "/searches/7"));
    }
    let running = ann.get("/searches/7").await.body;
    if running.contains("data-live") {
        assert!(
            running.contains("<noscript><meta http-equiv=\"refresh\" content=\"2\">"),
            "{running}"
        );
    }
    scene.runs_are_over(1).await;
    assert_eq!(scene.db.count("scans").await, 1);
    let over = ann.get("/searches/7").await.body;
    assert!(!over.contains("data-live") && !over.contains("http-equiv"), "{over}");
    assert!(over.contains("Leica M6 classic, chrome"), "{over}");
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost() {
    let scene = scene().await;
    scene.db.run("INSERT INTO searches (user_id, name) VALUES (1, 'Taken')").await;
    let ann = scene.browser(people::ANN).await;
    let wrong = [
        ("name", ""),
        ("words", "a b c d e f g h i j k"),
        ("min_price", "cheap"),
        ("max_price", "-5"),
        ("currency", "EURO"),
        ("radius_km", "25"),
        ("place", "Berlin \"Mitte\""),
        ("every_minutes", "1"),
        ("min_score", "101"),
        ("rearm_minutes", "often"),
        ("hours", "8"),
        ("hours", "18"),
        ("conditions", "good"),
        ("sources", "ebay"),
    ];
    for action in ["save", "preview"] {
        let form = [&wrong[..], &[("do", action)]].concat();
        let answer = ann.post("/searches/new", &with(&form)).await;
        assert_eq!(answer.status, 422, "{}", answer.body);
        for field in [
            "name",
            "words",
            "min_price",
            "max_price",
            "currency",
            "radius_km",
            "every_minutes",
            "min_score",
            "rearm_minutes",
        ] {
            assert!(
                answer.body.contains(&format!("id=\"{field}-fault\"")),
                "{field}: {}",
                answer.body
            );
        }
        for typed in [
            "value=\"a b c d e f g h i j k\"",
            "value=\"cheap\"",
            "value=\"-5\"",
            "value=\"EURO\"",
            "value=\"25\"",
            "value=\"Berlin &#34;Mitte&#34;\"",
            "value=\"101\"",
            "value=\"often\"",
            "value=\"8\" checked",
            "value=\"18\" checked",
            "value=\"good\" checked",
            "value=\"ebay\" checked",
        ] {
            assert!(answer.body.contains(typed), "{typed}: {}", answer.body);
        }
    }
    let taken = ann.post("/searches/new", &with(&[("name", "Taken")])).await;
    assert_eq!(taken.status, 422);
    let fault = between(&taken.body, "id=\"name-fault\" role=\"alert\">", "</p>");
    assert_eq!(fault, "The name is taken: another search of yours has it.");

    scene
        .db
        .run("INSERT INTO channels (id, user_id, name, kind, address)
              SELECT 9, id, 'hers', 'webhook', 'https://example.org/' FROM users WHERE email = 'bob@example.org'")
        .await;
    for action in ["save", "preview"] {
        let answer =
            ann.post("/searches/new", &with(&[("channel_ids", "9"), ("do", action)])).await;
        assert_eq!(answer.status, 422, "{action}");
        assert!(answer.body.contains("id=\"channel_ids-fault\""), "{}", answer.body);
    }
    assert_eq!(scene.db.count("searches").await, 1);
}

#[tokio::test]
async fn a_preview_says_which_source_gives_no_answer_and_shows_the_others() {
    let scene = scene().await;
    let flats = Web::start(|_| Reply::new(404, "nothing")).await;
    scene
        .db
        .run(&format!(
            "INSERT INTO feeds (user_id, name, address) VALUES (1, 'flats', '{}')",
            flats.url("/rss")
        ))
        .await;
    let ann = scene.browser(people::ANN).await;
    let tried = ann.post("/searches/new", &with(&[("do", "preview")])).await.body;
    let sources = between(&tried, "<h2 id=\"preview-title\">", "</ul>");
    assert!(
        sources.contains("eBay</strong></span> <span class=\"fine\">1 fit, 1 dropped"),
        "{sources}"
    );
    assert!(
        sources.contains("Flats</strong> gives no answer") && sources.contains("outbound.allow"),
        "{sources}"
    );
}

#[tokio::test]
async fn a_search_of_somebody_else_is_not_there() {
    let scene = scene().await;
    scene
        .db
        .run("INSERT INTO searches (id, user_id, name, enabled) VALUES (7, 1, 'M6', FALSE)")
        .await;
    let bob = scene.browser(people::BOB).await;
    for path in ["/searches/7", "/searches/7/edit"] {
        assert_eq!(bob.get(path).await.status, 404, "{path}");
    }
    for path in ["/searches/7/edit", "/searches/7/scan", "/searches/7/remove"] {
        assert_eq!(bob.post(path, &FORM).await.status, 404, "{path}");
    }
    assert!(!bob.get("/searches").await.body.contains("M6"));
    assert_eq!(scene.db.count("searches WHERE name = 'M6'").await, 1);
    assert_eq!(scene.db.count("scans").await, 0);
    let stranger = scene.server.get("/searches/7").await;
    assert!(header(&stranger, "location").starts_with("/login"), "{}", stranger.status);
    let forged = browser::Browser::with(&scene.server, &bob.cookie).await;
    assert_eq!(
        forged.post_bare("/searches/new", &FORM).await.status,
        403,
        "without its hidden field"
    );
}
