//! Secrets travel sealed; their keys travel only under a passphrase, and what cannot be opened hinders nothing else.

use std::fs;

use deal_scout::{
    db::sealed::{self, CHANNEL_SECRET, Column, MARKETPLACE_CREDENTIALS},
    model::id::UserId,
    sealing::Secret,
};
use serde_json::{Value, json};

use super::{altered::members, place::Place};

const TOKEN: &str = "xoxb-very-secret";
const USER: UserId = UserId(7);

/// An installation with a sealed channel and a sealed account.
async fn sealed_place() -> Place {
    let place = Place::external().await.filled().await;
    let (client, sealer) = (place.client().await, place.sealer());
    for (column, id) in [(CHANNEL_SECRET, 2), (MARKETPLACE_CREDENTIALS, 1)] {
        let value = sealer.seal(&column.context(USER), &Secret::new(TOKEN)).unwrap();
        sealed::put(&client, column, id, Some(value)).await.unwrap();
    }
    place
}

/// What the place's own key opens.
async fn opened(place: &Place, column: Column) -> Vec<String> {
    let rows = sealed::some(&place.client().await, column, 0).await.unwrap();
    let sealer = place.sealer();
    let open = |row: &sealed::Sealed| sealer.open(&column.context(USER), &row.sealed).unwrap();
    rows.iter().map(|row| open(row).reveal().to_owned()).collect()
}

fn passphrase(place: &Place, text: &str) -> String {
    let path = place.file("passphrase");
    fs::write(&path, format!("{text}\n")).unwrap();
    path.display().to_string()
}

/// How many channels and accounts are in use.
async fn in_use(place: &Place) -> i64 {
    let both = "SELECT (SELECT count(*) FROM channels WHERE enabled) \
                + (SELECT count(*) FROM marketplace_accounts WHERE connected)";
    place.number(both).await
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_passphrase_secrets_arrive_sealed_with_the_targets_key() {
    let (source, target) = (sealed_place().await, Place::external().await);
    let path = source.file("all.tar.gz").display().to_string();
    let told = source.must(
        "backup",
        &[&path, "--json", "--passphrase-file", &passphrase(&source, "right horse")],
    );
    assert_eq!(serde_json::from_str::<Value>(&told).unwrap()["keys"], true);

    let said =
        target.fails("restore", &[&path, "--passphrase-file", &passphrase(&target, "wrong horse")]);
    assert!(
        said.contains("the passphrase does not open the keys")
            && said.contains("nothing was changed"),
        "{said}"
    );
    assert_eq!(target.number("SELECT count(*) FROM channels").await, 0);

    let told = target.must(
        "restore",
        &[&path, "--json", "--passphrase-file", &passphrase(&target, "right horse")],
    );
    let told: Value = serde_json::from_str(&told).unwrap();
    let kept = json!({ "kept": 1, "cleared": 0 });
    assert_eq!(
        told["secrets"],
        json!({ "channels.secret": kept, "marketplace_accounts.credentials": kept })
    );
    for column in [CHANNEL_SECRET, MARKETPLACE_CREDENTIALS] {
        assert_eq!(opened(&target, column).await, [TOKEN]);
    }
    assert_eq!(in_use(&target).await, 3);
    target.must("secrets", &["status"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_key_secrets_are_cleared_and_what_needs_them_is_off() {
    let (source, target) = (sealed_place().await, Place::external().await);
    let (path, told) = source.backup("all.tar.gz");
    assert_eq!(told["keys"], false);
    let said = target.fails("restore", &[&path, "--passphrase-file", &passphrase(&target, "any")]);
    assert!(said.contains("carries no keys"), "{said}");

    let told = target.must("restore", &[&path]);
    assert!(told.contains("1 secrets of channels could not be opened"), "{told}");
    assert!(told.contains("those accounts are disconnected: connect them again"), "{told}");
    assert!(told.contains("secret_key_old"), "{told}");
    assert_eq!(in_use(&target).await, 1, "the channel that needs no secret");
    assert_eq!(target.number("SELECT count(*) FROM channels WHERE secret IS NOT NULL").await, 0);

    // With the source's key at hand nothing is lost.
    let key = fs::read_to_string(source.data_dir().join("secret.key")).unwrap();
    let key = key.lines().find(|line| line.len() == 64).unwrap();
    let (code, _, err) = target
        .program("restore")
        .env("DEAL_SCOUT__SECRET_KEY_OLD", key)
        .arg(&path)
        .arg("--replace")
        .finish();
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(opened(&target, CHANNEL_SECRET).await, [TOKEN]);
    assert_eq!(in_use(&target).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_installation_restores_its_own_secrets_until_it_has_forgotten_their_key() {
    let source = sealed_place().await;
    let (path, _) = source.backup("all.tar.gz");
    source.must("restore", &[&path, "--replace"]);
    assert_eq!(in_use(&source).await, 3);
    assert_eq!(opened(&source, MARKETPLACE_CREDENTIALS).await, [TOKEN]);
    source.must("secrets", &["rotate"]);
    source.must("restore", &[&path, "--replace"]);
    assert_eq!(in_use(&source).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_a_secret_nor_a_key_is_in_an_archive_in_clear() {
    let source = sealed_place().await;
    let path = source.file("all.tar.gz").display().to_string();
    source.must("backup", &[&path, "--passphrase-file", &passphrase(&source, "right horse")]);
    let key = fs::read_to_string(source.data_dir().join("secret.key")).unwrap();
    let key = key.lines().find(|line| line.len() == 64).unwrap().to_owned();
    for (name, bytes) in members(&path) {
        let text = String::from_utf8_lossy(&bytes);
        for secret in [TOKEN, key.as_str(), "right horse"] {
            assert!(!text.contains(secret), "{name} holds {secret}");
        }
    }
}
