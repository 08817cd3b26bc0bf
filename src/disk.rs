//! What the program makes on disk: open to nobody else, whole or not there, and owned by whom the data directory
//! belongs to, whoever runs the program.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::Path,
};

/// Makes a folder and those above it, for this user alone. Those that root makes can be passed through by others,
/// whatever the umask: the account that runs the managed PostgreSQL has to.
#[cfg(unix)]
pub fn make_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    if path.is_dir() {
        return Ok(());
    }
    if let Some(above) = path.parent() {
        make_folder(above)?;
    }
    let mode = if rustix::process::geteuid().is_root() { 0o711 } else { 0o700 };
    match fs::DirBuilder::new().mode(mode).create(path) {
        Ok(()) => fs::set_permissions(path, fs::Permissions::from_mode(mode)),
        // Another process was quicker.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(error) => Err(error),
    }
}

/// Makes a folder and those above it; the platform's data directory is private by itself.
#[cfg(not(unix))]
pub fn make_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// When root works in a data directory that belongs to somebody else, what it makes there is theirs as well.
#[cfg(unix)]
pub fn share_with_owner(data_dir: &Path, made: &Path) {
    use std::os::unix::fs::{MetadataExt, chown};
    if !rustix::process::geteuid().is_root() {
        return;
    }
    if let Ok(owner) = fs::metadata(data_dir)
        && owner.uid() != 0
    {
        // Best effort: root itself can go on without.
        let _ = chown(made, Some(owner.uid()), Some(owner.gid()));
    }
}

/// Nothing to do: rights are inherited from the folder.
#[cfg(not(unix))]
pub fn share_with_owner(_: &Path, _: &Path) {}

/// Opens a file for reading and writing, making it for this user alone where it is not there.
pub fn open_private(path: &Path) -> io::Result<File> {
    private().create(true).truncate(false).open(path)
}

/// Puts `text` into `name` in `folder`, readable by the owner alone. Whoever reads sees the text before or the whole
/// new one, also after a power cut. Only one process at a time may do this with the same name.
pub fn write_private(folder: &Path, name: &str, text: &str) -> io::Result<()> {
    let path = folder.join(name);
    let unfinished = folder.join(format!("{name}.unfinished"));
    // What a process left that was killed here, or a link that somebody laid.
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = private().create_new(true).open(&unfinished)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    drop(file);
    share_with_owner(folder, &unfinished);
    if let Err(error) = written.and_then(|()| fs::rename(&unfinished, &path)) {
        let _ = fs::remove_file(&unfinished);
        return Err(error);
    }
    sync_folder(folder)
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// A name is on disk only when its folder is.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_private_file_is_replaced_whole_and_stays_private() {
        let dir = tempfile::tempdir().unwrap();
        // Left by a process that was killed, and open to all.
        fs::write(dir.path().join("key.unfinished"), "half").unwrap();
        write_private(dir.path(), "key", "one").unwrap();
        write_private(dir.path(), "key", "two").unwrap();
        let path = dir.path().join("key");
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(mode(&path), 0o600);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_is_made_with_those_above_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b");
        make_folder(&path).unwrap();
        make_folder(&path).unwrap();
        assert_eq!(mode(&path) & 0o066, 0, "nobody else reads or writes there");
    }
}
