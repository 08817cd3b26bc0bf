//! A Telegram chat, through a bot. The address is the chat, the secret the bot's token, which stands in the address of
//! every request and is therefore never shown.

use serde_json::{Value, json};

use super::{Message, Note, Refusal, Setup, carrier, html::escaped, message::clipped};
use crate::outbound::{Answer, Request};

const SERVER: &str = "https://api.telegram.org";
/// After the marks are read; what is cut is the plain text, so that no mark is torn.
const MOST: usize = 4096;
/// Room for one of several ads.
const MOST_SHARE: usize = 360;

pub(super) struct Telegram;

impl carrier::Carrier for Telegram {
    fn request(&self, setup: &Setup, message: &Message) -> Result<Request, Refusal> {
        let token = carrier::secret(setup, "the token of the bot, as @BotFather tells it,")?;
        let is_token = |c: char| c.is_ascii_alphanumeric() || "_:-".contains(c);
        if !token.chars().all(is_token) {
            return Err(Refusal::Never("the token is none that @BotFather would tell".to_owned()));
        }
        let chat = setup.address.trim();
        if chat.is_empty() {
            let why =
                "the channel is not set up: the chat, such as 123456789 or @my_channel, is missing";
            return Err(Refusal::Never(why.to_owned()));
        }
        let server = carrier::setting(setup, "server").unwrap_or(SERVER).trim_end_matches('/');
        let url = carrier::address(&format!("{server}/bot{token}/sendMessage"), "the server")?;
        let mut body = json!({
            "chat_id": chat,
            "text": text(message),
            "parse_mode": "HTML",
        });
        body["link_preview_options"] = match message.notes.as_slice() {
            [Note { facts, .. }] if facts.image_url.is_some() => json!({"url": facts.image_url}),
            _ => json!({"is_disabled": true}),
        };
        Ok(carrier::post(url, &body))
    }

    fn judge(&self, answer: &Answer) -> Result<String, Refusal> {
        let json: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        if answer.is_success() && json["ok"] == true {
            return Ok("Telegram has delivered it".to_owned());
        }
        let mut said = clipped(json["description"].as_str().unwrap_or_default(), 300, |_| 1);
        if let Some(chat) = json["parameters"]["migrate_to_chat_id"].as_i64() {
            said = format!("{said}; the chat is {chat} from now on");
        }
        if answer.is_success() {
            let why = "something answers that is not Telegram; check the server".to_owned();
            return Err(Refusal::Later { why, retry_after: None });
        }
        match (carrier::judged(answer, &said), json["parameters"]["retry_after"].as_f64()) {
            (Err(Refusal::Later { why, retry_after }), Some(seconds)) => Err(Refusal::Later {
                why,
                retry_after: carrier::seconds_of(seconds).or(retry_after),
            }),
            // Its words for a wrong token are "Not Found".
            (Err(Refusal::Never(why)), _) if matches!(answer.status, 401 | 404) => {
                Err(Refusal::Never(format!("{why}; check the token of the bot")))
            }
            (judged, _) => judged,
        }
    }
}

fn text(message: &Message) -> String {
    if message.notes.is_empty() {
        return format!(
            "<b>{}</b>\n{}",
            escaped(&message.subject()),
            escaped(&message.text(false))
        );
    }
    let is_alone = message.notes.len() == 1;
    let share = if is_alone { MOST / 2 } else { MOST_SHARE };
    let mut all = if is_alone {
        String::new()
    } else {
        format!("<b>{}</b>", escaped(&clipped(&message.subject(), 300, char::len_utf16)))
    };
    let mut used = 300;
    let mut left = message.more;
    for note in &message.notes {
        if used + share > MOST && !is_alone {
            left += 1;
            continue;
        }
        used += share;
        if !all.is_empty() {
            all.push_str("\n\n");
        }
        all.push_str(&part(note, message, share));
    }
    if left > 0 {
        all = format!("{all}\n\n<a href=\"{}\">And {left} more</a>", escaped(&message.all_url));
    }
    all
}

