//! The few ways to answer: a page, JSON, JSON with an `ETag`, or go elsewhere.

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use askama::Template;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// The largest form that is taken, in bytes.
pub(super) const FORM_BYTES: usize = 1024 * 1024;

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    // The body is written by web::failure, which knows whether a page or a program is asking.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

/// A page.
pub(super) fn page(template: &impl Template) -> Result<HttpResponse> {
    page_with(StatusCode::OK, template)
}

/// A page with another status than 200.
pub(super) fn page_with(status: StatusCode, template: &impl Template) -> Result<HttpResponse> {
    let html = template.render().map_err(Error::internal)?;
    Ok(HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .content_type("text/html; charset=utf-8")
        .body(html))
}

/// JSON that may change with every request.
pub(super) fn json(body: &impl Serialize) -> Result<HttpResponse> {
    let text = serde_json::to_vec(body).map_err(Error::internal)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .content_type("application/json")
        .body(text))
}

/// JSON of one resource, with an `ETag`; 304 when the client has it already.
pub(super) fn resource(request: &HttpRequest, body: &impl Serialize) -> Result<HttpResponse> {
    let text = serde_json::to_vec(body).map_err(Error::internal)?;
    let etag = etag(&Sha256::digest(&text));
    let mut response =
        if client_has(request, &etag) { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((header::ETAG, etag.clone()))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"));
    Ok(if client_has(request, &etag) {
        response.finish()
    } else {
        response.content_type("application/json").body(text)
    })
}

/// Go there, with GET.
pub(super) fn see_other(location: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, location)).finish()
}

/// An `ETag` of a digest's first 16 bytes.
pub(super) fn etag(digest: &[u8]) -> String {
    format!("\"{}\"", hex(&digest[..digest.len().min(16)]))
}

/// Text as a part of a query.
pub(super) fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whether `If-None-Match` names this `ETag`.
pub(super) fn client_has(request: &HttpRequest, etag: &str) -> bool {
    request
        .headers()
        .get_all(header::IF_NONE_MATCH)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/"))
        .any(|tag| tag == etag || tag == "*")
}
