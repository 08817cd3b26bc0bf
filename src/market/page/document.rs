//! One pass over a page: everything in it that may tell of something for sale.

use super::{
    items::{self, Items, MICRODATA, RDFA},
    markup::{Tag, Token, Tokens},
    shown::{self, Shown},
};

/// Elements inside each other that are told apart; deeper ones only count.
const DEEPEST: usize = 200;
const MOST_SCRIPTS: usize = 100;
const MOST_METAS: usize = 500;
const LONGEST_META: usize = 5_000;

/// What a page holds.
#[derive(Debug)]
pub(super) struct Document {
    /// The texts of its JSON-LD.
    pub(super) scripts: Vec<String>,
    /// Name (or property) in small letters, and content.
    pub(super) metas: Vec<(String, String)>,
    pub(super) title: String,
    pub(super) heading: String,
    pub(super) canonical: Option<String>,
    pub(super) base: Option<String>,
    pub(super) language: Option<String>,
    pub(super) microdata: Items,
    pub(super) rdfa: Items,
    pub(super) shown: Shown,
}

impl Document {
    /// Goes through a page.
    pub(super) fn of(html: &str) -> Self {
        let mut walk = Walk { document: Self::empty(), open: Vec::new(), deeper: 0 };
        for token in Tokens::of(html) {
            match token {
                Token::Start(tag) => walk.start(&tag),
                Token::End(name) => walk.end(&name),
                Token::Text(text) => walk.text(text),
                Token::Raw(raw) => walk.raw(raw),
            }
        }
        while let Some(open) = walk.open.pop() {
            walk.close(&open);
        }
        walk.document
    }

    /// The content of the first of these metas that says something.
    pub(super) fn meta(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| {
            let (_, content) =
                self.metas.iter().find(|(known, content)| known == name && !content.is_empty())?;
            Some(content.as_str())
        })
    }

    fn empty() -> Self {
        Self {
            scripts: Vec::new(),
            metas: Vec::new(),
            title: String::new(),
            heading: String::new(),
            canonical: None,
            base: None,
            language: None,
            microdata: Items::new(MICRODATA),
            rdfa: Items::new(RDFA),
            shown: Shown::default(),
        }
    }
}

struct Walk {
    document: Document,
    open: Vec<Open>,
    /// Elements that are open beyond [`DEEPEST`].
    deeper: usize,
}

#[derive(Debug)]
struct Open {
    name: String,
    is_data: bool,
    microdata: items::Opened,
    rdfa: items::Opened,
    shown: shown::Opened,
}

impl Walk {
    fn start(&mut self, tag: &Tag<'_>) {
        // The next of its kind ends these.
        if matches!(tag.name.as_str(), "p" | "li" | "td" | "th" | "tr" | "dt" | "dd" | "option")
            && self.open.last().is_some_and(|open| open.name == tag.name)
        {
            self.end(&tag.name);
        }
        self.head(tag);
        if self.open.len() >= DEEPEST {
            self.deeper += usize::from(!tag.is_void());
            return;
        }
        let open = Open {
            name: tag.name.clone(),
            is_data: tag.name == "script" && tag.said("type").is_some_and(|kind| is_json_ld(&kind)),
            microdata: self.document.microdata.open(tag),
            rdfa: self.document.rdfa.open(tag),
            shown: self.document.shown.open(tag),
        };
        if tag.is_void() { self.close(&open) } else { self.open.push(open) }
    }

    fn end(&mut self, name: &str) {
        if self.deeper > 0 {
            self.deeper -= 1;
            return;
        }
        // An end without a beginning is passed over.
        let Some(at) = self.open.iter().rposition(|open| open.name == name) else { return };
        while self.open.len() > at {
            if let Some(open) = self.open.pop() {
                self.close(&open);
            }
        }
    }

    fn close(&mut self, open: &Open) {
        self.document.shown.close(open.shown);
        self.document.rdfa.close(open.rdfa);
        self.document.microdata.close(open.microdata);
    }

    fn text(&mut self, text: &str) {
        if self.open.last().is_some_and(|open| open.name == "title")
            && self.document.title.is_empty()
        {
            text.clone_into(&mut self.document.title);
        }
        if self.open.iter().any(|open| open.name == "h1")
            && self.document.heading.len() < LONGEST_META
        {
            self.document.heading.push_str(text);
        }
        let is_reading = self.document.microdata.is_reading() || self.document.rdfa.is_reading();
        if is_reading || self.document.shown.is_reading() {
            let decoded = html_escape::decode_html_entities(text);
            self.document.microdata.text(&decoded);
            self.document.rdfa.text(&decoded);
            self.document.shown.text(&decoded);
        }
    }

    fn raw(&mut self, raw: &str) {
        let is_data = self.open.last().is_some_and(|open| open.is_data);
        if is_data && self.document.scripts.len() < MOST_SCRIPTS {
            self.document.scripts.push(raw.to_owned());
        }
    }

    /// What the head tells in attributes.
    fn head(&mut self, tag: &Tag<'_>) {
        let document = &mut self.document;
        match tag.name.as_str() {
            "html" => document.language = document.language.take().or_else(|| tag.said("lang")),
            "base" => document.base = document.base.take().or_else(|| tag.said("href")),
            "link" => {
                let is_canonical =
                    tag.said("rel").is_some_and(|rel| rel.eq_ignore_ascii_case("canonical"));
                if is_canonical && document.canonical.is_none() {
                    document.canonical = tag.said("href");
                }
            }
            "meta" if document.metas.len() < MOST_METAS => {
                let names = [tag.said("property"), tag.said("name")];
                if let Some(content) = tag.said("content") {
                    let content = &content[..content.floor_char_boundary(LONGEST_META)];
                    for name in names.into_iter().flatten() {
                        document.metas.push((name.to_lowercase(), content.to_owned()));
                    }
                }
            }
            _ => {}
        }
    }
}

fn is_json_ld(kind: &str) -> bool {
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/ld+json")
}
