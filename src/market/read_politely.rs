//! Reads an address that a person gave, as a polite visitor: robots.txt is obeyed, hosts keep their pace, and what was
//! read before is not sent again.

use std::fmt;

use serde_json::{Value, json};

use super::{call, decode, source::Fault};
use crate::{
    clock::Clock,
    outbound::{
        self, Outbound, Reach, Request,
        header::{
            ACCEPT, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH,
            LAST_MODIFIED,
        },
    },
};

/// What stands at the address.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// This text. `at` is the address that gave it, after redirects.
    Text {
        /// The body, decoded.
        text: String,
        /// Where it stands.
        at: String,
        /// What to hand in the next time.
        memory: Value,
    },
    /// The same as the last time.
    Unchanged,
    /// Nothing any more, by the server's own word: the status.
    Gone(u16),
}

/// Who reads.
#[derive(Clone, Copy)]
pub struct Visitor<'a> {
    /// What requests leave through.
    pub outbound: &'a Outbound,
    /// The time.
    pub clock: &'a Clock,
}

impl fmt::Debug for Visitor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Visitor")
    }
}

impl Visitor<'_> {
    /// Reads `address`, at most `max_bytes` of it. `memory` is what the last reading gave, or `Null`.
    pub async fn read(
        &self,
        address: &str,
        accept: &'static str,
        max_bytes: usize,
        memory: &Value,
    ) -> Result<Found, Fault> {
        let url = outbound::parse(address).map_err(call::of_outbound)?;
        let mut request = Request::get(url, Reach::Public).politely().at_most(max_bytes);
        request = request.header(ACCEPT, HeaderValue::from_static(accept));
        // What is remembered belongs to one address.
        if memory["address"] == address {
            for (name, key) in [(IF_NONE_MATCH, "etag"), (IF_MODIFIED_SINCE, "last_modified")] {
                let value =
                    memory[key].as_str().and_then(|value| HeaderValue::from_str(value).ok());
                if let Some(value) = value {
                    request = request.header(name, value);
                }
            }
        }
        let answer = self.outbound.send(request).await.map_err(call::of_outbound)?;
        let host = answer.url.host_str().unwrap_or_default().to_owned();
        let status = answer.status;
        match status {
            200..=299 => {
                let head =
                    |name: &HeaderName| answer.header(name).filter(|value| value.len() <= 500);
                let memory = json!({
                    "address": address,
                    "etag": head(&ETAG),
                    "last_modified": head(&LAST_MODIFIED),
                });
                let text = decode::text(&answer.body, answer.header(&CONTENT_TYPE));
                Ok(Found::Text { text, at: answer.url.to_string(), memory })
            }
            304 => Ok(Found::Unchanged),
            404 | 410 => Ok(Found::Gone(status)),
            429 | 503 => {
                let retry_after = call::retry_after(&answer, self.clock.now());
                Err(Fault::Limited { source_name: host, retry_after })
            }
            401 | 403 | 407 | 451 => Err(Fault::Refused(format!(
                "{host} does not show this address to programs ({status}); open it in your browser and capture it there"
            ))),
            408 | 425 | 500..=599 => {
                Err(Fault::Down(format!("{host} is broken at present ({status})")))
            }
            _ => Err(Fault::Nonsense(format!("{host} answers with {status}, which says nothing"))),
        }
    }
}
