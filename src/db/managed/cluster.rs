//! The cluster on disk: what is there, and how a first one is made.
//!
//! `initdb` works in a temporary folder beside the place, which is renamed when it is complete. So a cluster is there
//! whole or not at all, whenever the program is killed.

use std::{
    ffi::OsString,
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use slog::{Logger, info, warn};

use super::{
    ManagedError, lock::Turn, place::Place, platform, process, programs::Programs, wait::Wait,
};

/// How the temporary folders of `initdb` begin. Only these are ever removed.
const UNFINISHED: &str = "postgres.unfinished-";
/// A small board with a slow card takes minutes.
const INITDB_PATIENCE: Duration = Duration::from_mins(5);

/// The major version of the cluster that is there, or `None` when one can be made.
pub(super) fn major(place: &Place) -> Result<Option<u32>, ManagedError> {
    let cluster = place.cluster();
    let version = cluster.join("PG_VERSION");
    match fs::read_to_string(&version) {
        Ok(text) => {
            platform::check_owner(place)?;
            version_of(&text).map(Some).ok_or_else(|| ManagedError::NotOurs {
                path: version.clone(),
                reason: "does not hold a version of PostgreSQL".to_owned(),
            })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => vacant(&cluster).map(|()| None),
        Err(error) => {
            platform::check_owner(place)?;
            Err(ManagedError::io("read", &version)(error))
        }
    }
}

/// Makes the cluster. It is complete on disk when this returns.
pub(super) fn create(
    place: &Place,
    programs: &Programs,
    turn: &Turn,
    wait: &Wait,
    log: &Logger,
) -> Result<(), ManagedError> {
    let home = platform::cluster_home(place, log)?;
    let beside = home.parent().unwrap_or(place.data_dir());
    remove_unfinished(beside, log);
    let unfinished = beside.join(format!("{UNFINISHED}{:016x}", rand::random::<u64>()));
    let made = platform::private_folder(place, &unfinished)
        .and_then(|()| initdb(place, programs, &unfinished, turn, wait))
        .and_then(|()| {
            fs::rename(&unfinished, &home).map_err(ManagedError::io("move the cluster to", &home))
        });
    if let Err(error) = made {
        remove(&unfinished, log);
        return Err(error);
    }
    platform::sync_folder(beside);
    info!(log, "a database was created with PostgreSQL {}", programs.version;
        "cluster" => %home.display());
    Ok(())
}

fn initdb(
    place: &Place,
    programs: &Programs,
    folder: &Path,
    turn: &Turn,
    wait: &Wait,
) -> Result<(), ManagedError> {
    let told = run_initdb(place, programs, folder, turn, wait, locale(programs.major))?;
    let Err(output) = told else { return Ok(()) };
    // Not every system has the locale C.UTF-8; C is part of PostgreSQL.
    let told = if output.contains("locale") {
        run_initdb(place, programs, folder, turn, wait, &["--locale=C"])?
    } else {
        Err(output)
    };
    told.map_err(|output| {
        let text = output.clone();
        let path = place.cluster();
        ManagedError::CreateFailed { path: path.clone(), output }.or_disk_full(
            "creating the database in",
            &path,
            &text,
        )
    })
}

/// Order by bytes, which no update of the system's libraries changes; upper and lower case as Unicode has them.
fn locale(major: u32) -> &'static [&'static str] {
    if cfg!(windows) {
        &["--locale=C"]
    } else if major >= 17 {
        &["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    } else {
        &["--locale=C", "--lc-ctype=C.UTF-8"]
    }
}

/// Runs `initdb` once; on failure, what it said.
fn run_initdb(
    place: &Place,
    programs: &Programs,
    folder: &Path,
    turn: &Turn,
    wait: &Wait,
    locale: &[&str],
) -> Result<Result<(), String>, ManagedError> {
    let program = programs.path("initdb");
    let failed = |error| ManagedError::io("run", &program)(error);
    let (mut output, input) = io::pipe().map_err(failed)?;
    let mut command = Command::new(&program);
    command.arg("-D").arg(folder).args(["-U", "deals", "-E", "UTF8", "--data-checksums"]);
    command.args(locale).args(platform::initdb_args(place));
    process::clean_environment(&mut command);
    platform::as_account(&mut command, place);
    platform::detach(&mut command);
    // If we are killed, the turn lasts as long as this initdb, which ends when it finds nobody to talk to; so whoever
    // comes next finds a folder that nobody writes to.
    command.stdin(Stdio::from(turn.share().map_err(failed)?));
    command.stdout(input.try_clone().map_err(failed)?).stderr(input);
    let mut child = command.spawn().map_err(failed)?;
    drop(command);
    let wait = wait.anew(INITDB_PATIENCE);
    let status = loop {
        if let Some(status) = child.try_wait().map_err(failed)? {
            break status;
        }
        let going_on = wait.pause();
        if !matches!(going_on, Ok(true)) {
            let _ = child.kill();
            let _ = child.wait();
            going_on?;
            return Ok(Err(format!("initdb took more than {} s", wait.patience().as_secs())));
        }
    };
    if status.success() {
        return Ok(Ok(()));
    }
    let mut said = String::new();
    let _ = output.read_to_string(&mut said);
    Ok(Err(format!("{} ({status})", complaints(&said))))
}

/// What `initdb` complained of, without its progress.
fn complaints(said: &str) -> String {
    let is_complaint = |line: &&str| {
        ["error", "FATAL", "PANIC", "HINT", "DETAIL", "could not", "cannot"]
            .iter()
            .any(|word| line.contains(word))
    };
    let complaints: Vec<&str> = said.lines().map(str::trim).filter(is_complaint).collect();
    if complaints.is_empty() { said.trim().replace('\n', " | ") } else { complaints.join(" | ") }
}

fn version_of(text: &str) -> Option<u32> {
    text.trim().split('.').next()?.parse().ok()
}

/// Nothing is in the place of the cluster, or an empty folder.
fn vacant(cluster: &Path) -> Result<(), ManagedError> {
    match fs::read_dir(cluster) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(ManagedError::io("read", cluster)(error)),
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(ManagedError::NotOurs {
                path: cluster.to_owned(),
                reason: "holds files but is no PostgreSQL cluster (it has no PG_VERSION); move it \
                         away, or choose another data_dir"
                    .to_owned(),
            }),
        },
    }
}

