//! What happens around every request: it gets a name, the answer gets its security headers, and the log a line. Probes
//! are not named and not logged.

use std::time::Instant;

use actix_web::{
    HttpMessage, HttpRequest,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        ConnectionType,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web::Data,
};
use slog::{debug, info, warn};

use super::respond;
use crate::{state::App, telemetry};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

// Nothing inline, nothing from elsewhere but the ads' pictures; nobody may frame us.
const POLICY: &str = "default-src 'self'; img-src 'self' https: data:; object-src 'none'; base-uri 'none'; \
                      form-action 'self'; frame-ancestors 'none'";

/// The request's name, in its answer and in the log.
#[derive(Debug, Clone)]
pub(super) struct RequestId(pub(super) String);

impl RequestId {
    /// The name of a request that came through [`around`].
    pub(super) fn of(request: &HttpRequest) -> String {
        request.extensions().get::<Self>().map_or_else(String::new, |id| id.0.clone())
    }
}

/// Names the request, answers it and logs a line.
pub(super) async fn around(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let started = Instant::now();
    let id = given_id(request.headers()).unwrap_or_else(made_id);
    request.extensions_mut().insert(RequestId(id.clone()));
    let app = request.app_data::<Data<App>>().cloned();
    let mut response = telemetry::in_request(id.clone(), next.call(request)).await?;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    if let Some(app) = app {
        tell(&app, &response, &id, started);
    }
    Ok(response)
}

/// Adds the security headers to every answer, whoever gives it. While the program stops, each connection closes with its
/// answer: whoever asks again meets another process.
pub async fn outermost(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let app = request.app_data::<Data<App>>().cloned();
    let mut response = next.call(request).await?;
    protect(response.headers_mut());
    if app.is_some_and(|app| app.stop.is_cancelled()) {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(response)
}

/// A proxy's own name for the request is kept, so that both logs tell the same story.
fn given_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(X_REQUEST_ID)?.to_str().ok()?;
    let is_plain = id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    (is_plain && (1..=64).contains(&id.len())).then(|| id.to_owned())
}

fn made_id() -> String {
    respond::hex(&rand::random::<[u8; 8]>())
}

fn protect(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// Counts the request, and logs its line.
fn tell(app: &App, response: &ServiceResponse<impl MessageBody>, id: &str, started: Instant) {
    let request = response.request();
    let route = request.match_pattern().unwrap_or_else(|| "none".to_owned());
    let status = response.status().as_u16();
    let took = started.elapsed();
    app.metrics.request(&route, request.method().as_str(), status, took);
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let fields = slog::o!(
        "method" => request.method().to_string(),
        "route" => route.clone(),
        "status" => status,
        "ms" => ms,
        "request_id" => id.to_owned(),
    );
    let log = app.log.new(fields);
    // Probes and assets come every second and with every page: they would bury the rest.
    let is_routine = route == "/metrics" || route.starts_with("/static");
    match status {
        500.. => warn!(log, "{} {} answered {status}", request.method(), request.path()),
        _ if is_routine => debug!(log, "{} {} answered {status}", request.method(), request.path()),
        _ => info!(log, "{} {} answered {status}", request.method(), request.path()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_keeps_a_plain_name_and_loses_a_strange_one() {
        let id = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(X_REQUEST_ID, HeaderValue::from_static(text));
            given_id(&headers)
        };
        assert_eq!(id("abc-1_2"), Some("abc-1_2".to_owned()));
        assert_eq!(id("a b"), None);
        assert_eq!(id(""), None);
    }
}
