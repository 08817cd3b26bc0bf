//! Takes HTML apart into tags and text, in one pass whatever the text is. No tree is built: what is looked for stands in
//! attributes and in the text of single elements, and trees of hostile pages cost far more than their size.

use std::borrow::Cow;

/// A piece of a page.
#[derive(Debug, PartialEq)]
pub(super) enum Token<'a> {
    /// `<name …>`
    Start(Tag<'a>),
    /// `</name>`, the name in small letters.
    End(String),
    /// Text between tags, its entities not decoded.
    Text(&'a str),
    /// The content of a script or style, which is no text.
    Raw(&'a str),
}

/// An opening tag.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Tag<'a> {
    /// In small letters.
    pub(super) name: String,
    pub(super) closes_itself: bool,
    attributes: Vec<(String, &'a str)>,
}

/// Attributes of one tag that are kept.
const MOST_ATTRIBUTES: usize = 60;

impl<'a> Tag<'a> {
    /// The value of an attribute, its entities decoded; empty when it has none.
    pub(super) fn get(&self, name: &str) -> Option<Cow<'a, str>> {
        let (_, value) = self.attributes.iter().find(|(known, _)| known == name)?;
        Some(html_escape::decode_html_entities(*value))
    }

    /// The value of an attribute that says something.
    pub(super) fn said(&self, name: &str) -> Option<String> {
        let value = self.get(name)?;
        let value = value.trim();
        (!value.is_empty()).then(|| value.to_owned())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.attributes.iter().any(|(known, _)| known == name)
    }

    /// Whether nothing can stand in it.
    pub(super) fn is_void(&self) -> bool {
        const VOID: &[&str] = &[
            "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
            "source", "track", "wbr",
        ];
        VOID.contains(&self.name.as_str())
    }
}

/// The pieces of a page in their order.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    rest: &'a str,
    /// The element whose content is not markup, while it is open.
    raw: Option<String>,
}

impl<'a> Tokens<'a> {
    pub(super) fn of(html: &'a str) -> Self {
        Self { rest: html, raw: None }
    }

    /// Everything up to the end tag of a script, style or title.
    fn raw(&mut self, name: &str) -> Token<'a> {
        let mut from = 0;
        let end = loop {
            let Some(at) = self.rest[from..].find("</").map(|at| from + at) else {
                break self.rest.len();
            };
            let after = self.rest.as_bytes().get(at + 2..at + 2 + name.len());
            if after.is_some_and(|after| after.eq_ignore_ascii_case(name.as_bytes())) {
                break at;
            }
            from = at + 2;
        };
        let (content, rest) = self.rest.split_at(end);
        self.rest = rest;
        if matches!(name, "title" | "textarea") {
            Token::Text(content)
        } else {
            Token::Raw(content)
        }
    }

    fn tag(&mut self) -> Token<'a> {
        let mut scan = Scan { rest: &self.rest[1..] };
        let name = scan.until(|c| c.is_whitespace() || matches!(c, '/' | '>')).to_ascii_lowercase();
        let mut tag = Tag { name, ..Tag::default() };
        loop {
            scan.skip(|c| c.is_whitespace() || c == '/');
            if scan.rest.is_empty() {
                break;
            }
            if let Some(rest) = scan.rest.strip_prefix('>') {
                let written = &self.rest[..self.rest.len() - rest.len() - 1];
                tag.closes_itself = written.ends_with('/');
                scan.rest = rest;
                break;
            }
            let name = scan.name();
            let value = scan.value();
            if tag.attributes.len() < MOST_ATTRIBUTES {
                tag.attributes.push((name.to_ascii_lowercase(), value));
            }
        }
        self.rest = scan.rest;
        if matches!(
            tag.name.as_str(),
            "script" | "style" | "title" | "textarea" | "xmp" | "iframe" | "noembed" | "noframes"
        ) && !tag.closes_itself
        {
            self.raw = Some(tag.name.clone());
        }
        Token::Start(tag)
    }

    fn end_tag(&mut self) -> Token<'a> {
        let name: String = self.rest[2..]
            .chars()
            .take_while(|c| !c.is_whitespace() && *c != '>' && *c != '/')
            .take(40)
            .collect();
        self.pass(">");
        Token::End(name.to_ascii_lowercase())
    }

    /// Goes behind the next `mark`, or to the end.
    fn pass(&mut self, mark: &str) {
        self.rest = self.rest.split_once(mark).map_or("", |(_, rest)| rest);
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        if let Some(name) = self.raw.take() {
            return Some(self.raw(&name));
        }
        loop {
            let after = self.rest.strip_prefix('<');
            let next = after.and_then(|after| after.chars().next());
            match (after, next) {
                (Some(_), Some(c)) if c.is_ascii_alphabetic() => return Some(self.tag()),
                (Some(after), Some('/'))
                    if after[1..].starts_with(|c: char| c.is_ascii_alphabetic()) =>
                {
                    return Some(self.end_tag());
                }
                (Some(after), Some('!')) if after.starts_with("!--") => self.pass("-->"),
                (Some(_), Some('!' | '?')) => self.pass(">"),
                (None, _) if self.rest.is_empty() => return None,
                _ => {
                    // A '<' that begins nothing is text.
                    let from = usize::from(after.is_some());
                    let end = self.rest[from..].find('<').map_or(self.rest.len(), |at| from + at);
                    let (text, rest) = self.rest.split_at(end);
                    self.rest = rest;
                    return Some(Token::Text(text));
                }
            }
        }
    }
}

