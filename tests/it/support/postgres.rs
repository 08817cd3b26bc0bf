//! A PostgreSQL of a test's own, on a port of its own, to be killed, stopped and started at will.

use std::{
    fs,
    io::{Read, Seek, SeekFrom},
    net::TcpListener,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Instant,
};

use deal_scout::db::connect::Target;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use rustix::process::{Pid, Signal, kill_process};

use super::{authority::identity, cluster::PATIENCE, mortal};

/// The server, its folder and its port. Killed and removed at the end.
#[derive(Debug)]
pub(crate) struct OwnPostgres {
    dir: tempfile::TempDir,
    /// Where it listens when it runs.
    pub(crate) port: u16,
    running: Option<Child>,
}

/// The password that it wants from everybody.
pub(crate) const PASSWORD: &str = "right horse";

impl OwnPostgres {
    /// Makes the cluster and picks a free port; starts nothing.
    pub(crate) fn prepared() -> Self {
        Self::prepared_below(Path::new("/tmp"))
    }

    /// The same in a folder of choice, which everybody may enter.
    pub(crate) fn prepared_below(folder: &Path) -> Self {
        let dir = tempfile::Builder::new().prefix("ds-pg").tempdir_in(folder).expect("a folder");
        give_away(dir.path());
        let password = dir.path().join("password");
        fs::write(&password, PASSWORD).expect("the password file is written");
        give_away(&password);
        let status = server_command("initdb")
            .args(["-U", "deals", "-E", "UTF8", "--locale=C", "-A", "scram-sha-256", "--no-sync"])
            .arg("--pwfile")
            .arg(&password)
            .arg("-D")
            .arg(dir.path().join("data"))
            .stdout(Stdio::null())
            .status()
            .expect("initdb runs");
        assert!(status.success(), "initdb makes the cluster");
        Self { dir, port: free_port(), running: None }
    }

    /// Makes the cluster, starts it and waits until it answers.
    pub(crate) async fn started() -> Self {
        let mut postgres = Self::prepared();
        postgres.start().await;
        postgres
    }

    /// One that follows `primary`, which runs, from its present state on: a hot standby. Starts nothing.
    pub(crate) fn prepared_after(primary: &Self) -> Self {
        let dir = tempfile::Builder::new().prefix("ds-pg").tempdir_in("/tmp").expect("a folder");
        give_away(dir.path());
        let status = server_command("pg_basebackup")
            .env("PGPASSWORD", PASSWORD)
            .args(["-h", "127.0.0.1", "-p", &primary.port.to_string(), "-U", "deals", "--no-sync"])
            .args(["--checkpoint=fast", "--write-recovery-conf", "-D"])
            .arg(dir.path().join("data"))
            .status()
            .expect("pg_basebackup runs");
        assert!(status.success(), "pg_basebackup copies the cluster");
        Self { dir, port: free_port(), running: None }
    }

    /// Has it write every statement into its log, from its next start on.
    pub(crate) fn tell_statements(&self) {
        self.set("log_statement = all");
    }

    fn set(&self, setting: &str) {
        let conf = self.dir.path().join("data/postgresql.conf");
        let mut settings = fs::read_to_string(&conf).expect("the settings");
        settings.push('\n');
        settings.push_str(setting);
        settings.push('\n');
        fs::write(&conf, settings).expect("the settings are written");
    }

    /// Its address, with the right password.
    pub(crate) fn url(&self) -> String {
        self.url_with(PASSWORD)
    }

    /// Its address with another password.
    pub(crate) fn url_with(&self, password: &str) -> String {
        address(password, self.port)
    }

    /// Its address with the right password, by way of another port.
    pub(crate) fn url_by(port: u16) -> String {
        address(PASSWORD, port)
    }

    /// Makes an authority and a certificate for `names`, and has the server use it. Returns the authority's file.
    pub(crate) fn speak_tls(&self, names: &[&str]) -> PathBuf {
        let data = self.dir.path().join("data");
        let made = identity(&data, names);
        for file in [&made.certificate, &made.key] {
            fs::set_permissions(file, fs::Permissions::from_mode(0o600)).expect("it is private");
            give_away(file);
        }
        self.set("ssl = on");
        made.authority
    }

