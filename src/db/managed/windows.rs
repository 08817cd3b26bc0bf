//! The platform's part on Windows: loopback TCP with a made password, signals by `pg_ctl`.

use std::{
    ffi::OsString,
    fs, io,
    os::windows::process::CommandExt,
    path::{Path, PathBuf},
    process::Command,
};

use slog::Logger;
use tokio_postgres::Config;

use super::{ManagedError, place, place::Place};

/// `CREATE_NEW_PROCESS_GROUP | CREATE_NO_WINDOW`.
const DETACHED: u32 = 0x0000_0200 | 0x0800_0000;

/// The port, which is the same for every process that uses the data directory.
#[derive(Debug, Clone)]
pub(super) struct Private {
    port: u16,
}

impl Private {
    pub(super) fn of(data_dir: &Path) -> Self {
        let digest = place::digest(data_dir);
        let number = u16::from_str_radix(&digest[..4], 16).unwrap_or(0);
        Self { port: 40_000 + number % 9_000 }
    }
}

pub(super) fn target(place: &Place) -> Config {
    let mut config = Config::new();
    config.host("127.0.0.1").port(place.private().port).user("deals").dbname("deals");
    // Made on the first question, so that the answer is the same before and after the cluster is made.
    config.password(password(place).unwrap_or_default());
    config
}

/// Makes the data directory and the password. Folders below a user's own are private on Windows.
pub(super) fn prepare(place: &Place) -> Result<(), ManagedError> {
    password(place).map(drop).map_err(ManagedError::io("write", &password_file(place)))
}

pub(super) fn cluster_home(place: &Place, _: &Logger) -> Result<PathBuf, ManagedError> {
    let cluster = place.cluster();
    // Windows does not rename onto an empty folder.
    let _ = fs::remove_dir(&cluster);
    Ok(cluster)
}

pub(super) fn private_folder(_: &Place, path: &Path) -> Result<(), ManagedError> {
    fs::create_dir_all(path).map_err(ManagedError::io("create", path))
}

pub(super) fn check_owner(_: &Place) -> Result<(), ManagedError> {
    Ok(())
}

pub(super) fn sync_folder(_: &Path) {}

pub(super) fn initdb_args(place: &Place) -> Vec<OsString> {
    let mut file = OsString::from("--pwfile=");
    file.push(password_file(place));
    vec!["--auth=scram-sha-256".into(), file]
}

pub(super) fn listen_settings(place: &Place) -> Vec<(&'static str, String)> {
    vec![
        ("listen_addresses", "127.0.0.1".to_owned()),
        ("port", place.private().port.to_string()),
        ("unix_socket_directories", String::new()),
    ]
}

pub(super) fn as_account(_: &mut Command, _: &Place) {}

pub(super) fn detach(command: &mut Command) {
    command.creation_flags(DETACHED);
}

pub(super) fn address(place: &Place) -> PathBuf {
    PathBuf::from(format!("127.0.0.1:{}", place.private().port))
}

pub(super) fn clear_socket(_: &Place) {}

pub(super) fn can_be_reached(_: &Place) -> bool {
    true
}

pub(super) fn is_server(pid: i32, _: &Path) -> bool {
    let filter = format!("PID eq {pid}");
    let said = Command::new("tasklist").args(["/NH", "/FI", &filter]).output();
    said.is_ok_and(|said| String::from_utf8_lossy(&said.stdout).contains("postgres.exe"))
}

/// The first word of `postmaster.opts` is the server's own program; `pg_ctl` is beside it.
pub(super) fn ask_to_stop(pid: i32, cluster: &Path) -> Result<(), ManagedError> {
    let options = fs::read_to_string(cluster.join("postmaster.opts")).unwrap_or_default();
    let program = options.split(".exe").next().unwrap_or_default().trim_start_matches('"');
    let pg_ctl = Path::new(program).with_file_name("pg_ctl.exe");
    let pid = pid.to_string();
    let told = Command::new(&pg_ctl).args(["kill", "INT", &pid]).output();
    told.map(|_| ()).map_err(ManagedError::io("run", &pg_ctl))
}

/// Not asked for: `fs` reports a full disk by itself.
pub(super) fn free_bytes(_: &Path) -> Option<u64> {
    None
}

/// The password; made, with the data directory, if there is none.
fn password(place: &Place) -> io::Result<String> {
    let file = password_file(place);
    match fs::read_to_string(&file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let made = format!("{:016x}{:016x}", rand::random::<u64>(), rand::random::<u64>());
            fs::create_dir_all(place.data_dir())?;
            fs::write(&file, &made)?;
            Ok(made)
        }
        known => known,
    }
}

fn password_file(place: &Place) -> PathBuf {
    place.data_dir().join("postgres.password")
}
