//! The key that seals secrets at rest, as text and as bytes.

use std::fmt;

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use zeroize::Zeroizing;

/// What a key looks like, for messages.
pub const A_KEY: &str =
    "32 random bytes as 64 hexadecimal digits or as base64; `openssl rand -hex 32` makes one";

/// 32 random bytes. `Debug` prints `***`; the bytes are wiped when it goes.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey(Zeroizing<[u8; Self::LEN]>);

impl SecretKey {
    /// Bytes in a key.
    pub const LEN: usize = 32;

    /// The key that these bytes are.
    pub fn new(bytes: [u8; Self::LEN]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads hexadecimal digits or base64, with either alphabet, padded or not. The failure says what would be right
    /// and never repeats the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bytes = from_hex(text).or_else(|| from_base64(text));
        let bytes = bytes.ok_or_else(|| format!("is no key; give {A_KEY}"))?;
        if bytes.iter().all(|byte| *byte == bytes[0]) {
            return Err(format!("is one byte over and over, which is no secret; give {A_KEY}"));
        }
        Ok(Self(bytes))
    }

    /// The bytes, for the one place that seals with them.
    pub fn reveal(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// 64 hexadecimal digits, for the key file.
    pub fn to_hex(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(2 * Self::LEN));
        for byte in *self.0 {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
            }
        }
        text
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

fn from_hex(text: &str) -> Option<Zeroizing<[u8; SecretKey::LEN]>> {
    let mut bytes = Zeroizing::new([0; SecretKey::LEN]);
    if text.len() != 2 * SecretKey::LEN || !text.bytes().all(|c| c.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, at) in bytes.iter_mut().zip((0..text.len()).step_by(2)) {
        *byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
    }
    Some(bytes)
}

fn from_base64(text: &str) -> Option<Zeroizing<[u8; SecretKey::LEN]>> {
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let text = Zeroizing::new(text.replace('-', "+").replace('_', "/"));
    let mut bytes = Zeroizing::new([0; SecretKey::LEN]);
    let length = GeneralPurpose::new(&alphabet::STANDARD, config)
        .decode_slice(text.as_bytes(), bytes.as_mut_slice())
        .ok()?;
    (length == SecretKey::LEN).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1dfeff";

    #[test]
    fn a_key_is_read_in_every_usual_form() {
        let key = SecretKey::parse(HEX).unwrap();
        assert_eq!(key.reveal()[..3], [0, 1, 2]);
        assert_eq!(*key.to_hex(), HEX);
        for form in [
            HEX.to_uppercase().as_str(),
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd/v8=",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd/v8",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd_v8=",
        ] {
            assert_eq!(SecretKey::parse(form), Ok(key.clone()), "{form}");
        }
    }

    #[test]
    fn what_is_no_key_is_not_repeated() {
        let short = &HEX[2..];
        for bad in ["hunter2", short, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd/v//", "ключ"] {
            let told = SecretKey::parse(bad).unwrap_err();
            assert!(told.starts_with("is no key; give 32 random bytes"), "{told}");
            assert!(!told.contains(bad), "{told}");
        }
        let told = SecretKey::parse(&"00".repeat(32)).unwrap_err();
        assert!(told.starts_with("is one byte over and over"), "{told}");
    }

    #[test]
    fn a_key_is_never_shown() {
        assert_eq!(format!("{:?}", SecretKey::parse(HEX).unwrap()), "***");
    }
}
