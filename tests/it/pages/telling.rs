//! What waits to be told: when, by the clock on the person's wall, and anew when their hours change.

use serde_json::json;

use crate::support::{
    TestDb,
    browser::Browser,
    people::{self, ANN},
    web,
};

async fn waiting(db: &TestDb) {
    db.run(&format!(
        "INSERT INTO user_prefs (user_id, time_zone, locale, quiet_from, quiet_until)
         SELECT id, 'Asia/Tokyo', 'en-US', 22, 7 FROM users WHERE email = '{ANN}';
         INSERT INTO channels (id, user_id, name, kind, address, last_sent_at, enabled)
         SELECT 1, id, 'Phone', 'ntfy', 'https://ntfy.example/x', '2026-01-31T15:30Z', FALSE
         FROM users WHERE email = '{ANN}';
         INSERT INTO notifications (user_id, channel_id, channel, reason, status, payload, next_try_at)
         SELECT id, 1, 'ntfy', 'other', 'pending', '{{\"title\": \"A note\"}}', '2030-01-31T22:00Z'
         FROM users WHERE email = '{ANN}'"
    ))
    .await;
}

#[tokio::test]
async fn times_are_told_in_the_persons_zone_and_way() {
    let db = people::two().await;
    waiting(&db).await;
    let server = web::serve(&db).await;
    let ann = Browser::with(&server, &people::session(&db, ANN).await).await;
    let page = ann.get("/notifications").await.body;
    assert!(
        page.contains(", due <time") && page.contains("Fri, Feb 1, 2030, 7:00 AM</time>"),
        "{page}"
    );
    let page = ann.get("/channels").await.body;
    assert!(page.contains("title=\"Sun, Feb 1"), "{page}");
    let page = ann.get("/account/preferences").await.body;
    assert!(page.contains(">10:00 PM</option>"), "{page}");
    db.run("UPDATE user_prefs SET time_zone = 'Europe/Berlin', locale = 'de-DE'").await;
    let page = ann.get("/notifications").await.body;
    assert!(page.contains("Thu 31 Jan 2030, 23:00</time>"), "{page}");
    assert!(ann.get("/account/preferences").await.body.contains(">22:00</option>"));
}

#[tokio::test]
async fn other_hours_set_by_a_program_retime_what_waits_as_the_page_does() {
    let db = people::two().await;
    waiting(&db).await;
    let server = web::serve(&db).await;
    let token = people::token(&db, ANN, "write").await;
    let listed = people::get(&server, &token, "/api/v1/user-prefs").await.json();
    let path = format!("/api/v1/user-prefs/{}", listed["items"][0]["id"]);
    let waits = "notifications WHERE next_try_at > '2029-01-01Z'";
    assert_eq!(db.count(waits).await, 1);
    let refused = people::patch(&server, &token, &path, &json!({"quiet_from": 99})).await;
    assert_eq!((refused.status, db.count(waits).await), (422, 1));
    let body = json!({"quiet_from": null, "quiet_until": null});
    assert_eq!(people::patch(&server, &token, &path, &body).await.status, 200);
    assert_eq!(db.count(waits).await, 0, "it is due now");

    db.run("UPDATE notifications SET next_try_at = '2030-01-31T22:00Z'").await;
    assert_eq!(people::delete(&server, &token, &path).await.status, 204);
    assert_eq!(db.count(waits).await, 0, "without preferences nothing is quiet");
}
