//! Puts an archive into a database: checked whole before anything is touched, then in one transaction, so that everybody
//! else sees all of it or nothing, and a process that is killed leaves the database as it was.

mod level;
mod load;
mod secrets;

use std::{collections::BTreeSet, fs::File, path::Path};

pub use secrets::Secrets;
use tokio_postgres::Client;

use super::{
    Known, LEFT_OUT, Manifest, Photos, Progress, Step, database_said,
    photos::Stage,
    read::{Member, Reader},
};
use crate::{
    db::{
        migrations,
        tables::{self, Table},
    },
    error::{Error, Result},
    sealing::{Opener, Sealer, Secret},
};

/// What was put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The archive's table of contents.
    pub manifest: Manifest,
    /// The photos that came.
    pub photos: Photos,
    /// The migrations that were applied after the rows had come, by name.
    pub migrated: Vec<String>,
    /// What became of the secrets.
    pub secrets: Vec<Secrets>,
}

/// An archive that has been looked through and may be restored.
#[derive(Debug)]
pub struct Checked {
    file: File,
    bytes: u64,
    manifest: Manifest,
    opener: Opener,
}

impl Checked {
    /// Opens the keys that the archive carries, so that its secrets can be kept. Without it, those stay that the
    /// target's own keys open.
    ///
    /// # Errors
    /// When the passphrase is another, or the archive carries no keys.
    pub fn unlock(&mut self, passphrase: &Secret) -> Result<()> {
        let Some(keys) = &self.manifest.keys else {
            return Err(Error::Failed(
                "the backup was made without a passphrase, so it carries no keys; restore it without one; nothing was \
                 changed"
                    .into(),
            ));
        };
        self.opener = keys
            .unlock(passphrase, &self.manifest.context())
            .map_err(|e| Error::Failed(format!("{e}; nothing was changed")))?;
        Ok(())
    }

    /// The archive's table of contents.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }
}

/// Looks through a whole archive and touches nothing.
///
/// # Errors
/// When it is cut off, altered, not one of ours, or of a later version.
pub async fn check(
    file: File,
    known: &Known,
    mut progress: impl FnMut(Progress),
) -> Result<Checked> {
    let cannot = |e: std::io::Error| Error::Failed(format!("the archive cannot be read: {e}"));
    let bytes = file.metadata().map_err(cannot)?.len();
    let mut reader = Reader::open(file.try_clone().map_err(cannot)?)?;
    fits(reader.manifest(), known)?;
    let mut block = vec![0; load::BLOCK];
    while reader.next()?.is_some() {
        while reader.read(&mut block)? > 0 {
            progress(Progress { step: Step::Checking, done: reader.position(), of: bytes });
            // Lets the program be stopped meanwhile.
            tokio::task::yield_now().await;
        }
    }
    let manifest = reader.manifest().clone();
    Ok(Checked { file, bytes, manifest, opener: Opener::default() })
}

/// Whether this program can know what the archive holds.
fn fits(manifest: &Manifest, known: &Known) -> Result<()> {
    let all = migrations::all();
    let later: Vec<&str> = manifest
        .migrations
        .iter()
        .filter(|version| !all.iter().any(|m| m.version == **version))
        .map(String::as_str)
        .collect();
    if !later.is_empty() {
        return Err(Error::Failed(format!(
            "the backup was made by version {} and its schema is newer than this program ({} not known here); restore \
             it with that version, or a later one; nothing was changed",
            manifest.program,
            later.join(", ")
        )));
    }
    let at_newest = manifest.migrations.len() == all.len();
    for table in manifest.tables.iter().filter(|_| at_newest) {
        let Some(columns) = known.get(&table.name) else {
            return Err(super::manifest::wrong(&format!(
                "its table {} is none of this version's",
                table.name
            )));
        };
        if let Some(column) = table.columns.iter().find(|column| !columns.contains(*column)) {
            return Err(super::manifest::wrong(&format!(
                "its column {}.{column} is none of this version's",
                table.name
            )));
        }
    }
    Ok(())
}

