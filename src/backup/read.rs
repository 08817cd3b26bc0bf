//! Reads an archive member by member, and believes nothing: each must be the one that is next, as long as the manifest
//! says, made of what it says, and the whole as large as it says.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, ErrorKind, Read, Seek},
};

use flate2::bufread::GzDecoder;
use sha2::{Digest, Sha256};
use tar::{EntryType, Header};

use super::{
    Manifest, Photos,
    archive::BLOCK,
    manifest::{self, wrong},
    photos,
    rows::Rows,
    take::{hex, sum},
};
use crate::error::{Error, Result};

/// No compression makes more of a byte: deflate's own limit.
const MOST_FROM_A_BYTE: u64 = 1032;
/// What fills the archive's last record, at the most.
const MOST_AT_END: usize = 1 << 20;

/// A member whose bytes are next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Member {
    /// The rows of this table of the manifest.
    Table(usize),
    /// A photo, by its path.
    Photo(String),
    /// The digests of the photos. The reader compares them itself.
    Sums,
}

/// An archive that is being read.
pub(super) struct Reader {
    input: GzDecoder<BufReader<Counting>>,
    manifest: Manifest,
    next_table: usize,
    photos: Photos,
    last_photo: String,
    sums: Sha256,
    sums_bytes: u64,
    open: Option<Open>,
    ended: bool,
}

/// The member whose bytes are being read.
struct Open {
    member: Member,
    left: u64,
    padding: u64,
    digest: Sha256,
    rows: Option<Rows>,
}

impl Reader {
    /// Reads the manifest, from the beginning of the file.
    pub(super) fn open(mut file: File) -> Result<Self> {
        let size = file.metadata().map_err(|e| unreadable(&e))?.len();
        file.rewind().map_err(|e| unreadable(&e))?;
        let file = Counting { file, read: 0 };
        let mut input = GzDecoder::new(BufReader::with_capacity(1 << 16, file));
        let Some((path, bytes)) = header(&mut input)? else {
            return Err(wrong("it is empty"));
        };
        if path != "manifest.json" || bytes > manifest::LARGEST {
            return Err(wrong("it does not begin with a manifest; is it a backup of Deal Scout?"));
        }
        let mut text = vec![0; usize::try_from(bytes).unwrap_or_default()];
        input.read_exact(&mut text).map_err(|e| unreadable(&e))?;
        skip(&mut input, bytes)?;
        let manifest = Manifest::parse(&text)?;
        if manifest.bytes() / MOST_FROM_A_BYTE > size {
            return Err(wrong("its manifest promises more than a file of this size can hold"));
        }
        let (photos, sums) = (Photos::default(), Sha256::new());
        let last_photo = String::new();
        Ok(Self {
            input,
            manifest,
            next_table: 0,
            photos,
            last_photo,
            sums,
            sums_bytes: 0,
            open: None,
            ended: false,
        })
    }

    /// The archive's table of contents.
    pub(super) fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// How many bytes of the file have been read.
    pub(super) fn position(&self) -> u64 {
        self.input.get_ref().get_ref().read
    }

    /// The photos so far.
    pub(super) fn photos(&self) -> Photos {
        self.photos
    }

    /// The next member, after all bytes of the one before; `None` at the end of a whole archive.
    pub(super) fn next(&mut self) -> Result<Option<Member>> {
        let Some((path, bytes)) = header(&mut self.input)? else {
            self.end()?;
            return Ok(None);
        };
        let member = self.expect(&path, bytes)?;
        let rows = match &member {
            Member::Table(at) => Some(Rows::of(self.manifest.tables[*at].columns.len())),
            _ => None,
        };
        let padding = bytes.next_multiple_of(BLOCK) - bytes;
        let digest = Sha256::new();
        self.open = Some(Open { member: member.clone(), left: bytes, padding, digest, rows });
        Ok(Some(member))
    }

    /// Looks whether this member may come here.
    fn expect(&mut self, path: &str, bytes: u64) -> Result<Member> {
        if self.ended {
            return Err(wrong(&format!("{path:?} comes after its end")));
        }
        if let Some(table) = self.manifest.tables.get(self.next_table) {
            let expected = format!("tables/{}.copy", table.name);
            if path != expected {
                return Err(wrong(&format!("{path:?} stands where {expected} should")));
            }
            if bytes != table.bytes {
                return Err(wrong(&format!("{expected} is not as long as its manifest says")));
            }
            self.next_table += 1;
            return Ok(Member::Table(self.next_table - 1));
        }
        if path == "photos.sha256" {
            self.ended = true;
            if bytes != self.sums_bytes {
                return Err(wrong("a photo is missing, or too many"));
            }
            return Ok(Member::Sums);
        }
        let photo = path.strip_prefix("photos/").filter(|path| photos::is_path(path));
        let photo = photo.ok_or_else(|| wrong(&format!("{path:?} is no place for a photo")))?;
        if self.last_photo.as_str() >= photo {
            return Err(wrong(&format!("{path:?} comes twice or out of order")));
        }
        self.photos.files += 1;
        self.photos.bytes = self.photos.bytes.saturating_add(bytes);
        let promised = self.manifest.photos;
        if self.photos.files > promised.files || self.photos.bytes > promised.bytes {
            return Err(wrong("it holds more photos than its manifest says"));
        }
        if bytes > photos::LARGEST {
            return Err(wrong(&format!("{path:?} is larger than any photo")));
        }
        photo.clone_into(&mut self.last_photo);
        Ok(Member::Photo(photo.to_owned()))
    }

