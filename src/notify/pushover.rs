//! A Pushover user or group: its key is the address, the token of the application the secret.

use serde_json::{Value, json};

use super::{Message, Refusal, Setup, carrier, message::clipped};
use crate::{
    model::notification::Reason,
    outbound::{Answer, Request},
};

const SERVER: &str = "https://api.pushover.net";
const MOST_TITLE: usize = 250;
const MOST_MESSAGE: usize = 1024;
const MOST_URL: usize = 512;

pub(super) struct Pushover;

impl carrier::Carrier for Pushover {
    fn request(&self, setup: &Setup, message: &Message) -> Result<Request, Refusal> {
        let token = carrier::secret(setup, "the API token of the application (pushover.net/apps)")?;
        let user = setup.address.trim();
        if user.is_empty() {
            let why = "the channel is not set up: the user key (pushover.net) is missing";
            return Err(Refusal::Never(why.to_owned()));
        }
        let server = carrier::setting(setup, "server").unwrap_or(SERVER).trim_end_matches('/');
        let url = carrier::address(&format!("{server}/1/messages.json"), "the server")?;
        let usual = i64::from(message.reason() == Reason::Target);
        let set = setup.settings.get("priority").and_then(Value::as_i64);
        let first = message.notes.first().filter(|_| message.notes.len() == 1);
        let target = first.and_then(|note| note.target()).unwrap_or(&message.all_url);
        let mut body = json!({
            "token": token,
            "user": user,
            "title": clipped(&message.subject(), MOST_TITLE, |_| 1),
            "message": clipped(&message.text(false), MOST_MESSAGE, |_| 1),
            // The highest would have to be confirmed, again and again.
            "priority": set.unwrap_or(usual).clamp(-2, 1),
            "timestamp": message.at.timestamp(),
        });
        if target.chars().count() <= MOST_URL {
            body["url"] = json!(target);
            body["url_title"] = json!("Open in Deal Scout");
        }
        if let Some(device) = carrier::setting(setup, "device") {
            body["device"] = json!(device);
        }
        Ok(carrier::post(url, &body))
    }

    fn judge(&self, answer: &Answer) -> Result<String, Refusal> {
        let json: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let faults = json["errors"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let said = clipped(&faults.collect::<Vec<_>>().join("; "), 300, |_| 1);
        if answer.is_success() && json["status"] == 1 {
            return Ok("Pushover has taken it".to_owned());
        }
        carrier::judged(answer, &said).and_then(|_| {
            let why = format!("Pushover did not take the message: {said}");
            Err(Refusal::Later { why, retry_after: None })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::channel::ChannelKind,
        notify::{
            carrier::Carrier,
            scene::{answer, digest, find, json_of, setup},
        },
    };

    #[test]
    fn a_find_goes_to_its_user_with_a_link() {
        let setup = setup(ChannelKind::Pushover, "u1", Some("a1"));
        let request = Pushover.request(&setup, &find()).unwrap();
        assert_eq!(request.url.as_str(), "https://api.pushover.net/1/messages.json");
        let body = json_of(&request);
        assert_eq!(
            (&body["user"], &body["token"], &body["priority"]),
            (&json!("u1"), &json!("a1"), &json!(0))
        );
        assert_eq!(body["url"], "https://deals.example.org/listings/3");
        let body = json_of(&Pushover.request(&setup, &digest(20)).unwrap());
        assert!(body["message"].as_str().unwrap().chars().count() <= MOST_MESSAGE);
    }

    #[test]
    fn its_faults_are_told() {
        let body = r#"{"user":"invalid","errors":["user identifier is invalid"],"status":0,"request":"x"}"#;
        let refusal = Pushover.judge(&answer(400, body));
        assert!(
            matches!(refusal, Err(Refusal::Never(why)) if why.ends_with("user identifier is invalid"))
        );
        assert!(Pushover.judge(&answer(200, r#"{"status":1,"request":"x"}"#)).is_ok());
        assert!(matches!(Pushover.judge(&answer(200, "<html>")), Err(Refusal::Later { .. })));
    }
}