struct Scan<'a> {
    rest: &'a str,
}

impl<'a> Scan<'a> {
    fn until(&mut self, is_end: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(is_end).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn skip(&mut self, is_skipped: impl Fn(char) -> bool) {
        self.rest = self.rest.trim_start_matches(is_skipped);
    }

    /// At least one character, so that reading goes on.
    fn name(&mut self) -> &'a str {
        let first = self.rest.chars().next().map_or(0, char::len_utf8);
        let end = self.rest[first..]
            .find(|c: char| c.is_whitespace() || matches!(c, '/' | '>' | '='))
            .map_or(self.rest.len(), |at| first + at);
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        name
    }

    fn value(&mut self) -> &'a str {
        let before = self.rest;
        self.skip(char::is_whitespace);
        let Some(rest) = self.rest.strip_prefix('=') else {
            self.rest = before;
            return "";
        };
        self.rest = rest;
        self.skip(char::is_whitespace);
        for quote in ['"', '\''] {
            if let Some(rest) = self.rest.strip_prefix(quote) {
                let (value, rest) = rest.split_once(quote).unwrap_or((rest, ""));
                self.rest = rest;
                return value;
            }
        }
        self.until(|c| c.is_whitespace() || c == '>')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(html: &str) -> String {
        let mut out = String::new();
        for token in Tokens::of(html) {
            let token = match token {
                Token::Start(tag) => {
                    let attributes: Vec<_> = tag
                        .attributes
                        .iter()
                        .map(|(name, _)| format!(" {name}={}", tag.get(name).unwrap()))
                        .collect();
                    format!("<{}{}>", tag.name, attributes.concat())
                }
                Token::End(name) => format!("</{name}>"),
                Token::Text(text) => text.to_owned(),
                Token::Raw(raw) => format!("({raw})"),
            };
            out.push_str(&token);
        }
        out
    }

    #[test]
    fn tags_texts_and_scripts_are_told_apart() {
        for (html, said) in [
            (
                "<P Class=a id='b &amp; c' x=\"1>2\" hidden>t</P >",
                "<p class=a id=b & c x=1>2 hidden=>t</p>",
            ),
            (
                "<script type=a>if (a<b) '</p>'</SCRIPT>x",
                "<script type=a>(if (a<b) '</p>')</script>x",
            ),
            ("<title>a <b> c</title>", "<title>a <b> c</title>"),
            ("a<!-- <p> -->b<!DOCTYPE html>c<?x?>d", "abcd"),
            ("2 < 3 <> 4 </ 5", "2 < 3 <> 4 </ 5"),
            ("<br/><img src=/a/b.png/>", "<br><img src=/a/b.png/>"),
            ("<a href = x y = 'z'>", "<a href=x y=z>"),
        ] {
            assert_eq!(shown(html), said, "{html}");
        }
    }

    #[test]
    fn what_is_cut_off_ends() {
        for html in [
            "<",
            "</",
            "<a",
            "<a b",
            "<a b=",
            "<a b='c",
            "<script>x",
            "<!--",
            "<a =",
            "<a ==>",
            "</a",
        ] {
            shown(html);
        }
    }

    #[test]
    fn hostile_pages_take_no_longer_than_large_ones() {
        let deep = "<div>".repeat(400_000);
        let wide = format!("<a {}>", "b ".repeat(1_000_000));
        let open = "<script>".repeat(200_000) + &"</".repeat(500_000);
        for html in [deep, wide, open, "<".repeat(1_000_000), "<a b='".repeat(200_000)] {
            assert!(Tokens::of(&html).count() <= html.len());
        }
    }
}
