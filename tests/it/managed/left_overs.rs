//! What earlier runs may have left in the way.

use std::{
    fs::{self, File},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use deal_scout::db::managed::{ManagedError, Released};

use super::scene::{Scene, connect, is_root, rows, socket_dir, write_row};

#[tokio::test]
async fn a_stale_pid_file_is_no_hindrance_whoever_has_its_number() {
    let scene = Scene::new();
    let managed = scene.managed();
    managed.ensure_running().await.unwrap();
    write_row(&managed, "before").await;
    managed.release().await.unwrap();
    let stranger = Stranger::start();
    let dead = i32::MAX - 7;
    for pid in [dead, stranger.pid(), std::process::id().cast_signed(), 1] {
        let socket_dir = socket_dir(&managed.config());
        let text = format!(
            "{pid}\n{}\n1790000000\n5432\n{}\n\n   1234   5678\nready   \n",
            scene.cluster().display(),
            socket_dir.display()
        );
        fs::write(scene.cluster().join("postmaster.pid"), text).unwrap();
        fs::write(socket_dir.join(".s.PGSQL.5432.lock"), format!("{pid}\n")).unwrap();
        let started = managed.ensure_running().await.unwrap();
        assert!(!started.adopted && !started.created, "{pid}: {started:?}");
        assert_eq!(rows(&managed).await, ["before"]);
        assert_eq!(managed.release().await.unwrap(), Released::Stopped);
    }
    assert!(stranger.lives(), "nobody else was ended");
}

#[tokio::test]
async fn an_occupied_lock_is_named_with_its_holder() {
    let scene = Scene::new();
    fs::create_dir(&scene.data_dir).unwrap();
    let path = scene.data_dir.join("postgres.lock");
    let holder = File::create(&path).unwrap();
    holder.lock().unwrap();
    fs::write(&path, "4711 (deal-scout)").unwrap();
    let managed = scene.managed().with_patience(Duration::from_millis(60));
    let told = managed.ensure_running().await.unwrap_err();
    assert!(matches!(told, ManagedError::Occupied { .. }) && !told.is_fatal(), "{told}");
    assert!(told.to_string().contains("is occupied by process 4711 (deal-scout)"), "{told}");
    assert!(!scene.cluster().exists());
    holder.unlock().unwrap();
    assert!(scene.managed().ensure_running().await.unwrap().created);
}

#[tokio::test]
async fn a_server_whose_socket_is_gone_is_started_again() {
    let scene = Scene::new();
    let managed = scene.managed();
    managed.ensure_running().await.unwrap();
    write_row(&managed, "before").await;
    let before = scene.server();
    fs::remove_file(socket_dir(&managed.config()).join(".s.PGSQL.5432")).unwrap();
    let started = managed.ensure_running().await.unwrap();
    assert!(!started.adopted, "{started:?}");
    assert_ne!(scene.server(), before);
    assert_eq!(rows(&managed).await, ["before"]);

    // But not while somebody works with it, who may reach it from where they are.
    let other = scene.managed();
    other.ensure_running().await.unwrap();
    let at_work = connect(&other.config()).await;
    fs::remove_file(socket_dir(&managed.config()).join(".s.PGSQL.5432")).unwrap();
    let told = managed.ensure_running().await.unwrap_err();
    assert!(!told.is_fatal());
    assert!(told.to_string().contains("another process uses it"), "{told}");
    at_work.batch_execute("SELECT 1").await.unwrap();
    drop(at_work);
    assert_eq!(other.release().await.unwrap(), Released::LeftRunning);
    managed.ensure_running().await.unwrap();
    managed.release().await.unwrap();
}

#[tokio::test]
async fn a_server_that_cannot_start_says_why() {
    let scene = Scene::new();
    let managed = scene.managed();
    managed.ensure_running().await.unwrap();
    managed.release().await.unwrap();
    let settings = scene.cluster().join("postgresql.conf");
    let good = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, format!("{good}\nno_such_setting = 1\n")).unwrap();
    let told = managed.ensure_running().await.unwrap_err();
    assert!(matches!(told, ManagedError::StartFailed { .. }) && !told.is_fatal(), "{told}");
    assert!(told.to_string().contains("no_such_setting"), "{told}");
    fs::write(&settings, good).unwrap();
    managed.ensure_running().await.unwrap();
    assert_eq!(managed.release().await.unwrap(), Released::Stopped);
}

/// A process of the account that runs the cluster: the one whose number PostgreSQL itself would be deceived by.
struct Stranger(Child);

impl Stranger {
    fn start() -> Self {
        let mut command = Command::new("sleep");
        command.arg("600").stdin(Stdio::null()).stdout(Stdio::null()).current_dir("/");
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let postgres = passwd.lines().find(|line| line.starts_with("postgres:"));
        if let Some(line) = postgres.filter(|_| is_root()) {
            command.uid(line.split(':').nth(2).unwrap().parse().unwrap());
        }
        Self(command.spawn().unwrap())
    }

    fn pid(&self) -> i32 {
        self.0.id().cast_signed()
    }

    fn lives(&self) -> bool {
        Path::new(&format!("/proc/{}/exe", self.pid())).is_symlink()
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
