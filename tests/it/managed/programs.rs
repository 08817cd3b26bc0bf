//! Programs of several versions, and of none that fits.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::SystemTime,
};

use deal_scout::db::managed::{Managed, ManagedError};

use super::{
    super::support::database::silent,
    scene::{Scene, rows, write_row},
};

#[tokio::test]
async fn a_cluster_is_run_by_the_programs_of_its_own_version() {
    let scene = Scene::new();
    let first = scene.managed();
    first.ensure_running().await.unwrap();
    write_row(&first, "made by the installed version").await;
    first.release().await.unwrap();

    // The setting names another version; the fitting one is found in its place.
    let newer = programs_that_say(&scene, "99.1");
    let managed = Managed::new(&scene.data_dir, Some(&newer), silent());
    let started = managed.ensure_running().await.unwrap();
    assert_ne!(started.major, 99);
    assert_eq!(rows(&managed).await, ["made by the installed version"]);
    managed.release().await.unwrap();
}

#[tokio::test]
async fn a_cluster_of_another_version_is_never_touched() {
    let scene = Scene::new();
    let managed = scene.managed();
    managed.ensure_running().await.unwrap();
    managed.release().await.unwrap();
    fs::write(scene.cluster().join("PG_VERSION"), "13\n").unwrap();
    let before = everything_in(&scene.cluster());

    let told = scene.managed().ensure_running().await.unwrap_err();
    assert!(matches!(told, ManagedError::OtherMajor(_)) && told.is_fatal(), "{told}");
    for part in ["made by PostgreSQL 13", "not been touched", "pg_dump", "DATABASE_URL"] {
        assert!(told.to_string().contains(part), "{part} is not in: {told}");
    }
    assert_eq!(everything_in(&scene.cluster()), before);
    assert!(scene.is_down());
}

#[tokio::test]
async fn programs_that_are_too_old_are_not_used_for_a_new_cluster() {
    let scene = Scene::new();
    let old = programs_that_say(&scene, "14.22");
    let told =
        Managed::new(&scene.data_dir, Some(&old), silent()).ensure_running().await.unwrap_err();
    assert!(matches!(told, ManagedError::ProgramsMissing(_)) && told.is_fatal(), "{told}");
    assert!(told.to_string().contains("15 or newer is needed; found only 14.22"), "{told}");
    assert!(!scene.cluster().exists());
}

#[tokio::test]
async fn a_setting_that_names_no_programs_is_told() {
    let scene = Scene::new();
    let nowhere = scene.dir().join("nowhere");
    let told =
        Managed::new(&scene.data_dir, Some(&nowhere), silent()).ensure_running().await.unwrap_err();
    assert!(told.is_fatal());
    let expected = format!("database.programs is {}, but there is no initdb", nowhere.display());
    assert!(told.to_string().starts_with(&expected), "{told}");
}

/// A folder whose `postgres` says another version and does nothing else.
fn programs_that_say(scene: &Scene, version: &str) -> PathBuf {
    let folder = scene.dir().join(format!("pg-{version}"));
    fs::create_dir(&folder).unwrap();
    for name in ["postgres", "initdb"] {
        let path = folder.join(name);
        let script = format!(
            "#!/bin/sh\n[ \"$1\" = --version ] || exit 70\necho '{name} (PostgreSQL) {version}'\n"
        );
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    }
    folder
}

/// Every file below a folder, with its size and the time of its last change.
fn everything_in(folder: &Path) -> Vec<(PathBuf, u64, SystemTime)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let meta = fs::symlink_metadata(&path).unwrap();
        if meta.is_dir() {
            all.extend(everything_in(&path));
        }
        all.push((path, meta.len(), meta.modified().unwrap()));
    }
    all.sort();
    all
}