fn part(note: &Note, message: &Message, share: usize) -> String {
    let headline = escaped(&clipped(&note.headline(), share / 2, char::len_utf16));
    let lines = clipped(&note.lines(message.at).join("\n"), share / 2 - 40, char::len_utf16);
    let actions: Vec<_> = note
        .actions()
        .iter()
        .map(|(words, link)| format!("<a href=\"{}\">{words}</a>", escaped(link)))
        .collect();
    format!("<b>{headline}</b>\n{}\n{}", escaped(&lines), actions.join(" · "))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::{
        model::channel::ChannelKind,
        notify::{
            carrier::Carrier,
            scene::{answer, digest, find, json_of, setup, titled},
        },
    };

    fn bot() -> Setup {
        setup(ChannelKind::Telegram, "-100123", Some("123:abc_DEF"))
    }

    #[test]
    fn a_find_is_sent_to_its_chat_with_what_an_ad_says_as_words() {
        let request = Telegram.request(&bot(), &find()).unwrap();
        assert_eq!(request.url.as_str(), "https://api.telegram.org/bot123:abc_DEF/sendMessage");
        let body = json_of(&request);
        assert_eq!((&body["chat_id"], &body["parse_mode"]), (&json!("-100123"), &json!("HTML")));
        let text = body["text"].as_str().unwrap();
        assert!(
            text.starts_with("<b>$310.00: RTX 3070 &lt;8GB&gt; &amp; box</b>\nScore 84"),
            "{text}"
        );
        assert!(
            text.contains("<a href=\"https://example.org/ad?a=1&amp;b=2\">See the ad</a>"),
            "{text}"
        );
        assert_eq!(body["link_preview_options"]["url"], "https://example.org/p.jpg");
    }

    #[test]
    fn long_messages_stay_within_the_limit_with_their_marks_whole() {
        for message in [digest(20), titled(&"<🔑&>".repeat(125))] {
            let body = json_of(&Telegram.request(&bot(), &message).unwrap());
            let text = body["text"].as_str().unwrap();
            let plain = html_escape::decode_html_entities(text);
            let shown = plain.split('<').map(|part| part.rsplit_once('>').map_or(part, |p| p.1));
            assert!(shown.map(|part| part.encode_utf16().count()).sum::<usize>() <= MOST);
            assert_eq!(text.matches("<b>").count(), text.matches("</b>").count());
        }
    }

    #[test]
    fn it_waits_as_long_as_it_is_told_to() {
        let limited = r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 31","parameters":{"retry_after":31}}"#;
        let Err(Refusal::Later { retry_after, .. }) = Telegram.judge(&answer(429, limited)) else {
            panic!("it passes")
        };
        assert_eq!(retry_after, Some(TimeDelta::seconds(31)));
        let moved = r#"{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded","parameters":{"migrate_to_chat_id":-1007}}"#;
        assert!(
            matches!(Telegram.judge(&answer(400, moved)), Err(Refusal::Never(why)) if why.contains("-1007"))
        );
        let wrong = r#"{"ok":false,"error_code":401,"description":"Unauthorized"}"#;
        assert!(
            matches!(Telegram.judge(&answer(401, wrong)), Err(Refusal::Never(why)) if why.contains("the token of the bot"))
        );
    }

    #[test]
    fn what_is_missing_is_said_and_no_token_is_shown() {
        assert!(Telegram.request(&setup(ChannelKind::Telegram, "1", None), &find()).is_err());
        assert!(Telegram.request(&setup(ChannelKind::Telegram, "", Some("1:a")), &find()).is_err());
        let refusal = Telegram.request(&setup(ChannelKind::Telegram, "1", Some("../x")), &find());
        assert!(!refusal.unwrap_err().to_string().contains("../x"));
    }
}
