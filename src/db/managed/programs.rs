//! Finds PostgreSQL's own programs. Every folder that may hold them is looked into; what they say of themselves decides.

mod advice;
mod folders;

use std::{
    collections::HashSet,
    env::consts::EXE_SUFFIX,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::ManagedError;
use crate::db::OLDEST_POSTGRESQL;

/// How long a program may take to tell its version.
const LIMIT: Duration = Duration::from_secs(5);

/// The programs of one installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Programs {
    pub(super) major: u32,
    /// As it tells it, such as `15.18`.
    pub(super) version: String,
    folder: PathBuf,
}

impl Programs {
    /// The file of the program `name`.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}{EXE_SUFFIX}"))
    }
}

/// The programs to make a cluster with: those that are set, else the newest.
pub(super) fn to_create(setting: Option<&Path>) -> Result<Programs, ManagedError> {
    let found = find(setting)?;
    let known: Vec<&Programs> =
        found.iter().filter(|programs| programs.major >= OLDEST_POSTGRESQL).collect();
    let chosen = if setting.is_some() {
        found.first().filter(|p| p.major >= OLDEST_POSTGRESQL)
    } else {
        newest(&known)
    };
    chosen.cloned().ok_or_else(|| {
        ManagedError::ProgramsMissing(advice::missing(&told(&found), OLDEST_POSTGRESQL))
    })
}

/// The programs to run the cluster `cluster` of version `major` with.
pub(super) fn to_run(
    setting: Option<&Path>,
    major: u32,
    cluster: &Path,
) -> Result<Programs, ManagedError> {
    let found = find(setting)?;
    let fitting = found.iter().find(|programs| programs.major == major);
    fitting
        .cloned()
        .ok_or_else(|| ManagedError::OtherMajor(advice::other_major(cluster, major, &told(&found))))
}

/// All installations: the one that is set first, then in the order in which folders are looked into.
fn find(setting: Option<&Path>) -> Result<Vec<Programs>, ManagedError> {
    let mut found = Vec::new();
    if let Some(folder) = setting {
        found.push(inspect(folder).map_err(|reason| ManagedError::ProgramsUnusable {
            folder: folder.to_owned(),
            reason,
        })?);
    }
    let mut seen = HashSet::new();
    for folder in folders::candidates() {
        // /usr/local/bin and the like hold links to the real ones.
        let real = fs::canonicalize(folder.join(format!("postgres{EXE_SUFFIX}"))).ok();
        if real.is_some_and(|real| seen.insert(real))
            && let Ok(programs) = inspect(&folder)
        {
            found.push(programs);
        }
    }
    Ok(found)
}

/// The first of the newest major version.
fn newest<'a>(found: &[&'a Programs]) -> Option<&'a Programs> {
    found.iter().rev().max_by_key(|programs| programs.major).copied()
}

/// What a folder holds, or why it cannot be used.
fn inspect(folder: &Path) -> Result<Programs, String> {
    for name in ["initdb", "postgres"] {
        if !folder.join(format!("{name}{EXE_SUFFIX}")).is_file() {
            return Err(format!("there is no {name} in it"));
        }
    }
    let postgres = folder.join(format!("postgres{EXE_SUFFIX}"));
    let said = first_output(Command::new(&postgres).arg("--version"))
        .map_err(|error| format!("{} does not run: {error}", postgres.display()))?;
    let (major, version) =
        parse_version(&said).ok_or_else(|| format!("its postgres says {said:?} for a version"))?;
    Ok(Programs {
        major,
        version,
        folder: std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned()),
    })
}

/// `postgres (PostgreSQL) 15.18 (Debian …)`, also `17beta1`.
fn parse_version(said: &str) -> Option<(u32, String)> {
    let version = said.strip_prefix("postgres (PostgreSQL) ")?.split_whitespace().next()?;
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    Some((digits.parse().ok()?, version.to_owned()))
}

/// What a short-running program prints, within the limit.
fn first_output(command: &mut Command) -> Result<String, String> {
    let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child: Child = command.spawn().map_err(|error| error.to_string())?;
    let until = Instant::now() + LIMIT;
    while child.try_wait().map_err(|error| error.to_string())?.is_none() {
        if Instant::now() > until {
            let _ = child.kill();
            let _ = child.wait();
            return Err(format!("no answer within {} s", LIMIT.as_secs()));
        }
        thread::sleep(Duration::from_millis(2));
    }
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(output.status.to_string());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The installations, for people.
fn told(found: &[Programs]) -> String {
    found.iter().fold(String::new(), |mut text, programs| {
        let comma = if text.is_empty() { "" } else { ", " };
        let _ = write!(text, "{comma}{} in {}", programs.version, programs.folder.display());
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn programs(major: u32, folder: &str) -> Programs {
        Programs { major, version: format!("{major}.1"), folder: folder.into() }
    }

    #[test]
    fn versions_are_read_as_postgres_tells_them() {
        let of = |said| parse_version(said).map(|(major, _)| major);
        assert_eq!(of("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), Some(15));
        assert_eq!(of("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(of("postgres (PostgreSQL) 9.6.24"), Some(9));
        assert_eq!(of("something else 12"), None);
    }

    #[test]
    fn the_newest_is_chosen_and_among_equals_the_first() {
        let all = [programs(15, "/a"), programs(17, "/b"), programs(17, "/c"), programs(14, "/d")];
        let all: Vec<&Programs> = all.iter().collect();
        assert_eq!(newest(&all).unwrap().folder, Path::new("/b"));
        assert_eq!(newest(&[]), None);
    }

    #[test]
    fn a_set_folder_without_programs_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let told = to_create(Some(dir.path())).unwrap_err();
        assert!(told.is_fatal());
        assert!(told.to_string().contains("there is no initdb in it"), "{told}");
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_hangs_or_lies_is_not_waited_for() {
        assert!(first_output(Command::new("/bin/sh").args(["-c", "exit 3"])).is_err());
        assert_eq!(first_output(Command::new("/bin/sh").args(["-c", "echo 1"])).unwrap(), "1");
    }
}
