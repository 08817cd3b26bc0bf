//! Cleans the texts of ads: titles, descriptions, addresses. PostgreSQL takes no NUL, people no markup.

use std::fmt::Write;

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use crate::scout::normalize;

const TITLE_CHARS: usize = 500;
const DESCRIPTION_CHARS: usize = 20_000;
const URL_CHARS: usize = 2_000;

/// A title as people read it, at most 500 characters; the error says that there is none.
pub fn title(raw: &str) -> Result<String, String> {
    let clean: String = normalize::clean_title(raw).chars().take(TITLE_CHARS).collect();
    // Cutting may leave a space at the end.
    let clean = clean.trim_end();
    if clean.is_empty() { Err("no title".into()) } else { Ok(clean.to_owned()) }
}

/// A short text on one line: entities decoded, whitespace folded, control characters removed. `None` when empty.
pub fn line(raw: &str) -> Option<String> {
    let decoded = html_escape::decode_html_entities(raw);
    let visible = decoded.chars().filter(|c| c.is_whitespace() || !c.is_control()).nfc();
    let folded = visible.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = folded.chars().take(TITLE_CHARS).collect();
    (!short.is_empty()).then_some(short)
}

/// A description as plain text: tags, scripts and styles removed, paragraphs kept, at most 20,000 characters.
pub fn description(raw: &str) -> Option<String> {
    let text = if raw.contains('<') { without_tags(raw) } else { raw.to_owned() };
    let decoded = html_escape::decode_html_entities(&text);
    let mut out = String::new();
    let mut blank = true;
    for line in decoded.lines() {
        let visible: String =
            line.chars().filter(|c| c.is_whitespace() || !c.is_control()).nfc().collect();
        let folded = visible.split_whitespace().collect::<Vec<_>>().join(" ");
        // One empty line between paragraphs is kept, more are not.
        if folded.is_empty() {
            if !blank {
                out.push('\n');
            }
            blank = true;
            continue;
        }
        out.push_str(&folded);
        out.push('\n');
        blank = false;
    }
    let short: String = out.trim().chars().take(DESCRIPTION_CHARS).collect();
    (!short.is_empty()).then_some(short)
}

/// An http or https address without what only serves tracking. `None` when it is no such address.
pub fn url(raw: &str) -> Option<String> {
    let raw = raw.trim();
    let scheme_ends = raw.find("://")?;
    let scheme = raw[..scheme_ends].to_ascii_lowercase();
    let is_web = ["http", "https"].contains(&scheme.as_str());
    let is_plain = !raw
        .contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"'));
    if !is_web || !is_plain || raw.chars().count() > URL_CHARS || host(raw)?.is_empty() {
        return None;
    }
    // However it was written: who follows a link asks whether it begins with one of these.
    let raw = format!("{scheme}{}", &raw[scheme_ends..]);
    let raw = raw.as_str();
    let (address, fragment) = raw.split_once('#').map_or((raw, None), |(a, f)| (a, Some(f)));
    let Some((path, query)) = address.split_once('?') else {
        // Some sites route by the fragment ("#!/item/7"); any other one is a place on the page.
        let routed = fragment.is_some_and(|f| f.starts_with('!'));
        return Some(if routed { raw.to_owned() } else { address.to_owned() });
    };
    let is_ebay = host(raw)?.contains("ebay.");
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| {
            let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
            // eBay's items need at most the variation.
            if is_ebay { ["var", "item"].contains(&name.as_str()) } else { !is_tracking(&name) }
        })
        .collect();
    Some(if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) })
}

/// The host of an address, in small letters, without port.
pub fn host(url: &str) -> Option<String> {
    let rest = url.split_once("://")?.1;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    Some(host.to_ascii_lowercase())
}

/// The item's number out of an eBay link such as `https://www.ebay.com/itm/Some-words/303787247488?epid=1`.
pub fn ebay_item_id(url: &str) -> Option<&str> {
    if !host(url)?.contains("ebay.") {
        return None;
    }
    let path = url.split(['?', '#']).next()?;
    let is_id = |s: &&str| (9..=19).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
    match path.split_once("/itm/") {
        Some((_, rest)) => rest.split('/').rfind(is_id),
        None => url
            .split_once("item=")
            .map(|(_, rest)| rest.split('&').next().unwrap_or(rest))
            .filter(is_id),
    }
}

