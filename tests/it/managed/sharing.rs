//! Several processes on one data directory.

use deal_scout::db::managed::Released;

use super::{
    child::Process,
    scene::{Scene, rows, write_row},
};

#[tokio::test]
async fn ten_processes_at_once_make_one_cluster_and_the_last_one_stops_it() {
    let scene = Scene::new();
    let mut processes: Vec<Process> = (0..10).map(|_| Process::start()).collect();
    for process in &mut processes {
        process.order("run", &scene.data_dir);
    }
    let answers: Vec<String> = processes.iter_mut().map(Process::answer).collect();
    let of = |what: &str| answers.iter().filter(|answer| answer.contains(what)).count();
    assert_eq!(of("created: true"), 1, "{answers:#?}");
    assert_eq!(of("adopted: true"), 9, "{answers:#?}");
    for process in &mut processes {
        process.order("release", &scene.data_dir);
    }
    let mut answers: Vec<String> = processes.iter_mut().map(Process::answer).collect();
    answers.sort();
    assert_eq!(answers[..9], ["LeftRunning"; 9]);
    assert_eq!(answers[9], "Stopped");
    assert!(scene.is_down());
}

#[tokio::test]
async fn a_command_comes_and_goes_while_a_server_runs() {
    let scene = Scene::new();
    let server = scene.managed();
    server.ensure_running().await.unwrap();
    write_row(&server, "by the server").await;
    let before = scene.server();
    let mut command = Process::start();
    assert!(command.ask("run", &scene.data_dir).contains("adopted: true"));
    assert_eq!(command.ask("rows", &scene.data_dir), r#"["by the server"]"#);
    assert_eq!(command.ask("release", &scene.data_dir), "LeftRunning");
    assert_eq!(scene.server(), before);
    // A command that is killed counts no longer as a user.
    assert!(command.ask("run", &scene.data_dir).contains("adopted: true"));
    command.kill();
    assert_eq!(server.release().await.unwrap(), Released::Stopped);
}

#[tokio::test]
async fn clones_of_a_handle_share_one_hold_and_wait_for_each_other() {
    let scene = Scene::new();
    let one = scene.managed();
    let two = one.clone();
    let (first, second) = tokio::join!(one.ensure_running(), two.ensure_running());
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_ne!(first.created, second.created);
    assert_eq!(rows_after(&one).await, ["shared"]);
    assert_eq!(two.release().await.unwrap(), Released::Stopped);
    assert_eq!(one.release().await.unwrap(), Released::NotHeld);
}

#[tokio::test]
async fn a_call_that_nobody_waits_for_leaves_things_in_order() {
    let scene = Scene::new();
    let managed = scene.managed();
    let call = tokio::spawn({
        let managed = managed.clone();
        async move { managed.ensure_running().await }
    });
    while !scene.data_dir.join("postgres.lock").exists() {
        tokio::task::yield_now().await;
    }
    call.abort();
    assert!(managed.ensure_running().await.unwrap().major > 0);
    assert!(!scene.names().iter().any(|name| name.contains("unfinished")), "{:?}", scene.names());
    assert_eq!(managed.release().await.unwrap(), Released::Stopped);
}

async fn rows_after(managed: &deal_scout::db::managed::Managed) -> Vec<String> {
    write_row(managed, "shared").await;
    rows(managed).await
}
