//! The three lock files by which processes share one cluster. The system takes a lock back when its holder dies, so
//! `kill -9` leaves none behind. All changes between shared and exclusive happen within a turn.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::Path,
};

use super::{ManagedError, place::Place, wait::Wait};
use crate::disk;

/// The right to create, start or stop; one process at a time has it.
#[derive(Debug)]
pub(super) struct Turn(File);

/// A share in the cluster: whoever has one uses it.
#[derive(Debug)]
pub(super) struct Users(File);

/// The sign of life, unlocked: no server of this cluster lives. Handed to the server that is started next, which holds
/// it with all its processes until the last of them has ended.
#[derive(Debug)]
pub(super) struct NoLife(Option<File>);

impl Turn {
    /// Waits for a turn.
    pub(super) fn take(place: &Place, wait: &Wait) -> Result<Self, ManagedError> {
        let path = place.turn_lock();
        let file = open(place, &path)?;
        while !got(file.try_lock(), &path)? {
            if !wait.pause()? {
                let holder = fs::read_to_string(&path).unwrap_or_default();
                let holder = if holder.trim().is_empty() {
                    "another process".to_owned()
                } else {
                    format!("process {}", holder.trim())
                };
                return Err(ManagedError::Occupied { path, holder, waited: wait.patience() });
            }
        }
        // Only a courtesy to whoever has to wait: a full disk must not prevent the turn.
        let _ = sign(&file);
        Ok(Self(file))
    }

    /// A second handle on the turn, for a program that has to finish before anybody else may have one.
    pub(super) fn share(&self) -> io::Result<File> {
        self.0.try_clone()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let _ = self.0.set_len(0);
        // Unlocked by word, because a program forked at this moment by another thread still has the file open.
        let _ = self.0.unlock();
    }
}

impl Users {
    /// Joins the users of the cluster.
    pub(super) fn join(place: &Place, _turn: &Turn) -> Result<Self, ManagedError> {
        let path = place.users_lock();
        let file = open(place, &path)?;
        file.lock_shared().map_err(ManagedError::io("lock", &path))?;
        Ok(Self(file))
    }

    /// Whether nobody else uses the cluster. The share is kept.
    pub(super) fn is_alone(&self, place: &Place, _turn: &Turn) -> Result<bool, ManagedError> {
        let path = place.users_lock();
        let failed = |error| ManagedError::io("lock", &path)(error);
        self.0.unlock().map_err(failed)?;
        let alone = got(self.0.try_lock(), &path)?;
        if alone {
            self.0.unlock().map_err(failed)?;
        }
        self.0.lock_shared().map_err(failed)?;
        Ok(alone)
    }
}

impl Drop for Users {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

impl NoLife {
    /// `None` while any process of a server that we started for this cluster lives.
    pub(super) fn check(place: &Place, _turn: &Turn) -> Result<Option<Self>, ManagedError> {
        let path = place.life_lock();
        let file = open(place, &path)?;
        Ok(got(file.try_lock(), &path)?.then_some(Self(Some(file))))
    }

    /// The locked file, to be the server's standard input.
    pub(super) fn hand_over(mut self) -> Option<File> {
        self.0.take()
    }
}

impl Drop for NoLife {
    fn drop(&mut self) {
        if let Some(file) = &self.0 {
            let _ = file.unlock();
        }
    }
}

fn open(place: &Place, path: &Path) -> Result<File, ManagedError> {
    let file = disk::open_private(path).map_err(ManagedError::io("open", path))?;
    disk::share_with_owner(place.data_dir(), path);
    Ok(file)
}

fn got(tried: Result<(), TryLockError>, path: &Path) -> Result<bool, ManagedError> {
    match tried {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(ManagedError::io("lock", path)(error)),
    }
}

fn sign(mut file: &File) -> io::Result<()> {
    let name = std::env::current_exe()
        .ok()
        .and_then(|exe| exe.file_name().map(|name| name.to_string_lossy().into_owned()));
    file.set_len(0)?;
    file.write_all(format!("{} ({})", std::process::id(), name.unwrap_or_default()).as_bytes())
}
