//! Moving to another key, with everything that may be in the way.

use deal_scout::{db::sealed::CHANNEL_SECRET, sealing::Secret};

use super::scene::{PLAIN, Scene, totals};

const SET: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const LATER: &str = "fff102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

#[tokio::test]
async fn every_column_of_everybody_is_sealed_anew_while_a_server_runs() {
    let scene = Scene::new().await;
    // A process that holds the old key in memory, and never hears of the rotation.
    let running = scene.sealer(&[]);
    scene.store(&running, 300).await;
    let old = running.current().unwrap().id().to_string();
    let (code, before, _) = scene.secrets("status", &[]);
    assert_eq!(code, Some(0));
    assert_eq!(totals(&before)[&old], 1200);

    let (code, done, err) = scene.secrets("rotate", &[]);
    assert_eq!(code, Some(0), "{err}");
    assert_eq!((&done["resealed"], &done["failed"]), (&1200.into(), &serde_json::json!([])));
    assert_eq!(done["dropped"], serde_json::json!([old]));
    assert_eq!(scene.keys().len(), 1);

    assert_eq!(scene.opened(&running).await, Ok((1200, 1200)));
    let context = CHANNEL_SECRET.context(scene.users[0]);
    let sealed = running.seal(&context, &Secret::new("later")).unwrap();
    assert_eq!(scene.sealer(&[]).open(&context, &sealed).unwrap().reveal(), "later");
    let (_, after, _) = scene.secrets("status", &[]);
    assert_eq!(after["keys"][0]["key"], done["key"]);
    assert_eq!(
        after["keys"][0]["secrets"],
        serde_json::json!(
            { "channels.secret": 600, "marketplace_accounts.credentials": 600 }
        )
    );
}

#[tokio::test]
async fn sealing_anew_does_not_count_as_a_change_of_the_row() {
    let scene = Scene::new().await;
    scene.store(&scene.sealer(&[]), 1).await;
    scene.db.run("UPDATE channels SET updated_at = '2026-01-01'").await;
    let (code, _, err) = scene.secrets("rotate", &[]);
    assert_eq!(code, Some(0), "{err}");
    scene
        .db
        .run(
            "DO $$ BEGIN ASSERT (SELECT bool_and(updated_at = '2026-01-01') FROM channels); END $$",
        )
        .await;
}

#[tokio::test]
async fn a_key_in_the_settings_takes_over_from_the_file_and_from_the_one_before() {
    let scene = Scene::new().await;
    scene.store(&scene.sealer(&[]), 2).await;
    let set = [("DEAL_SCOUT__SECRET_KEY", SET)];
    let (code, done, err) = scene.secrets("rotate", &set);
    assert_eq!((code, &done["resealed"]), (Some(0), &8.into()), "{err}");
    assert_eq!(scene.opened(&scene.sealer(&set)).await, Ok((8, 8)));
    assert_eq!(scene.keys().len(), 1, "the file is left to processes without the setting");

    let both = [("DEAL_SCOUT__SECRET_KEY", LATER), ("DEAL_SCOUT__SECRET_KEY_OLD", SET)];
    let (_, status, _) = scene.secrets("status", &both);
    assert_eq!(status["keys"][2]["place"], "secret_key_old");
    let (code, done, err) = scene.secrets("rotate", &both);
    assert_eq!((code, &done["resealed"]), (Some(0), &8.into()), "{err}");
    assert_eq!(scene.opened(&scene.sealer(&[("DEAL_SCOUT__SECRET_KEY", LATER)])).await, Ok((8, 8)));
    let (_, done, _) = scene.secrets("rotate", &both);
    assert_eq!(done["resealed"], 0, "again changes nothing");
}

#[tokio::test]
async fn what_does_not_open_is_told_left_alone_and_keeps_its_key() {
    let scene = Scene::new().await;
    let sealer = scene.sealer(&[]);
    scene.store(&sealer, 2).await;
    let old = sealer.current().unwrap().id().to_string();
    // One altered, one of somebody else's, one that is no ciphertext.
    scene
        .db
        .run(
            "UPDATE channels SET secret = set_byte(secret, 20, get_byte(secret, 20) # 1) \
             WHERE user_id = 4711 AND name = 'c1'; \
             UPDATE channels SET secret = (SELECT secret FROM channels WHERE user_id <> 4711 AND name = 'c1') \
             WHERE user_id = 4711 AND name = 'c2'; \
             UPDATE marketplace_accounts SET credentials = 'hunter2' WHERE user_id = 4711 AND account_name = 'a1'",
        )
        .await;
    let (code, out, err) =
        scene.program("secrets").arg("rotate").arg("--json").env("LOG_LEVEL", "debug").finish();
    assert_eq!(code, Some(1), "{err}");
    let done: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&done["resealed"], &done["dropped"]), (&5.into(), &serde_json::json!([])));
    assert_eq!(done["failed"].as_array().unwrap().len(), 3, "each is told once: {done:#}");
    for output in [&out, &err] {
        assert!(output.contains("was altered, or belongs to another row; enter the secret again"));
        let shown = scene.keys().iter().any(|key| output.contains(key));
        assert!(!shown && !output.contains(PLAIN), "{output}");
    }
    let (code, status, _) = scene.secrets("status", &[]);
    assert_eq!((code, &status["lost"]), (Some(1), &1.into()), "{status:#}");
    assert_eq!(totals(&status)[&old], 2, "{status:#}");
    assert_eq!(scene.keys().len(), 2, "the old key stays for what is still sealed with it");
}

#[tokio::test]
async fn a_lost_key_is_told_with_what_can_be_done() {
    let scene = Scene::new().await;
    scene.store(&scene.sealer(&[]), 1).await;
    let lost = scene.keys().remove(0);
    std::fs::remove_file(scene.key_file()).unwrap();
    let (code, out, _) = scene.program("secrets").arg("status").finish();
    assert_eq!(code, Some(1));
    assert!(out.contains("not at hand") && out.contains("2 in channels.secret"), "{out}");
    assert!(out.contains("Give the keys that are not at hand as secret_key_old"), "{out}");
    let (code, done, err) = scene.secrets("rotate", &[]);
    assert_eq!((code, &done["resealed"]), (Some(1), &0.into()));
    assert!(err.contains("was sealed with another key"), "{err}");

    let found = [("DEAL_SCOUT__SECRET_KEY_OLD", lost.as_str())];
    let (code, done, err) = scene.secrets("rotate", &found);
    assert_eq!((code, &done["resealed"]), (Some(0), &4.into()), "{err}");
    assert_eq!(scene.opened(&scene.sealer(&[])).await, Ok((4, 4)));
}

#[tokio::test]
async fn one_rotation_at_a_time() {
    let scene = Scene::new().await;
    let mut conn = scene.db.conn().await;
    assert!(deal_scout::db::sealed::take_rotation(&mut conn).await.unwrap());
    let (code, out, err) = scene.program("secrets").arg("rotate").finish();
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(err.contains("another rotation is under way"), "{err}");
    assert_eq!(scene.keys().len(), 1, "no key was made");
}
