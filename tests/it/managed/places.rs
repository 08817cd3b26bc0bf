//! Data directories in awkward places.

use std::{
    fs::{self, Permissions},
    os::unix::fs::{MetadataExt, PermissionsExt},
};

use deal_scout::db::managed::Released;

use super::{
    child::Process,
    scene::{Scene, is_root, rows, socket_dir, write_row},
};

#[tokio::test]
async fn a_path_too_long_for_a_socket_does_no_harm() {
    let scene = Scene::at(&format!("{}data", "a-rather-long-name/".repeat(8)));
    let managed = scene.managed();
    assert!(managed.ensure_running().await.unwrap().created);
    let socket_dir = socket_dir(&managed.config());
    assert!(!socket_dir.starts_with(scene.dir()), "{}", socket_dir.display());
    assert_eq!(fs::metadata(&socket_dir).unwrap().permissions().mode() & 0o777, 0o700);
    write_row(&managed, "far down").await;
    assert_eq!(managed.release().await.unwrap(), Released::Stopped);
    assert!(!managed.ensure_running().await.unwrap().created);
    assert_eq!(rows(&managed).await, ["far down"]);
    managed.release().await.unwrap();
}

#[tokio::test]
async fn a_user_gets_a_short_socket_that_nobody_else_can_prepare_for_them() {
    let scene = Scene::at(&format!("{}data", "a-rather-long-name/".repeat(8)));
    let mut user = Process::start_as_user(&scene);
    let socket_dir = user.ask("socket", &scene.data_dir);
    assert!(socket_dir.starts_with("/tmp/deal-scout-"), "{socket_dir}");
    if is_root() {
        // Somebody else, root, was there first.
        fs::create_dir(&socket_dir).unwrap();
        let told = user.ask("run", &scene.data_dir);
        assert!(told.contains("belongs to somebody else"), "{told}");
        fs::remove_dir(&socket_dir).unwrap();
    }
    let started = user.ask("run", &scene.data_dir);
    assert!(started.contains("created: true"), "{started}");
    assert_eq!(fs::metadata(&socket_dir).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(user.ask("release", &scene.data_dir), "Stopped");
    fs::remove_dir_all(&socket_dir).unwrap();
}

#[tokio::test]
async fn names_with_blanks_commas_and_accents_are_names() {
    let scene = Scene::at("Jürgen's data, \"kept\" here");
    let managed = scene.managed();
    assert!(managed.ensure_running().await.unwrap().created);
    assert_eq!(managed.release().await.unwrap(), Released::Stopped);
}

#[tokio::test]
async fn an_empty_folder_in_the_clusters_place_is_used() {
    let scene = Scene::new();
    fs::create_dir_all(scene.cluster()).unwrap();
    let managed = scene.managed();
    assert!(managed.ensure_running().await.unwrap().created);
    managed.release().await.unwrap();
}

#[tokio::test]
async fn root_runs_it_as_somebody_else_in_a_folder_that_was_closed() {
    if !is_root() {
        eprintln!("skipped: needs root");
        return;
    }
    let scene = Scene::new();
    fs::create_dir(&scene.data_dir).unwrap();
    fs::set_permissions(&scene.data_dir, Permissions::from_mode(0o700)).unwrap();
    let managed = scene.managed();
    assert!(managed.ensure_running().await.unwrap().created);
    assert!(scene.cluster().is_dir() && !scene.cluster().is_symlink());
    assert_ne!(fs::metadata(scene.cluster()).unwrap().uid(), 0);
    let mode = fs::metadata(&scene.data_dir).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o711, "others may pass through, and see nothing");
    managed.release().await.unwrap();
}

#[tokio::test]
async fn below_a_closed_home_root_keeps_the_cluster_elsewhere_and_links_to_it() {
    if !is_root() {
        eprintln!("skipped: needs root");
        return;
    }
    let scene = Scene::at("home/.local/share/deal-scout");
    let home = scene.dir().join("home");
    fs::create_dir(&home).unwrap();
    fs::set_permissions(&home, Permissions::from_mode(0o700)).unwrap();
    let managed = scene.managed();
    assert!(managed.ensure_running().await.unwrap().created);
    let first = fs::read_link(scene.cluster()).unwrap();
    assert!(first.starts_with("/var/lib/deal-scout"), "{}", first.display());
    assert_eq!(fs::metadata(&home).unwrap().permissions().mode() & 0o777, 0o700, "left as it was");
    write_row(&managed, "behind a link").await;
    assert_eq!(managed.release().await.unwrap(), Released::Stopped);

    let managed = scene.managed();
    assert!(!managed.ensure_running().await.unwrap().created);
    assert_eq!(rows(&managed).await, ["behind a link"]);
    assert_eq!(managed.release().await.unwrap(), Released::Stopped);

    // Who removes the data directory begins anew; what was there is kept all the same.
    fs::remove_dir_all(&scene.data_dir).unwrap();
    let managed = scene.managed();
    assert!(managed.ensure_running().await.unwrap().created);
    assert_ne!(fs::read_link(scene.cluster()).unwrap(), first);
    assert!(first.join("PG_VERSION").exists());
    managed.release().await.unwrap();
}

#[tokio::test]
async fn a_cluster_that_was_copied_by_root_is_told_how_to_mend() {
    if !is_root() {
        eprintln!("skipped: needs root");
        return;
    }
    let scene = Scene::new();
    fs::create_dir_all(scene.cluster()).unwrap();
    fs::write(scene.cluster().join("PG_VERSION"), "15\n").unwrap();
    let told = scene.managed().ensure_running().await.unwrap_err();
    assert!(told.is_fatal());
    assert!(told.to_string().contains("belongs to root"), "{told}");
    assert!(told.to_string().contains("chown -R "), "{told}");
}

#[tokio::test]
async fn a_folder_with_other_things_in_it_is_not_touched() {
    let scene = Scene::new();
    fs::create_dir_all(scene.cluster()).unwrap();
    fs::write(scene.cluster().join("letter.txt"), "dear").unwrap();
    let told = scene.managed().ensure_running().await.unwrap_err();
    assert!(told.is_fatal());
    assert!(told.to_string().contains("is no PostgreSQL cluster"), "{told}");
    assert_eq!(fs::read_to_string(scene.cluster().join("letter.txt")).unwrap(), "dear");
}
