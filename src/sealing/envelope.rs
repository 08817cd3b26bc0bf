//! The form of sealed bytes: `version (1) · key id (4) · nonce (12) · ciphertext · tag (16)`, ChaCha20-Poly1305. The
//! first five bytes and the context are authenticated with the text.

use ring::aead::{Aad, NONCE_LEN, Nonce};
use zeroize::Zeroizing;

use super::{
    Unsealable,
    key::{self, Key, Mark},
};
use crate::config::Secret;

pub(super) fn seal(key: &Key, context: &str, plain: &Secret) -> Vec<u8> {
    let mut nonce = [0; NONCE_LEN];
    key::fill(&mut nonce);
    let mark = key.mark();
    let mut text = plain.reveal().as_bytes().to_vec();
    let tag = key
        .aead()
        .seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(nonce),
            bound_to(mark, context),
            &mut text,
        )
        .expect("a secret is far shorter than the 256 GiB that the cipher takes");
    [mark.as_bytes(), &nonce[..], &text, tag.as_ref()].concat()
}

/// The text, or `None` when the bytes were altered, or sealed for another context or with another key.
pub(super) fn open(key: &Key, context: &str, sealed: &[u8]) -> Option<Secret> {
    let mark = Mark::at_start_of(sealed)?;
    let (nonce, ciphertext) = sealed[Mark::LEN..].split_first_chunk::<NONCE_LEN>()?;
    let mut text = Zeroizing::new(ciphertext.to_vec());
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let plain = key.aead().open_in_place(nonce, bound_to(mark, context), &mut text).ok()?;
    std::str::from_utf8(plain).ok().map(Secret::new)
}

/// The mark of the key that opens `sealed`.
pub(super) fn mark(sealed: &[u8]) -> Result<Mark, Unsealable> {
    Mark::at_start_of(sealed).ok_or(Unsealable::UnknownForm)
}

fn bound_to(mark: Mark, context: &str) -> Aad<Vec<u8>> {
    Aad::from([mark.as_bytes(), context.as_bytes()].concat())
}
