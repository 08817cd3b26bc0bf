//! Where everything of a managed cluster is. Looks at the disk, changes nothing.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::platform::Private;

/// The places of one cluster, all derived from the data directory, so that every process finds the same.
#[derive(Debug, Clone)]
pub(super) struct Place {
    data_dir: PathBuf,
    private: Private,
}

impl Place {
    /// The places that belong to `data_dir`, which need not exist.
    pub(super) fn of(data_dir: &Path) -> Self {
        let data_dir = resolve(data_dir);
        let private = Private::of(&data_dir);
        Self { data_dir, private }
    }

    /// All that the program keeps on disk; absolute, without links.
    pub(super) fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// What only the platform knows how to use: sockets and accounts, or ports and passwords.
    pub(super) fn private(&self) -> &Private {
        &self.private
    }

    /// The cluster as people find it: a folder, or a link to where the account that runs it may go.
    pub(super) fn cluster(&self) -> PathBuf {
        self.data_dir.join("postgres")
    }

    /// The cluster without links, once it exists.
    pub(super) fn real_cluster(&self) -> PathBuf {
        let cluster = self.cluster();
        fs::canonicalize(&cluster).unwrap_or(cluster)
    }

    /// PostgreSQL's own log.
    pub(super) fn log_file(&self) -> PathBuf {
        self.data_dir.join("postgres.log")
    }

    /// Locked by who creates, starts or stops.
    pub(super) fn turn_lock(&self) -> PathBuf {
        self.data_dir.join("postgres.lock")
    }

    /// Locked, shared, by each process that uses the cluster.
    pub(super) fn users_lock(&self) -> PathBuf {
        self.data_dir.join("postgres.users")
    }

    /// Locked by the server's own processes.
    pub(super) fn life_lock(&self) -> PathBuf {
        self.data_dir.join("postgres.alive")
    }
}

/// A short name for a data directory: the first 16 hex digits of its path's SHA-256.
pub(super) fn digest(data_dir: &Path) -> String {
    use std::fmt::Write;
    let hash = Sha256::digest(data_dir.as_os_str().as_encoded_bytes());
    hash.iter().take(8).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Absolute, and without links as far as it exists, so that two spellings of a folder are one place.
fn resolve(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut missing: Vec<OsString> = Vec::new();
    let mut known = absolute.as_path();
    loop {
        if let Ok(real) = fs::canonicalize(known) {
            return missing.iter().rev().fold(real, |path, name| path.join(name));
        }
        let (Some(name), Some(parent)) = (known.file_name(), known.parent()) else {
            return absolute;
        };
        missing.push(name.to_owned());
        known = parent;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn two_spellings_of_a_folder_are_one_place() {
        let dir = tempfile::tempdir().unwrap();
        let dir = fs::canonicalize(dir.path()).unwrap();
        fs::create_dir(dir.join("real")).unwrap();
        std::os::unix::fs::symlink(dir.join("real"), dir.join("link")).unwrap();
        assert_eq!(resolve(&dir.join("link/not/yet")), dir.join("real/not/yet"));
        assert_eq!(resolve(&dir.join("real/not/yet")), dir.join("real/not/yet"));
    }

    #[test]
    fn a_digest_is_short_and_stays_the_same() {
        assert_eq!(digest(Path::new("/data")), "bd47413b5c03dfc6".to_owned());
    }
}
