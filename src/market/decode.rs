//! Files in whatever encoding, read as UTF-8 without their byte order mark.

use std::{
    io::{self, BufRead, Read},
    ops::Range,
};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8};

const CHUNK: usize = 64 * 1024;

/// The encoding that a whole file is written in: by its byte order mark; else UTF-8 where it is (nearly) that; else a
/// guess from the 64 KB around the first sign that is not. Memory does not grow with the file.
pub fn guess<R: Read>(mut file: R) -> io::Result<&'static Encoding> {
    let mut buffer = vec![0; CHUNK];
    let (mut kept, mut is_first) = (0, true);
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let (mut foreign, mut good) = (0_u64, 0_u64);
    let mut fed = 0;
    loop {
        let read = read_full(&mut file, &mut buffer[kept..])?;
        let at_end = read == 0;
        let bytes = &buffer[..kept + read];
        if is_first && let Some((encoding, _)) = Encoding::for_bom(bytes) {
            return Ok(encoding);
        }
        let found = count(bytes, at_end);
        // The detector sees the first chunks that are not plain UTF-8.
        if found.foreign > 0 && fed < 2 {
            detector.feed(bytes, false);
            fed += 1;
        }
        foreign += found.foreign;
        good += found.good;
        if at_end {
            break;
        }
        let rest = bytes.len() - found.incomplete..bytes.len();
        kept = rest.len();
        buffer.copy_within(rest, 0);
        is_first = false;
    }
    // A few broken signs among many good ones are damage, not another encoding.
    if foreign * 10 <= good || foreign == 0 {
        return Ok(UTF_8);
    }
    detector.feed(&[], true);
    Ok(detector.guess(None, Utf8Detection::Deny))
}

/// The whole text of an answer: by its byte order mark, else by what its head or the text itself declares
/// (`charset=…`, `encoding="…"`), else as [`guess`] finds. What cannot be decoded becomes U+FFFD.
pub fn text(bytes: &[u8], content_type: Option<&str>) -> String {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]);
    let declared = content_type
        .and_then(|kind| label(kind, "charset="))
        .or_else(|| label(&head, "charset="))
        .or_else(|| label(&head, "encoding="));
    let named = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    // What says UTF-8 and is none is read as what it is.
    let named = named.or(declared.filter(|encoding| {
        *encoding != UTF_8 && std::str::from_utf8(bytes).is_err() && encoding.is_ascii_compatible()
    }));
    let encoding = named.unwrap_or_else(|| guess(bytes).unwrap_or(UTF_8));
    encoding.decode(bytes).0.into_owned()
}

/// The encoding that is named behind `mark`.
fn label(text: &str, mark: &str) -> Option<&'static Encoding> {
    let (_, after) = text.split_once(mark)?;
    let name = after.trim_start_matches(['"', '\'', ' ']);
    let end =
        name.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':')));
    Encoding::for_label(&name.as_bytes()[..end.unwrap_or(name.len())])
}

struct Found {
    /// Byte sequences that are no UTF-8.
    foreign: u64,
    /// Signs outside ASCII that are.
    good: u64,
    /// Bytes at the end that begin a sign which goes on in the next chunk.
    incomplete: usize,
}

fn count(bytes: &[u8], at_end: bool) -> Found {
    let mut found = Found { foreign: 0, good: 0, incomplete: 0 };
    let mut seen = 0;
    for chunk in bytes.utf8_chunks() {
        let signs = chunk.valid().bytes().filter(|b| *b >= 0xC0).count();
        found.good += u64::try_from(signs).unwrap_or_default();
        seen += chunk.valid().len() + chunk.invalid().len();
        let invalid = chunk.invalid();
        let goes_on = seen == bytes.len()
            && std::str::from_utf8(invalid).is_err_and(|e| e.error_len().is_none());
        match invalid {
            [] => {}
            // A file cut inside a sign is still UTF-8.
            cut if goes_on => found.incomplete = if at_end { 0 } else { cut.len() },
            _ => found.foreign += 1,
        }
    }
    found
}

fn read_full<R: Read>(file: &mut R, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..])? {
            0 => break,
            n => filled += n,
        }
    }
    Ok(filled)
}

