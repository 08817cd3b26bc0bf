//! An Apprise API server. The address is that of a stored configuration (`/notify/KEY`); or of the server alone
//! (`/notify`), and the secret holds the Apprise addresses to tell.

use serde_json::json;

use super::{Message, Refusal, Setup, carrier, message::clipped};
use crate::outbound::{Answer, Request};

const MOST: usize = 8000;

pub(super) struct Apprise;

impl carrier::Carrier for Apprise {
    fn request(&self, setup: &Setup, message: &Message) -> Result<Request, Refusal> {
        let what = "its address, such as https://apprise.example.org/notify/KEY,";
        let url = carrier::address(&setup.address, what)?;
        let mut body = json!({
            "title": message.subject(),
            "body": clipped(&message.text(true), MOST, |_| 1),
            "type": "info",
            "format": "text",
        });
        if let Ok(urls) = carrier::secret(setup, "") {
            body["urls"] = json!(urls);
        } else if url.path().trim_end_matches('/').ends_with("/notify") {
            let why = "the channel is not set up: a key in the address (/notify/KEY), or Apprise addresses as the \
                       secret, is missing";
            return Err(Refusal::Never(why.to_owned()));
        }
        if let Some(tag) = carrier::setting(setup, "tag") {
            body["tag"] = json!(tag);
        }
        Ok(carrier::post(url, &body))
    }

    fn judge(&self, answer: &Answer) -> Result<String, Refusal> {
        let host = answer.url.host_str().unwrap_or("Apprise");
        match answer.status {
            204 => Err(Refusal::Never(format!(
                "{host} has nobody to tell under this key (204); check the key and the tag"
            ))),
            424 => Err(Refusal::Later {
                why: format!("{host} could not tell everybody (424); its own log says whom"),
                retry_after: None,
            }),
            _ => carrier::judged(answer, ""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::channel::ChannelKind,
        notify::{
            carrier::Carrier,
            scene::{answer, find, json_of, setup},
        },
    };

    #[test]
    fn a_find_goes_to_a_key_or_to_the_addresses_of_the_secret() {
        let keyed = setup(ChannelKind::Apprise, "https://a.example.org/notify/k1", None);
        assert_eq!(json_of(&Apprise.request(&keyed, &find()).unwrap())["urls"], json!(null));
        let bare = "https://a.example.org/notify/";
        let stateless = setup(ChannelKind::Apprise, bare, Some("json://x,ntfy://y"));
        assert_eq!(
            json_of(&Apprise.request(&stateless, &find()).unwrap())["urls"],
            "json://x,ntfy://y"
        );
        assert!(Apprise.request(&setup(ChannelKind::Apprise, bare, None), &find()).is_err());
    }

    #[test]
    fn nobody_to_tell_and_somebody_not_told_are_no_success() {
        assert!(matches!(Apprise.judge(&answer(204, "")), Err(Refusal::Never(_))));
        assert!(matches!(Apprise.judge(&answer(424, "")), Err(Refusal::Later { .. })));
        assert!(Apprise.judge(&answer(200, "")).is_ok());
    }
}
