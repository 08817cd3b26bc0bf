//! Secrets at rest: what the database holds of tokens and passwords is sealed with a key that it does not hold.
//!
//! One key seals; older ones still open what they sealed. The key comes from the setting `secret_key`, else from
//! `<data_dir>/secret.key`, which is made when it is not there. Each sealed value is bound to a context, such as
//! `channels/secret/7`, so that the ciphertext of one person's row opens in no other's.

mod envelope;
mod fault;
mod file;
mod key;
mod tag;
mod travel;

use std::{
    fmt,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

use slog::{Logger, warn};

pub use self::{
    fault::{NoKey, Unsealable},
    key::{KeyId, Mark},
    tag::LEN as TAG_LEN,
    travel::{Locked, LockedKeys, Opener},
};
use self::{file::KeyFile, key::Key};
pub use crate::config::Secret;
use crate::config::{SecretKey, Settings};

/// Seals and opens. Shared by the whole process; asks the key file again when somebody else has changed it.
pub struct Sealer {
    /// From the settings: the key that seals, and those that only open.
    set: Option<Key>,
    old: Vec<Key>,
    file: KeyFile,
    /// What the file held when it was last read. The first one seals unless one is set.
    filed: RwLock<Arc<Vec<Key>>>,
}

/// Where a key is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The setting `secret_key`.
    SecretKey,
    /// The setting `secret_key_old`.
    SecretKeyOld,
    /// `<data_dir>/secret.key`.
    File,
}

impl Sealer {
    /// Reads the key, and makes one where none is set and none is there. A disk that does not take it is told to `log`
    /// and tried again when something is to be sealed; a key file that cannot be trusted is a failure.
    pub fn new(settings: &Settings, log: &Logger) -> Result<Self, NoKey> {
        let sealer = Self {
            set: settings.secret_key.clone().map(Key::new),
            old: settings.secret_key_old.iter().cloned().map(Key::new).collect(),
            file: KeyFile::of(&settings.data_dir),
            filed: RwLock::default(),
        };
        match (sealer.reload(), sealer.set.is_some()) {
            (Ok(_), true) | (Ok(true), false) => {}
            (Ok(false), false) => match sealer.file.make() {
                Ok(keys) => sealer.remember(keys),
                Err(fault) if fault.is_fatal() => return Err(fault),
                Err(fault) => warn!(log, "secrets cannot be stored: {fault}"),
            },
            (Err(fault), true) => {
                warn!(log, "what was sealed before secret_key was set may not open: {fault}");
            }
            (Err(fault), false) => return Err(fault),
        }
        Ok(sealer)
    }

    /// Seals `plain` for the row that `context` names, with the key that is current on disk at this moment.
    pub fn seal(&self, context: &str, plain: &Secret) -> Result<Vec<u8>, NoKey> {
        self.with_current(|key| envelope::seal(key, context, plain))
    }

    /// A tag that only who holds the key can make: it proves that this program wrote `bytes`, for the purpose that
    /// `context` names (`links/snooze`). See [`Self::is_tagged`].
    pub fn tag(&self, context: &str, bytes: &[u8]) -> Result<[u8; TAG_LEN], NoKey> {
        self.with_current(|key| tag::of(key, context, bytes))
    }

    /// Whether `tag` was made of `bytes` for `context`, with whichever key that still opens. Takes the same time
    /// whatever is wrong.
    pub fn is_tagged(&self, context: &str, bytes: &[u8], tag: &[u8]) -> bool {
        let known = |filed: &[Key]| {
            let mut keys = self.set.iter().chain(&self.old).chain(filed);
            keys.any(|key| tag::fits(key, context, bytes, tag))
        };
        // Somebody may have rotated: then the file holds a key that is not known here yet.
        known(&self.filed()) || (self.reload().is_ok() && known(&self.filed()))
    }

    /// Does something with the key that seals, read again, and made where there is none yet.
    fn with_current<T>(&self, act: impl FnOnce(&Key) -> T) -> Result<T, NoKey> {
        if let Some(key) = &self.set {
            return Ok(act(key));
        }
        if !self.reload()? {
            if !self.filed().is_empty() {
                return Err(NoKey::Gone(self.file.path().to_owned()));
            }
            self.remember(self.file.make()?);
        }
        let keys = self.filed();
        let key = keys.first().ok_or_else(|| NoKey::Gone(self.file.path().to_owned()))?;
        Ok(act(key))
    }

