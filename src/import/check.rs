//! The first reading: what the files are, whether they are whole, and which of their rows count.

use std::{
    collections::{HashMap, HashSet, hash_map::DefaultHasher},
    fs::File,
    hash::{Hash, Hasher},
    io::{ErrorKind, Read},
    path::PathBuf,
};

use chrono::{DateTime, Utc};
use encoding_rs::{Encoding, UTF_8};

use super::{
    exported::{self, Exported},
    read,
};
use crate::{
    error::{Error, Result},
    market::{
        Row,
        decode::{self, Decoding},
        ebay::stream::Document,
        recognise::{self, EXPECTED, Shape},
    },
    model::import::FileKind,
};

/// The most rows that one command takes: the identity of each is remembered while it runs.
const MAX_ROWS: u64 = 2_000_000;

/// A file to be read, and the name that people know it by.
#[derive(Debug, Clone)]
pub struct Given {
    /// Where it is.
    pub path: PathBuf,
    /// What messages call it.
    pub name: String,
}

/// A file that may be stored: of a known kind, whole, and not too large.
#[derive(Debug)]
pub struct Checked {
    /// What it holds.
    pub kind: FileKind,
    /// What messages call it.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    pub(super) path: PathBuf,
    pub(super) encoding: &'static Encoding,
    pub(super) shape: Shape,
    /// The numbers of the rows whose ad or sale is said again further down; the last one counts.
    pub(super) superseded: HashSet<u64>,
}

/// Looks through all files before anything is stored. One that is of no known kind, broken or too large refuses all.
pub async fn check(
    files: Vec<Given>,
    limit_bytes: u64,
    now: DateTime<Utc>,
) -> Result<Vec<Checked>> {
    tokio::task::spawn_blocking(move || check_all(files, limit_bytes, now))
        .await
        .map_err(Error::internal)?
}

fn check_all(files: Vec<Given>, limit_bytes: u64, now: DateTime<Utc>) -> Result<Vec<Checked>> {
    // The beginning of each first: an unknown last file is told before a large first one is read through.
    let mut recognised =
        files.into_iter().map(|file| recognise(file, limit_bytes)).collect::<Result<Vec<_>>>()?;
    // Where the last row so far with an identity stands: which file, which row.
    let mut last: HashMap<u64, (usize, u64)> = HashMap::new();
    let mut rows = 0;
    for at in 0..recognised.len() {
        let mut superseded = Vec::new();
        let file = &recognised[at];
        let document = read::rows(file, now, &mut |read| {
            rows += 1;
            if let Ok(row) = &read.row
                && let Some(earlier) = last.insert(identity(row), (at, read.number))
            {
                superseded.push(earlier);
            }
            rows <= MAX_ROWS
        })?;
        if rows > MAX_ROWS {
            return Err(Error::BadRequest(format!(
                "{}: more than {MAX_ROWS} rows at once; import fewer files or split this one",
                file.name
            )));
        }
        if let Some(Document::Other(what)) = document {
            return Err(unknown(&file.name, &what));
        }
        for (file, row) in superseded {
            recognised[file].superseded.insert(row);
        }
    }
    Ok(recognised)
}

/// Opens a file and tells its kind by its beginning.
fn recognise(given: Given, limit_bytes: u64) -> Result<Checked> {
    // Its columns are like those of a table of ads; read as such a table it would be stored a second time.
    if let Some(Exported { name, noun, .. }) = exported::recognise(&given) {
        return Err(Error::UnsupportedMedia(format!(
            "{name}: this is an export of {noun}; the command deal-scout import takes it"
        )));
    }
    let Given { path, name } = given;
    let cannot = |cause: std::io::Error| match cause.kind() {
        ErrorKind::NotFound => Error::Failed(format!("{name}: there is no such file")),
        ErrorKind::PermissionDenied => {
            Error::Failed(format!("{name}: it may not be read (permission denied)"))
        }
        _ => Error::Failed(format!("{name}: it cannot be read: {cause}")),
    };
    let about = path.metadata().map_err(cannot)?;
    if about.is_dir() {
        return Err(unknown(&name, "a folder (name the files in it)"));
    }
    // A pipe or a device has no end that could be waited for, and cannot be read twice.
    if !about.is_file() {
        return Err(unknown(&name, "a device or a pipe, not a file"));
    }
    let bytes = about.len();
    if bytes == 0 {
        return Err(unknown(&name, "an empty file"));
    }
    if bytes > limit_bytes {
        return Err(Error::TooLarge { limit: limit_bytes });
    }
    let mut head = Vec::new();
    let window = u64::try_from(recognise::HEAD).unwrap_or(u64::MAX);
    File::open(&path).and_then(|file| file.take(window).read_to_end(&mut head)).map_err(cannot)?;
    let is_utf_16 = Encoding::for_bom(&head).is_some_and(|(encoding, _)| encoding != UTF_8);
    if let Some(what) = recognise::binary(&head, is_utf_16) {
        return Err(unknown(&name, what));
    }
    let encoding = File::open(&path).and_then(decode::guess).map_err(cannot)?;
    let mut text = Vec::new();
    Decoding::new(head.as_slice(), encoding).read_to_end(&mut text).map_err(cannot)?;
    let text = String::from_utf8_lossy(&text);
    let shape = recognise::text(&text, bytes <= window).map_err(|what| unknown(&name, &what))?;
    let kind = match &shape {
        Shape::Json => FileKind::EbayBrowse,
        Shape::Table(table) => table.kind,
        Shape::Feed => FileKind::Feed,
        Shape::Page => FileKind::Page,
    };
    Ok(Checked { kind, name, bytes, path, encoding, shape, superseded: HashSet::new() })
}

fn unknown(name: &str, what: &str) -> Error {
    Error::UnsupportedMedia(format!("{name}: this looks like {what}; expected is {EXPECTED}"))
}

fn identity(row: &Row) -> u64 {
    let mut hasher = DefaultHasher::new();
    match row {
        Row::Listing(listing) => (0, &listing.source, &listing.source_id).hash(&mut hasher),
        Row::Comp(comp) => (1, &comp.source, &comp.source_id).hash(&mut hasher),
    }
    hasher.finish()
}
