//! A Discord webhook: its address is the secret. One embed an ad, ten at most; nobody is mentioned by what an ad says.

use serde_json::{Value, json};

use super::{Message, Note, Refusal, Setup, carrier, message::clipped};
use crate::{
    model::notification::Reason,
    outbound::{Answer, Request},
};

const MOST_EMBEDS: usize = 10;
const MOST_CONTENT: usize = 2000;
const MOST_TITLE: usize = 256;
/// All embeds together may have 6000 characters; ten shares of that.
const MOST_DESCRIPTION: usize = 340;
const MOST_ALONE: usize = 4000;

pub(super) struct Discord;

impl carrier::Carrier for Discord {
    fn request(&self, setup: &Setup, message: &Message) -> Result<Request, Refusal> {
        let mut url = carrier::hook(
            setup,
            "the address of the webhook (Channel settings, Integrations, Webhooks)",
        )?;
        // Without this the answer comes before the message is stored, and faults are not told.
        url.query_pairs_mut().append_pair("wait", "true");
        let shown = message.notes.len().min(MOST_EMBEDS);
        let most = if shown > 1 { MOST_DESCRIPTION } else { MOST_ALONE };
        let title = if shown > 1 { MOST_DESCRIPTION / 2 } else { MOST_TITLE };
        let embeds: Vec<Value> =
            message.notes[..shown].iter().map(|note| embed(note, message, title, most)).collect();
        let content = match shown {
            0 => format!("{}\n{}", message.subject(), message.text(true)),
            1 => String::new(),
            _ => {
                let left = message.notes.len() - shown + message.more;
                let rest = if left > 0 {
                    format!("\nAnd {left} more: {}", message.all_url)
                } else {
                    String::new()
                };
                format!("**{}**{rest}", escaped(&message.subject()))
            }
        };
        let body = json!({
            "username": "Deal Scout",
            "content": clipped(&content, MOST_CONTENT, char::len_utf16),
            "embeds": embeds,
            "allowed_mentions": {"parse": []},
        });
        Ok(carrier::post(url, &body))
    }

    fn judge(&self, answer: &Answer) -> Result<String, Refusal> {
        if answer.is_success() {
            return Ok("Discord has posted it".to_owned());
        }
        let json: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let said = json["message"].as_str().unwrap_or_default();
        let judged = carrier::judged(answer, said);
        match (judged, json["retry_after"].as_f64()) {
            // To the millisecond, where the header says whole seconds.
            (Err(Refusal::Later { why, retry_after }), Some(seconds)) => Err(Refusal::Later {
                why,
                retry_after: carrier::seconds_of(seconds).or(retry_after),
            }),
            (judged, _) => judged,
        }
    }
}

fn embed(note: &Note, message: &Message, title: usize, most: usize) -> Value {
    let lines: Vec<_> = note.lines(message.at).iter().map(|line| escaped(line)).collect();
    let actions: Vec<_> =
        note.actions().iter().map(|(words, link)| format!("[{words}]({link})")).collect();
    let actions = actions.join(" · ");
    let room = most.saturating_sub(actions.encode_utf16().count() + 1);
    // A link that is cut is none.
    let text = clipped(&lines.join("\n"), room.max(120), char::len_utf16);
    let mut embed = json!({
        "title": clipped(&note.headline(), title, char::len_utf16),
        "description": if actions.encode_utf16().count() < most { format!("{text}\n{actions}") } else { text },
        "color": color(note.reason),
        "timestamp": message.at,
    });
    if let Some(url) = note.target() {
        embed["url"] = json!(url);
    }
    if let Some(picture) = &note.facts.image_url {
        embed["thumbnail"] = json!({"url": picture});
    }
    embed
}

fn color(reason: Reason) -> u32 {
    match reason {
        Reason::Target | Reason::PriceDrop => 0x1f_8a_4c,
        Reason::Gone => 0x80_80_80,
        Reason::Find | Reason::Digest | Reason::Test | Reason::Other => 0x2f_6f_de,
    }
}

/// What an ad says is words, not Markdown.
fn escaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        if "\\*_~`|>[]()#-".contains(letter) {
            plain.push('\\');
        }
        plain.push(letter);
    }
    plain
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::{
        model::channel::ChannelKind,
        notify::{
            carrier::Carrier,
            scene::{answer, digest, find, json_of, setup, titled, trial},
        },
    };

    const HOOK: &str = "https://discord.com/api/webhooks/1/abc";

    #[test]
    fn a_find_is_an_embed_and_mentions_nobody() {
        let request =
            Discord.request(&setup(ChannelKind::Discord, "", Some(HOOK)), &find()).unwrap();
        assert_eq!(request.url.as_str(), format!("{HOOK}?wait=true"));
        let body = json_of(&request);
        let embed = &body["embeds"][0];
        assert_eq!(embed["title"], "$310.00: RTX 3070 <8GB> & box");
        assert_eq!(embed["url"], "https://deals.example.org/listings/3");
        assert_eq!(embed["thumbnail"]["url"], "https://example.org/p.jpg");
        assert_eq!(body["allowed_mentions"], json!({"parse": []}));
        assert!(
            embed["description"]
                .as_str()
                .unwrap()
                .contains("[Ignore](https://deals.example.org/i/3)")
        );
    }

    #[test]
    fn it_stays_within_the_limits() {
        let setup = setup(ChannelKind::Discord, HOOK, None);
        for message in [digest(20), titled(&"🔑*".repeat(250)), trial()] {
            let body = json_of(&Discord.request(&setup, &message).unwrap());
            let embeds = body["embeds"].as_array().unwrap();
            let length = |text: &Value| text.as_str().unwrap().encode_utf16().count();
            let all: usize =
                embeds.iter().map(|e| length(&e["title"]) + length(&e["description"])).sum();
            assert!(embeds.len() <= 10 && all <= 6000, "{all}");
            assert!(length(&body["content"]) <= MOST_CONTENT);
            assert!(embeds.iter().all(|embed| length(&embed["title"]) <= MOST_TITLE));
        }
        let body = json_of(&Discord.request(&setup, &digest(20)).unwrap());
        assert!(body["content"].as_str().unwrap().contains("And 10 more"));
    }

    #[test]
    fn its_refusals_say_when_to_come_back() {
        let limited = answer(
            429,
            r#"{"message": "You are being rate limited.", "retry_after": 64.57, "global": false}"#,
        );
        let Err(Refusal::Later { why, retry_after }) = Discord.judge(&limited) else {
            panic!("it passes")
        };
        assert!(why.ends_with("You are being rate limited."), "{why}");
        assert_eq!(retry_after, Some(TimeDelta::seconds(65)));
        let gone = answer(404, r#"{"message": "Unknown Webhook", "code": 10015}"#);
        assert!(
            matches!(Discord.judge(&gone), Err(Refusal::Never(why)) if why.contains("Unknown Webhook"))
        );
    }
}
