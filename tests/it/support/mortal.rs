//! Programs that a test starts and that do not outlive it: when the test's process is killed, the system ends them, too.

use std::{ffi::OsStr, path::Path, process::Command};

/// How a program is told that the test is gone.
#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    /// At once; for what leaves nothing behind.
    Kill,
    /// In order; for what has started others.
    Term,
    /// PostgreSQL's immediate stop.
    Quit,
}

/// Where Linux has the program that sets the signal of a parent's death. It runs the other one in its own place, so the
/// process is still the one that was started. Elsewhere programs are started as they are.
const SETPRIV: &str = "/usr/bin/setpriv";

/// A command that ends with the thread that starts it.
pub(crate) fn command(program: impl AsRef<OsStr>, end: End) -> Command {
    if !Path::new(SETPRIV).exists() {
        return Command::new(program);
    }
    let signal = match end {
        End::Kill => "KILL",
        End::Term => "TERM",
        End::Quit => "QUIT",
    };
    let mut command = Command::new(SETPRIV);
    command.args(["--pdeathsig", signal, "--"]).arg(program);
    command
}

#[cfg(target_os = "linux")]
#[test]
fn what_a_test_has_started_goes_with_it() {
    if !Path::new(SETPRIV).exists() {
        eprintln!("skipped: there is no {SETPRIV}");
        return;
    }
    let pid = std::thread::spawn(|| {
        let mut child = command("sleep", End::Kill);
        #[expect(clippy::zombie_processes, reason = "the system ends it, which is what is tried")]
        let child = child.arg("600").spawn().expect("sleep starts");
        // It is in place once the program runs under its own name.
        let name = format!("/proc/{}/comm", child.id());
        while std::fs::read_to_string(&name).is_ok_and(|name| name.trim() != "sleep") {
            std::thread::yield_now();
        }
        child.id()
    })
    .join()
    .expect("the thread ends");
    let state = || std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let began = std::time::Instant::now();
    while !(state().is_empty() || state().contains(") Z ")) {
        assert!(began.elapsed() < super::cluster::PATIENCE, "{}", state());
        std::thread::yield_now();
    }
}
