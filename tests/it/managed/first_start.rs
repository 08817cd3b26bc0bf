//! The ordinary life of a cluster: made, stopped, started, adopted.

use std::{fs, os::unix::fs::PermissionsExt, time::Duration};

use deal_scout::db::managed::Released;
use rustix::process::{getpgid, getpid};

use super::{
    child::Process,
    scene::{Scene, ask, rows, socket_dir, write_row},
};

#[tokio::test]
async fn a_first_start_makes_a_cluster_and_later_starts_keep_its_data() {
    let scene = Scene::new();
    let first = scene.managed();
    let started = first.ensure_running().await.unwrap();
    assert!(started.created && !started.adopted, "{started:?}");
    assert!(started.major >= 14);
    assert!(started.took < Duration::from_secs(6), "{started:?}");
    write_row(&first, "a deal").await;
    assert_eq!(first.release().await.unwrap(), Released::Stopped);
    assert!(scene.is_down());
    assert!(scene.server().is_none(), "it was stopped in order");

    let second = scene.managed();
    let started = second.ensure_running().await.unwrap();
    assert!(!started.created && !started.adopted, "{started:?}");
    assert!(started.took < Duration::from_secs(2), "{started:?}");
    assert_eq!(rows(&second).await, ["a deal"]);

    let again = second.ensure_running().await.unwrap();
    assert!(again.adopted, "{again:?}");
    assert!(again.took < Duration::from_millis(500), "{again:?}");
    assert_eq!(second.release().await.unwrap(), Released::Stopped);
    assert_eq!(second.release().await.unwrap(), Released::NotHeld);
}

#[tokio::test]
async fn an_ordinary_user_has_a_cluster_of_their_own() {
    let scene = Scene::new();
    let mut user = Process::start_as_user(&scene);
    let started = user.ask("run", &scene.data_dir);
    assert!(started.contains("created: true"), "{started}");
    assert_eq!(user.ask("write", &scene.data_dir), "written");
    assert_eq!(user.ask("release", &scene.data_dir), "Stopped");
    let started = user.ask("run", &scene.data_dir);
    assert!(started.contains("created: false, adopted: false"), "{started}");
    assert_eq!(user.ask("rows", &scene.data_dir), r#"["written by a user"]"#);
    // Root may lend a hand to a user's cluster without taking it away from them.
    let other = scene.managed();
    assert!(other.ensure_running().await.unwrap().adopted);
    assert_eq!(rows(&other).await, ["written by a user"]);
    assert_eq!(user.ask("release", &scene.data_dir), "LeftRunning");
    assert_eq!(other.release().await.unwrap(), Released::Stopped);
    assert!(!other.ensure_running().await.unwrap().adopted);
    assert_eq!(other.release().await.unwrap(), Released::Stopped);
    assert!(user.ask("run", &scene.data_dir).contains("adopted: false"));
    assert_eq!(user.ask("rows", &scene.data_dir), r#"["written by a user"]"#);
}

#[tokio::test]
async fn a_cluster_is_durable_modest_and_private() {
    let scene = Scene::new();
    let managed = scene.managed();
    managed.ensure_running().await.unwrap();
    for (setting, expected) in [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("data_checksums", "on"),
        ("listen_addresses", ""),
        ("shared_buffers", "64MB"),
        ("server_encoding", "UTF8"),
        ("lc_collate", "C"),
        ("TimeZone", "UTC"),
    ] {
        assert_eq!(ask(&managed, &format!("SHOW {setting}")).await, expected, "{setting}");
    }
    assert_eq!(ask(&managed, "SELECT lower('ÄÖÉ')").await, "äöé", "case is Unicode's");
    assert_eq!(ask(&managed, "SELECT current_database() || current_user").await, "dealsdeals");
    for private in [socket_dir(&managed.config()), scene.cluster()] {
        let mode = fs::metadata(&private).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{}", private.display());
    }
    // Ctrl-C in the terminal goes to our process group, and so not to the server.
    let group = getpgid(scene.server()).unwrap();
    assert_ne!(group, getpgid(Some(getpid())).unwrap());
    managed.release().await.unwrap();
}
