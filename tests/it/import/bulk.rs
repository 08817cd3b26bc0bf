//! The bulk statements themselves: what is new, what differs, what is there just so.

use deal_scout::{
    db::{Counts, comps, listings},
    model::{
        comp::{Basis, NewComp},
        condition::Condition,
        kind::Kind,
        listing::NewListing,
        money::Currency,
    },
};
use serde_json::json;

use super::scene::Scene;

fn ad(id: &str) -> NewListing {
    NewListing {
        source: "csv".into(),
        source_id: id.into(),
        title: "Leica M3".into(),
        description: None,
        kind: Kind::Item,
        price_amount: Some(900),
        shipping_amount: None,
        currency: Currency::USD,
        condition: Some(Condition::Good),
        category: None,
        url: None,
        image_url: None,
        location: json!({}),
        details: json!({"a": 1}),
        posted_at: None,
    }
}

fn sale(id: &str, scene: &Scene) -> NewComp {
    NewComp {
        source: "csv".into(),
        source_id: id.into(),
        title: "Leica M3".into(),
        kind: Kind::Item,
        basis: Basis::Sold,
        price_amount: 900,
        shipping_amount: None,
        currency: Currency::USD,
        condition: None,
        category: None,
        url: None,
        details: json!({}),
        observed_at: scene.now,
    }
}

fn counts(new: usize, updated: usize, unchanged: usize) -> Counts {
    Counts { new, updated, unchanged }
}

#[tokio::test]
async fn each_column_of_an_ad_that_differs_is_an_update() {
    let scene = Scene::new().await;
    let mut conn = scene.db.conn().await;
    let mut put = async |rows: &[NewListing]| {
        listings::upsert_many(&mut conn, scene.user, rows, scene.now).await.unwrap()
    };
    assert_eq!(put(&[ad("1"), ad("2")]).await, counts(2, 0, 0));
    assert_eq!(put(&[ad("1"), ad("2")]).await, counts(0, 0, 2));
    let changes: &[fn(&mut NewListing)] = &[
        |ad| ad.title = "Leica M4".into(),
        |ad| ad.description = Some("fine".into()),
        |ad| ad.kind = Kind::Bundle,
        |ad| ad.price_amount = Some(901),
        |ad| ad.shipping_amount = Some(0),
        |ad| ad.currency = Currency::EUR,
        |ad| ad.condition = None,
        |ad| ad.category = Some("Cameras".into()),
        |ad| ad.url = Some("https://a.b".into()),
        |ad| ad.image_url = Some("https://a.b/c".into()),
        |ad| ad.location = json!({"text": "Ulm"}),
        |ad| ad.details = json!({"a": 2}),
        |ad| ad.posted_at = Some(chrono::DateTime::UNIX_EPOCH),
    ];
    let mut differing = ad("1");
    for change in changes {
        change(&mut differing);
        assert_eq!(put(&[differing.clone(), ad("2")]).await, counts(0, 1, 1));
        assert_eq!(put(&[differing.clone()]).await, counts(0, 0, 1));
    }
}

#[tokio::test]
async fn an_ad_without_a_price_keeps_the_one_it_had() {
    let scene = Scene::new().await;
    let mut conn = scene.db.conn().await;
    let unpriced = NewListing { price_amount: None, currency: Currency::EUR, ..ad("1") };
    listings::upsert_many(&mut conn, scene.user, &[ad("1")], scene.now).await.unwrap();
    let after = listings::upsert_many(&mut conn, scene.user, &[unpriced], scene.now).await.unwrap();
    assert_eq!(after, counts(0, 0, 1));
    assert_eq!(scene.number("SELECT price_amount FROM listings WHERE currency = 'USD'").await, 900);
}

#[tokio::test]
async fn an_ad_that_comes_back_is_available_again() {
    let scene = Scene::new().await;
    let mut conn = scene.db.conn().await;
    listings::upsert_many(&mut conn, scene.user, &[ad("1")], scene.now).await.unwrap();
    scene.db.run("UPDATE listings SET available = FALSE").await;
    let after = listings::upsert_many(&mut conn, scene.user, &[ad("1")], scene.now).await.unwrap();
    assert_eq!(after, counts(0, 1, 0));
    assert_eq!(scene.number("SELECT count(*) FROM listings WHERE available").await, 1);
    assert_eq!(scene.rows("price_points").await, 1, "its price is the same");
}