/// Puts a checked archive into the database that `client` is connected to, and its photos into `photo_folder`. With
/// `replace`, what is there goes; without, a database that holds anything is refused.
///
/// # Errors
/// Whatever is wrong, the database is as it was.
pub async fn restore(
    client: &Client,
    archive: Checked,
    known: &Known,
    photo_folder: &Path,
    sealer: &Sealer,
    replace: bool,
    mut progress: impl FnMut(Progress),
) -> Result<Restored> {
    let Checked { file, bytes, manifest, opener } = archive;
    tables::begin_writing(client).await.map_err(|e| refused("it could not be begun", &e))?;
    let stage = Stage::new(photo_folder).map_err(|e| no_place(photo_folder, &e))?;
    make_room(client, known, replace).await?;
    let tables = level::bring_to(client, &manifest, known).await?;
    let keys = tables::loosen(client, &tables).await.map_err(|e| refused("its keys", &e))?;
    let mut reader = Reader::open(file)?;
    if *reader.manifest() != manifest {
        return Err(super::manifest::wrong("it was changed meanwhile"));
    }
    let (photos, stage) = load::all(client, &mut reader, stage, |done| {
        progress(Progress { step: Step::Loading, done, of: bytes });
    })
    .await?;
    progress(Progress { step: Step::Finishing, done: 0, of: 0 });
    let fastened = tables::fasten(client, &tables, &keys).await;
    fastened.map_err(|e| refused("its rows do not fit together", &e))?;
    let migrated = level::complete(client).await?;
    let secrets = secrets::seal_anew(client, sealer, &opener).await?;
    let tables = list(client, known).await?;
    go_on(client, &manifest, &tables).await?;
    tables::analyze(client, &tables).await.map_err(|e| refused("its statistics", &e))?;
    // Before the rows that name them: a photo without a row is nothing, a row without its photo is a loss.
    stage.settle().map_err(|e| no_place(photo_folder, &e))?;
    client.batch_execute("COMMIT").await.map_err(|e| refused("it could not be completed", &e))?;
    Ok(Restored { manifest, photos, migrated, secrets })
}

/// Keeps everybody out of the tables, and takes their rows away when that is wanted.
async fn make_room(client: &Client, known: &Known, replace: bool) -> Result<()> {
    let tables = list(client, known).await?;
    let there =
        async || tables::filled(client, &tables).await.map_err(|e| refused("the target", &e));
    if !replace {
        // Looked at twice: before waiting for anybody, and when nobody can add to it any more.
        refuse_filled(&there().await?)?;
    }
    tables::lock(client, &tables).await.map_err(|e| refused("the target is in use", &e))?;
    if !replace {
        refuse_filled(&there().await?)?;
    }
    tables::empty(client, &tables).await.map_err(|e| refused("the target cannot be emptied", &e))
}

fn refuse_filled(filled: &[String]) -> Result<()> {
    if filled.is_empty() {
        return Ok(());
    }
    Err(Error::Conflict(format!(
        "the target holds data already (in {}); nothing was changed; restore into another database, or have it all \
         replaced with --replace",
        filled.join(", ")
    )))
}

async fn list(client: &Client, known: &Known) -> Result<Vec<Table>> {
    let tables = tables::list(client, |name| known.contains_key(name)).await;
    tables.map_err(|e| refused("the target", &e))
}

/// Has each column that counts by itself go on where the archive's left off.
async fn go_on(client: &Client, manifest: &Manifest, tables: &[Table]) -> Result<()> {
    for table in tables {
        let entry = manifest.tables.iter().find(|entry| entry.name == table.name);
        for column in table.sequences.keys() {
            let next = entry.and_then(|entry| entry.next.get(column)).copied().unwrap_or(1);
            let went = tables::go_on_at(client, &table.name, column, next).await;
            went.map_err(|e| refused("its numbers", &e))?;
        }
    }
    Ok(())
}

/// A failure of the database, by which the transaction has ended.
fn refused(what: &str, cause: &tokio_postgres::Error) -> Error {
    use tokio_postgres::error::SqlState;
    let said = database_said(cause);
    let advice = match cause.code() {
        Some(code)
            if *code == SqlState::LOCK_NOT_AVAILABLE
                || *code == SqlState::T_R_DEADLOCK_DETECTED =>
        {
            "; somebody works with it: try again, or stop the server meanwhile"
        }
        _ => "",
    };
    Error::Failed(format!("the restore failed, {what}: {said}{advice}; nothing was changed"))
}

fn no_place(folder: &Path, cause: &std::io::Error) -> Error {
    Error::Failed(format!(
        "the photos cannot be put into {}: {cause}; nothing was changed in the database",
        folder.display()
    ))
}
