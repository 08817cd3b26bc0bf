//! The managed PostgreSQL under the whole program: killed while it serves, and shared with a command.

use rustix::process::{Pid, Signal, kill_process};

use super::assert_story;
use crate::support::{Server, server::program};

/// The number of the database's first process.
fn postmaster(server: &Server) -> Option<Pid> {
    let file = server.data_dir.path().join("postgres/postmaster.pid");
    let text = std::fs::read_to_string(file).ok()?;
    Pid::from_raw(text.lines().next()?.parse().ok()?)
}

#[tokio::test]
async fn a_managed_database_killed_while_serving_is_started_again() {
    let server = program("demo").env("DEAL_SCOUT__DEMO__SAMPLE", "false").start();
    let health = server.ready().await;
    assert_eq!((&health["mode"], &health["db"]), (&"managed".into(), &true.into()));
    assert!(server.entrypoint().iter().any(|line| line.contains("database=managed")));

    let killed = postmaster(&server).expect("the database runs");
    kill_process(killed, Signal::KILL).expect("it is killed");
    server.health_until(|health| health["db"] == false).await;
    server.ready().await;
    assert_ne!(postmaster(&server).expect("it runs again"), killed);
    assert_eq!(server.get("/api/v1/listings").await.status, 200);

    let (status, story) = server.terminate();
    assert!(status.success(), "{status}");
    assert!(story.iter().any(|line| line == "managed PostgreSQL stopped"), "{}", story.join("\n"));
}

#[tokio::test]
async fn a_command_shares_the_database_of_a_running_server() {
    let server = program("demo").env("DEAL_SCOUT__DEMO__SAMPLE", "false").start();
    server.ready().await;
    let file = server.data_dir.path().join("ads.csv");
    std::fs::write(&file, "id,title,price,url\n1,Canon AE-1 camera,$95.00,https://example.com/1\n")
        .unwrap();

    let (code, out, err) = program("import")
        .env("DEAL_SCOUT__DATA_DIR", server.data_dir.path())
        .arg(&file)
        .arg("--json")
        .finish();

    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("\"new\":1"), "{out}");
    let listings = server.get("/api/v1/listings").await.json();
    assert_eq!(listings["items"][0]["title"], "Canon AE-1 camera", "{listings:#}");
    assert_eq!(server.health().await["ok"], true, "the command left the server its database");
    assert_story(&server, &["Startup complete in "]);
    let (status, _) = server.terminate();
    assert!(status.success(), "{status}");
}

#[test]
fn a_folder_without_postgresqls_programs_is_named_and_the_program_ends() {
    let (code, _, told) =
        program("serve").env("DEAL_SCOUT__DATABASE__PROGRAMS", "/nowhere").finish();
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("database.programs is /nowhere") && told.contains("initdb"), "{told}");
}
