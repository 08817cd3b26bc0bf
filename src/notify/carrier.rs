//! The trait of what carries messages over HTTP, and what most of their servers mean alike.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::{Message, Refusal, Setup, message::clipped};
use crate::outbound::{Answer, Fault, Reach, Request, Url, header};

/// How long a service may take, in seconds.
const PATIENCE_S: u64 = 20;
/// What is read of an answer: services say little.
const MOST_BYTES: usize = 64 * 1024;
/// What is repeated of an answer's words.
const MOST_WORDS: usize = 300;

/// A service that takes messages: one request, and what its answer means. Pure.
pub(super) trait Carrier: Sync {
    /// What to ask.
    ///
    /// # Errors
    /// When the channel is not set up as its kind needs.
    fn request(&self, setup: &Setup, message: &Message) -> Result<Request, Refusal>;

    /// What the answer means: what the service said, or why the message was not taken.
    ///
    /// # Errors
    /// See [`judged`].
    fn judge(&self, answer: &Answer) -> Result<String, Refusal> {
        judged(answer, &said(answer))
    }
}

/// A request with JSON to an address that a person gave.
pub(super) fn post(url: Url, body: &Value) -> Request {
    Request::post(url, Reach::Public, "application/json", body.to_string().into_bytes())
        .within(std::time::Duration::from_secs(PATIENCE_S))
        .at_most(MOST_BYTES)
        .secret_path()
}

/// The address of a channel, or a word about what is missing.
pub(super) fn address(text: &str, what: &str) -> Result<Url, Refusal> {
    let parsed =
        Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "https" | "http"));
    parsed.ok_or_else(|| Refusal::Never(format!("the channel is not set up: {what} is missing")))
}

/// The address of a webhook that is itself a secret, wherever it was put, or a word about what is missing.
pub(super) fn hook(setup: &Setup, what: &str) -> Result<Url, Refusal> {
    let stored = secret(setup, what);
    if setup.address.trim().is_empty() {
        address(stored?, what)
    } else {
        address(&setup.address, what)
    }
}

/// The secret of a channel, or a word about what is missing.
pub(super) fn secret<'a>(setup: &'a Setup, what: &str) -> Result<&'a str, Refusal> {
    let secret = setup.secret.as_ref().map(|secret| secret.reveal().trim());
    secret
        .filter(|secret| !secret.is_empty())
        .ok_or_else(|| Refusal::Never(format!("the channel is not set up: {what} is missing")))
}

/// A setting of a channel that is a text, when it is there.
pub(super) fn setting<'a>(setup: &'a Setup, name: &str) -> Option<&'a str> {
    setup.settings.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

/// What most services mean by a status. `said` are their own words. Too much at once, and faults of their own, pass;
/// all else needs somebody.
pub(super) fn judged(answer: &Answer, said: &str) -> Result<String, Refusal> {
    let host = answer.url.host_str().unwrap_or("the service").to_owned();
    let words = if said.is_empty() { String::new() } else { format!(": {said}") };
    let status = answer.status;
    let why = match status {
        200..=299 => return Ok(format!("{host} took it ({status}){words}")),
        401 | 403 => {
            format!("{host} refuses the token, the password or the address ({status}){words}")
        }
        404 | 410 => format!("{host} knows no such address any more ({status}){words}"),
        408 | 425 | 500..=599 => format!("{host} has trouble of its own ({status}){words}"),
        429 => format!("{host} asks to wait (429){words}"),
        _ => format!("{host} did not take the message ({status}){words}"),
    };
    match status {
        408 | 425 | 429 | 500..=599 => {
            Err(Refusal::Later { why, retry_after: retry_after(answer) })
        }
        _ => Err(Refusal::Never(why)),
    }
}

/// A request that got no answer.
pub(super) fn unsent(fault: &Fault) -> Refusal {
    let why = fault.to_string();
    if fault.is_passing() {
        let retry_after = fault.retry_after().and_then(|wait| TimeDelta::from_std(wait).ok());
        Refusal::Later { why, retry_after }
    } else {
        Refusal::Never(why)
    }
}

/// How long the answer asks to wait: seconds, or a date.
pub(super) fn retry_after(answer: &Answer) -> Option<TimeDelta> {
    let text = answer.header(&header::RETRY_AFTER)?.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return seconds_of(seconds);
    }
    let until = DateTime::parse_from_rfc2822(text).ok()?.with_timezone(&Utc);
    let date = answer.header(&header::DATE)?;
    let sent = DateTime::parse_from_rfc2822(date).ok()?.with_timezone(&Utc);
    Some((until - sent).max(TimeDelta::zero()))
}

/// Seconds as services write them, with a fraction now and then.
pub(super) fn seconds_of(seconds: f64) -> Option<TimeDelta> {
    let wait = std::time::Duration::try_from_secs_f64(seconds.ceil()).ok()?;
    TimeDelta::from_std(wait).ok()
}

/// The words of an answer: of its JSON where it says something, else its text. At most a few hundred characters.
fn said(answer: &Answer) -> String {
    let text = String::from_utf8_lossy(&answer.body);
    let json: Option<Value> = serde_json::from_str(&text).ok();
    let word = |name: &str| {
        let found = json.as_ref()?.get(name)?;
        found.as_str().map(str::to_owned)
    };
    let words = ["errorDescription", "description", "message", "error", "detail"]
        .into_iter()
        .find_map(word);
    let words = match (words, json) {
        (Some(words), _) => words,
        // JSON that names nothing of the kind, or a page: no words for people.
        (None, Some(_)) => return String::new(),
        (None, None) if text.trim_start().starts_with('<') => return String::new(),
        (None, None) => text.into_owned(),
    };
    let plain: String = words.split_whitespace().collect::<Vec<_>>().join(" ");
    clipped(&plain, MOST_WORDS, |_| 1)
}
