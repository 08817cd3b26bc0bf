//! `<data_dir>/secret.key`: one key a line, the first one seals. Read without a lock, because it is only ever replaced
//! whole; changed by one process at a time.

use std::{
    fmt::Write,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use super::{NoKey, key};
use crate::{config::SecretKey, disk};

const NAME: &str = "secret.key";
/// Locked by who makes or changes the file.
const LOCK: &str = "secret.lock";
/// More than any number of keys takes; what is larger is something else.
const LONGEST: u64 = 1 << 16;
/// The permission bits of all but the owner.
#[cfg(unix)]
const OF_OTHERS: u32 = 0o077;
const HEADER: &str = "\
# Deal Scout seals stored secrets with the first key; the others still open what they sealed.
# Keep this file to yourself, and keep a copy: without it, stored secrets cannot be opened.
";

/// The file, there or not.
#[derive(Debug)]
pub(super) struct KeyFile {
    folder: PathBuf,
    path: PathBuf,
}

impl KeyFile {
    pub(super) fn of(data_dir: &Path) -> Self {
        Self { folder: data_dir.to_owned(), path: data_dir.join(NAME) }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Its keys, at least one; `None` when there is no such file.
    pub(super) fn read(&self) -> Result<Option<Vec<SecretKey>>, NoKey> {
        use io::ErrorKind::{NotADirectory, NotFound};
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(e) if matches!(e.kind(), NotFound | NotADirectory) => return Ok(None),
            Err(e) => return Err(self.failed("read")(e)),
        };
        self.check_mode(&file)?;
        let mut text = Zeroizing::new(String::new());
        match file.take(LONGEST).read_to_string(&mut text) {
            Ok(_) => self.keys_of(&text).map(Some),
            Err(e) if e.kind() == io::ErrorKind::InvalidData => Err(self.garbled("is not text")),
            Err(e) => Err(self.failed("read")(e)),
        }
    }

    /// Its keys; makes the file, with one new key, where there is none. Of several processes that do this at once, one
    /// makes it, and all answer with the same.
    pub(super) fn make(&self) -> Result<Vec<SecretKey>, NoKey> {
        disk::make_folder(&self.folder).map_err(self.failed("make the folder of"))?;
        let _turn = self.turn()?;
        if let Some(keys) = self.read()? {
            return Ok(keys);
        }
        self.write(vec![key::random()])
    }

    /// Replaces the keys by what `change` makes of them.
    pub(super) fn change(
        &self,
        change: impl FnOnce(Vec<SecretKey>) -> Vec<SecretKey>,
    ) -> Result<Vec<SecretKey>, NoKey> {
        let _turn = self.turn()?;
        let keys = self.read()?.ok_or_else(|| NoKey::Gone(self.path.clone()))?;
        let changed = change(keys.clone());
        if changed == keys { Ok(keys) } else { self.write(changed) }
    }

    /// Waits until no other process changes the file. The turn ends when the lock is dropped, or its process dies.
    fn turn(&self) -> Result<File, NoKey> {
        let path = self.folder.join(LOCK);
        let failed = |cause| NoKey::Disk { what: "lock", path: path.clone(), cause };
        let lock = disk::open_private(&path).map_err(failed)?;
        disk::share_with_owner(&self.folder, &path);
        lock.lock().map_err(failed)?;
        Ok(lock)
    }

    fn write(&self, keys: Vec<SecretKey>) -> Result<Vec<SecretKey>, NoKey> {
        let mut text = Zeroizing::new(HEADER.to_owned());
        // Room for all, so that no shorter copy is left behind in memory.
        text.reserve(keys.len() * (2 * SecretKey::LEN + 1));
        for key in &keys {
            let _ = writeln!(text, "{}", *key.to_hex());
        }
        disk::write_private(&self.folder, NAME, &text).map_err(self.failed("write"))?;
        Ok(keys)
    }

    fn keys_of(&self, text: &str) -> Result<Vec<SecretKey>, NoKey> {
        let mut keys = Vec::new();
        for (n, line) in (1..).zip(text.lines().map(str::trim)) {
            if !line.is_empty() && !line.starts_with('#') {
                let key = SecretKey::parse(line);
                keys.push(key.map_err(|_| self.garbled(&format!("holds no key in line {n}")))?);
            }
        }
        if keys.is_empty() { Err(self.garbled("holds no key")) } else { Ok(keys) }
    }

    #[cfg(unix)]
    fn check_mode(&self, file: &File) -> Result<(), NoKey> {
        use std::os::unix::fs::PermissionsExt;
        let mode = file.metadata().map_err(self.failed("read"))?.permissions().mode() & 0o7777;
        if mode & OF_OTHERS == 0 {
            return Ok(());
        }
        Err(NoKey::Exposed { path: self.path.clone(), mode })
    }

    #[cfg(not(unix))]
    fn check_mode(&self, _: &File) -> Result<(), NoKey> {
        Ok(())
    }

    fn failed(&self, what: &'static str) -> impl Fn(io::Error) -> NoKey {
        move |cause| NoKey::Disk { what, path: self.path.clone(), cause }
    }

    fn garbled(&self, what: &str) -> NoKey {
        NoKey::Garbled { path: self.path.clone(), what: what.to_owned() }
    }
}
