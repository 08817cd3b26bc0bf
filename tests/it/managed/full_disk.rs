//! A disk that is full when the cluster is made, and when it is started.

use std::{
    fs::{self, File},
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
};

use deal_scout::db::managed::{ManagedError, Released};

use super::scene::{Scene, is_root, rows, write_row};

#[tokio::test]
async fn a_full_disk_is_told_and_nothing_is_left_or_lost() {
    let scene = Scene::at("disk/data");
    let Some(disk) = Disk::mount(&scene, "20m") else { return };

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

/// A small disk in memory. Unmounted at the end.
struct Disk<'a>(&'a Scene);

impl<'a> Disk<'a> {
    /// `None`, with a message, where this is not allowed.
    fn mount(scene: &'a Scene, size: &str) -> Option<Self> {
        if !is_root() {
            eprintln!("skipped: needs root, to mount a small disk");
            return None;
        }
        let at = path(scene);
        fs::create_dir(&at).unwrap();
        let options = format!("size={size},mode=0755");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(&at)
            .stderr(Stdio::null())
            .status();
        if !mounted.is_ok_and(|status| status.success()) {
            eprintln!("skipped: no disk may be mounted here");
            return None;
        }
        Some(Self(scene))
    }

    fn resize(&self, size: &str) {
        let options = format!("remount,size={size}");
        let status =
            Command::new("mount").args(["-o", &options]).arg(path(self.0)).status().unwrap();
        assert!(status.success());
    }

    fn fill(&self) {
        let mut file = File::create(path(self.0).join("full")).unwrap();
        while file.write_all(&[0; 8192]).is_ok() {}
        while file.write_all(&[0]).is_ok() {}
    }

    fn empty(&self) {
        fs::remove_file(path(self.0).join("full")).unwrap();
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        self.0.end();
        let _ = Command::new("umount").arg(path(self.0)).status();
    }
}

fn path(scene: &Scene) -> PathBuf {
    scene.dir().join("disk")
}
