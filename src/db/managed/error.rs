//! What can stand in the way of a managed PostgreSQL. The texts are for the person who has to mend it.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use super::platform;

/// Below this many free bytes a failure is blamed on the full disk: PostgreSQL then cannot even log why it failed.
const NEARLY_NOTHING: u64 = 16 << 20;

/// How PostgreSQL and the system say that the disk is full.
const FULL: &[&str] = &["No space left on device", "Disk quota exceeded", "Check free disk space"];

/// Why the managed PostgreSQL does not run.
#[derive(Debug, thiserror::Error)]
pub enum ManagedError {
    /// No programs, or none new enough. Carries what to do about it.
    #[error("{0}")]
    ProgramsMissing(String),
    /// The setting `database.programs` names a folder that cannot be used.
    #[error(
        "database.programs is {}, but {reason}; name the folder that holds initdb and postgres, or leave it out",
        .folder.display()
    )]
    ProgramsUnusable {
        /// The folder as set.
        folder: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The cluster needs programs of a major version that is not installed.
    #[error("{0}")]
    OtherMajor(String),
    /// What is in the cluster's place is not ours to use.
    #[error("{} {reason}", .path.display())]
    NotOurs {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it, and what to do.
        reason: String,
    },
    /// Another process keeps a lock.
    #[error(
        "{} is occupied by {holder} for more than {} s; wait for that process, or end it if it hangs",
        .path.display(), .waited.as_secs()
    )]
    Occupied {
        /// The lock file.
        path: PathBuf,
        /// Who has it.
        holder: String,
        /// How long we waited.
        waited: Duration,
    },
    /// No room to create or start it.
    #[error(
        "the disk is full: {doing} {} failed with {} MB free; make room (a new database needs about 100 MB)",
        .path.display(), .free >> 20
    )]
    DiskFull {
        /// What was being done.
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// Bytes that are free there.
        free: u64,
    },
    /// `initdb` failed.
    #[error("creating the database in {} failed: {output}", .path.display())]
    CreateFailed {
        /// The cluster.
        path: PathBuf,
        /// What `initdb` said.
        output: String,
    },
    /// The server ended as soon as it was started.
    #[error("PostgreSQL did not start; the end of {}: {tail}", .log.display())]
    StartFailed {
        /// PostgreSQL's own log.
        log: PathBuf,
        /// Its last lines.
        tail: String,
    },
    /// The server runs, and does not answer.
    #[error(
        "PostgreSQL runs, but has not answered for {} s ({why}); its log is {}",
        .waited.as_secs(), .log.display()
    )]
    NotReady {
        /// How long we waited.
        waited: Duration,
        /// Its last answer.
        why: String,
        /// PostgreSQL's own log.
        log: PathBuf,
    },
    /// The server runs and somebody uses it, but we cannot get to it.
    #[error(
        "PostgreSQL runs and another process uses it, but its socket is not in {}, or was removed; end that process, \
         and it is started again",
        .folder.display()
    )]
    OutOfReach {
        /// Where its socket should be.
        folder: PathBuf,
    },
    /// The server was told to stop, and runs on.
    #[error("PostgreSQL (process {pid}) has not stopped within {} s", .waited.as_secs())]
    StopFailed {
        /// The server's process id.
        pid: i32,
        /// How long we waited.
        waited: Duration,
    },
    /// A file or a program could not be used.
    #[error("cannot {doing} {}: {source}", .path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// With what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The call was given up, because the program is stopping.
    #[error("given up: {0}")]
    Interrupted(String),
}

impl ManagedError {
    /// Trying again is pointless until somebody has changed something.
    pub fn is_fatal(&self) -> bool {
        match self {
            Self::ProgramsMissing(_)
            | Self::ProgramsUnusable { .. }
            | Self::OtherMajor(_)
            | Self::NotOurs { .. } => true,
            Self::Io { source, .. } => matches!(
                source.kind(),
                io::ErrorKind::PermissionDenied
                    | io::ErrorKind::ReadOnlyFilesystem
                    | io::ErrorKind::NotADirectory
            ),
            Self::Occupied { .. }
            | Self::DiskFull { .. }
            | Self::CreateFailed { .. }
            | Self::StartFailed { .. }
            | Self::NotReady { .. }
            | Self::OutOfReach { .. }
            | Self::StopFailed { .. }
            | Self::Interrupted(_) => false,
        }
    }

    /// Names what failed, for `map_err`.
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Self::DiskFull { doing, path: path.to_owned(), free: free_near(path).unwrap_or(0) }
            }
            _ => Self::Io { doing, path: path.to_owned(), source },
        }
    }

    /// Something of PostgreSQL failed while `doing` something to `path` and said `text`: if that is for lack of room,
    /// says so plainly.
    pub(super) fn or_disk_full(self, doing: &'static str, path: &Path, text: &str) -> Self {
        let said_so = FULL.iter().any(|words| text.contains(words));
        let free = free_near(path);
        if said_so || free.is_some_and(|free| free < NEARLY_NOTHING) {
            return Self::DiskFull { doing, path: path.to_owned(), free: free.unwrap_or(0) };
        }
        self
    }

    /// The blocking work was cut short by the end of the runtime, or by a fault of ours.
    #[expect(clippy::needless_pass_by_value, reason = "used as a function in map_err")]
    pub(super) fn interrupted(error: tokio::task::JoinError) -> Self {
        Self::Interrupted(error.to_string())
    }
}

/// Free bytes at `path`, or at the nearest folder above that exists.
fn free_near(path: &Path) -> Option<u64> {
    path.ancestors().find_map(platform::free_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lack_of_room_is_said_plainly_and_can_be_mended() {
        let failed = ManagedError::StartFailed { log: "x".into(), tail: String::new() };
        let text = "FATAL: could not write lock file: No space left on device";
        let told =
            failed.or_disk_full("starting the database in", Path::new("/nowhere/at/all"), text);
        assert!(
            told.to_string().starts_with("the disk is full: starting the database in /nowhere")
        );
        assert!(!told.is_fatal());
    }

    #[test]
    fn a_closed_folder_is_fatal_and_a_busy_file_is_not() {
        let denied =
            ManagedError::io("open", Path::new("/x"))(io::ErrorKind::PermissionDenied.into());
        let busy = ManagedError::io("open", Path::new("/x"))(io::ErrorKind::ResourceBusy.into());
        assert!(denied.is_fatal());
        assert!(!busy.is_fatal());
    }
}
