//! What is sent, and what comes back.

use std::{fmt, time::Duration};

use reqwest::{
    Method, Url,
    header::{HeaderMap, HeaderName, HeaderValue},
};

/// Where an address came from, and so which networks it may lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// From a user, a feed or a page: private networks are refused, unless `outbound.allow` names them.
    Public,
    /// From the operator's settings: any network. A redirect to another host counts as [`Reach::Public`].
    Configured,
}

/// How the host is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manners {
    /// An interface for programs: the caller keeps the pace that it asks for.
    Api,
    /// A page or a feed: robots.txt is obeyed, requests to one host keep a distance, two at most run at once.
    Polite,
}

/// One request. `Debug` shows neither headers nor body nor query.
#[derive(Clone)]
pub struct Request {
    /// What is to be done.
    pub method: Method,
    /// With what: http or https, without user and password.
    pub url: Url,
    /// Headers besides those of every request (user agent, encodings). Only harmless ones follow a redirect to another
    /// host; nothing that proves who asks.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// What is sent along; empty for nothing. It never follows a redirect to another host.
    pub body: Vec<u8>,
    /// Which networks it may lead to.
    pub reach: Reach,
    /// How many bytes the answer may have, unpacked. The setting `outbound.max_bytes` holds besides.
    pub max_bytes: usize,
    /// How long it may take in all, redirects included. The setting `outbound.timeout_s` holds besides.
    pub patience: Duration,
    /// How the host is treated.
    pub manners: Manners,
    /// Whether the path proves who asks, as that of a webhook does: then no more than the host is shown.
    pub has_secret_path: bool,
}

impl Request {
    /// A request without body, within the limits of the settings, with [`Manners::Api`].
    pub fn new(method: Method, url: Url, reach: Reach) -> Self {
        Self {
            method,
            url,
            headers: Vec::new(),
            body: Vec::new(),
            reach,
            max_bytes: usize::MAX,
            patience: Duration::MAX,
            manners: Manners::Api,
            has_secret_path: false,
        }
    }

    /// Reads `url`.
    pub fn get(url: Url, reach: Reach) -> Self {
        Self::new(Method::GET, url, reach)
    }

    /// Sends `body` to `url`, as `content_type`.
    pub fn post(url: Url, reach: Reach, content_type: &'static str, body: Vec<u8>) -> Self {
        let kind = (reqwest::header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self { headers: vec![kind], body, ..Self::new(Method::POST, url, reach) }
    }

    /// The same with one more header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The same with a header that proves who asks: it is never shown, and never leaves the first host.
    #[must_use]
    pub fn secret_header(self, name: HeaderName, mut value: HeaderValue) -> Self {
        value.set_sensitive(true);
        self.header(name, value)
    }

    /// The same with a path that proves who asks: it is never shown.
    #[must_use]
    pub fn secret_path(mut self) -> Self {
        self.has_secret_path = true;
        self
    }

    /// The address as it may be shown and logged.
    pub(super) fn shown(&self) -> String {
        self.shown_of(&self.url)
    }

    /// Another address that this request leads to, as it may be shown: a redirect repeats the path.
    pub(super) fn shown_of(&self, url: &Url) -> String {
        match url.host_str() {
            Some(_) if self.has_secret_path => format!("{}://{}/…", url.scheme(), host_of(url)),
            _ => shown(url),
        }
    }

    /// The same, as a polite reader of pages.
    #[must_use]
    pub fn politely(mut self) -> Self {
        self.manners = Manners::Polite;
        self
    }

    /// The same with at most this much patience.
    #[must_use]
    pub fn within(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The same with at most this many bytes of answer.
    #[must_use]
    pub fn at_most(mut self, max_bytes: usize) -> Self {
        self.max_bytes = max_bytes;
        self
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &self.shown())
            .field("reach", &self.reach)
            .field("manners", &self.manners)
            .finish_non_exhaustive()
    }
}

/// What came back, whatever its status, whole and unpacked.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status, such as 200 or 404.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// Who answered in the end, after redirects.
    pub url: Url,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// Whether the status says that all is well (200 to 299).
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A header as text, when it is there and is text.
    pub fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// An address as it may be shown and logged: without query, fragment, user and password.
pub fn shown(url: &Url) -> String {
    match url.host_str() {
        Some(_) => format!("{}://{}{}", url.scheme(), host_of(url), url.path()),
        None => format!("{}:…", url.scheme()),
    }
}

/// `name`, or `name:port` where the port is not the usual one.
pub(super) fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_has_no_secret() {
        let url = Url::parse("https://me:pw@api.example.org:8443/a/b?key=s3cret#part").unwrap();
        assert_eq!(shown(&url), "https://api.example.org:8443/a/b");
        let request = Request::post(url, Reach::Public, "text/plain", b"s3cret".to_vec())
            .secret_header(
                reqwest::header::AUTHORIZATION,
                HeaderValue::from_static("Bearer s3cret"),
            );
        assert!(!format!("{request:?} {:?}", request.headers).contains("s3cret"));
    }
}
