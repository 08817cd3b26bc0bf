//! Snap jobs: out of a row comes a job, and a file for each photo that stood in it.

use diesel_async::AsyncConnection;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{
    cells::{Cells, Notes},
    map::{self, arriving, snaps},
    write::{Taking, noun},
};
use crate::{
    db::{
        self,
        origins::{self, Arriving, Columns, Noun, Outcome},
    },
    error::{Error, Result},
    photos::{Photo, Photos},
};

const SNAPS: Noun = noun("snap_jobs", &["id"]);
const PHOTOS: Noun = noun("photos", &["id"]);

impl Taking<'_> {
    pub(super) async fn snaps(&mut self, rows: &[Cells]) -> Result<()> {
        for row in rows {
            self.snap(row).await?;
        }
        Ok(())
    }

    async fn snap(&mut self, row: &Cells) -> Result<()> {
        let mut notes = Notes::new();
        let snap = map::snaps::map(row, &self.seen, &mut notes);
        let mut all = Sha256::new();
        snap.photos.iter().for_each(|(at, text)| all.update(format!("{at}={text}\n")));
        let job = arriving(row, snap.columns, "", &all.finalize());
        let has_come = {
            let mut conn = self.pool.get().await?;
            origins::has_come(&mut conn, self.user, &SNAPS, &job.origin, &job.digest).await?
        };
        // Decoding is slow, and needless for what is here just so.
        let photos =
            if has_come { Vec::new() } else { self.keep(row, snap.photos, &mut notes).await? };
        let outcome = self.job(&job, &photos).await?;
        if !matches!(outcome, Outcome::New(_) | Outcome::Updated(_)) {
            self.forget(&photos).await?;
        }
        self.note(row, notes);
        self.count(row, outcome);
        Ok(())
    }

    /// The job and the rows of its photos, whole or not at all.
    async fn job(&self, job: &Arriving, photos: &[Arriving]) -> Result<Outcome> {
        let (user, now) = (self.user, self.now);
        let mut conn = self.pool.get().await?;
        conn.transaction(async |conn| {
            let outcomes = origins::put(conn, user, &SNAPS, std::slice::from_ref(job), now).await?;
            let outcome = outcomes.first().copied().unwrap_or(Outcome::Gone);
            if let Outcome::New(id) | Outcome::Updated(id) = outcome {
                let mut photos = photos.to_vec();
                for photo in &mut photos {
                    photo.columns.insert("snap_job_id".into(), id.into());
                }
                origins::put(conn, user, &PHOTOS, &photos, now).await?;
            }
            Ok(outcome)
        })
        .await
    }

    /// Takes files away again that no row came to need.
    async fn forget(&self, photos: &[Arriving]) -> Result<()> {
        let digest = |photo: &Arriving| Some(photo.columns.get("digest")?.as_str()?.to_owned());
        let digests: Vec<String> = photos.iter().filter_map(digest).collect();
        let conn = self.pool.get().await?;
        for digest in db::photos::unneeded(&conn, &digests).await? {
            // A file too many does no harm.
            let _ = self.photos.remove(&digest);
        }
        Ok(())
    }

    /// Puts the photos into the store, before the rows that need them. One that is no picture is told.
    async fn keep(
        &self,
        row: &Cells,
        photos: Vec<(usize, String)>,
        notes: &mut Notes,
    ) -> Result<Vec<Arriving>> {
        let mut kept = Vec::new();
        for (at, text) in photos {
            let digest = Sha256::digest(&text).to_vec();
            let store = self.photos.clone();
            let read = tokio::task::spawn_blocking(move || read(&store, &text));
            match read.await.map_err(Error::internal)?? {
                Ok(columns) => kept.push(photo(row, at, digest, columns)),
                Err(reason) => notes.push(format!("photo {}: {reason}; not taken", at + 1)),
            }
        }
        Ok(kept)
    }
}

/// Decodes a photo and stores its file. The outer failure is the store's, the inner one the photo's.
fn read(store: &Photos, text: &str) -> Result<Result<Columns, String>> {
    let photo = match snaps::bytes(text).and_then(|bytes| Photo::read(&bytes)) {
        Ok(photo) => photo,
        Err(reason) => return Ok(Err(reason)),
    };
    store.put(&photo).map_err(|cause| {
        Error::Failed(format!(
            "a photo cannot be stored in {}: {cause}; what is stored by now is whole, and the same command completes it",
            store.folder().display()
        ))
    })?;
    let columns = json!({
        "digest": photo.digest,
        "media_type": Photo::MEDIA_TYPE,
        "width": photo.width,
        "height": photo.height,
        "bytes": photo.jpeg.len(),
    });
    Ok(Ok(columns.as_object().cloned().unwrap_or_default()))
}

fn photo(row: &Cells, at: usize, digest: Vec<u8>, mut columns: Columns) -> Arriving {
    columns.insert("position".into(), at.into());
    Arriving { origin: format!("{}/photo/{at}", row.origin()), digest, columns }
}
