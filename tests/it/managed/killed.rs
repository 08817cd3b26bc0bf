//! `kill -9` of the program and of the database, at any time.

use std::{path::PathBuf, time::Instant};

use deal_scout::db::managed::{Managed, Released};

use super::{
    super::support::cluster::PATIENCE,
    child::Process,
    scene::{Scene, connect, rows, write_row},
};

/// A moment of a first start that shows on the disk.
type Moment = (&'static str, fn(&Scene) -> bool);

const MOMENTS: &[Moment] = &[
    ("at once", |_| true),
    ("when it has its turn", |scene| scene.data_dir.join("postgres.lock").exists()),
    ("when initdb begins", |scene| unfinished(scene, "").is_some()),
    ("when initdb writes", |scene| unfinished(scene, "PG_VERSION").is_some()),
    ("when initdb works", |scene| unfinished(scene, "global/pg_control").is_some()),
    ("when the cluster is in its place", |scene| scene.cluster().join("PG_VERSION").exists()),
    ("when the server starts", |scene| scene.server().is_some()),
    ("when the server listens", |scene| scene.data_dir.join("run/.s.PGSQL.5432").exists()),
];

#[tokio::test]
async fn killed_at_any_moment_of_the_first_start_the_next_start_succeeds() {
    for (name, has_come) in MOMENTS {
        let scene = Scene::new();
        let mut process = Process::start();
        process.order("run", &scene.data_dir);
        let began = Instant::now();
        while !has_come(&scene) {
            assert!(began.elapsed() < PATIENCE, "{name}");
        }
        process.kill();
        let managed = scene.managed();
        let started = managed.ensure_running().await;
        let started = started.unwrap_or_else(|e| panic!("{name}: {e}\n{}", scene.log()));
        write_row(&managed, name).await;
        assert_eq!(rows(&managed).await, [*name]);
        assert!(unfinished(&scene, "").is_none(), "{name}: {:?}", scene.names());
        assert_eq!(managed.release().await.unwrap(), Released::Stopped, "{name}: {started:?}");
        assert!(scene.is_down(), "{name}");
    }
}

#[tokio::test]
async fn a_user_who_is_killed_finds_everything_again() {
    for (name, has_come) in &MOMENTS[3..6] {
        let scene = Scene::new();
        let mut user = Process::start_as_user(&scene);
        user.order("run", &scene.data_dir);
        let began = Instant::now();
        while !has_come(&scene) {
            assert!(began.elapsed() < PATIENCE, "{name}");
        }
        user.kill();
        let mut user = Process::start_as_user(&scene);
        let started = user.ask("run", &scene.data_dir);
        assert!(started.starts_with("Started"), "{name}: {started}");
        assert_eq!(user.ask("write", &scene.data_dir), "written");
        assert_eq!(user.ask("release", &scene.data_dir), "Stopped");
    }
}

#[tokio::test]
async fn a_server_outlives_a_killed_program_and_is_adopted() {
    let scene = Scene::new();
    let mut process = Process::start();
    let started = process.ask("run", &scene.data_dir);
    assert!(started.contains("created: true"), "{started}");
    assert_eq!(process.ask("write", &scene.data_dir), "written");
    let server = scene.server().expect("it runs");
    process.kill();
    let managed = scene.managed();
    let started = managed.ensure_running().await.unwrap();
    assert!(started.adopted && !started.created, "{started:?}");
    assert_eq!(scene.server(), Some(server), "it was not started twice over");
    assert_eq!(rows(&managed).await, ["written by a user"]);
    assert_eq!(managed.release().await.unwrap(), Released::Stopped);
}

#[tokio::test]
async fn a_killed_server_is_started_again_with_every_acknowledged_row() {
    let scene = Scene::new();
    let managed = scene.managed();
    managed.ensure_running().await.unwrap();
    for round in 0..3 {
        write_row(&managed, &format!("row {round}")).await;
        let busy = busy(&managed).await;
        scene.kill_server();
        let started = managed.ensure_running().await;
        let started = started.unwrap_or_else(|e| panic!("{e}\n{}", scene.log()));
        assert!(!started.adopted && !started.created, "{started:?}");
        assert_eq!(rows(&managed).await.len(), round + 1);
        assert!(busy.await.unwrap().is_err(), "the old session is gone");
    }
    assert_eq!(managed.release().await.unwrap(), Released::Stopped);
}

/// A session in the middle of a statement.
async fn busy(managed: &Managed) -> tokio::task::JoinHandle<Result<(), tokio_postgres::Error>> {
    let client = connect(&managed.config()).await;
    tokio::spawn(async move { client.batch_execute("SELECT pg_sleep(600)").await })
}

/// A file in the folder that `initdb` works in.
fn unfinished(scene: &Scene, file: &str) -> Option<PathBuf> {
    let entries = std::fs::read_dir(&scene.data_dir).ok()?.flatten();
    let folder = entries
        .map(|entry| entry.path())
        .find(|path| path.to_string_lossy().contains("postgres.unfinished-"))?;
    Some(folder.join(file)).filter(|path| path.exists())
}