/// Removes what an `initdb` that was killed has left.
fn remove_unfinished(beside: &Path, log: &Logger) {
    let entries = fs::read_dir(beside).into_iter().flatten().flatten();
    let is_unfinished = |name: &OsString| name.to_string_lossy().starts_with(UNFINISHED);
    let left: Vec<PathBuf> =
        entries.filter(|entry| is_unfinished(&entry.file_name())).map(|e| e.path()).collect();
    for folder in left {
        remove(&folder, log);
    }
}

fn remove(unfinished: &Path, log: &Logger) {
    // A program of a killed initdb may write a last file while we remove.
    for _ in 0..20 {
        match fs::remove_dir_all(unfinished) {
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {
                thread::sleep(Duration::from_millis(50));
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                warn!(log, "the left-over folder {} cannot be removed", unfinished.display();
                    "error" => %error);
                return;
            }
            _ => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_unfinished_folders_are_removed() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["postgres", "postgres.unfinished-00ff", "postgres.bak", "photos"] {
            fs::create_dir_all(dir.path().join(name).join("base")).unwrap();
        }
        remove_unfinished(dir.path(), &Logger::root(slog::Discard, slog::o!()));
        let mut left: Vec<_> =
            fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["photos", "postgres", "postgres.bak"]);
    }

    #[test]
    fn a_folder_with_strange_files_is_not_ours_and_an_empty_one_can_be_used() {
        let dir = tempfile::tempdir().unwrap();
        let place = Place::of(dir.path());
        assert_eq!(major(&place).unwrap(), None);
        fs::create_dir(place.cluster()).unwrap();
        assert_eq!(major(&place).unwrap(), None);
        fs::write(place.cluster().join("letter.txt"), "dear").unwrap();
        let told = major(&place).unwrap_err();
        assert!(told.is_fatal());
        assert!(told.to_string().contains("is no PostgreSQL cluster"), "{told}");
        assert!(place.cluster().join("letter.txt").exists());
    }

    #[test]
    fn the_version_of_a_cluster_is_read() {
        assert_eq!(version_of("15\n"), Some(15));
        assert_eq!(version_of("9.6\n"), Some(9));
        assert_eq!(version_of("\n"), None);
    }
}
