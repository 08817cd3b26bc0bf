//! One key, ready to be used, and the name by which sealed bytes tell which key opens them.

use std::fmt;

use ring::{
    aead::{CHACHA20_POLY1305, LessSafeKey, UnboundKey},
    rand::{SecureRandom, SystemRandom},
};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::config::SecretKey;

/// The form of sealed bytes: version, key id, nonce, ciphertext, tag.
pub(super) const VERSION: u8 = 1;

/// The name of a key: eight hexadecimal digits that tell nothing about the key itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyId([u8; 4]);

/// How everything starts that one key sealed: the version and the key's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark([u8; Self::LEN]);

/// A key, ready to seal and open.
pub(super) struct Key {
    secret: SecretKey,
    id: KeyId,
    aead: LessSafeKey,
}

impl KeyId {
    pub(super) fn of(key: &SecretKey) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"deal-scout key id\0");
        hash.update(key.reveal());
        let hash = hash.finalize();
        Self([hash[0], hash[1], hash[2], hash[3]])
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl serde::Serialize for KeyId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Mark {
    /// Bytes in a mark.
    pub const LEN: usize = 5;

    /// The mark at the start of `sealed`; `None` when it is too short, or of a version that is not known.
    pub fn at_start_of(sealed: &[u8]) -> Option<Self> {
        let mark = *sealed.first_chunk()?;
        (mark[0] == VERSION).then_some(Self(mark))
    }

    /// The key's name.
    pub fn id(self) -> KeyId {
        let [_, a, b, c, d] = self.0;
        KeyId([a, b, c, d])
    }

    /// The bytes themselves.
    pub fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

impl Key {
    pub(super) fn new(secret: SecretKey) -> Self {
        let unbound = UnboundKey::new(&CHACHA20_POLY1305, secret.reveal())
            .expect("a key has the length that the cipher takes");
        Self { id: KeyId::of(&secret), secret, aead: LessSafeKey::new(unbound) }
    }

    pub(super) fn id(&self) -> KeyId {
        self.id
    }

    pub(super) fn mark(&self) -> Mark {
        let [a, b, c, d] = self.id.0;
        Mark([VERSION, a, b, c, d])
    }

    pub(super) fn secret(&self) -> &SecretKey {
        &self.secret
    }

    pub(super) fn aead(&self) -> &LessSafeKey {
        &self.aead
    }
}

/// A key that nobody has.
pub(super) fn random() -> SecretKey {
    let mut bytes = Zeroizing::new([0; SecretKey::LEN]);
    fill(bytes.as_mut_slice());
    SecretKey::new(*bytes)
}

/// Fills `bytes` from the system's own randomness.
pub(super) fn fill(bytes: &mut [u8]) {
    SystemRandom::new()
        .fill(bytes)
        .expect("the system gives random bytes, or nothing here is safe");
}
