//! Prices of watched ads, and ads that went.

use super::scene::{Scene, minutes, noon};

/// Ad 1 at 100 dollars, saved at that price.
async fn watching(terms: &str) -> Scene {
    let scene = Scene::new().await;
    scene.ad(1, 100, 50).await;
    scene
        .run(&format!(
            "INSERT INTO watchlist_items (user_id, listing_id, status, currency, saved_at, saved_amount, saved_currency,
                                          created_at, {terms_names})
             VALUES (1, 1, 'saved', 'USD', '2026-11-22T11:00:00Z', 10000, 'USD', '2026-11-22T11:00:00Z', {terms_values})",
            terms_names = terms.split('=').next().unwrap(),
            terms_values = terms.split('=').nth(1).unwrap(),
        ))
        .await;
    scene
}

#[tokio::test]
async fn a_price_that_falls_far_enough_is_told_through_every_channel() {
    let scene = watching("drop_percent=10").await;
    scene.channel(2, "gotify", "https://gotify.example.org").await;
    for (dollars, added) in
        [(95, 0), (91, 0), (90, 2), (90, 0), (120, 0), (89, 0), (82, 0), (81, 2)]
    {
        scene.price(1, dollars).await;
        assert_eq!(scene.enqueue(&[1], noon()).await, added, "{dollars}");
    }
    assert_eq!(
        scene.told().await,
        [
            "1 price_drop 9000 webhook pending",
            "1 price_drop 9000 gotify pending",
            "1 price_drop 8100 webhook pending",
            "1 price_drop 8100 gotify pending",
        ]
    );
    assert_eq!(scene.rows().await[0].payload["was"]["amount"], 10000);
    assert_eq!(scene.rows().await[2].payload["was"]["amount"], 9000);
}

#[tokio::test]
async fn a_target_is_told_when_it_is_reached_and_again_when_much_cheaper() {
    let scene = watching("target_amount=8000").await;
    for (dollars, added) in [(81, 0), (80, 1), (85, 0), (79, 0), (76, 1)] {
        scene.price(1, dollars).await;
        assert_eq!(scene.enqueue(&[1], noon()).await, added, "{dollars}");
    }
    scene.tell(noon()).await;
    assert_eq!(scene.bodies()[0]["subject"], "At your price, $80.00: RTX 3070 number 1");
}

#[tokio::test]
async fn a_price_that_is_not_known_or_in_another_currency_is_no_drop() {
    let scene = watching("drop_percent=10").await;
    scene.run("UPDATE listings SET price_amount = NULL").await;
    assert_eq!(scene.enqueue(&[1], noon()).await, 0);
    scene.run("UPDATE listings SET price_amount = 50, currency = 'EUR'").await;
    assert_eq!(scene.enqueue(&[1], noon()).await, 0);
}

#[tokio::test]
async fn a_watched_ad_that_went_is_told_once_and_an_ignored_one_never() {
    let scene = watching("drop_percent=10").await;
    scene.ad(2, 100, 50).await;
    scene
        .run("INSERT INTO watchlist_items (user_id, listing_id, status) VALUES (1, 2, 'ignored')")
        .await;
    scene
        .run("UPDATE listings SET available = FALSE, gone_at = '2026-11-22T11:30:00Z', gone_reason = 'sold'")
        .await;
    assert_eq!(scene.enqueue(&[1, 2], noon()).await, 1);
    assert_eq!(scene.enqueue(&[1, 2], noon() + minutes(5)).await, 0);
    scene.tell(noon()).await;
    let body = &scene.bodies()[0];
    assert_eq!(body["subject"], "Gone: RTX 3070 number 1");
    assert_eq!(body["ads"][0]["lines"][1], "Sold; asks $100.00; worth about $500.00");
}

#[tokio::test]
async fn what_is_watched_and_found_is_told_once() {
    let scene = watching("drop_percent=10").await;
    scene.found(1, 1).await;
    scene.price(1, 50).await;
    assert_eq!(scene.enqueue(&[1], noon()).await, 1);
    assert_eq!(scene.told().await, ["1 price_drop 5000 webhook pending"]);
}

#[tokio::test]
async fn without_channels_it_is_told_on_the_page() {
    let scene = watching("drop_percent=10").await;
    scene.run("DELETE FROM channels").await;
    scene.price(1, 50).await;
    assert_eq!(scene.enqueue(&[1], noon()).await, 1);
    assert_eq!(scene.told().await, ["1 price_drop 5000 app sent"]);
}
