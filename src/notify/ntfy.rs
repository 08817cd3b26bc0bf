//! A topic of an ntfy server. Published as JSON, because headers hold no text of other languages. The address is that of
//! the topic; the secret is an access token, or `user:password`.

use base64::{Engine, prelude::BASE64_STANDARD};
use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde_json::{Value, json};

use super::{Message, Refusal, Setup, carrier, message::clipped};
use crate::{model::notification::Reason, outbound::Request};

/// A longer message becomes an attachment that nobody opens.
const MOST_BYTES: usize = 4096;
const MOST_TITLE_BYTES: usize = 250;
/// ntfy shows no more buttons than this.
const MOST_ACTIONS: usize = 3;

pub(super) struct Ntfy;

impl carrier::Carrier for Ntfy {
    fn request(&self, setup: &Setup, message: &Message) -> Result<Request, Refusal> {
        let what = "the address of its topic, such as https://ntfy.sh/my-deals,";
        let mut url = carrier::address(&setup.address, what)?;
        let path = url.path().trim_end_matches('/').to_owned();
        let (root, topic) = path.rsplit_once('/').unwrap_or_default();
        if topic.is_empty() {
            return Err(Refusal::Never(format!("the channel is not set up: {what} is missing")));
        }
        url.set_path(&format!("{root}/"));
        let request = carrier::post(url, &body(setup, topic, message));
        let Ok(secret) = carrier::secret(setup, "") else { return Ok(request) };
        let proof = if secret.contains(':') {
            format!("Basic {}", BASE64_STANDARD.encode(secret))
        } else {
            format!("Bearer {secret}")
        };
        let proof = HeaderValue::from_str(&proof)
            .map_err(|_| Refusal::Never("the token has letters that no token has".to_owned()))?;
        Ok(request.secret_header(AUTHORIZATION, proof))
    }
}

fn body(setup: &Setup, topic: &str, message: &Message) -> Value {
    let set = setup.settings.get("priority").and_then(Value::as_i64);
    let usual = if message.reason() == Reason::Target { 4 } else { 3 };
    let first = message.notes.first().filter(|_| message.notes.len() == 1);
    let mut body = json!({
        "topic": topic,
        "title": clipped(&message.subject(), MOST_TITLE_BYTES, char::len_utf8),
        "message": clipped(&message.text(false), MOST_BYTES, char::len_utf8),
        "priority": set.unwrap_or(usual).clamp(1, 5),
        "tags": [tag(message.reason())],
        "click": first.and_then(|note| note.target()).unwrap_or(&message.all_url),
    });
    if let Some(note) = first {
        if let Some(picture) = &note.facts.image_url {
            body["attach"] = json!(picture);
        }
        let buttons =
            note.actions().into_iter().filter(|(words, _)| *words != "Open").take(MOST_ACTIONS);
        let button = |(words, link)| json!({"action": "view", "label": words, "url": link});
        body["actions"] = buttons.map(button).collect();
    }
    body
}

/// The picture before the title.
fn tag(reason: Reason) -> &'static str {
    match reason {
        Reason::Find => "mag",
        Reason::PriceDrop => "chart_with_downwards_trend",
        Reason::Target => "dart",
        Reason::Gone => "wave",
        Reason::Digest => "newspaper",
        Reason::Test | Reason::Other => "bell",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::channel::ChannelKind,
        notify::{
            carrier::Carrier,
            scene::{answer, digest, find, header_of, json_of, setup, titled},
        },
    };

    #[test]
    fn a_find_is_published_to_its_topic_with_picture_and_buttons() {
        let setup = setup(ChannelKind::Ntfy, "https://push.example.org/base/my-deals/", None);
        let request = Ntfy.request(&setup, &find()).unwrap();
        assert_eq!(request.url.as_str(), "https://push.example.org/base/");
        let body = json_of(&request);
        assert_eq!((&body["topic"], &body["priority"]), (&json!("my-deals"), &json!(3)));
        assert_eq!(body["title"], "$310.00: RTX 3070 <8GB> & box");
        assert_eq!(body["click"], "https://deals.example.org/listings/3");
        assert_eq!(body["attach"], "https://example.org/p.jpg");
        let labels: Vec<_> = (0..4).filter_map(|n| body["actions"][n]["label"].as_str()).collect();
        assert_eq!(labels, ["See the ad", "Snooze", "Ignore"]);
        assert_eq!(header_of(&request, "authorization"), None);
    }

    #[test]
    fn it_signs_in_with_a_token_or_a_password() {
        let proof = |secret| {
            let setup = setup(ChannelKind::Ntfy, "https://ntfy.sh/x", Some(secret));
            header_of(&Ntfy.request(&setup, &find()).unwrap(), "authorization").unwrap()
        };
        assert_eq!(proof("tk_abc"), "Bearer tk_abc");
        assert_eq!(proof("ann:pw"), "Basic YW5uOnB3");
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let setup = setup(ChannelKind::Ntfy, "https://ntfy.sh/x", None);
        let body = json_of(&Ntfy.request(&setup, &titled(&"ключ🔑".repeat(60))).unwrap());
        let title = body["title"].as_str().unwrap();
        assert!(title.len() <= MOST_TITLE_BYTES && title.ends_with('…'), "{title}");
        let body = json_of(&Ntfy.request(&setup, &digest(20)).unwrap());
        assert!(body["message"].as_str().unwrap().len() <= MOST_BYTES);
        assert_eq!(body["click"], "https://deals.example.org/notifications");
    }

    #[test]
    fn its_refusals_are_told_in_its_own_words() {
        let refusal = Ntfy.judge(&answer(403, r#"{"code":40301,"http":403,"error":"forbidden"}"#));
        assert!(matches!(refusal, Err(Refusal::Never(why)) if why.ends_with("(403): forbidden")));
        let refusal =
            Ntfy.judge(&answer(429, r#"{"code":42901,"http":429,"error":"limit reached"}"#));
        assert!(matches!(refusal, Err(Refusal::Later { .. })));
        assert!(
            Ntfy.request(&setup(ChannelKind::Ntfy, "https://ntfy.sh/", None), &find()).is_err()
        );
    }
}
