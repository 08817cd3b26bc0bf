//! The program as a process: its settings, its log, its answers.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, RecvTimeoutError, channel},
    },
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::{cluster::PATIENCE, mortal};

/// A running `deal-scout`. Killed at the end, whatever happens.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    lines: Mutex<Receiver<String>>,
    story: Arc<Mutex<Vec<String>>>,
    /// The same as it was written.
    log: Arc<Mutex<Vec<String>>>,
    base: String,
    http: reqwest::Client,
    /// Its data directory; removed at the end.
    pub(crate) data_dir: tempfile::TempDir,
}

/// What it is started with.
#[derive(Debug)]
pub(crate) struct Builder {
    command: Command,
    data_dir: tempfile::TempDir,
}

/// An HTTP answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status code.
    pub(crate) status: u16,
    /// The headers.
    pub(crate) headers: reqwest::header::HeaderMap,
    /// The body as text.
    pub(crate) body: String,
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|e| panic!("JSON was expected ({e}): {}", self.body))
    }
}

/// The program with a clean environment, a data directory of its own, a port that the system picks, and a pace at
/// which a minute of waiting takes a second.
pub(crate) fn program(subcommand: &str) -> Builder {
    equipped(mortal::command(env!("CARGO_BIN_EXE_deal-scout"), mortal::End::Term), subcommand)
}

/// The same for which `hosts` is the system's list of names. `None`, with a message, where this is not allowed.
pub(crate) fn program_with_hosts(subcommand: &str, hosts: &Path) -> Option<Builder> {
    let mut command = mortal::command("unshare", mortal::End::Term);
    let laid_over = "mount --bind \"$0\" /etc/hosts && exec \"$@\"";
    command.args(["--mount", "sh", "-c", laid_over]).arg(hosts);
    let mut trial = Command::new("unshare");
    trial.args(["--mount", "sh", "-c", laid_over]).arg(hosts).arg("true").stderr(Stdio::null());
    if !trial.status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: needs root, to lay another file over /etc/hosts");
        return None;
    }
    command.arg(env!("CARGO_BIN_EXE_deal-scout"));
    Some(equipped(command, subcommand))
}

/// Whether a name leads somewhere for everybody else.
pub(crate) fn resolves(name: &str) -> bool {
    std::net::ToSocketAddrs::to_socket_addrs(&(name, 1)).is_ok()
}

fn equipped(mut command: Command, subcommand: &str) -> Builder {
    let data_dir = tempfile::Builder::new().prefix("ds-data").tempdir_in("/tmp").expect("a folder");
    command
        .env_clear()
        .envs(std::env::vars_os().filter(|(name, _)| name == "PATH" || name == "LLVM_PROFILE_FILE"))
        .env("HOME", data_dir.path())
        .env("DEAL_SCOUT__DATA_DIR", data_dir.path())
        .env("DEAL_SCOUT__LOG__FORMAT", "json")
        .env("DEAL_SCOUT__STARTUP__PACE", "0.02")
        .env("PORT", "0")
        .current_dir(data_dir.path())
        .arg(subcommand);
    Builder { command, data_dir }
}

impl Builder {
    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Adds an argument.
    pub(crate) fn arg(mut self, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.arg(value);
        self
    }

    /// Starts it and waits for nothing. It is not killed at the end.
    pub(crate) fn spawn(mut self) -> Child {
        let stdio = self.command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        stdio.spawn().expect("the program runs")
    }

    /// Runs it to its end: exit code, standard output, standard error.
    pub(crate) fn finish(self) -> (Option<i32>, String, String) {
        self.finish_reading(b"")
    }

    /// Runs it to its end with `input` on its standard input.
    pub(crate) fn finish_reading(mut self, input: &[u8]) -> (Option<i32>, String, String) {
        let stdio =
            self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = stdio.spawn().expect("the program runs");
        // A program that does not read is no failure.
        let _ = child.stdin.take().expect("it has a standard input").write_all(input);
        let output = child.wait_with_output().expect("the program ends");
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stdout).into_owned(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    }

