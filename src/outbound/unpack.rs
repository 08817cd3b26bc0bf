//! Answers that come packed. What counts is how large they are unpacked, so a bomb is refused before it goes off. Pure.

use std::io::Read;

/// What the program says it can unpack.
pub const ACCEPTED: &str = "gzip, br";

/// Layers of packing that are undone at most; nobody needs more than one.
const LAYERS: usize = 2;

/// Why an answer cannot be unpacked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unpacking {
    /// Larger than the limit.
    TooLarge,
    /// It ends before its end.
    CutOff,
    /// Not packed as it says.
    Broken(String),
}

/// `body` unpacked as the header `Content-Encoding` says, at most `limit` bytes of it.
pub fn unpack(body: Vec<u8>, encoding: &str, limit: usize) -> Result<Vec<u8>, Unpacking> {
    let layers: Vec<String> = encoding
        .split(',')
        .map(|layer| layer.trim().to_ascii_lowercase())
        .filter(|layer| !layer.is_empty() && layer != "identity")
        .collect();
    if layers.len() > LAYERS {
        return Err(Unpacking::Broken("it is packed too many times".to_owned()));
    }
    layers.iter().rev().try_fold(body, |body, layer| {
        let body = body.as_slice();
        match layer.as_str() {
            // An answer without a body may carry the header all the same.
            _ if body.is_empty() => Ok(Vec::new()),
            "gzip" | "x-gzip" => read(flate2::read::GzDecoder::new(body), limit),
            "br" => read(brotli_decompressor::Decompressor::new(body, 4096), limit),
            other => {
                let name: String = other.chars().take(20).collect();
                Err(Unpacking::Broken(format!("{name} was not asked for")))
            }
        }
    })
}

fn read(packed: impl Read, limit: usize) -> Result<Vec<u8>, Unpacking> {
    let mut body = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    match packed.take(most).read_to_end(&mut body) {
        Ok(_) if body.len() > limit => Err(Unpacking::TooLarge),
        Ok(_) => Ok(body),
        Err(cause) if cause.kind() == std::io::ErrorKind::UnexpectedEof => Err(Unpacking::CutOff),
        Err(cause) => Err(Unpacking::Broken(cause.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn packed(body: &[u8]) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(body).unwrap();
        packer.finish().unwrap()
    }

    /// "hello hello hello hello" as brotli, stored without compression: a header, one raw block, an empty last block.
    const BROTLI: &[u8] = b"\x0b\x02\x80hello\x03";

    #[test]
    fn an_answer_is_unpacked_as_it_says() {
        assert_eq!(unpack(packed(b"hello"), "gzip", 5), Ok(b"hello".to_vec()));
        assert_eq!(unpack(packed(&packed(b"hello")), "GZIP, x-gzip", 100), Ok(b"hello".to_vec()));
        assert_eq!(unpack(BROTLI.to_vec(), "br", 5), Ok(b"hello".to_vec()));
        assert_eq!(unpack(b"hello".to_vec(), "identity", 5), Ok(b"hello".to_vec()));
        assert_eq!(unpack(Vec::new(), "gzip", 5), Ok(Vec::new()));
    }

    #[test]
    fn a_bomb_does_not_go_off() {
        let bomb = packed(&vec![0; 50 << 20]);
        assert!(bomb.len() < 100_000);
        assert_eq!(unpack(bomb.clone(), "gzip", 1 << 20), Err(Unpacking::TooLarge));
        assert_eq!(unpack(packed(&bomb), "gzip, gzip", 1 << 20), Err(Unpacking::TooLarge));
        let layers = unpack(packed(b"x"), "gzip, gzip, gzip", 100);
        assert!(matches!(layers, Err(Unpacking::Broken(_))), "{layers:?}");
    }

    #[test]
    fn half_an_answer_is_none() {
        let whole = packed(b"hello, hello, hello, is there anybody?");
        for length in 1..whole.len() {
            let half = unpack(whole[..length].to_vec(), "gzip", 1000);
            assert_eq!(half, Err(Unpacking::CutOff), "{length}");
        }
        for length in 1..BROTLI.len() {
            assert!(unpack(BROTLI[..length].to_vec(), "br", 1000).is_err(), "{length}");
        }
    }

    #[test]
    fn what_is_not_packed_as_it_says_is_refused() {
        for (body, encoding) in
            [(&b"hello"[..], "gzip"), (b"\xff\xff\xff\xff", "br"), (b"hello", "zstd")]
        {
            let told = unpack(body.to_vec(), encoding, 100);
            assert!(
                matches!(told, Err(Unpacking::Broken(_) | Unpacking::CutOff)),
                "{encoding}: {told:?}"
            );
        }
    }
}
