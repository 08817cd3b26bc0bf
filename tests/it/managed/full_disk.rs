//! A disk that is full when the cluster is made, and when it is started.

use deal_scout::db::managed::{ManagedError, Released};

use super::scene::{Scene, rows, write_row};
use crate::support::disk::Disk;

#[tokio::test]
async fn a_full_disk_is_told_and_nothing_is_left_or_lost() {
    let scene = Scene::at("disk/data");
    let Some(disk) = Disk::mount(&scene.dir().join("disk"), "20m") else { return };
    let _ended_first = Ended(&scene);

    let told = scene.managed().ensure_running().await.unwrap_err();
    assert!(matches!(told, ManagedError::DiskFull { .. }) && !told.is_fatal(), "{told}");
    assert!(told.to_string().starts_with("the disk is full: creating the database in"), "{told}");
    assert!(!scene.names().iter().any(|name| name.contains("unfinished")), "{:?}", scene.names());
    assert!(!scene.cluster().exists());

    disk.resize("400m");
    let managed = scene.managed();
    assert!(managed.ensure_running().await.unwrap().created);
    write_row(&managed, "before").await;
    assert_eq!(managed.release().await.unwrap(), Released::Stopped);

    disk.fill();
    let told = managed.ensure_running().await.unwrap_err();
    assert!(matches!(told, ManagedError::DiskFull { .. }) && !told.is_fatal(), "{told}");
    assert!(told.to_string().starts_with("the disk is full: starting the database in"), "{told}");

    disk.empty();
    managed.ensure_running().await.unwrap();
    assert_eq!(rows(&managed).await, ["before"]);
    assert_eq!(managed.release().await.unwrap(), Released::Stopped);
}

/// Ends what lives on the disk before the disk goes.
struct Ended<'a>(&'a Scene);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}
