//! What a service manager that started the program with `Type=notify` is told.

use std::{os::unix::net::UnixDatagram, time::Instant};

use super::on;
use crate::support::{TestDb, cluster::PATIENCE};

/// The next piece of news that begins like this; others may come before it.
fn next(socket: &UnixDatagram, beginning: &str) -> String {
    let mut seen = Vec::new();
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        let mut news = [0; 4096];
        let length =
            socket.recv(&mut news).unwrap_or_else(|e| panic!("{beginning}: {e}; {seen:?}"));
        let news = String::from_utf8_lossy(&news[..length]).trim_end().to_owned();
        if news.starts_with(beginning) {
            return news;
        }
        seen.push(news);
    }
    panic!("{beginning} was not told, only {seen:?}");
}

#[tokio::test]
async fn systemd_is_told_that_it_serves_how_it_is_that_it_lives_and_that_it_stops() {
    let db = TestDb::new().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let server = on(&db).env("NOTIFY_SOCKET", &path).env("WATCHDOG_USEC", "300000").start();

    assert_eq!(next(&socket, "READY"), "READY=1");
    assert_eq!(next(&socket, "STATUS=Ready"), "STATUS=Ready.");
    assert_eq!(next(&socket, "WATCHDOG"), "WATCHDOG=1");
    assert_eq!(next(&socket, "WATCHDOG"), "WATCHDOG=1", "again and again");
    server.ask_to_stop();
    assert_eq!(next(&socket, "STOPPING"), "STOPPING=1");
    let (status, story) = server.ended();
    assert!(status.success(), "{status}\n{}", story.join("\n"));
    assert!(!story.iter().any(|line| line.contains("does not answer itself")), "{story:#?}");
}

#[tokio::test]
async fn a_socket_of_systemds_that_is_gone_is_no_reason_to_fail() {
    let db = TestDb::new().await;
    let server = on(&db).env("NOTIFY_SOCKET", "/nonexistent/notify").start();
    server.ready().await;
    let (status, story) = server.terminate();
    assert!(status.success(), "{status}\n{}", story.join("\n"));
}
