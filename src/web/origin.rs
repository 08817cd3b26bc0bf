//! Refuses requests that another site makes in a signed-in person's browser. The session cookie is `SameSite=Lax`; this
//! is the second lock, and the only one in the first look, which has no session. There a name of another's that points
//! at this machine (DNS rebinding) would make that other site our own, so only this machine's names are answered.

use actix_web::{
    HttpRequest,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
    web::Data,
};

use super::auth;
use crate::{error::Error, state::App};

/// Lets through what only reads, what our own pages send, and what no browser sends.
pub(super) async fn same_site(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    // No page of another site can send a token: a browser does not know it, and adds none by itself.
    let has_token = auth::token::is_sent(request.request());
    if request.method().is_safe() || has_token || is_own(request.request()) {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let reason = "this request comes from another site; open the page here and try again";
    Ok(request.error_response(Error::Forbidden(reason.to_owned())))
}

/// In the first look, lets through what asks for this machine by a name of its own.
pub(super) async fn own_name(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let is_demo = request.app_data::<Data<App>>().is_none_or(|app| app.settings.demo.enabled);
    if !is_demo || auth::is_local_name(request.request()) {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let reason = "the first look has no login, so it answers only to this machine's own names; \
                  open localhost with the port that you used";
    Ok(request.error_response(Error::Forbidden(reason.to_owned())))
}

fn is_own(request: &HttpRequest) -> bool {
    let text =
        |name: header::HeaderName| request.headers().get(name).map(header::HeaderValue::to_str);
    let host = text(header::HOST).and_then(std::result::Result::ok).unwrap_or("");
    // Browsers say where a request comes from in the first of these that they know.
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, Ok("same-origin" | "none"));
    }
    match text(header::ORIGIN).or_else(|| text(header::REFERER)) {
        Some(Ok(origin)) => authority(origin).is_some_and(|ours| ours.eq_ignore_ascii_case(host)),
        Some(Err(_)) => false,
        // Every browser of the last years sends one of them with such a request: this is a program.
        None => true,
    }
}

/// `localhost:3000` of `http://localhost:3000/import`; nothing of `null`.
fn authority(origin: &str) -> Option<&str> {
    let (_, rest) = origin.split_once("://")?;
    rest.split(['/', '?', '#']).next().filter(|authority| !authority.is_empty())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn own(headers: &[(&'static str, &'static str)]) -> bool {
        let mut request = TestRequest::post().insert_header((header::HOST, "scout.lan:3000"));
        for &header in headers {
            request = request.insert_header(header);
        }
        is_own(&request.to_http_request())
    }

    #[test]
    fn our_own_pages_and_programs_may_write() {
        assert!(own(&[("sec-fetch-site", "same-origin"), ("origin", "http://scout.lan:3000")]));
        assert!(own(&[("sec-fetch-site", "none")]));
        assert!(own(&[("origin", "http://scout.lan:3000")]));
        assert!(own(&[("referer", "http://scout.lan:3000/import?x")]));
        assert!(own(&[]));
    }

    #[test]
    fn other_sites_may_not() {
        assert!(!own(&[("sec-fetch-site", "cross-site"), ("origin", "http://scout.lan:3000")]));
        assert!(!own(&[("sec-fetch-site", "same-site")]));
        assert!(!own(&[("origin", "http://evil.example")]));
        assert!(!own(&[("origin", "http://scout.lan:3001")]));
        assert!(!own(&[("origin", "null")]));
        assert!(!own(&[("referer", "http://evil.example/scout.lan:3000")]));
    }
}
