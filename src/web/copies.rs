//! The last good copies of pages: what is shown, marked with its time, while the database is away.

use std::time::Duration;

use actix_web::{
    HttpResponse,
    body::{BodySize, BoxBody, MessageBody, to_bytes},
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, StatusCode, header},
};
use chrono::{DateTime, SecondsFormat, Utc};
use sha2::{Digest, Sha256};

use super::{respond, session};
use crate::{error::Error, state::App};

const FRESH_FOR: Duration = Duration::from_mins(10);
const LARGEST: usize = 512 * 1024;
/// Where the layout puts the note.
const NOTE_GOES_HERE: &str = "<!--note-->";

/// Where the copies of one page, as one browser sees it, are kept.
#[derive(Debug)]
pub(super) struct Copies {
    key: String,
}

impl Copies {
    /// The copies that may stand in for an answer to `request`. The key holds the session's digest, so that nobody is
    /// shown what was made for another.
    pub(super) fn of(request: &ServiceRequest) -> Option<Self> {
        let page = request.uri().path_and_query()?.as_str();
        let viewer = session::digest(request.request()).map(|digest| respond::hex(&digest));
        let digest = Sha256::digest(format!("{}\n{page}", viewer.unwrap_or_default()));
        (request.method() == Method::GET)
            .then(|| Self { key: format!("page:{}", respond::hex(&digest)) })
    }

    /// Keeps a good page; puts the last good one in the place of "not available".
    pub(super) async fn keep_or_use(
        &self,
        app: &App,
        response: ServiceResponse<BoxBody>,
    ) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
        let error = response.response().error().and_then(|error| error.as_error::<Error>());
        if matches!(error, Some(Error::Unavailable { .. })) {
            return Ok(match self.last(app).await {
                Some(copy) => ServiceResponse::new(response.request().clone(), copy),
                None => response,
            });
        }
        // What comes bit by bit is no page, and keeping it would hold it back until its end.
        let is_whole = matches!(response.response().body().size(), BodySize::Sized(_));
        if response.status() == StatusCode::OK && is_whole {
            self.keep(app, response).await
        } else {
            Ok(response)
        }
    }

    async fn keep(
        &self,
        app: &App,
        response: ServiceResponse<BoxBody>,
    ) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
        let (request, response) = response.into_parts();
        let (head, body) = response.into_parts();
        let body = to_bytes(body).await?;
        if body.len() <= LARGEST {
            let made = app.clock.now().to_rfc3339_opts(SecondsFormat::Secs, true);
            let copy = [made.as_bytes(), b"\n", &body].concat();
            app.cache.set(&self.key, copy, FRESH_FOR).await;
        }
        Ok(ServiceResponse::new(request, head.set_body(BoxBody::new(body))))
    }

    async fn last(&self, app: &App) -> Option<HttpResponse> {
        let copy = String::from_utf8(app.cache.get(&self.key).await?).ok()?;
        let html = marked(&copy, app.clock.now())?;
        Some(
            HttpResponse::Ok()
                .insert_header((header::CACHE_CONTROL, "no-store"))
                .insert_header((header::WARNING, "110 - \"Response is Stale\""))
                .content_type("text/html; charset=utf-8")
                .body(html),
        )
    }
}

/// The page of a copy with a note of when it was made; `None` when it is too old.
fn marked(copy: &str, now: DateTime<Utc>) -> Option<String> {
    let (made, html) = copy.split_once('\n')?;
    let made: DateTime<Utc> = made.parse().ok()?;
    let is_fresh = (now - made).to_std().unwrap_or_default() <= FRESH_FOR;
    let note = format!(
        "<div class=\"banner copy\" role=\"status\"><p><strong>This is a copy from <time datetime=\"{made:?}\">{}\
         </time>.</strong> The database is not reachable at present. Nothing is lost; the page will be live again by \
         itself. <a href=\"/status\">What is going on</a></p></div>",
        made.format("%H:%M:%S UTC"),
    );
    is_fresh.then(|| html.replacen(NOTE_GOES_HERE, &note, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_says_when_it_was_made_and_grows_too_old() {
        let copy = "2026-01-01T10:00:00Z\n<body><!--note--><p>deals</p>";
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let page = marked(copy, at("2026-01-01T10:09:59Z")).unwrap();
        assert!(page.contains("10:00:00 UTC") && page.contains("<p>deals</p>"));
        assert_eq!(marked(copy, at("2026-01-01T10:10:01Z")), None);
    }
}
