//! Why something does not open, or cannot be sealed. None of it ever holds a key or a secret.

use std::{io, path::PathBuf};

use super::KeyId;
use crate::{config::A_KEY, error::Error};

/// Why a stored secret does not open, and what can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsealable {
    /// None of the keys at hand sealed it.
    #[error(
        "the stored secret was sealed with another key ({0}); give the key that was used as secret_key_old, or enter \
         the secret again"
    )]
    UnknownKey(KeyId),
    /// The key is known, and what is stored is not what it sealed for this row.
    #[error("the stored secret was altered, or belongs to another row; enter the secret again")]
    Damaged,
    /// It does not look like anything that this version seals.
    #[error(
        "the stored secret is in a form that this version does not know; use the version that stored it, or enter the \
         secret again"
    )]
    UnknownForm,
}

/// Why there is no key to seal with, and what can be done.
#[derive(Debug, thiserror::Error)]
pub enum NoKey {
    /// The disk does not do what it is asked.
    #[error(
        "cannot {what} {}: {cause}; mend that, or set DEAL_SCOUT__SECRET_KEY to {A_KEY}",
        path.display()
    )]
    Disk {
        /// What was tried: "read", "write".
        what: &'static str,
        /// With which file.
        path: PathBuf,
        /// The system's answer.
        cause: io::Error,
    },
    /// Others may read the key file.
    #[error(
        "others than its owner may use the key in {} (mode {mode:04o}); close it to them: chmod 600 {}; where the \
         disk keeps no modes, set DEAL_SCOUT__SECRET_KEY to that key instead",
        path.display(),
        path.display()
    )]
    Exposed {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The key file holds something else than keys.
    #[error(
        "{} {what}; put the key back from a copy (each line {A_KEY}), or, if no copy is left, remove the file: a new key \
         is made, and stored secrets have to be entered again",
        path.display()
    )]
    Garbled {
        /// The key file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The key file has vanished from under the running program.
    #[error("{} is gone; put it back before another secret is stored, or start the program anew", .0.display())]
    Gone(PathBuf),
}

impl NoKey {
    /// Whether a person has to do something before trying again makes sense.
    pub(super) fn is_fatal(&self) -> bool {
        !matches!(self, Self::Disk { .. })
    }
}

impl From<Unsealable> for Error {
    fn from(fault: Unsealable) -> Self {
        Self::Failed(fault.to_string())
    }
}

impl From<NoKey> for Error {
    fn from(fault: NoKey) -> Self {
        Self::Failed(fault.to_string())
    }
}
