//! Proof that a write in a signed-in person's name comes from a page of ours. The token is derived from the session's,
//! so it is stored nowhere, and no other site can know it. Whoever takes authority from a session cookie (`check` is
//! called where that happens, not in each handler) takes it for writes only with this proof.

use actix_web::{
    HttpMessage, HttpRequest,
    body::{BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::PayloadError,
    http::header::HeaderName,
    middleware::Next,
    web::{Bytes, BytesMut},
};
use futures_util::{StreamExt, TryStreamExt, stream};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{respond, session};
use crate::error::{Error, Result};

/// The hidden field of a form.
const FIELD: &str = "csrf";
/// The header that scripts and programs send instead.
const HEADER: HeaderName = HeaderName::from_static("x-csrf-token");
/// Where the field of a form with files is looked for: it is the first part.
const FIRST_PART: usize = 1024;

/// The token that goes with a session's token.
pub(super) fn token(session: &str) -> String {
    let digest = Sha256::new().chain_update("deal-scout csrf\0").chain_update(session).finalize();
    respond::hex(&digest)
}

/// Marks a request that has proven where it comes from.
struct Proven;

/// Refuses a write that a session cookie authorises and that has not proven where it comes from.
pub(super) fn check(request: &HttpRequest) -> Result<()> {
    if request.method().is_safe() || request.extensions().get::<Proven>().is_some() {
        return Ok(());
    }
    Err(Error::Forbidden(
        "this page is from before you signed in, or the request is not ours: open the page again and repeat it \
         (programs send X-CSRF-Token, or a bearer token and no cookie)"
            .to_owned(),
    ))
}

/// Looks for the proof in the header, or in the form's hidden field, and marks the request that has it.
pub(super) async fn prove(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let expected = session::carried(request.request()).map(token);
    if let Some(expected) = expected.filter(|_| !request.method().is_safe()) {
        let given = match given(&mut request).await {
            Ok(given) => given,
            Err(error) => return Ok(request.error_response(error)),
        };
        if given.is_some_and(|given| bool::from(given.as_bytes().ct_eq(expected.as_bytes()))) {
            request.extensions_mut().insert(Proven);
        }
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// The token as sent. A form's body is read for it, and put back as it was.
async fn given(request: &mut ServiceRequest) -> Result<Option<String>> {
    if let Some(value) = request.headers().get(&HEADER) {
        return Ok(value.to_str().ok().map(str::to_owned));
    }
    match request.content_type().to_ascii_lowercase().as_str() {
        "application/x-www-form-urlencoded" => {
            let body = read(request, respond::FORM_BYTES).await?;
            if body.len() > respond::FORM_BYTES {
                let limit = u64::try_from(respond::FORM_BYTES).unwrap_or(u64::MAX);
                return Err(Error::TooLarge { limit });
            }
            Ok(field(&body))
        }
        "multipart/form-data" => Ok(first_part(&read(request, FIRST_PART).await?)),
        _ => Ok(None),
    }
}

/// The beginning of the body: all of it, or a little more than `enough` bytes.
async fn read(request: &mut ServiceRequest, enough: usize) -> Result<Bytes> {
    let mut rest = request.take_payload();
    let mut begun = BytesMut::new();
    while begun.len() <= enough
        && let Some(chunk) = rest.try_next().await.map_err(|cause| broken_off(&cause))?
    {
        begun.extend_from_slice(&chunk);
    }
    let begun = begun.freeze();
    let whole = stream::iter([Ok::<_, PayloadError>(begun.clone())]).chain(rest);
    request.set_payload(Payload::Stream { payload: Box::pin(whole) });
    Ok(begun)
}

fn broken_off(_: &PayloadError) -> Error {
    Error::BadRequest("the request broke off".to_owned())
}

/// The field of a URL-encoded form. Its value is plain digits and letters, so nothing has to be decoded.
pub fn field(body: &[u8]) -> Option<String> {
    let pairs = std::str::from_utf8(body).ok()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(name, _)| *name == FIELD).map(|(_, value)| value.to_owned())
}

/// The field of a multipart form whose first part it is.
pub fn first_part(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(&body[..body.len().min(FIRST_PART)]);
    let (head, rest) = text.split_once("\r\n\r\n")?;
    let is_ours = head.contains(&format!("name=\"{FIELD}\""));
    is_ours.then(|| rest.split("\r\n").next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_the_sessions_own_and_tells_nothing_of_it() {
        assert_eq!(token("a").len(), 64);
        assert_eq!(token("a"), token("a"));
        assert_ne!(token("a"), token("b"));
        assert_ne!(token("a"), respond::hex(&Sha256::digest("a")), "it is not what is stored");
    }

    #[test]
    fn the_field_is_found_in_both_kinds_of_forms() {
        assert_eq!(field(b"title=x%26&csrf=abc&y=1").as_deref(), Some("abc"));
        assert_eq!(field(b"title=csrf"), None);
        let part = |name: &str| {
            format!(
                "--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\nabc\r\n--x--\r\n"
            )
        };
        assert_eq!(first_part(part("csrf").as_bytes()).as_deref(), Some("abc"));
        assert_eq!(first_part(part("file").as_bytes()), None);
        assert_eq!(first_part(b""), None);
    }

    #[test]
    fn every_form_that_writes_carries_the_field() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        let mut folders = vec![root];
        let mut forms = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                for form in
                    text.split("<form").skip(1).filter(|form| form.contains("method=\"post\""))
                {
                    let form = form.split("</form>").next().unwrap();
                    // Nobody is signed in yet who sends these; the origin check alone guards them.
                    let is_anonymous = ["/login", "/setup", "/forgot", "/reset"]
                        .iter()
                        .any(|action| form.contains(&format!("action=\"{action}\"")));
                    // The ticket in the address is the proof.
                    let is_anonymous = is_anonymous || form.contains("action=\"/l/{{");
                    let carries = form.contains("parts/csrf.html");
                    assert!(carries != is_anonymous, "{}: {form}", path.display());
                    forms += 1;
                }
            }
        }
        assert!(forms > 3);
    }
}
