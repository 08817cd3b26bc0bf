//! Tags over what leaves the program and comes back, such as links in a message: HMAC-SHA256 with a key of its own for
//! each purpose, drawn by HKDF from the key that seals. A tag tells nothing about either.

use ring::{
    hkdf::{HKDF_SHA256, Salt},
    hmac::{self, HMAC_SHA256},
};

use super::key::Key;

/// Bytes in a tag.
pub const LEN: usize = 32;

const SALT: &[u8] = b"deal-scout tag";

pub(super) fn of(key: &Key, context: &str, bytes: &[u8]) -> [u8; LEN] {
    let tag = hmac::sign(&purpose(key, context), bytes);
    tag.as_ref().try_into().expect("HMAC-SHA256 makes as many bytes as a tag has")
}

pub(super) fn fits(key: &Key, context: &str, bytes: &[u8], tag: &[u8]) -> bool {
    hmac::verify(&purpose(key, context), bytes, tag).is_ok()
}

/// The key of one purpose.
fn purpose(key: &Key, context: &str) -> hmac::Key {
    let drawn = Salt::new(HKDF_SHA256, SALT).extract(key.secret().reveal());
    let info = [context.as_bytes()];
    let okm = drawn.expand(&info, HMAC_SHA256).expect("one hash length is what HKDF can give");
    okm.into()
}
