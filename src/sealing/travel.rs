//! Keys on their way to another installation: locked with a passphrase, and what they open there.

use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    Unsealable, envelope,
    key::{self, Key},
};
use crate::config::{Secret, SecretKey};

/// What Argon2id takes to try one passphrase: 64 MiB, three times over.
const MEMORY_KIB: u32 = 64 << 10;
const PASSES: u32 = 3;
/// The most of both that a lock may ask for, so that a made-up one cannot keep a machine busy.
const MOST_MEMORY_KIB: u32 = 1 << 20;
const MOST_PASSES: u32 = 16;
const SALT_LEN: usize = 16;

/// Keys that a passphrase opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedKeys {
    /// How a key is made of the passphrase: `argon2id`.
    kdf: String,
    memory_kib: u32,
    passes: u32,
    /// In hexadecimal digits, as what follows.
    salt: String,
    /// The keys, sealed as every secret is.
    sealed: String,
}

/// Why locked keys stay locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Locked {
    /// The passphrase is another, or what it is bound to was altered.
    #[error("the passphrase does not open the keys; it is another one, or the file was altered")]
    Passphrase,
    /// It was not made by this version's [`LockedKeys::lock`].
    #[error("the keys are locked in a way that this version does not know")]
    Form,
}

impl LockedKeys {
    /// Locks `keys`. `context` is what they belong to: they open for the same one alone. Takes about a third of a second.
    pub fn lock(keys: &[SecretKey], passphrase: &Secret, context: &str) -> Self {
        let mut salt = [0; SALT_LEN];
        key::fill(&mut salt);
        let mut text = Zeroizing::new(String::with_capacity(keys.len() * (2 * SecretKey::LEN + 1)));
        for key in keys {
            text.push_str(&key.to_hex());
            text.push('\n');
        }
        let key = derive(passphrase, &salt, MEMORY_KIB, PASSES)
            .expect("these parameters are within Argon2's limits");
        let sealed = envelope::seal(&key, context, &Secret::new(text.as_str()));
        Self {
            kdf: "argon2id".to_owned(),
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            salt: hex(&salt),
            sealed: hex(&sealed),
        }
    }

    /// Opens them. Takes about a third of a second.
    pub fn unlock(&self, passphrase: &Secret, context: &str) -> Result<Opener, Locked> {
        let is_known = self.kdf == "argon2id"
            && self.memory_kib <= MOST_MEMORY_KIB
            && self.passes <= MOST_PASSES;
        let (Some(salt), Some(sealed), true) = (bytes(&self.salt), bytes(&self.sealed), is_known)
        else {
            return Err(Locked::Form);
        };
        let key = derive(passphrase, &salt, self.memory_kib, self.passes).ok_or(Locked::Form)?;
        let text = envelope::open(&key, context, &sealed).ok_or(Locked::Passphrase)?;
        let keys = text.reveal().lines().map(|line| SecretKey::parse(line).map(Key::new));
        Ok(Opener(keys.collect::<Result<_, _>>().map_err(|_| Locked::Form)?))
    }
}

/// Keys of another installation. They open what it sealed, and seal nothing.
#[derive(Default)]
pub struct Opener(Vec<Key>);

impl Opener {
    /// Opens what was sealed for the same `context` with one of these keys.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Secret, Unsealable> {
        let mark = envelope::mark(sealed)?;
        let mut keys = self.0.iter().filter(|key| key.mark() == mark).peekable();
        if keys.peek().is_none() {
            return Err(Unsealable::UnknownKey(mark.id()));
        }
        keys.find_map(|key| envelope::open(key, context, sealed)).ok_or(Unsealable::Damaged)
    }
}

impl std::fmt::Debug for Opener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(Key::id)).finish()
    }
}

fn derive(passphrase: &Secret, salt: &[u8], memory_kib: u32, passes: u32) -> Option<Key> {
    let params = Params::new(memory_kib, passes, 1, Some(SecretKey::LEN)).ok()?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut key = Zeroizing::new([0; SecretKey::LEN]);
    argon2.hash_password_into(passphrase.reveal().as_bytes(), salt, &mut *key).ok()?;
    Some(Key::new(SecretKey::new(*key)))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        hex.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let (pairs, rest) = digits.as_deref()?.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two keys. One byte over and over is none that is taken.
    fn keys() -> Vec<SecretKey> {
        let key = |n: u8| SecretKey::new(std::array::from_fn(|at| if at == 0 { 0 } else { n }));
        vec![key(1), key(2)]
    }

    fn passphrase(text: &str) -> Secret {
        Secret::new(text)
    }

    #[test]
    fn locked_keys_open_with_their_passphrase_for_their_context_alone() {
        let mut keys = keys();
        let locked = LockedKeys::lock(&keys, &passphrase("right horse"), "a backup");
        let text = serde_json::to_string(&locked).unwrap();
        for key in &keys {
            assert!(!text.contains(key.to_hex().as_str()));
        }
        let locked: LockedKeys = serde_json::from_str(&text).unwrap();
        let fails =
            |phrase: &str, context: &str| locked.unlock(&passphrase(phrase), context).unwrap_err();
        assert_eq!(fails("wrong horse", "a backup"), Locked::Passphrase);
        assert_eq!(fails("right horse", "another"), Locked::Passphrase);

        let opener = locked.unlock(&passphrase("right horse"), "a backup").unwrap();
        let sealed =
            envelope::seal(&Key::new(keys.remove(1)), "channels/secret/7", &passphrase("s3cret"));
        assert_eq!(opener.open("channels/secret/7", &sealed).unwrap().reveal(), "s3cret");
        assert_eq!(opener.open("channels/secret/8", &sealed), Err(Unsealable::Damaged));
        let stranger = envelope::seal(&Key::new(SecretKey::new([9; 32])), "x", &passphrase("y"));
        assert!(matches!(opener.open("x", &stranger), Err(Unsealable::UnknownKey(_))));
    }

    #[test]
    fn a_lock_that_would_keep_the_machine_busy_is_not_tried() {
        let mut locked = LockedKeys::lock(&[], &passphrase("p"), "c");
        locked.memory_kib = u32::MAX;
        assert_eq!(locked.unlock(&passphrase("p"), "c").unwrap_err(), Locked::Form);
        locked.memory_kib = 8;
        locked.salt = "abc".to_owned();
        assert_eq!(locked.unlock(&passphrase("p"), "c").unwrap_err(), Locked::Form);
    }
}
