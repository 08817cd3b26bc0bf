//! The server as a process: started as a child, recognised when it is somebody else's child, stopped in order.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    thread,
};

use super::{
    ManagedError,
    lock::{NoLife, Turn},
    log_file,
    place::Place,
    platform,
    programs::Programs,
    wait::Wait,
};
use crate::disk;

/// Whether a server of the cluster lives.
#[derive(Debug)]
pub(super) enum State {
    /// None does; with the right to start one.
    Down(NoLife),
    /// One does, or its last processes.
    Up {
        /// It says that it is ready, but its socket is not where we look for it.
        lost: bool,
    },
}

/// What PostgreSQL writes about itself into `postmaster.pid`.
#[derive(Debug, PartialEq, Eq)]
struct PidFile {
    pid: i32,
    says: String,
}

/// Looks whether a server lives. A `postmaster.pid` that a dead one has left is removed if it is in the way.
pub(super) fn state(place: &Place, turn: &Turn) -> Result<State, ManagedError> {
    let cluster = place.real_cluster();
    let recorded = PidFile::read(&cluster);
    let server = recorded.filter(|file| platform::is_server(file.pid, &cluster));
    if let Some(file) = server {
        return Ok(State::Up { lost: file.ready() && !platform::can_be_reached(place) });
    }
    let Some(no_life) = NoLife::check(place, turn)? else {
        return Ok(State::Up { lost: false });
    };
    // PostgreSQL would take any living process with this number for a server, and not start. It still finds out by
    // the shared memory if there were one.
    let stale = cluster.join("postmaster.pid");
    if stale.exists() {
        fs::remove_file(&stale).map_err(ManagedError::io("remove the stale", &stale))?;
    }
    platform::clear_socket(place);
    Ok(State::Down(no_life))
}

/// What a server that lives says of itself while it takes no connections: `starting`, `stopping`.
pub(super) fn not_ready(place: &Place) -> Option<String> {
    let cluster = place.real_cluster();
    let file = PidFile::read(&cluster)?;
    let not_ready = !file.ready() && platform::is_server(file.pid, &cluster);
    not_ready.then_some(file.says)
}

/// Starts the server. It is not ready when this returns.
pub(super) fn launch(
    place: &Place,
    programs: &Programs,
    no_life: NoLife,
) -> Result<(), ManagedError> {
    let program = programs.path("postgres");
    let log = place.log_file();
    let said = log_file::open(&log).map_err(ManagedError::io("open", &log))?;
    disk::share_with_owner(place.data_dir(), &log);
    let mut command = Command::new(&program);
    command.arg("-D").arg(place.real_cluster());
    for (name, value) in settings(place) {
        command.arg("-c").arg(format!("{name}={value}"));
    }
    clean_environment(&mut command);
    platform::as_account(&mut command, place);
    platform::detach(&mut command);
    command.stdin(no_life.hand_over().map_or_else(Stdio::null, Stdio::from));
    command.stdout(said.try_clone().map_err(ManagedError::io("open", &log))?).stderr(said);
    let mut child = command.spawn().map_err(ManagedError::io("run", &program))?;
    // Somebody has to take note of its end: a child that has ended unnoticed keeps its number, as if it were alive.
    thread::Builder::new()
        .name("postgres".to_owned())
        .spawn(move || child.wait())
        .map_err(ManagedError::io("watch over", &program))?;
    Ok(())
}

/// Stops the server in order, and waits until its last process has ended.
pub(super) fn stop(place: &Place, turn: &Turn, wait: &Wait) -> Result<(), ManagedError> {
    let cluster = place.real_cluster();
    let Some(file) = PidFile::read(&cluster) else { return Ok(()) };
    if platform::is_server(file.pid, &cluster) {
        platform::ask_to_stop(file.pid, &cluster)?;
    }
    let wait = wait.again();
    while platform::is_server(file.pid, &cluster) || NoLife::check(place, turn)?.is_none() {
        if !wait.pause()? {
            return Err(ManagedError::StopFailed { pid: file.pid, waited: wait.patience() });
        }
    }
    Ok(())
}

/// Takes away what the caller's environment would change about PostgreSQL's programs.
pub(super) fn clean_environment(command: &mut Command) {
    for name in ["PGDATA", "PGPORT", "PGHOST", "PGTZ", "PGOPTIONS", "PGDATESTYLE", "PGUSER", "LANG"]
    {
        command.env_remove(name);
    }
    // A service manager is told by this program, not by its database.
    for name in ["NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC"] {
        command.env_remove(name);
    }
    command.env("LC_ALL", "C").env("TZ", "UTC");
}

/// Given on the command line, so that they follow the program's version and not the day the cluster was made.
fn settings(place: &Place) -> Vec<(&'static str, String)> {
    let fixed = [
        // An acknowledged write survives: these are PostgreSQL's defaults, held against a changed postgresql.conf.
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("restart_after_crash", "on"),
        // Modest: a cluster for one person on a machine that does other things too.
        ("shared_buffers", "64MB"),
        ("work_mem", "8MB"),
        ("maintenance_work_mem", "64MB"),
        ("max_connections", "100"),
        ("wal_level", "minimal"),
        ("max_wal_senders", "0"),
        ("min_wal_size", "32MB"),
        ("max_wal_size", "256MB"),
        // Parallel workers share memory through /dev/shm, of which containers have little.
        ("max_parallel_workers_per_gather", "0"),
        ("max_parallel_maintenance_workers", "0"),
        ("jit", "off"),
        // Errors of statements go to the client; the log keeps what concerns the server.
        ("logging_collector", "off"),
        ("log_destination", "stderr"),
        ("log_min_messages", "log"),
        ("log_checkpoints", "off"),
        ("log_line_prefix", "%m [%p] "),
        ("log_timezone", "UTC"),
        ("timezone", "UTC"),
        ("cluster_name", "deal-scout"),
    ];
    let mut settings = platform::listen_settings(place);
    settings.extend(fixed.map(|(name, value)| (name, value.to_owned())));
    settings
}

impl PidFile {
    fn read(cluster: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(cluster.join("postmaster.pid")).ok()?)
    }

    /// Line 1 is the process, line 8 its state. The number is negative for a server that serves one user alone.
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines().map(str::trim);
        let pid: i32 = lines.next()?.parse().ok()?;
        let says = lines.nth(6).unwrap_or("starting").to_owned();
        Some(Self { pid: pid.checked_abs()?, says })
    }

    fn ready(&self) -> bool {
        self.says == "ready"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pid_file_is_read_whole_or_half_written() {
        let whole = "4711\n/data/postgres\n1790000000\n5432\n/data/run\n\n   123   456\nready   \n";
        let read = |text| PidFile::parse(text).map(|file| (file.pid, file.says));
        assert_eq!(read(whole), Some((4711, "ready".to_owned())));
        let stopping = whole.replace("ready   ", "stopping");
        assert_eq!(read(&stopping), Some((4711, "stopping".to_owned())));
        assert_eq!(read("4711\n/data"), Some((4711, "starting".to_owned())));
        assert_eq!(read("-12\n"), Some((12, "starting".to_owned())));
        assert_eq!(PidFile::parse(""), None);
        assert_eq!(PidFile::parse("rubbish\n"), None);
    }
}
