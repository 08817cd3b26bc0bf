//! Finds of searches: which are told, through what, and that each is told once unless it is cheaper.

use super::scene::{Scene, minutes, noon};

#[tokio::test]
async fn a_find_is_told_once_through_each_channel_of_its_search() {
    let scene = Scene::new().await;
    scene.channel(2, "ntfy", "https://ntfy.sh/x").await;
    scene.channel(3, "slack", "").await;
    scene.run("UPDATE channels SET enabled = FALSE WHERE id = 3").await;
    scene.run("INSERT INTO search_channels VALUES (1, 1, 2), (1, 1, 3)").await;
    scene.find(1, 310, 84).await;

    assert_eq!(scene.enqueue(&[1], noon()).await, 2);
    assert_eq!(scene.enqueue(&[1], noon() + minutes(600)).await, 0);
    assert_eq!(scene.told().await, ["1 find 31000 webhook pending", "1 find 31000 ntfy pending"]);
    let payload = &scene.rows().await[0].payload;
    assert_eq!(payload["title"], "RTX 3070 number 1");
    assert_eq!(payload["price"]["amount"], 31000);
    assert_eq!(payload["fair_value"]["amount"], 50000);
    assert_eq!((&payload["score"], &payload["search"]), (&84.into(), &"gpu".into()));
}

#[tokio::test]
async fn only_what_its_search_wants_is_told() {
    let scene = Scene::new().await;
    scene.search(2, "choosy", "70").await;
    scene.run("INSERT INTO search_channels VALUES (1, 2, 1)").await;
    for (id, score) in [(1, 69), (2, 70), (3, 90), (4, 90), (5, 90), (6, 90), (7, 90), (8, 90)] {
        scene.ad(id, 300 + id, score).await;
        scene.found(2, id).await;
    }
    scene.run("UPDATE listing_scores SET value = NULL WHERE listing_id = 3").await;
    scene.run("UPDATE listings SET available = FALSE WHERE id = 4").await;
    scene.run("UPDATE listings SET kind = 'empty_box' WHERE id = 5").await;
    scene.run("UPDATE finds SET matched = FALSE WHERE listing_id = 6").await;
    scene
        .run("INSERT INTO watchlist_items (user_id, listing_id, status) VALUES (1, 7, 'ignored')")
        .await;
    scene
        .run(
            "INSERT INTO watchlist_items (user_id, listing_id, status, snoozed_until)
         VALUES (1, 8, 'snoozed', '2026-11-23T00:00:00Z')",
        )
        .await;
    let all = [1, 2, 3, 4, 5, 6, 7, 8];
    scene.enqueue(&all, noon()).await;
    assert_eq!(scene.told().await, ["2 find 30200 webhook pending"]);

    scene.enqueue(&all, noon() + minutes(24 * 60)).await;
    assert_eq!(
        scene.told().await.last().unwrap(),
        "8 find 30800 webhook pending",
        "snoozed no more"
    );
    scene.run("UPDATE searches SET enabled = FALSE WHERE id = 2; DELETE FROM notifications").await;
    assert_eq!(scene.enqueue(&all, noon()).await, 0);
}

#[tokio::test]
async fn without_a_least_score_every_find_is_told_even_one_that_cannot_be_judged() {
    let scene = Scene::new().await;
    scene.find(1, 310, 5).await;
    scene.find(2, 310, 5).await;
    scene.run("DELETE FROM listing_scores WHERE listing_id = 2").await;
    assert_eq!(scene.enqueue(&[1, 2], noon()).await, 2);
}

#[tokio::test]
async fn without_a_channel_it_is_told_on_the_page_alone() {
    let scene = Scene::new().await;
    scene.run("DELETE FROM search_channels").await;
    scene.find(1, 310, 84).await;
    assert_eq!(scene.enqueue(&[1], noon()).await, 1);
    assert_eq!(scene.enqueue(&[1], noon()).await, 0);
    assert_eq!(scene.told().await, ["1 find 31000 app sent"]);

    scene.run("INSERT INTO search_channels VALUES (1, 1, 1)").await;
    scene.run("INSERT INTO user_prefs (user_id, notify) VALUES (1, 'never')").await;
    scene.find(2, 310, 84).await;
    scene.enqueue(&[2], noon()).await;
    assert_eq!(
        scene.told().await.last().unwrap(),
        "2 find 31000 app sent",
        "who wants no messages"
    );
}