/// A reader of UTF-8 over a reader of anything. What cannot be decoded becomes U+FFFD.
pub struct Decoding<R> {
    inner: R,
    decoder: Decoder,
    input: Vec<u8>,
    pending: Range<usize>,
    output: Vec<u8>,
    decoded: Range<usize>,
    at_end: bool,
    finished: bool,
}

impl<R: Read> Decoding<R> {
    /// Decodes `inner` from `encoding`, or from what its byte order mark says.
    pub fn new(inner: R, encoding: &'static Encoding) -> Self {
        Self {
            inner,
            decoder: encoding.new_decoder_with_bom_removal(),
            input: vec![0; CHUNK],
            pending: 0..0,
            output: vec![0; CHUNK],
            decoded: 0..0,
            at_end: false,
            finished: false,
        }
    }
}

impl<R: Read> BufRead for Decoding<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.decoded.is_empty() && !self.finished {
            if self.pending.is_empty() && !self.at_end {
                let read = self.inner.read(&mut self.input)?;
                self.at_end = read == 0;
                self.pending = 0..read;
            }
            let input = &self.input[self.pending.clone()];
            let (result, read, written, _) =
                self.decoder.decode_to_utf8(input, &mut self.output, self.at_end);
            self.pending.start += read;
            self.decoded = 0..written;
            self.finished = self.at_end && result == CoderResult::InputEmpty;
        }
        Ok(&self.output[self.decoded.clone()])
    }

    fn consume(&mut self, amount: usize) {
        self.decoded.start = (self.decoded.start + amount).min(self.decoded.end);
    }
}

impl<R: Read> Read for Decoding<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut decoded = self.fill_buf()?;
        let read = decoded.read(out)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R> std::fmt::Debug for Decoding<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoding")
            .field("encoding", &self.decoder.encoding().name())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (&'static str, String) {
        let encoding = guess(bytes).unwrap();
        let mut text = Vec::new();
        Decoding::new(bytes, encoding).read_to_end(&mut text).unwrap();
        (encoding.name(), String::from_utf8(text).unwrap())
    }

    #[test]
    fn byte_order_marks_decide_and_go() {
        assert_eq!(read(b"\xEF\xBB\xBFtitle"), ("UTF-8", "title".into()));
        assert_eq!(read(b"\xFF\xFEt\0\xE9\0"), ("UTF-16LE", "té".into()));
        assert_eq!(read(b"\xFE\xFF\0t\0\xE9"), ("UTF-16BE", "té".into()));
    }

    #[test]
    fn an_old_encoding_is_guessed_wherever_its_first_sign_stands() {
        let mut bytes = b"title,price\n".repeat(20_000);
        bytes.extend(b"F\xFCr K\xF6ln, Gr\xF6\xDFe \x80 5\n".repeat(5));
        let (encoding, text) = read(&bytes);
        assert_eq!(encoding, "windows-1252");
        assert!(text.contains("Für Köln, Größe € 5"), "{}", &text[text.len() - 60..]);
    }

    #[test]
    fn a_sign_across_two_chunks_or_cut_at_the_end_is_still_utf_8() {
        let mut bytes = vec![b'a'; CHUNK - 1];
        bytes.extend("ü€🔥".as_bytes());
        assert_eq!(read(&bytes).0, "UTF-8");
        bytes.pop();
        assert_eq!(read(&bytes).0, "UTF-8");
    }

    #[test]
    fn an_answer_is_read_in_the_encoding_that_it_names() {
        assert_eq!(text(b"\xA4 5", Some("text/html; charset=ISO-8859-15")), "€ 5");
        assert_eq!(
            text(b"<?xml version='1.0' encoding='windows-1252'?>\x80", None).chars().last(),
            Some('€')
        );
        assert_eq!(text("<meta charset=\"latin1\">€".as_bytes(), None).chars().last(), Some('€'));
        assert_eq!(text(b"\xFF\xFEt\0", Some("text/html; charset=utf-8")), "t");
        assert_eq!(text(b"a", Some("text/html; charset=klingon")), "a");
    }

    #[test]
    fn one_broken_sign_does_not_turn_a_utf_8_file_into_another() {
        let mut bytes = "äöü".repeat(20).into_bytes();
        bytes.push(0xFF);
        bytes.extend(b"end");
        assert_eq!(read(&bytes).0, "UTF-8");
    }
}
