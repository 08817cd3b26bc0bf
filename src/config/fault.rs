//! One fault in the configuration, told so that it can be mended without looking anything up.

use std::fmt;

/// What is wrong with one key. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Fault {
    /// The key, such as `database.url`, or the variable's name where it belongs to no key.
    pub key: String,
    /// Where the value came from: a variable's name, a flag, or a file with its line.
    pub source: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl Fault {
    /// A fault of `key`, whose value came from `source`.
    pub(crate) fn new(
        key: impl Into<String>,
        source: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self { key: key.into(), source: source.into(), message: message.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.key == self.source {
            return write!(f, "{}: {}", self.key, self.message);
        }
        write!(f, "{} (from {}): {}", self.key, self.source, self.message)
    }
}
