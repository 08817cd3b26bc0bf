//! Scripts of other sites and of browser extensions may send captures, where the settings name them: with a token,
//! never with cookies, and nowhere else than to `/api/v1/capture`.

use actix_web::{
    HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderMap, HeaderValue},
    },
    middleware::Next,
    web::Data,
};

use crate::state::App;

const PATH: &str = "/api/v1/capture";
/// What such a script may send and read.
const SENT: &str = "authorization, content-type, idempotency-key";
const READ: &str = "location, etag, x-request-id, retry-after";

/// Answers the browser's question beforehand, and lets the answer be read by whoever may.
pub(super) async fn allow(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some(origin) = allowed(&request) else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let asks = request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if request.method() == Method::OPTIONS && asks {
        let mut answer = HttpResponse::NoContent();
        answer
            .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "POST"))
            .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, SENT))
            .insert_header((header::ACCESS_CONTROL_MAX_AGE, "600"));
        request.into_response(answer.finish())
    } else {
        next.call(request).await?.map_into_boxed_body()
    };
    mark(response.headers_mut(), origin);
    Ok(response)
}

/// The origin that asks, when it may. Any may where the settings say `*`, for without cookies only the token counts.
fn allowed(request: &ServiceRequest) -> Option<HeaderValue> {
    if request.path() != PATH {
        return None;
    }
    let origin = request.headers().get(header::ORIGIN)?;
    let named = &request.app_data::<Data<App>>()?.settings.cors_origins;
    let text = origin.to_str().ok()?.to_ascii_lowercase();
    let is_named = named.iter().any(|one| one == "*" || *one == text);
    is_named.then(|| origin.clone())
}

fn mark(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(READ));
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
}
