//! PostgreSQL's own log: one file that it appends to, kept short by us.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

/// A log larger than this is set aside, in bytes.
const LARGEST: u64 = 4 << 20;
/// As much of the log's end goes into a message, in bytes.
const TAIL: u64 = 2048;

/// Opens the log for the server to append to.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Its length in bytes; 0 when it is not there.
pub(super) fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |meta| meta.len())
}

/// What was logged after the byte `from`: the end of it, on one line.
pub(super) fn since(path: &Path, from: u64) -> String {
    let read = || -> io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(from.max(length.saturating_sub(TAIL)).min(length)))?;
        let mut bytes = Vec::new();
        file.take(TAIL).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() { "(it logged nothing)".to_owned() } else { lines.join(" | ") }
}

/// Sets a large log aside as `<name>.1`, in the place of the one before, and empties it. A running server appends on,
/// so at most twice the limit is kept.
pub(super) fn shorten(path: &Path) -> io::Result<()> {
    if length(path) <= LARGEST {
        return Ok(());
    }
    let mut aside = path.to_owned().into_os_string();
    aside.push(".1");
    // Set aside by copying: the server holds this very file open and cannot be given another.
    fs::copy(path, aside)?;
    OpenOptions::new().write(true).open(path)?.set_len(0)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_large_log_is_set_aside_while_the_server_appends_on() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("postgres.log");
        let mut server = open(&path).unwrap();
        server.write_all(&vec![b'x'; 5 << 20]).unwrap();
        shorten(&path).unwrap();
        server.write_all(b"after\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "after\n");
        assert_eq!(length(&dir.path().join("postgres.log.1")), 5 << 20);
    }

    #[test]
    fn a_message_quotes_what_this_start_logged() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("postgres.log");
        fs::write(&path, "yesterday\n").unwrap();
        let from = length(&path);
        assert_eq!(since(&path, from), "(it logged nothing)");
        fs::write(&path, "yesterday\nFATAL: no\n\nHINT: yes\n").unwrap();
        assert_eq!(since(&path, from), "FATAL: no | HINT: yes");
    }
}
