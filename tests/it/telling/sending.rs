//! The outbox: when messages go, what happens when they are not taken, and that none is lost or doubled.

use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::TimeDelta;
use deal_scout::workers::notify;

use super::scene::{Scene, minutes, noon};
use crate::support::http::Reply;

async fn finds(scene: &Scene, count: i64) {
    for id in 1..=count {
        scene.find(id, 300 + id, 80).await;
    }
    let ids: Vec<_> = (1..=count).collect();
    scene.enqueue(&ids, noon()).await;
}

async fn prefer(scene: &Scene, columns: &str, values: &str) {
    scene.run(&format!("INSERT INTO user_prefs (user_id, {columns}) VALUES (1, {values})")).await;
}

#[tokio::test]
async fn each_find_has_a_message_of_its_own_and_many_come_as_one() {
    let scene = Scene::new().await;
    finds(&scene, 3).await;
    assert_eq!(scene.tell(noon()).await, 3);
    assert!(scene.told().await.iter().all(|row| row.ends_with("sent")));
    assert_eq!(scene.tell(noon() + minutes(60)).await, 3, "and nothing comes twice");

    let flood = Scene::new().await;
    finds(&flood, 30).await;
    assert_eq!(flood.tell(noon()).await, 1);
    let body = &flood.bodies()[0];
    assert_eq!(body["reason"], "digest");
    assert_eq!((body["ads"].as_array().unwrap().len(), &body["more"]), (20, &10.into()));
    assert!(flood.told().await.iter().all(|row| row.ends_with("sent")));
}

#[tokio::test]
async fn nothing_comes_in_quiet_hours_and_everything_after_them() {
    let scene = Scene::new().await;
    prefer(&scene, "time_zone, quiet_from, quiet_until", "'Europe/Berlin', 13, 15").await;
    finds(&scene, 2).await;
    assert_eq!(scene.tell(noon()).await, 0);
    assert_eq!(scene.tell(noon() + minutes(119)).await, 0);
    assert_eq!(scene.tell(noon() + minutes(120)).await, 2);
}

#[tokio::test]
async fn a_digest_gathers_what_came_since_the_last_one() {
    let scene = Scene::new().await;
    prefer(&scene, "notify, digest_hour, time_zone", "'daily', 18, 'Europe/Berlin'").await;
    finds(&scene, 2).await;
    assert_eq!(scene.tell(noon()).await, 0);
    let digest = noon() + minutes(5 * 60);
    assert_eq!(scene.tell(digest).await, 1);
    assert_eq!(scene.bodies()[0]["ads"].as_array().unwrap().len(), 2);
    scene.find(9, 100, 80).await;
    scene.enqueue(&[9], digest + minutes(1)).await;
    assert_eq!(scene.tell(digest + minutes(2)).await, 1);
    assert_eq!(scene.tell(digest + TimeDelta::days(1)).await, 2);
}

