//! What programs show: `Authorization: Bearer ds_…`. A token is random; we keep its digest, and how it begins.

use actix_web::{HttpRequest, http::header};
use rand::RngExt;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// How every token begins, so that people and scanners for leaked secrets recognise one.
const MARK: &str = "ds_";
/// Letters and digits after the mark: as much chance as 32 random bytes have.
const LENGTH: usize = 43;
/// How much of a token is kept readable.
const PREFIX: usize = 11;
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A fresh token. Its text is shown once and stored nowhere.
#[derive(Clone)]
pub struct NewToken {
    /// The token itself.
    pub text: String,
    /// How it begins, by which people tell one from another.
    pub prefix: String,
    /// What is stored.
    pub digest: [u8; 32],
}

impl NewToken {
    /// Draws one.
    pub fn draw() -> Self {
        let mut rng = rand::rng();
        let letters = (0..LENGTH).map(|_| ALPHABET[rng.random_range(0..ALPHABET.len())]);
        let text: String = MARK.chars().chain(letters.map(char::from)).collect();
        Self { prefix: text[..PREFIX].to_owned(), digest: digest(&text), text }
    }
}

impl std::fmt::Debug for NewToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewToken").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// Whether the request carries a token, good or bad.
pub fn is_sent(request: &HttpRequest) -> bool {
    request.headers().get_all(header::AUTHORIZATION).any(|value| bearer(value.as_bytes()).is_some())
}

/// The digest of the token that the request carries. `None` when it carries none; an error when what it carries cannot
/// be one. Other schemes are left alone: a proxy in front may have its own.
pub fn sent(request: &HttpRequest) -> Result<Option<[u8; 32]>> {
    let mut sent =
        request.headers().get_all(header::AUTHORIZATION).filter_map(|v| bearer(v.as_bytes()));
    let Some(first) = sent.next() else { return Ok(None) };
    if sent.next().is_some() {
        let text = "two tokens were sent; send one Authorization header";
        return Err(Error::InvalidToken(text.to_owned()));
    }
    let rest = first.strip_prefix(MARK.as_bytes());
    let is_whole =
        rest.is_some_and(|rest| rest.len() == LENGTH && rest.iter().all(u8::is_ascii_alphanumeric));
    if !is_whole {
        return Err(Error::InvalidToken(format!(
            "this is not a token; send `Authorization: Bearer {MARK}` and the {LENGTH} letters and digits that follow \
             in the token"
        )));
    }
    Ok(Some(Sha256::digest(first).into()))
}

/// What follows `Bearer`, in any letter case; nothing when it is another scheme.
fn bearer(value: &[u8]) -> Option<&[u8]> {
    const SCHEME: &[u8] = b"bearer";
    let (scheme, rest) = value.trim_ascii().split_at_checked(SCHEME.len()).unwrap_or_default();
    let is_bearer =
        scheme.eq_ignore_ascii_case(SCHEME) && rest.first().is_none_or(u8::is_ascii_whitespace);
    is_bearer.then_some(rest.trim_ascii())
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

#[cfg(test)]
mod tests {
    use actix_web::{http::header::HeaderValue, test::TestRequest};

    use super::*;

    fn request(headers: &[&str]) -> HttpRequest {
        let mut request = TestRequest::get();
        for text in headers {
            let value = HeaderValue::from_bytes(text.as_bytes()).unwrap();
            request = request.append_header((header::AUTHORIZATION, value));
        }
        request.to_http_request()
    }

    #[test]
    fn a_drawn_token_is_recognised_by_its_digest_and_its_beginning() {
        let one = NewToken::draw();
        assert_eq!(one.text.len(), MARK.len() + LENGTH);
        assert!(one.text.starts_with(&one.prefix) && one.prefix.len() == PREFIX);
        let sent = sent(&request(&[&format!("Bearer {}", one.text)])).unwrap();
        assert_eq!(sent, Some(one.digest));
        assert_ne!(one.text, NewToken::draw().text);
        assert!(!format!("{one:?}").contains(&one.text));
    }

    #[test]
    fn the_scheme_may_be_written_in_any_case_and_with_more_blanks() {
        let token = NewToken::draw();
        for scheme in ["bearer ", "BEARER  ", "Bearer   "] {
            let request = request(&[&format!("{scheme}{}", token.text)]);
            assert_eq!(sent(&request).unwrap(), Some(token.digest), "{scheme}");
        }
    }

    #[test]
    fn other_schemes_are_no_tokens() {
        for header in ["Basic YW5uOnNlY3JldA==", "Bearerds_x", "", "Digest x"] {
            let request = request(&[header]);
            assert!(!is_sent(&request) && sent(&request).unwrap().is_none(), "{header}");
        }
    }

    #[test]
    fn what_cannot_be_a_token_is_refused_and_not_ignored() {
        let token = NewToken::draw().text;
        for header in [
            "Bearer".to_owned(),
            "Bearer ".to_owned(),
            "Bearer hunter2".to_owned(),
            format!("Bearer {}", &token[..token.len() - 1]),
            format!("Bearer {token}x"),
            format!("Bearer {token} {token}"),
            format!("Bearer DS_{}", &token[3..]),
            format!("Bearer ds_{}", "ü".repeat(LENGTH)),
        ] {
            let request = request(&[&header]);
            assert!(is_sent(&request), "{header}");
            assert_eq!(sent(&request).unwrap_err().code(), "invalid_token", "{header}");
        }
        let both = format!("Bearer {token}");
        assert!(sent(&request(&[&both, &both])).is_err());
        assert!(sent(&request(&["Basic x", &both])).unwrap().is_some());
    }
}
