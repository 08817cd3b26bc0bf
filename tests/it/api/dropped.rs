//! Ads that searches met and nobody looks for: out of the deals, unless they are asked for.

use crate::support::{TestDb, server::Server, web};

/// Ads 1 to 6; 2 was dropped by the searches that brought it, 4 as well but it is watched.
async fn scene() -> (TestDb, Server) {
    let db = TestDb::new().await;
    web::with_ads(&db, 6).await;
    db.run(
        "UPDATE listings SET dropped = TRUE WHERE id IN (2, 4);
         UPDATE listings SET dropped = FALSE WHERE id = 6;
         INSERT INTO watchlist_items (user_id, listing_id, currency) VALUES (1, 4, 'USD')",
    )
    .await;
    let server = web::demo(&db).await;
    (db, server)
}

async fn listed(server: &Server, query: &str) -> Vec<i64> {
    let answer = server.get(&format!("/api/v1/listings?sort=created_at&{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let items = answer.json();
    items["items"].as_array().unwrap().iter().map(|ad| ad["id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn programs_get_all_or_ask_for_either() {
    let (_db, server) = scene().await;
    assert_eq!(listed(&server, "").await, [1, 2, 3, 4, 5, 6]);
    assert_eq!(listed(&server, "dropped=false").await, [1, 3, 4, 5, 6]);
    assert_eq!(listed(&server, "dropped=true").await, [2]);
    assert_eq!(server.get("/api/v1/listings?dropped=perhaps").await.status, 422);
    assert!(server.get("/api/openapi.json").await.body.contains("\"dropped\""));
}

#[tokio::test]
async fn the_deals_leave_them_out_unless_they_are_asked_for() {
    let (db, server) = scene().await;
    let has = |page: &str, id: i64| page.contains(&format!("Camera &#60;b&#62;number {id}&#60;"));
    let page = server.get("/").await.body;
    assert!(!has(&page, 2) && has(&page, 4) && has(&page, 6), "{page}");
    assert!(page.contains("<p class=\"count\">5 ads</p>"), "{page}");
    assert!(page.contains("Dropped by searches"));
    let page = server.get("/?dropped=too").await.body;
    assert!(has(&page, 2) && has(&page, 4));
    let page = server.get("/?dropped=only").await.body;
    assert!(has(&page, 2) && !has(&page, 4));
    db.run("DELETE FROM watchlist_items; UPDATE listings SET dropped = TRUE").await;
    let page = server.get("/").await.body;
    assert!(
        page.contains("Nothing that you look for yet") && page.contains("/?dropped=too"),
        "{page}"
    );
}
