//! `/scans/{id}/events`: a run's progress as it happens, as server-sent events. Each carries the same piece of HTML that
//! the page shows; the database is asked once a second, so that it does not matter which replica runs the search.

use std::time::Duration;

use actix_web::{
    HttpResponse,
    http::header,
    web::{Bytes, Data, Path},
};
use askama::Template;
use futures_util::stream;

use super::ProgressPart;
use crate::{
    db::scans,
    error::{Error, Result},
    model::{
        id::{ScanId, UserId},
        scan::ScanStatus,
    },
    state::App,
    web::{auth::Viewer, shell::Shell},
};

/// The time between two looks.
const PACE: Duration = Duration::from_secs(1);
/// No run takes so long: a browser that is still there asks again.
const LOOKS: u32 = 600;

/// `GET /scans/{id}/events`
pub(in crate::web) async fn events(
    app: Data<App>,
    shell: Shell,
    viewer: Viewer,
    id: Path<ScanId>,
) -> Result<HttpResponse> {
    let (user, id) = (viewer.user, *id);
    scans::find(&*app.conn().await?, user, id).await?.ok_or(Error::NotFound("scan"))?;
    let begin = Some(Look { app, shell, user, id, looks: 0, last: String::new() });
    let events = stream::unfold(begin, |look| async move {
        let (event, look) = look?.next().await?;
        Some((Ok::<_, actix_web::Error>(Bytes::from(event)), look))
    });
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header((header::CONTENT_ENCODING, "identity"))
        // A proxy that gathers an answer before it hands it on would hold the events back.
        .insert_header(("x-accel-buffering", "no"))
        .content_type("text/event-stream")
        .streaming(Box::pin(events)))
}

struct Look {
    app: Data<App>,
    shell: Shell,
    user: UserId,
    id: ScanId,
    looks: u32,
    last: String,
}

impl Look {
    /// The next event, and what comes after it; nothing when the run is over, the program stops or the row is gone.
    async fn next(mut self) -> Option<(String, Option<Self>)> {
        loop {
            if self.looks > 0 {
                tokio::select! {
                    () = self.app.stop.cancelled() => return None,
                    () = tokio::time::sleep(PACE) => {}
                }
            }
            self.looks += 1;
            self.shell.now = self.app.clock.now();
            let scan = {
                let conn = self.app.conn().await.ok()?;
                scans::find(&conn, self.user, self.id).await.ok()??
            };
            let is_over = scan.status != ScanStatus::Running;
            let html = ProgressPart { shell: &self.shell, progress: scan.progress(), scan: &scan };
            let html = html.render().ok()?.replace(['\n', '\r'], " ");
            if is_over {
                return Some((format!("event: over\ndata: {html}\n\n"), None));
            }
            if self.looks > LOOKS {
                return None;
            }
            if html != self.last {
                self.last.clone_from(&html);
                return Some((format!("data: {html}\n\n"), Some(self)));
            }
            // Whatever stands between keeps a silent connection for dead.
            if self.looks.is_multiple_of(15) {
                return Some((": still at it\n\n".to_owned(), Some(self)));
            }
        }
    }
}
