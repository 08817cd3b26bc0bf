//! Channels and marketplace accounts: what is secret stays so.

use serde_json::{Value, json};

use super::scene::{Scene, faults};

#[tokio::test]
async fn a_secret_is_stored_sealed_and_never_told() {
    let scene = Scene::new().await;
    let body = json!({"name": "phone", "kind": "ntfy", "address": "https://ntfy.sh/deals",
                      "secret": "tk_verysecret"});
    let made = scene.post("/channels", &body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(made.json()["has_secret"], true);
    let path = format!("/channels/{}", made.json()["id"]);
    let account =
        json!({"platform": "ebay", "account_name": "ann", "credentials": "tk_verysecret"});
    let account = scene.post("/marketplace-accounts", &account).await;
    assert_eq!(account.json()["has_credentials"], true);
    assert_eq!(account.json()["connected"], false);
    for text in [
        made.body,
        account.body,
        scene.get(&path).await.body,
        scene.get("/channels").await.body,
        scene.get("/marketplace-accounts").await.body,
        scene.server.story().join("\n"),
    ] {
        assert!(!text.contains("verysecret"), "{text}");
    }
    let plain = "position('verysecret'::bytea IN";
    assert_eq!(scene.db.count(&format!("channels WHERE {plain} secret) > 0")).await, 0);
    let plain = format!("marketplace_accounts WHERE {plain} credentials) > 0");
    assert_eq!(scene.db.count(&plain).await, 0);

    let kept = scene.patch(&path, &json!({"enabled": false})).await.json();
    assert_eq!((&kept["has_secret"], &kept["enabled"]), (&json!(true), &json!(false)));
    let forgotten = scene.patch(&path, &json!({"secret": null})).await.json();
    assert_eq!(forgotten["has_secret"], false);
    let account = scene.get("/marketplace-accounts?platform=ebay").await.json();
    let account = format!("/marketplace-accounts/{}", account["items"][0]["id"]);
    let found = scene.patch(&account, &json!({"connected": true})).await;
    assert_eq!(faults(&found), ["connected"], "only the marketplace can say so");
}

#[tokio::test]
async fn an_address_fits_its_kind() {
    let scene = Scene::new().await;
    for (kind, address) in
        [("email", "nobody"), ("ntfy", "deals"), ("webhook", "ftp://x"), ("gotify", "https://")]
    {
        let body = json!({"name": "a", "kind": kind, "address": address});
        assert_eq!(faults(&scene.post("/channels", &body).await), ["address"], "{kind}");
    }
    let body = json!({"name": "a", "kind": "email", "address": "me@example.org"});
    let path = format!("/channels/{}", scene.made("/channels", &body).await);
    let other_kind = scene.patch(&path, &json!({"kind": "webhook"})).await;
    assert_eq!(faults(&other_kind), ["address"]);
    let both = json!({"kind": "webhook", "address": "https://example.org/hook"});
    assert_eq!(scene.patch(&path, &both).await.status, 200);
    // What is not set up yet has none.
    let empty = scene.patch(&path, &json!({"kind": "email", "address": ""})).await;
    assert_eq!((empty.status, &empty.json()["address"]), (200, &Value::from("")));
}
