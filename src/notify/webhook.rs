//! Any address that takes JSON. With a secret each request is signed, so that whoever takes it can tell that it comes
//! from here and is fresh: `X-Deal-Scout-Signature: sha256=` and the hexadecimal HMAC-SHA256, with the secret, of the
//! value of `X-Deal-Scout-Timestamp` (seconds since 1970), a dot, and the body. A message that is sent twice has the
//! same `Idempotency-Key`.

use std::fmt::Write;

use reqwest::header::{HeaderName, HeaderValue};
use ring::hmac;
use serde_json::{Value, json};

use super::{Message, Note, Refusal, Setup, carrier};
use crate::outbound::Request;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const TIMESTAMP: HeaderName = HeaderName::from_static("x-deal-scout-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("x-deal-scout-signature");

pub(super) struct Webhook;

impl carrier::Carrier for Webhook {
    fn request(&self, setup: &Setup, message: &Message) -> Result<Request, Refusal> {
        let url =
            carrier::address(&setup.address, "its address, such as https://example.org/hook,")?;
        let mut request = carrier::post(url, &body(message));
        let timestamp = message.at.timestamp().to_string();
        if let Ok(secret) = carrier::secret(setup, "") {
            let signature = signature(secret, &timestamp, &request.body);
            request = request.secret_header(SIGNATURE, value(&signature)?);
        }
        Ok(request.header(KEY, value(&message.key)?).header(TIMESTAMP, value(&timestamp)?))
    }
}

fn value(text: &str) -> Result<HeaderValue, Refusal> {
    HeaderValue::from_str(text).map_err(|_| Refusal::Never("the message has no key".to_owned()))
}

fn signature(secret: &str, timestamp: &str, body: &[u8]) -> String {
    let mut context =
        hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()));
    context.update(timestamp.as_bytes());
    context.update(b".");
    context.update(body);
    let mut text = "sha256=".to_owned();
    for byte in context.sign().as_ref() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn body(message: &Message) -> Value {
    json!({
        "id": message.key,
        "reason": message.reason(),
        "subject": message.subject(),
        "text": message.text(true),
        "ads": message.notes.iter().map(|note| ad(note, message)).collect::<Vec<_>>(),
        "more": message.more,
        "url": message.all_url,
        "sent_at": message.at,
    })
}

fn ad(note: &Note, message: &Message) -> Value {
    let mut ad = serde_json::to_value(&note.facts).unwrap_or_default();
    ad["notification_id"] = json!(note.id);
    ad["listing_id"] = json!(note.listing_id);
    ad["reason"] = json!(note.reason);
    ad["headline"] = json!(note.headline());
    ad["lines"] = json!(note.lines(message.at));
    ad["available"] = json!(!note.is_gone);
    ad["links"] = json!(note.links);
    ad
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::channel::ChannelKind;
    use crate::notify::{
        carrier::Carrier,
        scene::{digest, find, header_of, json_of, setup},
    };

    #[test]
    fn it_says_what_it_tells_for_people_and_for_programs() {
        let setup = setup(ChannelKind::Webhook, "https://example.org/hook?a=b", None);
        let request = Webhook.request(&setup, &find()).unwrap();
        assert_eq!(request.url.as_str(), "https://example.org/hook?a=b");
        let body = json_of(&request);
        assert_eq!((&body["reason"], &body["id"]), (&json!("find"), &json!("n-7")));
        assert_eq!(body["subject"], "$310.00: RTX 3070 <8GB> & box");
        assert_eq!(body["ads"][0]["price"], json!({"amount": 31000, "currency": "USD"}));
        assert_eq!(body["ads"][0]["links"]["open"], "https://deals.example.org/listings/3");
        assert_eq!(header_of(&request, "idempotency-key").as_deref(), Some("n-7"));
        assert_eq!(header_of(&request, "x-deal-scout-signature"), None);
    }

    #[test]
    fn with_a_secret_it_is_signed_over_the_time_and_the_body() {
        let setup = setup(ChannelKind::Webhook, "https://example.org/hook", Some("key"));
        let request = Webhook.request(&setup, &digest(2)).unwrap();
        let timestamp = header_of(&request, "x-deal-scout-timestamp").unwrap();
        let signed = header_of(&request, "x-deal-scout-signature").unwrap();
        assert_eq!(signed, signature("key", &timestamp, &request.body));
        assert_eq!(
            signature("key", "1", b"{}"),
            // printf '1.{}' | openssl dgst -sha256 -hmac key
            "sha256=1ba6b8171186efc613e8bcc0cbdab2748f24984d7c5a84faa2637afa0e40d224"
        );
    }

    #[test]
    fn without_an_address_it_says_what_is_missing() {
        let refusal = Webhook.request(&setup(ChannelKind::Webhook, "", None), &find()).unwrap_err();
        assert!(
            matches!(&refusal, Refusal::Never(why) if why.contains("its address")),
            "{refusal}"
        );
    }
}
