//! The folders in which PostgreSQL's programs may be, in the order in which they are preferred.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Where systems put them; `*` stands for the rest of one name.
const USUAL: &[&str] = &[
    // Debian, Ubuntu
    "/usr/lib/postgresql/*/bin",
    // Fedora, Arch, Alpine; the packages of postgresql.org for Fedora and its kin
    "/usr/bin",
    "/usr/pgsql-*/bin",
    "/usr/libexec/postgresql*",
    // SUSE
    "/usr/lib/postgresql*/bin",
    // Homebrew, MacPorts, Postgres.app
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/opt/local/lib/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    // FreeBSD, own builds
    "/usr/local/bin",
    "/usr/local/pgsql/bin",
    // Windows
    r"C:\Program Files\PostgreSQL\*\bin",
];

/// What `pg_config` says, the folders of PATH, then the usual places. Some do not exist.
pub(super) fn candidates() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = configured().into_iter().collect();
    #[expect(
        clippy::disallowed_methods,
        reason = "PATH says where programs are; it is no setting of ours"
    )]
    let path = env::var_os("PATH").unwrap_or_default();
    folders.extend(env::split_paths(&path).filter(|folder| folder.is_absolute()));
    folders.extend(USUAL.iter().flat_map(|pattern| expand(Path::new(pattern))));
    folders
}

/// The folder that `pg_config` names. It may be installed without the server.
fn configured() -> Option<PathBuf> {
    let said = super::first_output(Command::new("pg_config").arg("--bindir")).ok()?;
    Some(PathBuf::from(said)).filter(|folder| folder.is_absolute())
}

/// The existing folders that fit a pattern, the highest number first.
fn expand(pattern: &Path) -> Vec<PathBuf> {
    let mut fitting = vec![PathBuf::new()];
    for part in pattern.components() {
        let name = part.as_os_str().to_string_lossy();
        let Some((before, after)) = name.split_once('*') else {
            fitting = fitting.into_iter().map(|folder| folder.join(part)).collect();
            continue;
        };
        fitting = fitting
            .iter()
            .flat_map(fs::read_dir)
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                name.len() >= before.len() + after.len()
                    && name.starts_with(before)
                    && name.ends_with(after)
            })
            .collect();
        fitting.sort_by_key(|path| std::cmp::Reverse(number(path)));
    }
    fitting.retain(|folder| folder.is_dir());
    fitting
}

/// The number in the last name of a path: 15 for `postgresql@15`.
fn number(path: &Path) -> u32 {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let digits: String =
        name.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_finds_what_exists_the_highest_number_first() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["postgresql@9/bin", "postgresql@16/bin", "postgresql@15/lib", "mysql@8/bin"] {
            fs::create_dir_all(dir.path().join(name)).unwrap();
        }
        let found = expand(&dir.path().join("postgresql@*/bin"));
        let expected = ["postgresql@16/bin", "postgresql@9/bin"].map(|name| dir.path().join(name));
        assert_eq!(found, expected);
        assert!(expand(&dir.path().join("nothing-*/bin")).is_empty());
    }
}