    /// Reads the next bytes of the member; 0 at its end, when it was what the manifest says.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let Some(open) = &mut self.open else { return Ok(0) };
        let most = usize::try_from(open.left).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 {
            return self.close().map(|()| 0);
        }
        let read = self.input.read(&mut buffer[..most]).map_err(|e| unreadable(&e))?;
        if read == 0 {
            return Err(cut_off());
        }
        open.left -= u64::try_from(read).unwrap_or_default();
        open.digest.update(&buffer[..read]);
        if let (Some(rows), Member::Table(at)) = (&mut open.rows, &open.member) {
            let table = &self.manifest.tables[*at].name;
            rows.push(&buffer[..read]).map_err(|why| wrong(&format!("table {table}: {why}")))?;
        }
        Ok(read)
    }

    fn close(&mut self) -> Result<()> {
        let Some(Open { member, padding, digest, rows, .. }) = self.open.take() else {
            return Ok(());
        };
        let mut zeros = [0; 512];
        let zeros = &mut zeros[..usize::try_from(padding).unwrap_or_default()];
        self.input.read_exact(zeros).map_err(|e| unreadable(&e))?;
        let digest = hex(&digest.finalize());
        match member {
            Member::Table(at) => {
                let table = &self.manifest.tables[at];
                let name = &table.name;
                let rows = rows.map(Rows::end).transpose();
                let rows = rows.map_err(|why| wrong(&format!("table {name}: {why}")))?;
                if digest != table.sha256 || rows != Some(table.rows) {
                    return Err(wrong(&format!("table {name} is not what its manifest says")));
                }
            }
            Member::Photo(path) => {
                let line = sum(&digest, &path);
                self.sums.update(line.as_bytes());
                self.sums_bytes += u64::try_from(line.len()).unwrap_or_default();
            }
            Member::Sums => {
                if digest != hex(&std::mem::take(&mut self.sums).finalize()) {
                    return Err(wrong("a photo is not the one that was put into it"));
                }
            }
        }
        Ok(())
    }

    /// Everything has come, and nothing comes after it.
    fn end(&mut self) -> Result<()> {
        if !self.ended {
            return Err(cut_off());
        }
        let mut rest = vec![0; MOST_AT_END];
        let mut read = 0;
        loop {
            // Reading to the end compares the check sum of the compression as well.
            match self.input.read(&mut rest).map_err(|e| unreadable(&e))? {
                0 => break,
                n if read + n > MOST_AT_END || rest[..n].iter().any(|byte| *byte != 0) => {
                    return Err(wrong("something comes after its end"));
                }
                n => read += n,
            }
        }
        let after = self.input.get_mut().fill_buf().map_err(|e| unreadable(&e))?;
        if after.is_empty() { Ok(()) } else { Err(wrong("something comes after its end")) }
    }
}

/// The path and size of the next member; `None` at the end mark. Only plain files are taken, under plain names.
fn header(input: &mut impl Read) -> Result<Option<(String, u64)>> {
    let mut block = [0; 512];
    input.read_exact(&mut block).map_err(|e| unreadable(&e))?;
    if block.iter().all(|byte| *byte == 0) {
        return Ok(None);
    }
    let header = Header::from_byte_slice(&block);
    let sum: u32 = block[..148]
        .iter()
        .chain(&[b' '; 8])
        .chain(&block[156..])
        .map(|byte| u32::from(*byte))
        .sum();
    if !header.cksum().is_ok_and(|told| told == sum) {
        return Err(wrong("a header in it is damaged, or it is no tar.gz"));
    }
    let path = header.path_bytes();
    let path = String::from_utf8_lossy(&path).into_owned();
    if header.entry_type() != EntryType::Regular {
        return Err(wrong(&format!("{path:?} is no plain file")));
    }
    let size = header.entry_size().map_err(|_| wrong(&format!("{path:?} has no size")))?;
    if size > u64::MAX / 4 {
        return Err(wrong(&format!("{path:?} has no size")));
    }
    Ok(Some((path, size)))
}

fn skip(input: &mut impl Read, bytes: u64) -> Result<()> {
    let padding = usize::try_from(bytes.next_multiple_of(BLOCK) - bytes).unwrap_or_default();
    input.read_exact(&mut [0; 512][..padding]).map_err(|e| unreadable(&e))
}

fn unreadable(cause: &io::Error) -> Error {
    match cause.kind() {
        ErrorKind::UnexpectedEof => cut_off(),
        ErrorKind::InvalidInput | ErrorKind::InvalidData => {
            wrong(&format!("it is no tar.gz, or it was damaged ({cause})"))
        }
        _ => Error::Failed(format!("the archive cannot be read: {cause}")),
    }
}

fn cut_off() -> Error {
    wrong("it is cut off")
}

struct Counting {
    file: File,
    read: u64,
}

impl Read for Counting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.read += u64::try_from(read).unwrap_or_default();
        Ok(read)
    }
}
