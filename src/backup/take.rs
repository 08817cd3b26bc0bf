//! Makes an archive of one moment, while others read and write.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{ErrorKind, Read},
    path::Path,
    pin::pin,
};

use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use tokio_postgres::Client;

use super::{
    Destination, Known, LEFT_OUT, Manifest, Photos, Progress, Step, TableEntry,
    archive::Archive,
    database_said, manifest,
    photos::{self, Photo},
    rows::Rows,
};
use crate::{
    db::{
        migrations,
        tables::{self, Table},
    },
    error::{Error, Result},
    sealing::LockedKeys,
};

/// How much is handled at once, in bytes.
const BLOCK: usize = 1 << 16;

/// What was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The archive's table of contents.
    pub manifest: Manifest,
    /// Its size, in bytes.
    pub bytes: u64,
    /// The photos that are in it.
    pub photos: Photos,
    /// Files in the folder of photos that are none.
    pub other_files: u64,
}

/// Takes everything: the rows that `client` sees, and the files in `photo_folder`, which need not be there. Secrets stay
/// sealed; `lock` answers with the keys that open them, bound to the text that it is given, where they are to travel.
///
/// # Errors
/// When there is nothing to take, the schema is a later version's, or the archive cannot be written; no file is left.
pub async fn take(
    client: &Client,
    known: &Known,
    photo_folder: &Path,
    now: DateTime<Utc>,
    to: Destination,
    lock: impl FnOnce(&str) -> Result<Option<LockedKeys>>,
    mut progress: impl FnMut(Progress),
) -> Result<Taken> {
    let mut archive = Archive::open(to, u64::try_from(now.timestamp()).unwrap_or_default())?;
    let (tables, migrations) = begin(client, known).await?;
    let mut entries = Vec::new();
    for (done, table) in tables.iter().enumerate() {
        progress(Progress { step: Step::Counting, done: count(done), of: count(tables.len()) });
        entries.push(measure(client, table).await?);
    }
    let (photos, other_files) =
        photos::list(photo_folder).map_err(|e| unreadable(photo_folder, &e))?;
    let mut manifest = Manifest {
        format: manifest::FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        server: tables::server_version(client).await.map_err(|e| lost(&e))?,
        made_at: now,
        migrations,
        tables: entries,
        left_out: LEFT_OUT.iter().map(|&name| name.to_owned()).collect(),
        photos: Photos { files: count(photos.len()), bytes: photos.iter().map(|p| p.bytes).sum() },
        keys: None,
    };
    manifest.keys = lock(&manifest.context())?;
    let text = serde_json::to_vec_pretty(&manifest).map_err(Error::internal)?;
    archive.member("manifest.json", count(text.len()))?;
    archive.bytes(&text)?;
    let (mut done, of) = (0, manifest.bytes());
    let mut wrote = |bytes: usize| {
        done += count(bytes);
        progress(Progress { step: Step::Writing, done, of });
    };
    for (table, entry) in tables.iter().zip(&manifest.tables) {
        write_rows(client, table, entry, &mut archive, &mut wrote).await?;
    }
    client.batch_execute("COMMIT").await.map_err(|e| lost(&e))?;
    let photos = write_photos(photo_folder, &photos, &mut archive, &mut wrote).await?;
    Ok(Taken { manifest, bytes: archive.finish()?, photos, other_files })
}

/// Fixes the moment and says what there is: the tables, and the migrations that made them.
async fn begin(client: &Client, known: &Known) -> Result<(Vec<Table>, Vec<String>)> {
    let is_taken = |name: &str| known.contains_key(name) && !LEFT_OUT.contains(&name);
    let before = tables::list(client, is_taken).await.map_err(|e| lost(&e))?;
    tables::begin_reading(client, &before).await.map_err(|e| lost(&e))?;
    let applied = tables::applied(client).await.map_err(|e| lost(&e))?;
    let mut tables = tables::list(client, is_taken).await.map_err(|e| lost(&e))?;
    if tables.is_empty() || applied.is_empty() {
        return Err(Error::Failed(
            "there is nothing to back up: this database holds no tables of Deal Scout; look which one it is with \
             deal-scout config show"
                .into(),
        ));
    }
    if tables != before {
        return Err(Error::Failed("the schema was changed meanwhile; run it again".into()));
    }
    let is_known = |version: &String| migrations::all().iter().any(|m| m.version == *version);
    if let Some(later) = applied.iter().find(|version| !is_known(version)) {
        return Err(Error::Failed(format!(
            "the schema is newer than this program (migration {later} is not known to it); back it up with the \
             version that made it"
        )));
    }
    // What somebody has added by hand is left where it is. Below the newest schema there are columns that later ones
    // do without, so that all are taken.
    if applied.len() == migrations::all().len() {
        for table in &mut tables {
            let name = &table.name;
            table.columns.retain(|column| known.get(name).is_some_and(|of| of.contains(column)));
        }
    }
    Ok((tables, applied))
}

