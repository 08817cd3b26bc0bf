//! Takes RSS 0.9x, 1.0 (RDF), 2.0 and Atom apart into entries, forgivingly: what real feeds get wrong is read as it was
//! meant. Entities are never expanded beyond single characters, nesting and sizes are limited.

use quick_xml::{
    Reader,
    events::{BytesRef, BytesStart, Event},
};

use super::entry::{Entry, Field};

/// Deeper than any feed is; a text made to exhaust readers is.
const DEEPEST: usize = 100;
/// Fields of one entry that are kept.
const MOST_FIELDS: usize = 200;
/// Bytes of one field that are kept.
const LONGEST_FIELD: usize = 200_000;

/// A feed as its XML tells it.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The feed's own title.
    pub(super) title: Option<String>,
    /// Its language, such as `en-ca`.
    pub(super) language: Option<String>,
    /// The site that it belongs to.
    pub(super) link: Option<String>,
    pub(super) entries: Vec<Entry>,
}

/// Reads a whole feed. The error says what the text is instead, or where it breaks.
pub(super) fn read(text: &str, most_entries: usize) -> Result<Told, String> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}').trim_start());
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut walk = Walk { most_entries, ..Walk::default() };
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => walk.open(&tag, false)?,
            Ok(Event::Empty(tag)) => walk.open(&tag, true)?,
            Ok(Event::End(tag)) => walk.close(&lossy(tag.name().as_ref())),
            Ok(Event::Text(text)) => walk.text(&lossy(&text)),
            Ok(Event::CData(text)) => walk.text(&lossy(&text)),
            Ok(Event::GeneralRef(reference)) => walk.text(&resolved(&reference)),
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(cause) => {
                return Err(format!(
                    "the XML is broken or cut off at byte {}: {cause}",
                    reader.error_position()
                ));
            }
        }
        if walk.is_done {
            break;
        }
    }
    if !walk.is_feed {
        return Err("it holds no <rss>, <rdf:RDF> or <feed> element".into());
    }
    if !walk.is_done {
        return Err("the XML is cut off: its end is missing".into());
    }
    Ok(walk.told)
}

#[derive(Debug, Default)]
struct Walk {
    told: Told,
    most_entries: usize,
    /// The names of the open elements, outermost first.
    open: Vec<String>,
    /// Where in `open` the entry begins.
    entry_at: Option<usize>,
    is_feed: bool,
    is_done: bool,
    entry: Entry,
    /// Text of the feed's own title, language and link.
    own: String,
}

impl Walk {
    fn open(&mut self, tag: &BytesStart<'_>, is_empty: bool) -> Result<(), String> {
        let name = lossy(tag.name().as_ref()).to_lowercase();
        if self.open.is_empty() {
            let local = local(&name);
            if !matches!(local, "rss" | "rdf" | "feed") {
                let shown: String = name.chars().take(40).collect();
                return Err(format!(
                    "its first element is <{shown}>, not <rss>, <rdf:RDF> or <feed>"
                ));
            }
            self.is_feed = true;
        }
        if self.open.len() >= DEEPEST {
            return Err(format!("its elements are nested deeper than {DEEPEST}"));
        }
        let is_entry = matches!(local(&name), "item" | "entry")
            && self.entry_at.is_none()
            && self.open.len() <= 3;
        if is_entry && !self.open.is_empty() {
            self.entry = Entry::default();
            self.entry_at = Some(self.open.len());
            self.entry.about = attribute(tag, "rdf:about");
        } else if let Some(at) = self.entry_at {
            self.field(tag, &name, at);
        } else {
            self.own.clear();
            if self.open.len() == 1 && local(&name) == "link" && self.told.link.is_none() {
                self.told.link = attribute(tag, "href");
            }
        }
        let is_inside_text = self
            .entry_at
            .is_some_and(|at| self.open.get(at + 1).is_some_and(|outer| is_text(outer)));
        let closes_itself = is_empty || (is_inside_text && is_void(&name));
        self.open.push(name);
        if closes_itself {
            let name = self.open.last().cloned().unwrap_or_default();
            self.close(&name);
        }
        Ok(())
    }