#[tokio::test]
async fn one_identity_twice_in_a_batch_is_one_row_with_the_last_words() {
    let scene = Scene::new().await;
    let mut conn = scene.db.conn().await;
    let cheaper = NewListing { price_amount: Some(800), ..ad("1") };
    let after =
        listings::upsert_many(&mut conn, scene.user, &[ad("1"), cheaper], scene.now).await.unwrap();
    assert_eq!(after, counts(1, 0, 1));
    assert_eq!(scene.number("SELECT price_amount FROM listings").await, 800);
    let dearer = NewComp { price_amount: 950, ..sale("1", &scene) };
    let after = comps::upsert_many(&mut conn, scene.user, &[sale("1", &scene), dearer], scene.now)
        .await
        .unwrap();
    assert_eq!(after, counts(1, 0, 1));
    assert_eq!(scene.number("SELECT price_amount FROM comps").await, 950);
}

#[tokio::test]
async fn each_column_of_a_sale_that_differs_is_an_update() {
    let scene = Scene::new().await;
    let mut conn = scene.db.conn().await;
    let mut put = async |rows: &[NewComp]| {
        comps::upsert_many(&mut conn, scene.user, rows, scene.now).await.unwrap()
    };
    assert_eq!(put(&[sale("1", &scene), sale("2", &scene)]).await, counts(2, 0, 0));
    let changes: &[fn(&mut NewComp)] = &[
        |comp| comp.title = "Leica M4".into(),
        |comp| comp.kind = Kind::Parts,
        |comp| comp.basis = Basis::Asking,
        |comp| comp.price_amount = 901,
        |comp| comp.shipping_amount = Some(1),
        |comp| comp.currency = Currency::EUR,
        |comp| comp.condition = Some(Condition::Poor),
        |comp| comp.category = Some("Cameras".into()),
        |comp| comp.url = Some("https://a.b".into()),
        |comp| comp.details = json!({"a": 2}),
        |comp| comp.observed_at = chrono::DateTime::UNIX_EPOCH,
    ];
    let mut differing = sale("1", &scene);
    for change in changes {
        change(&mut differing);
        assert_eq!(put(&[differing.clone(), sale("2", &scene)]).await, counts(0, 1, 1));
        assert_eq!(put(&[differing.clone()]).await, counts(0, 0, 1));
    }
}

#[tokio::test]
async fn a_sale_without_a_date_keeps_the_day_it_was_first_stored_with() {
    let mut scene = Scene::new().await;
    let mut conn = scene.db.conn().await;
    let undated =
        |scene: &Scene| NewComp { details: json!({"date_unknown": true}), ..sale("1", scene) };
    comps::upsert_many(&mut conn, scene.user, &[undated(&scene)], scene.now).await.unwrap();
    scene.next_day();
    let after =
        comps::upsert_many(&mut conn, scene.user, &[undated(&scene)], scene.now).await.unwrap();
    assert_eq!(after, counts(0, 0, 1));
    assert_eq!(
        scene.number("SELECT count(*) FROM comps WHERE observed_at = '2026-11-22T12:00:00Z'").await,
        1
    );
}

#[tokio::test]
async fn two_imports_of_the_same_rows_at_once_get_along() {
    let scene = Scene::new().await;
    let forward: Vec<NewListing> = (0..500).map(|n| ad(&n.to_string())).collect();
    let backward: Vec<NewListing> = forward.iter().rev().cloned().collect();
    let put = async |rows: &[NewListing]| {
        let mut conn = scene.db.conn().await;
        let mut sum = Counts::default();
        for _ in 0..5 {
            sum += listings::upsert_many(&mut conn, scene.user, rows, scene.now).await.unwrap();
        }
        sum
    };
    let (one, two) = tokio::join!(put(&forward), put(&backward));
    assert_eq!(
        (one.new + two.new, one.updated + two.updated, one.unchanged + two.unchanged),
        (500, 0, 4_500)
    );
    assert_eq!(scene.rows("price_points").await, 500);
}
