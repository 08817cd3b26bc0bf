//! A server that refuses may repeat what it was sent, and its words are shown and logged: whatever proves who asks is
//! blotted out of them. Pure.

use base64::{Engine, prelude::BASE64_STANDARD};

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

/// An answer without what the request proved itself by.
pub(super) fn answer(answer: Answer, request: &Request) -> Answer {
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
    let Some(words) = std::str::from_utf8(&answer.body).ok().filter(|_| !secrets.is_empty()) else {
        return answer;
    };
    let body = text(words, secrets.iter().map(String::as_str)).into_bytes();
    Answer { body, ..answer }
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

    #[test]
    fn an_answer_repeats_nothing_that_proves_who_asked() {
        let url = Url::parse("https://api.example.org/bot123:AbCdEf/sendMessage?q=1").unwrap();
        let basic = format!("Basic {}", BASE64_STANDARD.encode("id:c1ient-secret"));
        let key = HeaderName::from_static("x-api-key");
        let request = Request::get(url.clone(), Reach::Public)
            .secret_header(AUTHORIZATION, HeaderValue::try_from(basic.clone()).unwrap())
            .secret_header(key, HeaderValue::from_static("the-key"))
            .secret_path();
        let body = format!("{basic} c1ient-secret the-key {url} /bot123:AbCdEf/ is wrong");
        let told = Answer { status: 401, headers: HeaderMap::new(), url, body: body.into_bytes() };
        let told = String::from_utf8(answer(told, &request).body).unwrap();
        assert_eq!(told, "Basic *** *** *** *** /***/ is wrong");
    }
}
