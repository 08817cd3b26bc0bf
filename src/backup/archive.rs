//! Writes a tar.gz member by member, to a file that appears whole or not at all, or to a stream.

use std::{
    fs::File,
    io::{self, BufWriter, ErrorKind, Write},
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};
use tar::{EntryType, Header};
use tempfile::NamedTempFile;

use crate::error::{Error, Result};

/// The size of tar's blocks, in bytes.
pub(super) const BLOCK: u64 = 512;

/// Where an archive goes.
pub enum Destination {
    /// A file. It is written under another name beside it, and replaces what has its name when it is whole. Only its
    /// owner may read it.
    File(PathBuf),
    /// A stream that somebody else keeps.
    Stream(Box<dyn Write + Send>),
}

impl std::fmt::Debug for Destination {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Stream(_) => f.write_str("Stream"),
        }
    }
}

/// An archive that is being written.
pub(super) struct Archive {
    out: GzEncoder<Counting>,
    /// Where it will be, in words.
    name: String,
    path: Option<PathBuf>,
    made_at: u64,
    /// Bytes that the open member still wants, and the zeros after it.
    wanted: u64,
    padding: u64,
}

impl Archive {
    /// Opens the destination. `made_at` is the time that each member gets, in seconds since 1970.
    pub(super) fn open(to: Destination, made_at: u64) -> Result<Self> {
        let (out, name, path) = match to {
            Destination::File(path) => {
                let name = path.display().to_string();
                let file = beside(&path).map_err(|e| cannot(&name, &e))?;
                (Out::File(BufWriter::with_capacity(1 << 16, file)), name, Some(path))
            }
            Destination::Stream(stream) => (Out::Stream(stream), "the stream".to_owned(), None),
        };
        let out = GzEncoder::new(Counting { out, written: 0 }, Compression::default());
        Ok(Self { out, name, path, made_at, wanted: 0, padding: 0 })
    }

    /// Begins a member of exactly so many bytes.
    pub(super) fn member(&mut self, path: &str, bytes: u64) -> Result<()> {
        let mut header = Header::new_ustar();
        header.set_path(path).map_err(|e| cannot(&self.name, &e))?;
        header.set_entry_type(EntryType::Regular);
        header.set_mode(0o600);
        header.set_mtime(self.made_at);
        header.set_size(bytes);
        header.set_cksum();
        self.put(header.as_bytes())?;
        self.wanted = bytes;
        self.padding = bytes.next_multiple_of(BLOCK) - bytes;
        self.end_member_when_full()
    }

    /// Writes the next bytes of the open member.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        let count = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.wanted = self.wanted.checked_sub(count).ok_or_else(too_much)?;
        self.put(bytes)?;
        self.end_member_when_full()
    }

    fn end_member_when_full(&mut self) -> Result<()> {
        if self.wanted > 0 {
            return Ok(());
        }
        let padding = usize::try_from(std::mem::take(&mut self.padding)).unwrap_or_default();
        self.put(&[0; 512][..padding])
    }

    /// Whether the open member has all its bytes.
    pub(super) fn is_full(&self) -> bool {
        self.wanted == 0
    }

    /// Ends the archive, puts it under its name, and answers with its size in bytes. It is on the disk by then.
    pub(super) fn finish(mut self) -> Result<u64> {
        self.put(&[0; 1024])?;
        let Self { out, name, path, .. } = self;
        let told = |e: io::Error| cannot(&name, &e);
        let Counting { mut out, written } = out.finish().map_err(told)?;
        out.flush().map_err(told)?;
        if let (Out::File(file), Some(path)) = (out, path) {
            let file = file.into_inner().map_err(|e| told(e.into_error()))?;
            file.as_file().sync_all().map_err(told)?;
            file.persist(&path).map_err(|e| told(e.error))?;
            sync_folder(folder_of(&path)).map_err(told)?;
        }
        Ok(written)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.out.write_all(bytes).map_err(|e| cannot(&self.name, &e))
    }
}

/// Makes a rename in `folder` last.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    // Elsewhere a folder cannot be opened, and a rename lasts by itself.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

fn beside(path: &Path) -> io::Result<NamedTempFile> {
    // Renaming over a device or a pipe would take its place.
    match path.metadata() {
        Ok(about) if about.is_dir() => {
            return Err(io::Error::other("it is a folder; name a file in it"));
        }
        Ok(about) if !about.is_file() => {
            return Err(io::Error::other("it is not a file; write to standard output with -"));
        }
        _ => {}
    }
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().ok_or_else(|| io::Error::other("it is no name of a file"))?);
    tempfile::Builder::new().prefix(&name).suffix(".part").tempfile_in(folder_of(path))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

fn cannot(name: &str, cause: &io::Error) -> Error {
    match cause.kind() {
        ErrorKind::BrokenPipe => Error::Failed("the reader of the archive has gone".to_owned()),
        _ => Error::Failed(format!("{name} cannot be written: {cause}")),
    }
}

fn too_much() -> Error {
    Error::internal("a member of the archive got more bytes than it was begun with")
}

enum Out {
    File(BufWriter<NamedTempFile>),
    Stream(Box<dyn Write + Send>),
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.write(bytes),
            Self::Stream(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File(file) => file.flush(),
            Self::Stream(stream) => stream.flush(),
        }
    }
}

struct Counting {
    out: Out,
    written: u64,
}

impl Write for Counting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.written += u64::try_from(count).unwrap_or_default();
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_appears_when_it_is_whole_and_only_its_owner_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tar.gz");
        let mut archive = Archive::open(Destination::File(path.clone()), 0).unwrap();
        archive.member("manifest.json", 3).unwrap();
        archive.bytes(b"{}\n").unwrap();
        assert!(archive.is_full() && !path.exists());
        let bytes = archive.finish().unwrap();
        assert_eq!(path.metadata().unwrap().len(), bytes);
        assert_eq!(folder.path().read_dir().unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn an_archive_that_is_given_up_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut archive =
            Archive::open(Destination::File(folder.path().join("a.tar.gz")), 0).unwrap();
        archive.member("tables/a.copy", 3).unwrap();
        assert!(archive.bytes(b"more than three").is_err());
        drop(archive);
        assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    }

    #[test]
    fn a_folder_and_a_place_that_is_not_there_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let said =
            |path: PathBuf| Archive::open(Destination::File(path), 0).err().unwrap().to_string();
        assert!(said(folder.path().to_owned()).contains("it is a folder"));
        assert!(said(folder.path().join("no/a.tar.gz")).contains("cannot be written"));
    }
}
