//! JSON on its way in.

use actix_web::{HttpRequest, http::header, web::Payload};
use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// The largest body of a write, in bytes.
pub(super) const LARGEST: usize = 1024 * 1024;

/// A body as it came and as it reads.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) bytes: actix_web::web::Bytes,
    pub(super) json: Value,
}

/// Reads the whole body, of at most `largest` bytes. Nesting deeper than 128 is refused.
pub(super) async fn read(request: &HttpRequest, payload: Payload, largest: usize) -> Result<Body> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or("").trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(Error::UnsupportedMedia("send application/json".to_owned()));
    }
    let too_large = |_| Error::TooLarge { limit: u64::try_from(largest).unwrap_or(u64::MAX) };
    let bytes = payload.to_bytes_limited(largest).await.map_err(too_large)?;
    let bytes = bytes.map_err(|_| Error::BadRequest("the body did not arrive whole".to_owned()))?;
    let json = serde_json::from_slice(&bytes)
        .map_err(|cause| Error::BadRequest(format!("the body is not JSON: {cause}")))?;
    Ok(Body { bytes, json })
}

/// The fields of a body that is an object.
pub(super) fn object(json: Value) -> Result<Map<String, Value>> {
    match json {
        Value::Object(fields) => Ok(fields),
        _ => Err(Error::invalid("body", "is not an object of fields")),
    }
}
