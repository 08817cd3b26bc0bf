//! A reader that has gone is no failure of the writer.

use std::{
    io::{PipeWriter, pipe},
    net::TcpListener,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// A pipe that nobody reads any more.
fn closed() -> PipeWriter {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    writer
}

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deal-scout"));
    command.args(arguments).env_clear().env("HOME", "/nonexistent").stdin(Stdio::null());
    command
}

#[test]
fn a_closed_standard_output_ends_a_command_quietly() {
    for arguments in [&["config", "show"][..], &["--help"], &["config", "check", "--json"]] {
        let done = program(arguments).stdout(closed()).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(done.status.code(), Some(0), "{arguments:?}");
        assert_eq!(String::from_utf8_lossy(&done.stderr), "", "{arguments:?}");
    }
}

#[test]
fn a_closed_standard_error_does_not_change_the_exit_code() {
    let failed = program(&["healthcheck", "--url", "http://127.0.0.1:1/health"]);
    let wrong = program(&["config", "check", "--log-level", "loud"]);
    for (mut command, code) in [(failed, 1), (wrong, 2)] {
        let done = command.stdout(Stdio::null()).stderr(closed()).status().unwrap();
        assert_eq!(done.code(), Some(code), "{command:?}");
    }
}

#[test]
fn a_server_whose_log_nobody_reads_goes_on_serving() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let data = tempfile::tempdir().unwrap();
    let mut server = program(&["serve", "--port", &port])
        .env("DATABASE_URL", "postgres://me@127.0.0.1:1/deals")
        .env("DEAL_SCOUT__DATA_DIR", data.path())
        .stdout(Stdio::null())
        .stderr(closed())
        .spawn()
        .unwrap();
    let url = format!("http://127.0.0.1:{port}/health");
    let until = Instant::now() + Duration::from_secs(20);
    let mut answers = 0;
    // Three answers in a row: by the third it has logged that it listens and that the database is away.
    while answers < 3 && Instant::now() < until {
        let check =
            program(&["healthcheck", "--live", "--url", &url]).stderr(Stdio::null()).status();
        answers = if check.unwrap().success() { answers + 1 } else { 0 };
    }
    let ended = server.try_wait().unwrap();
    server.kill().unwrap();
    server.wait().unwrap();
    assert_eq!((ended, answers), (None, 3));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_under_standard_output_is_a_failure() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let done = program(&["config", "show"]).stdout(full).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(done.status.code(), Some(1));
    let message = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(message.contains("cannot write to standard output"), "{message}");
}