    /// Opens what was sealed for the same `context`, with whichever key sealed it.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Secret, Unsealable> {
        let mark = envelope::mark(sealed)?;
        let knows = |filed: &[Key]| {
            self.set.iter().chain(&self.old).chain(filed).any(|key| key.mark() == mark)
        };
        if !knows(&self.filed()) {
            // Somebody may have rotated. When the file cannot be read the answer is the same: the key is not known.
            let _ = self.reload();
        }
        let filed = self.filed();
        if !knows(&filed) {
            return Err(Unsealable::UnknownKey(mark.id()));
        }
        let keys = self.set.iter().chain(&self.old).chain(filed.iter());
        keys.filter(|key| key.mark() == mark)
            .find_map(|key| envelope::open(key, context, sealed))
            .ok_or(Unsealable::Damaged)
    }

    /// Whether `sealed` was sealed with the key that seals.
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        self.current().is_some_and(|mark| sealed.starts_with(mark.as_bytes()))
    }

    /// How everything starts that is sealed with the key that seals; `None` where no key could be had yet.
    pub fn current(&self) -> Option<Mark> {
        self.set.as_ref().or(self.filed().first()).map(Key::mark)
    }

    /// Each key that opens, the one that seals first, and where it is kept. Reads the file again.
    pub fn keys(&self) -> Result<Vec<(KeyId, Place)>, NoKey> {
        match self.reload() {
            // A file that cannot be used is no hindrance while a key is set.
            Err(fault) if self.set.is_none() => return Err(fault),
            _ => {}
        }
        let mut keys: Vec<(KeyId, Place)> = Vec::new();
        let set = self.set.iter().map(|key| (key.id(), Place::SecretKey));
        let filed = self.filed();
        let filed = filed.iter().map(|key| (key.id(), Place::File));
        let old = self.old.iter().map(|key| (key.id(), Place::SecretKeyOld));
        for (id, place) in set.chain(filed).chain(old) {
            if !keys.iter().any(|(known, _)| *known == id) {
                keys.push((id, place));
            }
        }
        Ok(keys)
    }

    /// Locks every key that opens with a passphrase, so that they may travel in a backup. They belong to what `context`
    /// says.
    pub fn lock_keys(&self, passphrase: &Secret, context: &str) -> Result<LockedKeys, NoKey> {
        // Reads the file again, and tells when it cannot.
        self.keys()?;
        let filed = self.filed();
        let keys = self.set.iter().chain(filed.iter()).chain(&self.old).map(Key::secret).cloned();
        Ok(LockedKeys::lock(&keys.collect::<Vec<_>>(), passphrase, context))
    }

    /// Makes a new key that seals from now on, in every process that shares the file. The ones before it still open.
    /// With a key in the settings that one stays. Answers with how everything starts that is sealed from now on.
    pub fn renew(&self) -> Result<Mark, NoKey> {
        if let Some(key) = &self.set {
            return Ok(key.mark());
        }
        self.remember(self.file.change(|mut keys| {
            keys.insert(0, key::random());
            keys
        })?);
        self.current().ok_or_else(|| NoKey::Gone(self.file.path().to_owned()))
    }

    /// Takes the keys out of the file that seal no more and that `is_used` does not name. Answers with them. With a key
    /// in the settings the file is left alone: another process may not have that setting.
    pub fn forget(&self, is_used: impl Fn(KeyId) -> bool) -> Result<Vec<KeyId>, NoKey> {
        if self.set.is_some() {
            return Ok(Vec::new());
        }
        let mut forgotten = Vec::new();
        let keys = self.file.change(|keys| {
            let mut kept = Vec::new();
            for (n, key) in keys.into_iter().enumerate() {
                let id = KeyId::of(&key);
                if n == 0 || is_used(id) { kept.push(key) } else { forgotten.push(id) }
            }
            kept
        })?;
        self.remember(keys);
        Ok(forgotten)
    }

    /// Where the key file is, or would be.
    pub fn file(&self) -> &Path {
        self.file.path()
    }

    /// Reads the file; false when there is none.
    fn reload(&self) -> Result<bool, NoKey> {
        let Some(keys) = self.file.read()? else { return Ok(false) };
        self.remember(keys);
        Ok(true)
    }

    fn remember(&self, keys: Vec<SecretKey>) {
        let same = self.filed().iter().map(Key::secret).eq(keys.iter());
        if !same {
            let keys = Arc::new(keys.into_iter().map(Key::new).collect());
            *self.filed.write().unwrap_or_else(PoisonError::into_inner) = keys;
        }
    }

    fn filed(&self) -> Arc<Vec<Key>> {
        Arc::clone(&self.filed.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("current", &self.current()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
