//! A server that refuses may repeat what it was sent, and its words are shown and logged: whatever proves who asks is
//! blotted out of them. Good answers are data: a key may be a word that stands in them. Pure.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;

use super::{Answer, Request};

/// What stands in the place of a secret.
const BLOT: &str = "***";
/// Shorter texts are left alone: they stand in words by chance.
const SHORTEST: usize = 4;

/// A text without these secrets, and without the parts of those that are addresses or several in one.
pub fn text<'s>(text: &str, secrets: impl IntoIterator<Item = &'s str>) -> String {
    let mut parts: Vec<&str> = secrets.into_iter().flat_map(parts).collect();
    // The longest first: a shorter one may be a piece of it.
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    parts.iter().fold(text.to_owned(), |text, part| text.replace(part, BLOT))
}

/// An answer; a refusal without what the request proved itself by.
pub(super) fn refusal(answer: Answer, request: &Request) -> Answer {
    if answer.is_success() {
        return answer;
    }
    let mut secrets: Vec<String> = Vec::new();
    for (_, value) in request.headers.iter().filter(|(_, value)| value.is_sensitive()) {
        let Ok(value) = value.to_str() else { continue };
        let (scheme, given) = value.split_once(' ').unwrap_or(("", value));
        if scheme.eq_ignore_ascii_case("basic")
            && let Ok(pair) = BASE64_STANDARD.decode(given)
            && let Ok(pair) = String::from_utf8(pair)
        {
            secrets.extend(pair.split_once(':').map(|(_, password)| password.to_owned()));
        }
        secrets.push(given.to_owned());
    }
    if request.has_secret_path {
        secrets.push(request.url.to_string());
    }
    if secrets.is_empty() {
        return answer;
    }
    let plain = |words: &str| text(words, secrets.iter().map(String::as_str));
    let body = match serde_json::from_slice(&answer.body) {
        Ok(json) => json_without(json, &plain).to_string(),
        Err(_) => plain(&String::from_utf8_lossy(&answer.body)),
    };
    Answer { body: body.into_bytes(), ..answer }
}

/// JSON with all its texts made plain. Text by text: JSON has many ways to write one sign.
fn json_without(json: Value, plain: &impl Fn(&str) -> String) -> Value {
    match json {
        Value::String(words) => Value::String(plain(&words)),
        Value::Array(all) => all.into_iter().map(|one| json_without(one, plain)).collect(),
        Value::Object(all) => {
            all.into_iter().map(|(name, one)| (plain(&name), json_without(one, plain))).collect()
        }
        other => other,
    }
}

/// A secret as a whole, each word of it, and where it is an address what is secret of that: the pieces of its path and
/// of its query.
fn parts(secret: &str) -> impl Iterator<Item = &str> {
    let whole = secret.trim();
    let words = whole.split([' ', ',', ';', '\n', '\r', '\t']);
    let pieces =
        words.clone().filter_map(|word| Some(word.split_once("://")?.1)).flat_map(|rest| {
            // What stands before the first of these is where it leads, unless that is a password.
            let (place, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
            let login = place.rsplit_once('@').map_or("", |(login, _)| login);
            login.split(':').skip(1).chain(rest.split(['/', '?', '#', '&', '='])).chain([rest])
        });
    // Words that every address has prove nothing.
    let is_plain = |piece: &&str| piece.len() < 12 && piece.bytes().all(|b| b.is_ascii_lowercase());
    let pieces = pieces.filter(move |piece| !is_plain(piece));
    std::iter::once(whole).chain(words).chain(pieces).filter(|part| part.len() >= SHORTEST)
}

#[cfg(test)]
mod tests {
    use reqwest::{
        Url,
        header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue},
    };

    use super::*;
    use crate::outbound::Reach;

    #[test]
    fn a_secret_is_blotted_out_whole_and_in_parts() {
        let hook = "https://discord.com/api/webhooks/123456/s3cr-Et_token?thread_id=77777";
        let said = format!("no {hook}, Cannot POST /api/webhooks/123456/s3cr-Et_token?wait=true");
        assert_eq!(text(&said, [hook]), "no ***, Cannot POST /api/webhooks/***/***?wait=true");
        assert_eq!(text("bad token tk_abcd", ["tk_abcd"]), "bad token ***");
        assert_eq!(text("x one-two y", ["one-two three-four"]), "x *** y");
        assert_eq!(text("me:hunter2@host", ["mailto://me:hunter2@host"]), "me:***@host");
        assert_eq!(text("it is no use", ["no", ""]), "it is no use", "too short to tell");
    }

    fn asked(key: &'static str) -> Request {
        let url = Url::parse("https://api.example.org/").unwrap();
        Request::get(url, Reach::Public).secret_header(AUTHORIZATION, HeaderValue::from_static(key))
    }

    fn told(status: u16, body: &str, request: &Request) -> String {
        let (headers, url) = (HeaderMap::new(), request.url.clone());
        let told = refusal(Answer { status, headers, url, body: body.into() }, request);
        String::from_utf8(told.body).unwrap()
    }

    #[test]
    fn a_good_answer_is_data_and_arrives_untouched() {
        let ads = r#"{ "title": "Camera for your camera bag", "n": 1.50, "token": "camera" }"#;
        for status in [200, 201, 204] {
            assert_eq!(told(status, ads, &asked("Bearer camera")), ads);
        }
        assert_eq!(told(400, "no camera", &asked("Bearer camera")), "no ***");
    }

    #[test]
    fn a_refusal_in_json_hides_no_secret_behind_its_way_of_writing() {
        let request = asked("Bearer ab/cd+ef\"gh");
        for written in [r#"ab/cd+ef\"gh"#, r"ab\/cd+ef\u0022gh", r#"\u0061b/cd\u002bef\"gh"#] {
            let body = format!(r#"{{"errors": [{{"why": "no {written} here"}}], "{written}": 7}}"#);
            let json: Value = serde_json::from_str(&told(401, &body, &request)).unwrap();
            assert_eq!(json, serde_json::json!({"errors": [{"why": "no *** here"}], "***": 7}));
        }
        let body = b"\xff the-key".to_vec();
        let broken = Answer { status: 500, headers: HeaderMap::new(), url: request.url, body };
        let told = refusal(broken, &asked("the-key")).body;
        assert!(told.ends_with(b" ***"), "{told:?}");
    }

    #[test]
    fn a_refusal_repeats_nothing_that_proves_who_asked() {
        let url = Url::parse("https://api.example.org/bot123:AbCdEf/sendMessage?q=1").unwrap();
        let basic = format!("Basic {}", BASE64_STANDARD.encode("id:c1ient-secret"));
        let key = HeaderName::from_static("x-api-key");
        let request = Request::get(url.clone(), Reach::Public)
            .secret_header(AUTHORIZATION, HeaderValue::try_from(basic.clone()).unwrap())
            .secret_header(key, HeaderValue::from_static("the-key"))
            .secret_path();
        let body = format!("{basic} c1ient-secret the-key {url} /bot123:AbCdEf/ is wrong");
        assert_eq!(told(401, &body, &request), "Basic *** *** *** *** /***/ is wrong");
    }
}
