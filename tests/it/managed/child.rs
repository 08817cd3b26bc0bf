//! Another process that uses a cluster: this very test program, told what to do through its standard input.

use std::{
    fs,
    io::{BufRead, BufReader, Write, stdin},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use deal_scout::db::managed::Managed;

use super::{super::support::database::silent, scene::Scene};

/// The account that stands for an ordinary user when the tests run as root.
const NOBODY: u32 = 65534;

/// A process. Killed at the end.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Process {
    /// Starts one as the present user.
    pub(super) fn start() -> Self {
        Self::run(Command::new(std::env::current_exe().unwrap()))
    }

    /// Starts one as a user who is not root. The scene's folder is theirs from then on.
    pub(super) fn start_as_user(scene: &Scene) -> Self {
        if !super::scene::is_root() {
            return Self::start();
        }
        std::os::unix::fs::chown(scene.dir(), Some(NOBODY), Some(NOBODY)).unwrap();
        let mut command = Command::new(reachable_program(scene.dir()));
        command.uid(NOBODY).gid(NOBODY).current_dir("/");
        Self::run(command)
    }

    fn run(mut command: Command) -> Self {
        let mut child = command
            .args(["--exact", "managed::child::does_as_it_is_told", "--ignored", "--nocapture"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the test program runs once more");
        let orders = child.stdin.take().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        Self { child, orders, answers }
    }

    /// Sends an order without waiting for its answer.
    pub(super) fn order(&mut self, order: &str, data_dir: &Path) {
        writeln!(self.orders, "{order} {}", data_dir.display()).unwrap();
    }

    /// The next answer.
    pub(super) fn answer(&mut self) -> String {
        let mut line = String::new();
        while self.answers.read_line(&mut line).unwrap() > 0 {
            if let Some((_, answer)) = line.split_once("answer: ") {
                return answer.trim().to_owned();
            }
            line.clear();
        }
        panic!("the process ended without an answer");
    }

    /// An order, and its answer.
    pub(super) fn ask(&mut self, order: &str, data_dir: &Path) -> String {
        self.order(order, data_dir);
        self.answer()
    }

    /// SIGKILL.
    pub(super) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Not a test of its own: what [`Process`] runs. Without orders it does nothing.
#[test]
#[ignore = "run by other tests"]
fn does_as_it_is_told() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let mut managed: Option<Managed> = None;
    for line in stdin().lock().lines().map_while(Result::ok) {
        let (order, data_dir) = line.split_once(' ').unwrap();
        let managed =
            managed.get_or_insert_with(|| Managed::new(Path::new(data_dir), None, silent()));
        let answer = match order {
            "run" => runtime
                .block_on(managed.ensure_running())
                .map_or_else(|error| format!("failed: {error}"), |started| format!("{started:?}")),
            "release" => runtime.block_on(managed.release()).map_or_else(
                |error| format!("failed: {error}"),
                |released| format!("{released:?}"),
            ),
            "write" => {
                runtime.block_on(super::scene::write_row(managed, "written by a user"));
                "written".to_owned()
            }
            "rows" => format!("{:?}", runtime.block_on(super::scene::rows(managed))),
            "socket" => super::scene::socket_dir(&managed.config()).display().to_string(),
            other => panic!("no such order: {other}"),
        };
        println!("answer: {answer}");
    }
}

/// This program's file where every user can run it.
fn reachable_program(dir: &Path) -> PathBuf {
    let here = std::env::current_exe().unwrap();
    let there = dir.join("program");
    if !there.exists() {
        fs::hard_link(&here, &there).or_else(|_| fs::copy(&here, &there).map(|_| ())).unwrap();
    }
    there
}
