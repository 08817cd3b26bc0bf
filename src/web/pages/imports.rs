//! `/import` and `/imports/{id}`: files in, and what became of them.

use std::sync::Arc;

use actix_multipart::Multipart;
use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;
use slog::{info, warn};
use tokio::sync::oneshot;

use super::{
    upload::{self, Upload},
    view,
};
use crate::{
    db::{self, imports_list::ImportRow},
    error::{Chain, Error, Result},
    import::{self, Checked, Given},
    model::{
        id::{ImportId, UserId},
        import::{FileKind, ImportStatus},
    },
    state::App,
    web::{auth::Viewer, respond, shell::Shell},
};

/// How many earlier imports the form lists.
const LATEST: i64 = 15;

/// `GET /import`
pub(in crate::web) async fn form(
    app: Data<App>,
    shell: Shell,
    viewer: Viewer,
) -> Result<HttpResponse> {
    page(&app, shell, viewer, None).await
}

/// `POST /import`: takes a file, looks through it, and reads it in while the person watches.
pub(in crate::web) async fn take(
    app: Data<App>,
    shell: Shell,
    viewer: Viewer,
    form: Multipart,
) -> Result<HttpResponse> {
    match receive(&app, form).await {
        Ok((upload, checked)) => {
            let import = start(&app, viewer.user, upload, checked).await?;
            Ok(respond::see_other(&format!("/imports/{import}")))
        }
        // What the person can mend is said beside the form.
        Err(error) if (400..500).contains(&error.status()) => {
            page(&app, shell, viewer, Some(error)).await
        }
        Err(error) => Err(error),
    }
}

/// `GET /imports/{id}`
pub(in crate::web) async fn show(
    app: Data<App>,
    shell: Shell,
    viewer: Viewer,
    id: Path<ImportId>,
) -> Result<HttpResponse> {
    let found = db::imports_list::find(&*app.conn().await?, viewer.user, *id).await?;
    let import = found.ok_or(Error::NotFound("import"))?;
    let is_running = import.status == ImportStatus::Running;
    let shell = if is_running { shell.refreshing(1) } else { shell };
    let reasons = reasons(&import.skipped);
    respond::page(&ImportPage { shell, import, reasons })
}

/// The file on the disk, looked through: of a known kind, whole, and not too large.
async fn receive(app: &App, form: Multipart) -> Result<(Upload, Checked)> {
    let limit = app.settings.import.max_bytes;
    let upload = upload::receive(form, &app.settings.data_dir.join("tmp"), limit).await?;
    let given = Given { path: upload.file.path().to_owned(), name: upload.name.clone() };
    let mut checked = import::check(vec![given], limit, app.clock.now()).await?;
    let checked = checked.pop().ok_or_else(|| Error::internal("one file gives one check"))?;
    Ok((upload, checked))
}

/// Reads the file in on a task of its own, and tells the row that says how far it has come.
async fn start(
    app: &Data<App>,
    user: UserId,
    upload: Upload,
    checked: Checked,
) -> Result<ImportId> {
    let app = app.clone().into_inner();
    let (tell, told) = oneshot::channel();
    let beginning = Arc::clone(&app);
    let task = beginning.begin(async move {
        let mut tell = Some(tell);
        let storing = import::store(&app.db, &app.clock, user, checked, |progress| {
            if let Some(tell) = tell.take() {
                // Nobody listens when the browser has gone; the import goes on.
                let _ = tell.send(progress.import);
            }
        });
        let outcome = app.break_off.run_until_cancelled(Box::pin(storing)).await;
        match &outcome {
            Some(Ok(report)) => info!(app.log, "a file is imported"; "file" => &upload.name,
                "new" => report.new, "updated" => report.updated,
                "unchanged" => report.unchanged, "skipped" => report.skipped_rows),
            Some(Err(failure)) => {
                warn!(app.log, "an import failed: {}", Chain(failure); "file" => &upload.name);
            }
            None => {}
        }
        // Here the upload is dropped, and its file with it.
        drop(upload);
        outcome
    });
    match told.await {
        Ok(import) => Ok(import),
        // It ended before it had a row.
        Err(_) => match task.await.map_err(Error::internal)? {
            Some(Err(failure)) => Err(failure),
            _ => Err(Error::unavailable("the program is stopping; import the file again")),
        },
    }
}

async fn page(
    app: &App,
    shell: Shell,
    viewer: Viewer,
    refused: Option<Error>,
) -> Result<HttpResponse> {
    let conn = app.conn().await?;
    let latest = db::imports_list::latest(&conn, viewer.user, LATEST).await?;
    drop(conn);
    let status = refused.as_ref().map_or(200, Error::status);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let limit = app.settings.import.max_bytes;
    let refused = refused.map(|error| match error {
        Error::TooLarge { limit } => format!("The file is larger than {}.", size(limit)),
        Error::Invalid(faults) => {
            let words = faults.into_iter().map(|fault| match fault.field.as_str() {
                // The only field of the form needs no name.
                "file" => fault.message,
                file => format!("{file}: {}", fault.message),
            });
            words.collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    });
    respond::page_with(status, &ImportsPage { shell, latest, refused, limit })
}

#[derive(Template)]
#[template(path = "imports/form.html")]
struct ImportsPage {
    shell: Shell,
    latest: Vec<ImportRow>,
    refused: Option<String>,
    /// Bytes at most.
    limit: u64,
}

#[derive(Template)]
#[template(path = "imports/show.html")]
struct ImportPage {
    shell: Shell,
    import: ImportRow,
    /// Line and reason.
    reasons: Vec<(u64, String)>,
}

/// What a file is, for people.
fn kind(kind: Option<FileKind>) -> &'static str {
    match kind {
        Some(FileKind::EbayBrowse) => "Ads, eBay Browse JSON",
        Some(FileKind::ListingsCsv) => "Ads, CSV",
        Some(FileKind::SoldCsv) => "Sold ads, CSV",
        Some(FileKind::Feed) => "Ads, feed",
        Some(FileKind::Page) => "One ad, web page",
        None => "Not recognised",
    }
}

/// How far an import has come, for people, and its colour.
fn state(status: ImportStatus) -> (&'static str, &'static str) {
    match status {
        ImportStatus::Running => ("Reading", "fair"),
        ImportStatus::Done => ("Done", "great"),
        ImportStatus::Failed => ("Failed", "poor"),
        ImportStatus::Interrupted => ("Interrupted", "poor"),
    }
}

/// A number of bytes as people say it.
fn size(bytes: impl TryInto<u64>) -> String {
    let bytes: u64 = bytes.try_into().unwrap_or(0);
    match bytes {
        0..=999 => format!("{bytes} bytes"),
        1_000..=999_999 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

fn reasons(skipped: &serde_json::Value) -> Vec<(u64, String)> {
    let entries = skipped.as_array().map(Vec::as_slice).unwrap_or_default();
    entries
        .iter()
        .map(|entry| {
            let reason = entry["reason"].as_str().unwrap_or_default().to_owned();
            (entry["line"].as_u64().unwrap_or(0), reason)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_as_people_say_them() {
        assert_eq!(size(999_u64), "999 bytes");
        assert_eq!(size(12_345_u64), "12 kB");
        assert_eq!(size(100_000_000_u64), "100.0 MB");
        assert_eq!(size(-1_i64), "0 bytes");
    }

    #[test]
    fn reasons_are_read_from_the_row() {
        let skipped = serde_json::json!([{"line": 7, "reason": "no price"}]);
        assert_eq!(reasons(&skipped), [(7, "no price".to_owned())]);
        assert!(reasons(&serde_json::json!({})).is_empty());
    }
}
