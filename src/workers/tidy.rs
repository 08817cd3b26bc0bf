//! Sweeps: sessions and links that have expired, answers that nobody asks for again, old runs of searches, imports whose process is gone,
//! uploads that it left behind.

use std::{fs, path::Path, time::Duration};

use slog::{info, warn};

use super::Outcome;
use crate::{
    db,
    error::{Error, Result},
    state::App,
};

/// An import that makes progress writes it down every few seconds.
const ABANDONED_AFTER: Duration = Duration::from_mins(2);

/// A write that is sent again is sent within minutes; a day is what programs are promised.
const ANSWERS_KEPT: Duration = Duration::from_hours(24);

/// How a search went a month ago is of no use to anybody; its latest run stays.
const SCANS_KEPT: Duration = Duration::from_hours(24 * 30);

/// No import takes so long: an upload that is older belongs to a process that was killed.
const LEFT_BEHIND_AFTER: Duration = Duration::from_hours(6);

/// One sweep. Always idle: what it missed can wait for the next.
pub async fn tick(app: &App) -> Result<Outcome> {
    let uploads = app.settings.data_dir.join("tmp");
    tokio::task::spawn_blocking(move || sweep_uploads(&uploads)).await.map_err(Error::internal)?;
    let mut conn = app.conn().await?;
    let now = app.clock.now();
    db::tidy::expired_sessions(&mut conn, now).await?;
    db::tidy::expired_resets(&mut conn, now).await?;
    db::tidy::old_answers(&mut conn, now - ANSWERS_KEPT).await?;
    db::tidy::old_scans(&mut conn, now - SCANS_KEPT).await?;
    let overdue = db::tidy::put_off_too_far(&mut conn, now).await?;
    if overdue > 0 {
        warn!(app.log, "work was put off further than it ever is; it is due at once. Was the clock of this machine ahead?";
            "rows" => overdue);
    }
    let closed = db::tidy::abandoned_imports(&mut conn, now - ABANDONED_AFTER, now).await?;
    if closed > 0 {
        info!(app.log, "imports were closed whose process is gone"; "imports" => closed);
    }
    Ok(Outcome::Idle)
}

/// Removes the uploads that were left behind. What cannot be read or removed waits for the next sweep.
fn sweep_uploads(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_upload = entry.file_name().to_string_lossy().starts_with("upload-");
        let changed_at = entry.metadata().and_then(|metadata| metadata.modified());
        let age = changed_at.ok().and_then(|at| at.elapsed().ok());
        if is_upload && age.is_some_and(|age| age > LEFT_BEHIND_AFTER) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs::File, time::SystemTime};

    use super::*;

    #[test]
    fn only_old_uploads_are_swept() {
        let folder = tempfile::tempdir().unwrap();
        let old = SystemTime::now() - 2 * LEFT_BEHIND_AFTER;
        for (name, at) in
            [("upload-old", old), ("upload-new", SystemTime::now()), ("something", old)]
        {
            File::create(folder.path().join(name)).unwrap().set_modified(at).unwrap();
        }
        sweep_uploads(folder.path());
        let mut left: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["something", "upload-new"]);
    }
}
