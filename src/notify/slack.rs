//! A Slack webhook: its address is the secret. Text with an attachment an ad, whose pictures Slack may fail to fetch
//! without refusing the message.

use serde_json::{Value, json};

use super::{Message, Note, Refusal, Setup, carrier, message::clipped};
use crate::outbound::{Answer, Request};

const MOST_ATTACHMENTS: usize = 10;
const MOST_TEXT: usize = 3000;
const MOST_TITLE: usize = 300;

pub(super) struct Slack;

impl carrier::Carrier for Slack {
    fn request(&self, setup: &Setup, message: &Message) -> Result<Request, Refusal> {
        let url = carrier::hook(
            setup,
            "the address of the webhook (api.slack.com/apps, Incoming Webhooks)",
        )?;
        let shown = message.notes.len().min(MOST_ATTACHMENTS);
        let attachments: Vec<Value> =
            message.notes[..shown].iter().map(|note| attachment(note, message)).collect();
        let left = message.notes.len() - shown + message.more;
        let mut text = match shown {
            0 => format!("{}\n{}", message.subject(), message.text(true)),
            _ => message.subject(),
        };
        if left > 0 {
            text = format!("{text}\nAnd {left} more: {}", message.all_url);
        }
        let text = escaped(&clipped(&text, MOST_TEXT, char::len_utf16));
        Ok(carrier::post(url, &json!({"text": text, "attachments": attachments})))
    }

    fn judge(&self, answer: &Answer) -> Result<String, Refusal> {
        // Slack says `ok`, or one word such as `no_service`.
        let said = String::from_utf8_lossy(&answer.body);
        let said = clipped(said.trim(), 200, |_| 1);
        if answer.is_success() {
            Ok("Slack has posted it".to_owned())
        } else {
            carrier::judged(answer, &said)
        }
    }
}

fn attachment(note: &Note, message: &Message) -> Value {
    let lines =
        escaped(&clipped(&note.lines(message.at).join("\n"), MOST_TEXT / 2, char::len_utf16));
    let actions: Vec<_> = note
        .actions()
        .iter()
        .map(|(words, link)| format!("<{}|{words}>", escaped(link).replace('|', "%7C")))
        .collect();
    let mut attachment = json!({
        "fallback": clipped(&note.headline(), MOST_TITLE, char::len_utf16),
        "title": escaped(&clipped(&note.headline(), MOST_TITLE, char::len_utf16)),
        "text": format!("{lines}\n{}", actions.join(" · ")),
        "mrkdwn_in": ["text"],
    });
    if let Some(url) = note.target() {
        attachment["title_link"] = json!(url);
    }
    if let Some(picture) = &note.facts.image_url {
        attachment["thumb_url"] = json!(picture);
    }
    attachment
}

/// Slack reads these three as its own signs.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::channel::ChannelKind,
        notify::{
            carrier::Carrier,
            scene::{answer, digest, find, json_of, setup, trial},
        },
    };

    #[test]
    fn signs_of_slack_in_an_ad_are_words() {
        let setup = setup(ChannelKind::Slack, "", Some("https://hooks.slack.com/services/T/B/x"));
        let body = json_of(&Slack.request(&setup, &find()).unwrap());
        assert_eq!(body["text"], "$310.00: RTX 3070 &lt;8GB&gt; &amp; box");
        let attachment = &body["attachments"][0];
        assert_eq!(attachment["title_link"], "https://deals.example.org/listings/3");
        let text = attachment["text"].as_str().unwrap();
        assert!(text.contains("<https://example.org/ad?a=1&amp;b=2|See the ad>"), "{text}");
        let body = json_of(&Slack.request(&setup, &digest(20)).unwrap());
        assert_eq!(body["attachments"].as_array().unwrap().len(), 10);
        assert!(body["text"].as_str().unwrap().contains("And 10 more"));
        assert_eq!(json_of(&Slack.request(&setup, &trial()).unwrap())["attachments"], json!([]));
    }

    #[test]
    fn its_one_word_is_passed_on() {
        let refusal = Slack.judge(&answer(404, "no_service"));
        assert!(matches!(refusal, Err(Refusal::Never(why)) if why.ends_with(": no_service")));
        assert_eq!(Slack.judge(&answer(200, "ok")), Ok("Slack has posted it".to_owned()));
    }
}