/// A short stable digest of several texts, for ads without an id.
pub fn digest(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    hasher.finalize().iter().take(12).fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Whether a parameter of an address only tells where somebody came from. `name` is in small letters.
pub(super) fn is_tracking(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "_ga",
        "gbraid",
        "wbraid",
        "srsltid",
        "mc_cid",
        "mc_eid",
        "ttclid",
        "twclid",
        "epik",
        "fbclid",
        "gclid",
        "msclkid",
        "dclid",
        "yclid",
        "igshid",
        "ref",
        "ref_",
        "referrer",
        "campid",
        "mkevt",
        "mkcid",
        "mkrid",
        "toolid",
        "customid",
        "amdata",
        "_trkparms",
        "_trksid",
        "show_sold_out_detail",
    ];
    name.starts_with("utm_") || NAMES.contains(&name)
}

fn without_tags(html: &str) -> String {
    let mut out = String::with_capacity(html.len() / 2);
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        out.push_str(&rest[..start]);
        let tag = &rest[start + 1..];
        let name: String = tag
            .trim_start_matches('/')
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .take(10)
            .collect::<String>()
            .to_ascii_lowercase();
        // "< 5 kg" is no tag.
        if name.is_empty() && !tag.starts_with('!') {
            out.push('<');
            rest = tag;
            continue;
        }
        let end = match name.as_str() {
            "script" | "style" if !tag.starts_with('/') => end_of_element(tag, &name),
            _ => tag.find('>').map(|at| at + 1),
        };
        out.push(
            if matches!(name.as_str(), "br" | "p" | "div" | "li" | "tr" | "h1" | "h2" | "h3") {
                '\n'
            } else {
                ' '
            },
        );
        let Some(end) = end else { return out };
        rest = &tag[end..];
    }
    out.push_str(rest);
    out
}

/// Where the text goes on after `</name>`.
fn end_of_element(tag: &str, name: &str) -> Option<usize> {
    let closing = format!("</{name}");
    let is_it = |part: &[u8]| part.eq_ignore_ascii_case(closing.as_bytes());
    // It begins with '<', so its place is one between characters.
    let at = tag.as_bytes().windows(closing.len()).position(is_it)?;
    tag[at..].find('>').map(|end| at + end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_lose_their_markup_and_keep_their_paragraphs() {
        let html = "<style>p{x:1}</style><p>Hello &amp; welcome</p><p>2 < 3<br/>ok</p><script>evil()</script>";
        assert_eq!(description(html).unwrap(), "Hello & welcome\n\n2 < 3\nok");
        assert_eq!(description(" <div></div> "), None);
        assert_eq!(description("a\u{0}b").unwrap(), "ab");
    }

    #[test]
    fn addresses_lose_what_only_tracks() {
        assert_eq!(
            url("https://www.ebay.com/itm/1?hash=2&amdata=3").unwrap(),
            "https://www.ebay.com/itm/1"
        );
        assert_eq!(
            url("https://www.ebay.com/itm/1?var=5&hash=2").unwrap(),
            "https://www.ebay.com/itm/1?var=5"
        );
        assert_eq!(url("https://a.b/c?id=1&utm_source=x#top").unwrap(), "https://a.b/c?id=1");
        assert_eq!(url("HTTPS://a.b/C?id=1").unwrap(), "https://a.b/C?id=1");
        assert_eq!(url("javascript:alert(1)"), None);
        assert_eq!(url("https://a b"), None);
        assert_eq!(url("https://"), None);
    }

    #[test]
    fn an_ebay_link_tells_the_item() {
        assert_eq!(
            ebay_item_id("https://www.ebay.com/itm/A-4-6GHz/303787247488?epid=1"),
            Some("303787247488")
        );
        assert_eq!(ebay_item_id("https://www.ebay.co.uk/itm/303787247488"), Some("303787247488"));
        assert_eq!(ebay_item_id("https://www.ebay.com/itm/Some-words-2020"), None);
        assert_eq!(ebay_item_id("https://example.com/itm/303787247488"), None);
    }

    #[test]
    fn a_digest_tells_texts_apart_and_stays() {
        assert_eq!(digest(&["a", "b"]), digest(&["a", "b"]));
        assert_ne!(digest(&["ab", ""]), digest(&["a", "b"]));
        assert_eq!(digest(&["a"]).len(), 24);
    }
}
