//! The session cookie: a random token that only the browser holds; we keep its digest.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
};
use sha2::{Digest, Sha256};

use super::respond;

/// How long a session lasts, in days.
pub(super) const DAYS: i64 = 30;
const NAME: &str = "deal_scout_session";

/// A fresh token, and the digest to store.
pub(super) fn token() -> (String, [u8; 32]) {
    let token = respond::hex(&rand::random::<[u8; 32]>());
    let digest = Sha256::digest(&token).into();
    (token, digest)
}

/// The digest of the session that the browser carries, valid or not.
pub(super) fn digest(request: &HttpRequest) -> Option<[u8; 32]> {
    request.cookie(NAME).map(|cookie| Sha256::digest(cookie.value()).into())
}

/// The cookie that signs a browser in. `Secure` when a proxy says that the browser came by https.
pub(super) fn cookie(request: &HttpRequest, token: String) -> Cookie<'static> {
    Cookie::build(NAME, token)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(came_by_https(request))
        .max_age(Duration::days(DAYS))
        .finish()
}

/// The cookie that signs a browser out.
pub(super) fn removal() -> Cookie<'static> {
    Cookie::build(NAME, "").path("/").http_only(true).max_age(Duration::ZERO).finish()
}

fn came_by_https(request: &HttpRequest) -> bool {
    let proto = request.headers().get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    proto.is_some_and(|proto| proto.eq_ignore_ascii_case("https"))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn the_digest_of_a_cookie_is_the_one_that_was_stored() {
        let (token, digest_stored) = token();
        let request = TestRequest::get().to_http_request();
        let request = TestRequest::get().cookie(cookie(&request, token)).to_http_request();
        assert_eq!(digest(&request), Some(digest_stored));
    }

    #[test]
    fn a_cookie_is_secure_behind_https_alone() {
        let plain = TestRequest::get().to_http_request();
        let tls =
            TestRequest::get().insert_header(("x-forwarded-proto", "https")).to_http_request();
        assert_eq!(cookie(&plain, String::new()).secure(), Some(false));
        assert_eq!(cookie(&tls, String::new()).secure(), Some(true));
    }
}
