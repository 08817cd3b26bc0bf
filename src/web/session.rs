//! The session cookie: a random token that only the browser holds; we keep its digest.

use actix_web::{HttpRequest, http::header};
use sha2::{Digest, Sha256};

use super::respond;

/// How long a session lasts, in days.
pub(super) const DAYS: i64 = 30;
/// What the cookie is called.
pub const NAME: &str = "deal_scout_session";

/// A fresh token, and the digest to store.
pub(super) fn token() -> (String, [u8; 32]) {
    let token = respond::hex(&rand::random::<[u8; 32]>());
    let digest = Sha256::digest(&token).into();
    (token, digest)
}

/// The digest of the session that the browser carries, valid or not.
pub(super) fn digest(request: &HttpRequest) -> Option<[u8; 32]> {
    carried(request).map(|token| Sha256::digest(token).into())
}

/// The token that the browser carries, valid or not.
pub fn carried(request: &HttpRequest) -> Option<&str> {
    cookie_of(request, NAME)
}

/// The value of the first cookie of that name.
pub fn cookie_of<'a>(request: &'a HttpRequest, wanted: &str) -> Option<&'a str> {
    request
        .headers()
        .get_all(header::COOKIE)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == wanted)
        .map(|(_, value)| value)
}

/// The `Set-Cookie` that signs a browser in. `Secure` when a proxy says that the browser came by https.
pub(super) fn cookie(request: &HttpRequest, token: &str) -> String {
    let age = DAYS * 24 * 60 * 60;
    let secure = if came_by_https(request) { "; Secure" } else { "" };
    format!("{NAME}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}")
}

/// The `Set-Cookie` that signs a browser out.
pub(super) fn removal() -> String {
    format!("{NAME}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// Whether a proxy says that the browser came by https.
pub(super) fn came_by_https(request: &HttpRequest) -> bool {
    let proto = request.headers().get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    proto.is_some_and(|proto| proto.eq_ignore_ascii_case("https"))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn the_digest_of_a_cookie_is_the_one_that_was_stored() {
        let (token, stored) = token();
        let cookies = format!("other=1; {NAME}={token}");
        let request = TestRequest::get().insert_header((header::COOKIE, cookies)).to_http_request();
        assert_eq!(digest(&request), Some(stored));
    }

    #[test]
    fn a_cookie_is_secure_behind_https_alone() {
        let plain = TestRequest::get().to_http_request();
        let tls =
            TestRequest::get().insert_header(("x-forwarded-proto", "https")).to_http_request();
        assert!(!cookie(&plain, "t").contains("Secure"));
        assert!(cookie(&tls, "t").ends_with("; Secure"));
    }
}