    /// Starts it without waiting.
    pub(crate) fn launch(&mut self) {
        let log = fs::File::create(self.dir.path().join("log")).expect("a log");
        let child = server_command("postgres")
            .arg("-D")
            .arg(self.dir.path().join("data"))
            .args([
                "-p",
                &self.port.to_string(),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "fsync=off",
            ])
            .args(["-c", &format!("unix_socket_directories={}", self.dir.path().display())])
            .args(["-c", "shared_buffers=16MB"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .process_group(0)
            .spawn()
            .expect("postgres starts");
        self.running = Some(child);
    }

    /// Starts it and waits until it answers.
    pub(crate) async fn start(&mut self) {
        self.launch();
        let target = Target::from_url(&self.url()).expect("its address is one");
        let began = Instant::now();
        while target.establish().await.is_err() {
            // What is left of one that was killed can be in the way for a moment: then the new one ends at once.
            if self.running.as_mut().is_some_and(|child| matches!(child.try_wait(), Ok(Some(_)))) {
                self.launch();
            }
            assert!(began.elapsed() < PATIENCE, "postgres answers in time");
            tokio::task::yield_now().await;
        }
    }

    /// A connection to it.
    pub(crate) async fn conn(&self) -> AsyncPgConnection {
        Target::from_url(&self.url())
            .expect("its address is one")
            .establish()
            .await
            .expect("it answers")
    }

    /// The one number that a query asks for as `n`.
    pub(crate) async fn number(&self, query: &str) -> i64 {
        #[derive(diesel::QueryableByName)]
        struct Number {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            n: i64,
        }
        let row: Number = diesel::sql_query(query)
            .get_result(&mut self.conn().await)
            .await
            .expect("the query has an answer");
        row.n
    }

    /// Starts it again when it has ended by itself, and waits until it answers.
    pub(crate) async fn start_if_ended(&mut self) {
        let has_ended = |child: &mut Child| child.try_wait().expect("it can be asked").is_some();
        if self.running.as_mut().is_none_or(has_ended) {
            self.start().await;
        }
    }

    /// What it has said since it was started.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.dir.path().join("log")).expect("its log can be read")
    }

    /// How long that is, in bytes.
    pub(crate) fn log_length(&self) -> u64 {
        fs::metadata(self.dir.path().join("log")).expect("it has a log").len()
    }

    /// What it has said since its log was so long.
    pub(crate) fn log_from(&self, length: u64) -> String {
        let mut log = fs::File::open(self.dir.path().join("log")).expect("its log can be read");
        log.seek(SeekFrom::Start(length)).expect("its log only grows");
        let mut text = String::new();
        log.read_to_string(&mut text).expect("its log is text");
        text
    }

    /// SIGSTOP to all its processes: it takes connections still, and answers nothing.
    pub(crate) fn freeze(&self) {
        self.signal_all(Signal::STOP);
    }

    /// SIGCONT to all its processes.
    pub(crate) fn thaw(&self) {
        self.signal_all(Signal::CONT);
    }

    fn signal_all(&self, signal: Signal) {
        let postmaster = Pid::from_child(self.running.as_ref().expect("it runs"));
        let children =
            fs::read_to_string(format!("/proc/{0}/task/{0}/children", postmaster.as_raw_nonzero()))
                .expect("the system tells its children");
        let children =
            children.split_whitespace().filter_map(|pid| Pid::from_raw(pid.parse().ok()?));
        for process in std::iter::once(postmaster).chain(children) {
            // A child may have ended by itself.
            let _ = kill_process(process, signal);
        }
    }

    /// Stopped as an administrator does: connections are ended, what is stored is written down.
    pub(crate) fn stop(&mut self) {
        if let Some(mut child) = self.running.take() {
            kill_process(Pid::from_child(&child), Signal::INT).expect("postgres is asked to stop");
            child.wait().expect("postgres is gone");
        }
    }

    /// SIGKILL to the postmaster: its children notice and go; nothing is written down in order.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.running.take() {
            child.kill().expect("postgres is killed");
            child.wait().expect("postgres is gone");
        }
    }
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        self.kill();
    }
}

fn address(password: &str, port: u16) -> String {
    let password = password.replace(' ', "%20");
    format!("postgres://deals:{password}@127.0.0.1:{port}/postgres?sslmode=disable")
}

/// A program of PostgreSQL, as a user that it accepts to run as.
fn server_command(program: &str) -> Command {
    server_command_at(&bindir().join(program))
}

/// The same for one that stands elsewhere.
pub(crate) fn server_command_at(program: &Path) -> Command {
    let mut command = mortal::command(program, mortal::End::Quit);
    command.current_dir("/tmp").env("LC_ALL", "C");
    if let Some((uid, gid)) = server_user() {
        command.uid(uid).gid(gid);
    }
    command
}

/// The folder of PostgreSQL's programs, the newest.
pub(crate) fn bindir() -> PathBuf {
    let mut found: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().or_else(on_path).unwrap_or_else(|| {
        let output = Command::new("pg_config")
            .arg("--bindir")
            .output()
            .expect("PostgreSQL's programs are installed");
        PathBuf::from(String::from_utf8_lossy(&output.stdout).trim())
    })
}

/// The first folder of `PATH` that holds the programs: where they are on Fedora.
fn on_path() -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).find(|folder| folder.join("initdb").exists())
}

/// Who runs it when the tests run as root, which PostgreSQL refuses; `None` when they do not.
fn server_user() -> Option<(u32, u32)> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let passwd = fs::read_to_string("/etc/passwd").ok()?;
    let line = ["postgres:", "nobody:"]
        .iter()
        .find_map(|name| passwd.lines().find(|line| line.starts_with(name)))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

/// To whom servers run as.
pub(crate) fn give_away(path: &Path) {
    if let Some((uid, gid)) = server_user() {
        std::os::unix::fs::chown(path, Some(uid), Some(gid)).expect("root may give away");
    }
}

/// A port that nobody listens on at present.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port()
}
