//! The folders that a cluster needs on Unix: made, given to the account that runs it, and checked to be private.

use std::{
    fs::{self, DirBuilder, Permissions},
    io,
    os::unix::{
        self,
        fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    },
    path::{Path, PathBuf},
};

use rustix::process::geteuid;
use slog::{Logger, info};

use super::super::{ManagedError, place::Place};
use crate::disk;

/// Makes the data directory and the folder of the socket, and lets the account of the cluster pass through.
pub(in super::super) fn prepare(place: &Place) -> Result<(), ManagedError> {
    let data_dir = place.data_dir();
    make_way(data_dir)?;
    let private = place.private();
    if let Some(account) = &private.account {
        let meta = fs::metadata(data_dir).map_err(ManagedError::io("read", data_dir))?;
        if !account.can_enter(&meta) && meta.uid() == 0 {
            set_mode(data_dir, (meta.permissions().mode() & 0o7777) | 0o011)?;
        }
        if private.socket_dir.starts_with(&private.outside) {
            make_way(&private.outside)?;
        }
    }
    private_folder(place, &private.socket_dir)
}

/// The folder to create the cluster in. When the data directory is closed to the account of the cluster, that is one
/// outside of it, and `<data_dir>/postgres` becomes a link to it.
pub(in super::super) fn cluster_home(place: &Place, log: &Logger) -> Result<PathBuf, ManagedError> {
    let cluster = place.cluster();
    let private = place.private();
    match fs::read_link(&cluster) {
        Ok(home) if home.starts_with(&private.outside) => return Ok(home),
        Ok(home) if !home.exists() => {
            let reason = format!(
                "is a link to {}, which is not there; attach that disk, or remove the link to begin anew",
                home.display()
            );
            return Err(ManagedError::NotOurs { path: cluster, reason });
        }
        _ => {}
    }
    let (Some(closed), Some(account)) = (&private.closed, &private.account) else {
        return Ok(cluster);
    };
    make_way(&private.outside)?;
    // An earlier cluster there may be data that somebody misses, so it is passed over, never used or removed.
    let home = (1..1000)
        .map(|n| {
            private.outside.join(if n == 1 { "postgres".into() } else { format!("postgres-{n}") })
        })
        .find(|home| !home.exists())
        .unwrap_or_else(|| private.outside.join("postgres"));
    let _ = fs::remove_dir(&cluster);
    unix::fs::symlink(&home, &cluster).map_err(ManagedError::io("make the link", &cluster))?;
    info!(log, "the database is kept in {}, because {} is closed to the account {} that runs it",
        home.display(), closed.display(), account.name; "link" => %cluster.display());
    Ok(home)
}

/// The cluster that is there belongs to the account that would run it, and that account can get there.
pub(in super::super) fn check_owner(place: &Place) -> Result<(), ManagedError> {
    let path = place.cluster();
    let not_ours = |reason: String| Err(ManagedError::NotOurs { path: path.clone(), reason });
    let meta = fs::metadata(&path).map_err(ManagedError::io("read", &path))?;
    let private = place.private();
    if let (0, Some(account)) = (meta.uid(), &private.account) {
        return not_ours(format!(
            "belongs to root, as whom PostgreSQL does not run; give it to another account: chown -R {} {}",
            account.name,
            place.real_cluster().display()
        ));
    }
    if meta.uid() != private.owner() {
        return not_ours(format!(
            "belongs to the user with the number {}; run Deal Scout as that user, or choose another data_dir",
            meta.uid()
        ));
    }
    let real = place.real_cluster();
    if let (Some(closed), Some(account)) = (&private.closed, &private.account)
        && real.starts_with(closed)
    {
        return not_ours(format!(
            "cannot be reached by the account {} that has to run it, because {} is closed to it; open that folder \
             (chmod o+x), or move the data directory",
            account.name,
            closed.display()
        ));
    }
    Ok(())
}

/// A folder that only the owner of the cluster may look into.
pub(in super::super) fn private_folder(place: &Place, path: &Path) -> Result<(), ManagedError> {
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(ManagedError::io("create", path)(error));
        }
        _ => {}
    }
    // Not followed: whoever can write to the folder above could have put a link here.
    let meta = fs::symlink_metadata(path).map_err(ManagedError::io("read", path))?;
    let owner = place.private().owner();
    let is_ours = meta.is_dir() && (meta.uid() == owner || geteuid().is_root());
    if !is_ours {
        let reason = "belongs to somebody else, so it is not safe to use; remove it, or choose another data_dir";
        return Err(ManagedError::NotOurs { path: path.to_owned(), reason: reason.to_owned() });
    }
    if meta.uid() != owner {
        let gid = place.private().account.as_ref().map(|account| account.gid);
        unix::fs::chown(path, Some(owner), gid)
            .map_err(ManagedError::io("change the owner of", path))?;
    }
    if meta.permissions().mode() & 0o777 != 0o700 {
        set_mode(path, 0o700)?;
    }
    Ok(())
}

fn make_way(path: &Path) -> Result<(), ManagedError> {
    disk::make_folder(path).map_err(ManagedError::io("create", path))
}

fn set_mode(path: &Path, mode: u32) -> Result<(), ManagedError> {
    fs::set_permissions(path, Permissions::from_mode(mode))
        .map_err(ManagedError::io("change the mode of", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_folder_that_is_a_link_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("elsewhere")).unwrap();
        unix::fs::symlink(dir.path().join("elsewhere"), dir.path().join("run")).unwrap();
        let told = prepare(&Place::of(dir.path())).unwrap_err();
        assert!(told.is_fatal());
        assert!(told.to_string().contains("belongs to somebody else"), "{told}");
    }

    #[test]
    fn the_folders_are_made_private_whatever_they_were() {
        let dir = tempfile::tempdir().unwrap();
        let data_dir = dir.path().join("a/b");
        fs::create_dir_all(data_dir.join("run")).unwrap();
        set_mode(&data_dir.join("run"), 0o777).unwrap();
        let place = Place::of(&data_dir);
        // The temporary folder itself is closed to others, so root would keep the socket outside.
        private_folder(&place, &data_dir.join("run")).unwrap();
        let meta = fs::metadata(data_dir.join("run")).unwrap();
        assert_eq!(meta.permissions().mode() & 0o777, 0o700);
        assert_eq!(meta.uid(), place.private().owner());
    }

    #[test]
    fn a_link_to_a_disk_that_is_not_attached_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        unix::fs::symlink("/nowhere/at/all", dir.path().join("postgres")).unwrap();
        let log = Logger::root(slog::Discard, slog::o!());
        let told = cluster_home(&Place::of(dir.path()), &log).unwrap_err();
        assert!(
            told.to_string().contains("is a link to /nowhere/at/all, which is not there"),
            "{told}"
        );
    }
}
