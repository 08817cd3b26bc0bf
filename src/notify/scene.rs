//! Messages and channels for the tests of this folder.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Facts, Links, Message, Note, Setup};
use crate::{
    config::Secret,
    model::{channel::ChannelKind, notification::Reason},
    outbound::{Answer, Request, Url, header::HeaderMap},
};

pub(super) fn now() -> DateTime<Utc> {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

pub(super) fn setup(kind: ChannelKind, address: &str, secret: Option<&str>) -> Setup {
    Setup {
        kind,
        address: address.to_owned(),
        settings: json!({}),
        secret: secret.map(Secret::new),
        account: Some("ann@example.org".to_owned()),
    }
}

pub(super) fn note(id: i64, reason: Reason, payload: &Value) -> Note {
    let link = |what: &str| Some(format!("https://deals.example.org/{what}"));
    Note {
        id,
        listing_id: Some(3),
        reason,
        facts: Facts::of(payload),
        is_gone: false,
        links: Links { open: link("listings/3"), snooze: link("s/3"), ignore: link("i/3") },
    }
}

pub(super) fn payload() -> Value {
    json!({
        "title": "RTX 3070 <8GB> & box",
        "url": "https://example.org/ad?a=1&b=2",
        "image_url": "https://example.org/p.jpg",
        "price": {"amount": 31000, "currency": "USD"},
        "fair_value": {"amount": 50000, "currency": "USD"},
        "score": 84,
        "summary": "38 % under the median of 10 sales; posted 1 h ago; 6 km away",
        "posted_at": "2026-11-22T10:00:00Z",
        "place": "Ulm",
        "search": "gpu",
    })
}

fn message(notes: Vec<Note>) -> Message {
    Message::of(
        "n-7".to_owned(),
        notes,
        "https://deals.example.org/notifications".to_owned(),
        now(),
    )
}

/// One find.
pub(super) fn find() -> Message {
    message(vec![note(7, Reason::Find, &payload())])
}

/// Several finds at once.
pub(super) fn digest(notes: i64) -> Message {
    message((1..=notes).map(|id| note(id, Reason::Find, &payload())).collect())
}

/// A find with words of any length.
pub(super) fn titled(title: &str) -> Message {
    let mut payload = payload();
    payload["title"] = json!(title);
    message(vec![note(7, Reason::Find, &payload)])
}

/// A message that says only that the channel works.
pub(super) fn trial() -> Message {
    Message::trial("t-1".to_owned(), "https://deals.example.org/notifications".to_owned(), now())
}

pub(super) fn json_of(request: &Request) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

pub(super) fn header_of(request: &Request, name: &str) -> Option<String> {
    let found = request.headers.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.to_str().unwrap().to_owned())
}

pub(super) fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status,
        headers: HeaderMap::new(),
        url: Url::parse("https://service.example.org/x").unwrap(),
        body: body.as_bytes().to_vec(),
    }
}
