//! SIGKILL in the middle of a rotation: everything opens all the same, and the next one completes it.

use std::{
    process::{Child, Command, Stdio},
    time::Instant,
};

use super::scene::Scene;
use crate::support::cluster::PATIENCE;

const EACH: i64 = 2_500;
const ALL: usize = 10_000;

fn rotation(scene: &Scene) -> Child {
    Command::new(env!("CARGO_BIN_EXE_deal-scout"))
        .args(["secrets", "rotate"])
        .env("DATABASE_URL", &scene.db.url)
        .env("DEAL_SCOUT__DATA_DIR", scene.home.path())
        .env("DEAL_SCOUT__STARTUP__PACE", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn a_rotation_killed_in_the_middle_loses_nothing_and_the_next_one_completes_it() {
    let scene = Scene::new().await;
    let running = scene.sealer(&[]);
    scene.store(&running, EACH).await;
    let mut caught = 0;
    for round in 1..=4 {
        let before = running.current();
        let mut child = rotation(&scene);
        let began = Instant::now();
        // As soon as the first batches are through.
        loop {
            let (opened, _) = scene.opened(&running).await.unwrap();
            assert_eq!(opened, ALL);
            if running.current() != before || child.try_wait().unwrap().is_some() {
                break;
            }
            assert!(began.elapsed() < PATIENCE, "round {round}");
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // Another process, started after the crash, opens everything with what is on disk.
        let (opened, current) = scene.opened(&scene.sealer(&[])).await.unwrap();
        assert_eq!(opened, ALL, "round {round}");
        caught += usize::from(current > 0 && current < ALL);
    }
    assert!(caught > 0, "at least one was caught in the middle");

    let (code, done, err) = scene.secrets("rotate", &[]);
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(done["resealed"], ALL);
    assert_eq!(scene.keys().len(), 1, "the keys of the broken off ones are gone");
    assert_eq!(scene.opened(&scene.sealer(&[])).await, Ok((ALL, ALL)));
}