#[tokio::test]
async fn it_is_told_again_when_it_is_cheaper_and_the_time_to_rearm_has_gone_by() {
    let scene = Scene::new().await;
    scene.run("UPDATE searches SET rearm_minutes = 90").await;
    scene.find(1, 310, 84).await;
    scene.enqueue(&[1], noon()).await;
    assert_eq!(scene.tell(noon()).await, 1);

    for dearer in [320, 310] {
        scene.price(1, dearer).await;
        assert_eq!(scene.enqueue(&[1], noon() + minutes(200)).await, 0);
    }
    scene.price(1, 290).await;
    assert_eq!(scene.enqueue(&[1], noon() + minutes(10)).await, 1);
    let again = scene.rows().await[1].clone();
    assert_eq!(again.next_try_at, Some(noon() + minutes(90)), "it waits, and is not lost");
    assert_eq!(again.payload["was"]["amount"], 31000);
    assert_eq!(scene.tell(noon() + minutes(89)).await, 1);
    assert_eq!(scene.tell(noon() + minutes(90)).await, 2);
    assert_eq!(scene.bodies()[1]["subject"], "Now $290.00, was $310.00: RTX 3070 number 1");
}

#[tokio::test]
async fn what_has_not_been_told_yet_is_told_at_its_lower_price() {
    let scene = Scene::new().await;
    scene.find(1, 310, 84).await;
    scene.enqueue(&[1], noon()).await;
    scene.price(1, 280).await;
    scene.enqueue(&[1], noon() + minutes(1)).await;
    assert_eq!(scene.told().await, ["1 find 28000 webhook pending"]);
    assert_eq!(scene.tell(noon() + minutes(2)).await, 1);
    assert_eq!(scene.bodies()[0]["subject"], "$280.00: RTX 3070 number 1");
}

#[tokio::test]
async fn the_same_thing_on_another_site_is_told_only_when_it_is_cheaper_there() {
    let scene = Scene::new().await;
    scene.find(1, 310, 84).await;
    scene.find(2, 310, 84).await;
    scene.find(3, 300, 84).await;
    scene.run("UPDATE listings SET same_as = 1 WHERE id IN (2, 3)").await;
    scene.enqueue(&[1], noon()).await;
    scene.tell(noon()).await;
    assert_eq!(scene.enqueue(&[2], noon() + minutes(90)).await, 0);
    assert_eq!(scene.enqueue(&[2, 3], noon() + minutes(90)).await, 1);
    assert_eq!(scene.told().await, ["1 find 31000 webhook sent", "3 find 30000 webhook pending"]);
}

#[tokio::test]
async fn two_searches_that_find_the_same_ad_tell_it_once() {
    let scene = Scene::new().await;
    scene.search(2, "cards", "NULL").await;
    scene.run("INSERT INTO search_channels VALUES (1, 2, 1)").await;
    scene.find(1, 310, 84).await;
    scene.found(2, 1).await;
    assert_eq!(scene.enqueue(&[1], noon()).await, 1);
}

#[tokio::test]
async fn somebody_elses_ads_are_left_alone() {
    let scene = Scene::new().await;
    scene.run("INSERT INTO users (id, email) VALUES (2, 'bob@example.org')").await;
    scene.find(1, 310, 84).await;
    let ids = [deal_scout::model::id::ListingId(1)];
    let bob = deal_scout::model::id::UserId(2);
    let mut conn = scene.db.conn().await;
    let added = deal_scout::db::telling::enqueue(&mut conn, bob, &ids, noon()).await.unwrap();
    assert_eq!(added, 0);
}
