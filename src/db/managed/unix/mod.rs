//! The platform's part on Unix: a private socket, an account that is not root, signals.

mod account;
mod folders;

use std::{
    ffi::OsString,
    fs, io,
    os::unix::{ffi::OsStrExt, process::CommandExt},
    path::{Path, PathBuf},
    process::Command,
};

use rustix::process::{Pid, Signal, geteuid, kill_process};

use self::account::Account;
pub(super) use self::folders::{check_owner, cluster_home, prepare, private_folder};
use super::{ManagedError, place, place::Place};

/// The longest path of a socket that every Unix takes, in bytes.
const LONGEST_SOCKET: usize = 103;
/// Where root keeps what the account that runs the cluster cannot reach in the data directory.
const OUTSIDE: &str = "/var/lib/deal-scout";

/// The socket, and the account that the cluster runs as.
#[derive(Debug, Clone)]
pub(super) struct Private {
    /// The folder of the socket, open to nobody else.
    socket_dir: PathBuf,
    /// `None`: the present user.
    account: Option<Account>,
    /// A folder above the data directory that the account may not pass through.
    closed: Option<PathBuf>,
    /// Where the cluster and the socket of this data directory go if it is closed.
    outside: PathBuf,
}

impl Private {
    pub(super) fn of(data_dir: &Path) -> Self {
        let account = Account::to_lend(data_dir, &data_dir.join("postgres"));
        let closed = account.as_ref().and_then(|account| {
            let above = data_dir.ancestors().skip(1);
            above
                .filter(|dir| fs::metadata(dir).is_ok_and(|meta| !account.can_enter(&meta)))
                .last()
                .map(Path::to_owned)
        });
        let digest = place::digest(data_dir);
        let outside = Path::new(OUTSIDE).join(&digest);
        let own = data_dir.join("run");
        let socket_dir = if closed.is_none() && fits_socket(&own) {
            own
        } else if account.is_some() {
            outside.join("run")
        } else {
            // Not $XDG_RUNTIME_DIR: that folder goes when the user logs out, and the server stays.
            PathBuf::from(format!("/tmp/deal-scout-{digest}"))
        };
        Self { socket_dir, account, closed, outside }
    }

    /// Who owns what the server writes.
    pub(super) fn owner(&self) -> u32 {
        self.account.as_ref().map_or_else(|| geteuid().as_raw(), |account| account.uid)
    }
}

pub(super) fn target(place: &Place) -> tokio_postgres::Config {
    let mut config = tokio_postgres::Config::new();
    config.host_path(&place.private().socket_dir).port(5432).user("deals").dbname("deals");
    config
}

/// What `initdb` has to know: only the socket lets anybody in, and only us to the socket.
pub(super) fn initdb_args(_: &Place) -> Vec<OsString> {
    vec!["--auth-local=trust".into(), "--auth-host=reject".into()]
}

/// Where the server listens.
pub(super) fn listen_settings(place: &Place) -> Vec<(&'static str, String)> {
    // The setting is a list; quoted, a comma or a blank is part of the name.
    let dir = place.private().socket_dir.to_string_lossy().replace('"', "\"\"");
    vec![
        ("listen_addresses", String::new()),
        ("port", "5432".to_owned()),
        ("unix_socket_directories", format!("\"{dir}\"")),
        ("unix_socket_permissions", "0700".to_owned()),
    ]
}

/// Runs a program as the account of the cluster, from a folder that is open to it.
pub(super) fn as_account(command: &mut Command, place: &Place) {
    command.current_dir("/");
    if let Some(account) = &place.private().account {
        command.uid(account.uid).gid(account.gid);
    }
}

/// Keeps Ctrl-C in the terminal away from the server: it is stopped by us, in order.
pub(super) fn detach(command: &mut Command) {
    command.process_group(0);
}

/// What a server that has died may have left in the way of the next one. Only called when none lives.
pub(super) fn clear_socket(place: &Place) {
    let socket = socket(place);
    let _ = fs::remove_file(socket.with_file_name(".s.PGSQL.5432.lock"));
    let _ = fs::remove_file(socket);
}

/// Where the server should be found.
pub(super) fn address(place: &Place) -> PathBuf {
    place.private().socket_dir.clone()
}

/// The server's address is there for us to try.
pub(super) fn can_be_reached(place: &Place) -> bool {
    socket(place).exists()
}

/// Whether the process `pid` is the server of `cluster`; its number may have gone to another program.
pub(super) fn is_server(pid: i32, cluster: &Path) -> bool {
    // A server works in the folder of its cluster. A process that has ended but is still listed has no folder.
    match fs::read_link(format!("/proc/{pid}/cwd")) {
        Ok(cwd) => cwd == cluster,
        // Root without CAP_SYS_PTRACE, as in containers, may not look there.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            fs::read_to_string(format!("/proc/{pid}/comm"))
                .is_ok_and(|name| name.trim() == "postgres")
        }
        Err(_) if Path::new("/proc/self/cwd").exists() => false,
        Err(_) => {
            let said = Command::new("ps").args(["-o", "comm=", "-p", &pid.to_string()]).output();
            said.is_ok_and(|said| {
                String::from_utf8_lossy(&said.stdout).trim().ends_with("postgres")
            })
        }
    }
}

/// Asks the server for a fast shutdown: transactions are broken off, data is written.
pub(super) fn ask_to_stop(pid: i32, cluster: &Path) -> Result<(), ManagedError> {
    let Some(pid) = Pid::from_raw(pid) else { return Ok(()) };
    match kill_process(pid, Signal::INT) {
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(error) => Err(ManagedError::io("stop the server of", cluster)(error.into())),
    }
}

/// Makes a renamed entry of a folder last.
pub(super) fn sync_folder(folder: &Path) {
    // Some file systems do not do this for folders; there the rename lasts as it can.
    let _ = fs::File::open(folder).and_then(|folder| folder.sync_all());
}

/// Bytes free for us at `path`.
pub(super) fn free_bytes(path: &Path) -> Option<u64> {
    let stat = rustix::fs::statvfs(path).ok()?;
    Some(stat.f_bavail.saturating_mul(stat.f_frsize))
}

fn socket(place: &Place) -> PathBuf {
    place.private().socket_dir.join(".s.PGSQL.5432")
}

fn fits_socket(dir: &Path) -> bool {
    let path = dir.join(".s.PGSQL.5432");
    path.as_os_str().as_bytes().len() <= LONGEST_SOCKET && path.to_str().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_too_long_for_a_socket_gets_a_short_folder() {
        let short = Private::of(Path::new("/srv/deals"));
        assert_eq!(short.socket_dir, Path::new("/srv/deals/run"));
        let long = PathBuf::from(format!("/srv/{}", "long/".repeat(20)));
        let socket = Private::of(&long).socket_dir;
        assert!(!socket.starts_with("/srv"), "{}", socket.display());
        assert!(fits_socket(&socket));
        assert_eq!(socket, Private::of(&long).socket_dir, "every process finds the same");
    }

    #[test]
    fn the_limit_of_a_socket_path_is_met_exactly() {
        let name = |length: usize| PathBuf::from(format!("/{}", "x".repeat(length - 1)));
        assert!(fits_socket(&name(103 - "/.s.PGSQL.5432".len())));
        assert!(!fits_socket(&name(104 - "/.s.PGSQL.5432".len())));
    }

    #[test]
    fn a_number_that_another_program_has_is_not_our_server() {
        let own = std::process::id().cast_signed();
        assert!(!is_server(own, Path::new("/nowhere/postgres")));
        assert!(!is_server(i32::MAX, Path::new("/nowhere/postgres")));
    }
}