    /// Starts it and waits until it listens.
    pub(crate) fn start(mut self) -> Server {
        let mut child = self
            .command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let (sender, lines) = channel();
        let story = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::new(Mutex::new(Vec::new()));
        let (kept, written) = (Arc::clone(&story), Arc::clone(&log));
        let stderr = child.stderr.take().expect("its log is read");
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                written.lock().expect("the log is kept").push(line.clone());
                let text = serde_json::from_str::<Value>(&line)
                    .ok()
                    .and_then(|record| record["msg"].as_str().map(ToOwned::to_owned))
                    .unwrap_or(line);
                kept.lock().expect("the story is kept").push(text.clone());
                if sender.send(text).is_err() {
                    break;
                }
            }
        });
        // The client asks the process for its cryptography; another test may have set it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(20))
            // The server hangs up after five idle seconds; what is asked in that very moment is not answered.
            .pool_idle_timeout(Duration::from_secs(3))
            .build()
            .expect("a client");
        let mut server = Server {
            child,
            lines: Mutex::new(lines),
            story,
            log,
            base: String::new(),
            http,
            data_dir: self.data_dir,
        };
        let line = server.wait_for_line("[entrypoint] Listening on ");
        let address = line.rsplit(' ').next().expect("an address").to_owned();
        server.base = format!("http://{address}");
        server
    }
}

impl Server {
    /// The address that it listens on: `http://127.0.0.1:4711`.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the next line of the log that contains `text`.
    pub(crate) fn wait_for_line(&self, text: &str) -> String {
        let until = Instant::now() + PATIENCE;
        let lines = self.lines.lock().expect("one reader at a time");
        loop {
            match lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) if line.contains(text) => return line,
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("the log says '{text}'; it said:\n{}", self.story().join("\n"))
                }
            }
        }
    }

    /// Waits until the story fits, line by line as it arrives; false when no line came for a while.
    pub(crate) fn story_until(&self, fits: impl Fn(&[String]) -> bool) -> bool {
        let lines = self.lines.lock().expect("one reader at a time");
        loop {
            if fits(&self.entrypoint()) {
                return true;
            }
            if lines.recv_timeout(Duration::from_secs(5)).is_err() {
                return fits(&self.entrypoint());
            }
        }
    }

    /// Every line of the log so far, the text of each.
    pub(crate) fn story(&self) -> Vec<String> {
        self.story.lock().expect("the story is kept").clone()
    }

    /// Every line of the log so far, as it was written.
    pub(crate) fn log(&self) -> Vec<String> {
        self.log.lock().expect("the log is kept").clone()
    }

    /// The lines of the start-up so far, without their marker.
    pub(crate) fn entrypoint(&self) -> Vec<String> {
        self.story()
            .iter()
            .filter_map(|line| line.strip_prefix("[entrypoint] ").map(ToOwned::to_owned))
            .collect()
    }

    /// The client that asks, for what `get` cannot.
    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// Asks for a path.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    /// Asks for a path with headers.
    pub(crate) async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.http.get(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.expect("it answers");
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.text().await.expect("the whole answer arrives"),
        }
    }

    /// What `/health` says.
    pub(crate) async fn health(&self) -> Value {
        self.get("/health").await.json()
    }

    /// Asks `/health` until it says what is wanted, and returns that.
    pub(crate) async fn health_until(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        let until = Instant::now() + PATIENCE;
        loop {
            let health = self.health().await;
            if wanted(&health) {
                return health;
            }
            assert!(Instant::now() < until, "{health:#}\n{}", self.story().join("\n"));
        }
    }

    /// Waits until it is ready.
    pub(crate) async fn ready(&self) -> Value {
        self.health_until(|health| health["ok"] == true).await
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it is gone");
    }

    /// SIGTERM.
    pub(crate) fn ask_to_stop(&self) {
        self.signal(Signal::TERM);
    }

    /// SIGSTOP: it does nothing any more, and does not know.
    pub(crate) fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// SIGCONT.
    pub(crate) fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("it is there");
    }

    /// SIGTERM, and how it ended.
    pub(crate) fn terminate(self) -> (ExitStatus, Vec<String>) {
        self.ask_to_stop();
        self.ended()
    }

    /// Waits until it has ended, and tells how.
    pub(crate) fn ended(mut self) -> (ExitStatus, Vec<String>) {
        let status = self.child.wait().expect("it ends");
        let lines = self.lines.lock().expect("one reader at a time");
        // The channel closes when the log has been read to its end.
        while lines.recv_timeout(PATIENCE).is_ok() {}
        drop(lines);
        (status, self.story())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