#[tokio::test]
async fn what_a_day_has_no_room_for_comes_with_the_next_days_digest() {
    let scene = Scene::new().await;
    prefer(&scene, "daily_maximum", "2").await;
    finds(&scene, 5).await;
    assert_eq!(scene.tell(noon()).await, 2);
    assert_eq!(scene.tell(noon() + minutes(300)).await, 2);
    let morning = noon() + minutes(21 * 60);
    assert_eq!(scene.tell(morning).await, 3);
    assert_eq!(scene.bodies()[2]["ads"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn what_a_running_scan_finds_is_told_when_it_is_done() {
    let scene = Scene::new().await;
    scene
        .run("INSERT INTO scans (user_id, search_id, leased_until) VALUES (1, 1, '2026-11-22T12:01:00Z')")
        .await;
    finds(&scene, 1).await;
    assert_eq!(scene.tell(noon()).await, 0);
    scene.run("UPDATE scans SET status = 'done'").await;
    assert_eq!(scene.tell(noon()).await, 1);
}

#[tokio::test]
async fn what_was_ignored_meanwhile_is_not_told_and_what_went_is_told_as_gone() {
    let scene = Scene::new().await;
    finds(&scene, 2).await;
    scene
        .run("INSERT INTO watchlist_items (user_id, listing_id, status) VALUES (1, 1, 'ignored')")
        .await;
    scene.run("UPDATE listings SET available = FALSE WHERE id = 2").await;
    assert_eq!(scene.tell(noon()).await, 1);
    assert_eq!(scene.bodies()[0]["subject"], "Gone already, was $302.00: RTX 3070 number 2");
    assert_eq!(scene.told().await[0], "1 find 30100 webhook read");
}

#[tokio::test]
async fn a_service_in_trouble_is_asked_again_later_and_later() {
    let tries = AtomicUsize::new(0);
    let scene = Scene::answering(move |_| match tries.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::new(503, "busy"),
        1 => Reply::new(429, "slow down").with("retry-after", "600"),
        2 => Reply::new(200, "half").cut_off(1),
        _ => Reply::new(200, "ok"),
    })
    .await;
    finds(&scene, 1).await;
    assert_eq!(scene.tell(noon()).await, 1);
    let row = scene.rows().await[0].clone();
    assert_eq!(row.error.as_deref(), Some("127.0.0.1 has trouble of its own (503): busy"));
    assert_eq!(scene.tell(noon() + TimeDelta::seconds(29)).await, 1);
    assert_eq!(scene.tell(noon() + TimeDelta::seconds(38)).await, 2);
    assert_eq!(scene.tell(noon() + TimeDelta::seconds(600)).await, 2, "it asked for ten minutes");
    assert_eq!(scene.tell(noon() + TimeDelta::seconds(640)).await, 3);
    assert_eq!(scene.tell(noon() + TimeDelta::seconds(1000)).await, 4);
    assert_eq!(scene.told().await, ["1 find 30100 webhook sent"]);
    let keys: Vec<_> = scene
        .web
        .asked()
        .iter()
        .map(|asked| asked.header("idempotency-key").map(str::to_owned))
        .collect();
    assert!(keys.iter().all(|key| key.is_some() && *key == keys[0]), "{keys:?}");
}

#[tokio::test]
async fn what_a_service_refuses_for_good_is_kept_with_the_reason() {
    for status in [400, 401, 403, 404, 410] {
        let scene =
            Scene::answering(move |_| Reply::new(status, r#"{"message": "no such hook"}"#)).await;
        finds(&scene, 1).await;
        assert_eq!(scene.tell(noon()).await, 1);
        assert_eq!(scene.tell(noon() + TimeDelta::days(1)).await, 1);
        let row = scene.rows().await[0].clone();
        assert_eq!(row.status, "failed");
        assert!(row.error.unwrap().contains(&format!("({status}): no such hook")));
        let failing =
            "channels WHERE failing_since IS NOT NULL AND last_error LIKE '%no such hook'";
        assert_eq!(scene.db.count(failing).await, 1);
    }
}

#[tokio::test]
async fn a_message_is_given_up_after_many_tries() {
    let scene = Scene::answering(|_| Reply::new(500, "")).await;
    finds(&scene, 1).await;
    for day in 0..20 {
        scene.tell(noon() + TimeDelta::days(day)).await;
    }
    assert_eq!(scene.web.asked().len(), 16);
    assert_eq!(scene.told().await, ["1 find 30100 webhook failed"]);
}

#[tokio::test]
async fn a_channel_that_fails_holds_up_no_other() {
    let scene = Scene::answering(|asked| match asked.path() {
        "/hook" => Reply::new(500, ""),
        _ => Reply::new(200, ""),
    })
    .await;
    scene.channel(2, "webhook", &scene.web.url("/other")).await;
    scene.run("INSERT INTO search_channels VALUES (1, 1, 2)").await;
    finds(&scene, 3).await;
    scene.tell(noon()).await;
    let mut paths = scene.web.paths();
    paths.sort();
    assert_eq!(paths, ["/hook", "/other", "/other", "/other"]);
}

#[tokio::test]
async fn a_sender_that_is_killed_is_relieved_and_two_share_the_work() {
    let scene = Scene::new().await;
    finds(&scene, 5).await;
    // Held by a sender that is no more.
    scene.run("UPDATE channels SET wait_until = '2026-11-22T12:03:00Z'").await;
    scene
        .run("UPDATE notifications SET leased_until = '2026-11-22T12:03:00Z' WHERE listing_id = 1")
        .await;
    assert_eq!(scene.tell(noon()).await, 0);

    let then = noon() + minutes(3);
    let (one, two) = (scene.app(then), scene.app(then));
    let (a, b) = tokio::join!(notify::tick(&one), notify::tick(&two));
    a.unwrap();
    b.unwrap();
    assert_eq!(scene.web.asked().len(), 5);
    let mut keys: Vec<_> = scene
        .web
        .asked()
        .iter()
        .map(|asked| asked.header("idempotency-key").unwrap().to_owned())
        .collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 5);
}

#[tokio::test]
async fn what_waits_for_a_channel_that_was_removed_is_given_up() {
    let scene = Scene::new().await;
    finds(&scene, 1).await;
    scene.run("DELETE FROM channels").await;
    scene.tell(noon() + minutes(60)).await;
    assert_eq!(scene.told().await, ["1 find 30100 webhook pending"]);
    scene.tell(noon() + TimeDelta::days(2)).await;
    assert_eq!(scene.told().await, ["1 find 30100 webhook failed"]);
}
