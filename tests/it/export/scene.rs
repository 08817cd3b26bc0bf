//! An installation with rows of every noun, odd texts included, and what goes out of it and into another.

use std::path::{Path, PathBuf};

use chrono::Utc;
use deal_scout::{
    clock::Clock,
    db::{self, reads::Reads},
    error::{Error, Result},
    export::{self, Format},
    import::{Given, Report, exported},
    model::id::UserId,
};
use serde_json::Value;

use crate::support::{TestDb, people};

/// A place with rows of Ann's.
pub(crate) struct Scene {
    pub(crate) db: TestDb,
    pub(crate) user: UserId,
    folder: tempfile::TempDir,
}

impl Scene {
    /// Ann and Bob, and nothing of theirs.
    pub(crate) async fn empty() -> Self {
        let db = people::two().await;
        let user = db::users::owner(&db.conn().await).await.unwrap();
        Self { db, user, folder: tempfile::tempdir().unwrap() }
    }

    /// With the rows of `rows.sql`, for Ann, and one of Bob's.
    pub(crate) async fn full() -> Self {
        let scene = Self::empty().await;
        // Ids that no empty installation would give by itself.
        scene.db.run(include_str!("rows.sql")).await;
        scene
    }

    /// Writes everything, and tells the files.
    pub(crate) async fn export(&self, format: Format, name: &str) -> Vec<PathBuf> {
        let folder = self.folder.path().join(name);
        let mut conn = self.db.conn().await;
        let written = export::all(&Reads::default(), &mut conn, self.user, &[], format, &folder)
            .await
            .unwrap();
        written.into_iter().map(|written| written.file).collect()
    }

    /// Reads files in.
    pub(crate) async fn import(&self, files: &[PathBuf]) -> Result<Report> {
        let given = files.iter().map(|path| Given { path: path.clone(), name: name(path) });
        let (exported, others) = exported::tell_apart(given.collect()).await?;
        assert!(others.is_empty(), "{others:?} are no exports");
        let seal = |_: &str, _: &str| Err(Error::internal("no export has a secret"));
        let clock = Clock::fixed(Utc::now());
        let done = exported::store(&self.db.pool, &clock, self.user, &seal, exported).await?;
        let mut whole = Report::default();
        for (_, report) in done {
            whole += report;
        }
        Ok(whole)
    }

    /// A file beside the exports.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Everything as the API shows it, without ids, times of the rows, and what tells of them.
    pub(crate) async fn told(&self) -> Vec<(String, Vec<Value>)> {
        let files = self.export(Format::Jsonl, "told").await;
        files.iter().map(|file| (name(file), records(file))).collect()
    }
}

pub(crate) fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// The file of a noun.
pub(crate) fn of<'a>(files: &'a [PathBuf], noun: &str) -> &'a PathBuf {
    files.iter().find(|file| file.file_stem().unwrap() == noun).unwrap()
}

/// Changes a file's text.
pub(crate) fn edit(file: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{from} is not in {text}");
    std::fs::write(file, text.replacen(from, to, 1)).unwrap();
}

/// What another installation gives its own of, or works out itself.
const ITS_OWN: &[&str] = &[
    "id",
    "created_at",
    "updated_at",
    "next_scan_at",
    "next_try_at",
    "score",
    "judgement",
    "has_secret",
    "has_credentials",
];

fn records(file: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(file).unwrap();
    let mut records: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    for record in &mut records {
        let record = record.as_object_mut().unwrap();
        record.retain(|name, _| {
            let refers = name.ends_with("_id") && !["source_id", "external_id"].contains(&&**name);
            !ITS_OWN.contains(&&**name) && (!refers || name == "platform_order_id")
        });
        record.remove("channel_ids");
    }
    // Worked out, and a row whose file does not travel.
    records.retain(|record| record.get("metric").is_none_or(|metric| metric != "deal_score"));
    records.retain(|record| record.get("digest").is_none());
    records.sort_by_key(ToString::to_string);
    records
}