    /// An element inside an entry: a field of its own, or markup inside one.
    fn field(&mut self, tag: &BytesStart<'_>, name: &str, entry_at: usize) {
        let path = &self.open[entry_at + 1..];
        // Markup inside a text is the text's; "g:shipping > g:price" is a field with a longer name.
        let is_markup = path.first().is_some_and(|outer| is_text(outer));
        if is_markup {
            let shown = format!("<{name}{}>", attributes(tag));
            self.append(&shown);
            return;
        }
        if self.entry.fields.len() >= MOST_FIELDS {
            return;
        }
        let mut full: Vec<&str> = path.iter().map(String::as_str).collect();
        full.push(name);
        let attributes = tag
            .html_attributes()
            .with_checks(false)
            .flatten()
            .take(20)
            .map(|a| (lossy(a.key.as_ref()).to_lowercase(), decoded(&lossy(&a.value))))
            .collect();
        self.entry.fields.push(Field { name: full.join(">"), text: String::new(), attributes });
    }

    fn text(&mut self, text: &str) {
        if self.entry_at.is_some() {
            self.append(text);
        } else if self.own.len() < 2_000 {
            self.own.push_str(text);
        }
    }

    fn append(&mut self, text: &str) {
        let is_inside_field = self.entry_at.is_some_and(|at| self.open.len() > at + 1);
        let Some(field) = self.entry.fields.last_mut().filter(|_| is_inside_field) else { return };
        let room = LONGEST_FIELD.saturating_sub(field.text.len());
        field.text.push_str(&text[..text.floor_char_boundary(room)]);
    }

    fn close(&mut self, name: &str) {
        let name = name.to_lowercase();
        // An end without a beginning is passed over; one of an outer element ends those inside it.
        let Some(at) = self.open.iter().rposition(|open| *open == name) else { return };
        // A stray end inside an entry's text must not end the entry's elements around it.
        while self.open.len() > at {
            let Some(closed) = self.open.pop() else { break };
            let depth = self.open.len();
            match self.entry_at {
                Some(entry) if depth == entry => self.end_entry(),
                Some(entry) if depth > entry + 1 => {
                    if self.open.get(entry + 1).is_some_and(|outer| is_text(outer)) {
                        let shown = format!("</{closed}>");
                        self.open.push(closed);
                        self.append(&shown);
                        self.open.pop();
                    }
                }
                Some(_) => {}
                None => self.end_own(&closed, depth),
            }
        }
        self.is_done = self.open.is_empty();
    }

    fn end_entry(&mut self) {
        self.entry_at = None;
        let entry = std::mem::take(&mut self.entry);
        if self.told.entries.len() <= self.most_entries {
            self.told.entries.push(entry);
        }
    }

    /// The feed's own elements stand directly in `<channel>` or `<feed>`.
    fn end_own(&mut self, name: &str, depth: usize) {
        let is_direct =
            matches!(self.open.last().map(|outer| local(outer)), Some("channel" | "feed"))
                && depth <= 2;
        let text = std::mem::take(&mut self.own);
        let text = text.trim();
        if !is_direct || text.is_empty() {
            return;
        }
        let slot = match name {
            "title" => &mut self.told.title,
            "language" | "dc:language" => &mut self.told.language,
            "link" => &mut self.told.link,
            _ => return,
        };
        slot.get_or_insert_with(|| text.to_owned());
    }
}

/// Elements whose content is a text with markup.
fn is_text(name: &str) -> bool {
    let is_media = name == "media:content";
    !is_media
        && matches!(
            local(name),
            "title" | "description" | "content" | "encoded" | "summary" | "body"
        )
}

/// Elements of HTML that nothing closes.
fn is_void(name: &str) -> bool {
    matches!(
        name,
        "br" | "img" | "hr" | "wbr" | "input" | "source" | "link" | "meta" | "col" | "area"
    )
}

/// A name without its prefix.
pub(super) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

fn attributes(tag: &BytesStart<'_>) -> String {
    let mut out = String::new();
    for attribute in tag.html_attributes().with_checks(false).flatten().take(20) {
        let value = lossy(&attribute.value).replace('"', "&quot;");
        out.extend([" ", &lossy(attribute.key.as_ref()), "=\"", &value, "\""]);
    }
    out
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut all = tag.html_attributes();
    let found = all.with_checks(false).flatten().find(|a| a.key.as_ref() == name.as_bytes())?;
    Some(decoded(&lossy(&found.value)))
}

/// One character for a numbered or named reference; any other entity stays as it is written and is never expanded.
fn resolved(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return c.to_string();
    }
    let written = format!("&{};", lossy(reference));
    decoded(&written)
}

fn decoded(text: &str) -> String {
    html_escape::decode_html_entities(text).into_owned()
}

fn lossy(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}
