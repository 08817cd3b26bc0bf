//! An application of a Gotify server: the server is the address, the application's token the secret.

use reqwest::header::{HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::{Message, Refusal, Setup, carrier, message::clipped};
use crate::{model::notification::Reason, outbound::Request};

const KEY: HeaderName = HeaderName::from_static("x-gotify-key");
/// Gotify sets no limit; phones show no more.
const MOST: usize = 8000;

pub(super) struct Gotify;

impl carrier::Carrier for Gotify {
    fn request(&self, setup: &Setup, message: &Message) -> Result<Request, Refusal> {
        let mut url = carrier::address(
            &setup.address,
            "the address of its server, such as https://push.example.org,",
        )?;
        let token = carrier::secret(setup, "the token of the application (Apps, in Gotify)")?;
        let base = url.path().trim_end_matches('/').trim_end_matches("/message").to_owned();
        url.set_path(&format!("{base}/message"));
        let key = HeaderValue::from_str(token)
            .map_err(|_| Refusal::Never("the token has letters that no token has".to_owned()))?;
        Ok(carrier::post(url, &body(setup, message)).secret_header(KEY, key))
    }
}

fn body(setup: &Setup, message: &Message) -> Value {
    let usual = if message.reason() == Reason::Target { 8 } else { 5 };
    let set = setup.settings.get("priority").and_then(Value::as_i64);
    let first = message.notes.first().filter(|_| message.notes.len() == 1);
    let click = first.and_then(|note| note.target()).unwrap_or(&message.all_url);
    let mut shown = json!({"click": {"url": click}});
    if let Some(picture) = first.and_then(|note| note.facts.image_url.as_deref()) {
        shown["bigImageUrl"] = json!(picture);
    }
    json!({
        "title": message.subject(),
        "message": clipped(&message.text(true), MOST, |_| 1),
        "priority": set.unwrap_or(usual).clamp(0, 10),
        "extras": {"client::display": {"contentType": "text/plain"}, "client::notification": shown},
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::channel::ChannelKind,
        notify::{
            carrier::Carrier,
            scene::{answer, find, header_of, json_of, setup},
        },
    };

    #[test]
    fn a_find_is_posted_with_the_token_in_a_header() {
        for address in
            ["https://push.example.org/gotify", "https://push.example.org/gotify/message"]
        {
            let request =
                Gotify.request(&setup(ChannelKind::Gotify, address, Some("A1")), &find()).unwrap();
            assert_eq!(request.url.as_str(), "https://push.example.org/gotify/message");
            assert_eq!(header_of(&request, "x-gotify-key").as_deref(), Some("A1"));
            let body = json_of(&request);
            assert_eq!(body["priority"], 5);
            let shown = &body["extras"]["client::notification"];
            assert_eq!(shown["click"]["url"], "https://deals.example.org/listings/3");
            assert_eq!(shown["bigImageUrl"], "https://example.org/p.jpg");
        }
    }

    #[test]
    fn its_refusal_is_told_in_its_own_words() {
        let body = r#"{"error":"Unauthorized","errorCode":401,"errorDescription":"you need to provide a valid access token"}"#;
        let refusal = Gotify.judge(&answer(401, body));
        assert!(
            matches!(refusal, Err(Refusal::Never(why)) if why.ends_with("a valid access token"))
        );
    }
}