/// Reads a table once, to know what it comes to.
async fn measure(client: &Client, table: &Table) -> Result<TableEntry> {
    let (mut rows, mut bytes, mut digest) = (Rows::of(table.columns.len()), 0, Sha256::new());
    let mut stream = pin!(client.copy_out(&tables::copy_out(table)).await.map_err(|e| lost(&e))?);
    while let Some(part) = stream.next().await {
        let part = part.map_err(|e| lost(&e))?;
        rows.push(&part).map_err(Error::internal)?;
        bytes += count(part.len());
        digest.update(&part);
    }
    let mut next = BTreeMap::new();
    for (column, sequence) in &table.sequences {
        let value = tables::next_value(client, sequence).await.map_err(|e| lost(&e))?;
        next.insert(column.clone(), value);
    }
    let (name, columns) = (table.name.clone(), table.columns.clone());
    let rows = rows.end().map_err(Error::internal)?;
    Ok(TableEntry { name, columns, rows, bytes, sha256: hex(&digest.finalize()), next })
}

/// Reads a table the second time, into the archive.
async fn write_rows(
    client: &Client,
    table: &Table,
    entry: &TableEntry,
    archive: &mut Archive,
    wrote: &mut impl FnMut(usize),
) -> Result<()> {
    archive.member(&format!("tables/{}.copy", table.name), entry.bytes)?;
    let mut digest = Sha256::new();
    let mut stream = pin!(client.copy_out(&tables::copy_out(table)).await.map_err(|e| lost(&e))?);
    let mut block = Vec::with_capacity(2 * BLOCK);
    // PostgreSQL hands out row by row; the archive takes larger bites.
    loop {
        let part = stream.next().await.transpose().map_err(|e| lost(&e))?;
        block.extend_from_slice(part.as_deref().unwrap_or_default());
        if block.len() >= BLOCK || part.is_none() {
            digest.update(&block);
            archive.bytes(&block)?;
            wrote(block.len());
            block.clear();
        }
        if part.is_none() {
            break;
        }
    }
    if !archive.is_full() || hex(&digest.finalize()) != entry.sha256 {
        let name = &table.name;
        return Err(Error::internal(format!("{name} was not the same when it was read again")));
    }
    Ok(())
}

/// Writes the photos and the list of their digests.
async fn write_photos(
    folder: &Path,
    photos: &[Photo],
    archive: &mut Archive,
    wrote: &mut impl FnMut(usize),
) -> Result<Photos> {
    let (mut taken, mut sums) = (Photos::default(), String::new());
    let mut block = vec![0; BLOCK];
    for photo in photos {
        // Lets the program be stopped between two photos.
        tokio::task::yield_now().await;
        let path = folder.join(&photo.path);
        let mut file = match File::open(&path) {
            // Its row has gone too, or will be told of by whoever looks for it.
            Err(e) if e.kind() == ErrorKind::NotFound => continue,
            file => file.map_err(|e| unreadable(&path, &e))?,
        };
        archive.member(&format!("photos/{}", photo.path), photo.bytes)?;
        let (mut digest, mut left) = (Sha256::new(), photo.bytes);
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(BLOCK).min(BLOCK);
            let read = file.read(&mut block[..most]).map_err(|e| unreadable(&path, &e))?;
            if read == 0 {
                let path = path.display();
                return Err(Error::Failed(format!("{path} was cut off meanwhile; run it again")));
            }
            digest.update(&block[..read]);
            archive.bytes(&block[..read])?;
            wrote(read);
            left -= count(read);
        }
        taken.files += 1;
        taken.bytes += photo.bytes;
        sums.push_str(&sum(&hex(&digest.finalize()), &photo.path));
    }
    archive.member("photos.sha256", count(sums.len()))?;
    archive.bytes(sums.as_bytes())?;
    Ok(taken)
}

/// A line as `sha256sum` writes it.
pub(super) fn sum(digest: &str, path: &str) -> String {
    format!("{digest}  photos/{path}\n")
}

/// Bytes as small hex digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn lost(cause: &tokio_postgres::Error) -> Error {
    Error::Failed(format!("the database could not be read: {}", database_said(cause)))
}

fn unreadable(path: &Path, cause: &std::io::Error) -> Error {
    Error::Failed(format!("{} cannot be read: {cause}", path.display()))
}
