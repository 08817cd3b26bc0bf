//! Reads ads out of feeds: RSS 0.9x, 1.0 (RDF) and 2.0, Atom, JSON Feed. Pure.
//!
//! A feed need not offer anything: news and discussions are feeds too, and "donates $300,000" is no price. So a feed
//! whose entries rarely name one is no list of ads. An entry is taken as an ad when it says so itself (a price field, or
//! words such as "for sale"), or when at least a third of the feed's entries offer something; then one without a price
//! is an ad whose price is not known. Everything else is passed over with a reason, because nothing that is no offer may
//! be stored as one, and nothing without a price may look free.

mod entry;
mod json;
mod offer;
mod watched;
mod xml;

pub use watched::WatchedFeed;

use super::source::Gone;
use crate::model::listing::NewListing;

/// The largest feed that is read, in bytes.
pub const MAX_BYTES: usize = 20 << 20;
/// The most entries that are read.
pub const MAX_ENTRIES: usize = 5_000;

/// What a feed tells.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Feed {
    /// What it calls itself.
    pub title: Option<String>,
    /// Its entries, in its order.
    pub entries: Vec<Told>,
}

/// What one entry tells of.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// An ad.
    Ad(Box<NewListing>),
    /// An ad that is gone, by the feed's own word.
    Gone(Gone),
    /// Nothing that can be stored: why, in words.
    Nothing(String),
}

/// Whether a text begins like a feed. `head` may be cut anywhere.
pub fn is_feed(head: &str) -> bool {
    let start = head.trim_start_matches('\u{feff}').trim_start();
    if start.starts_with('{') {
        return start.contains("jsonfeed.org/version");
    }
    let mut rest = start;
    // Declarations and comments may stand before the first element.
    while let Some(after) = rest.strip_prefix("<?").or_else(|| rest.strip_prefix("<!")) {
        let end = if after.starts_with("--") { "-->" } else { ">" };
        let is_doctype = after.get(..7).is_some_and(|word| word.eq_ignore_ascii_case("doctype"));
        // A document type may hold declarations of its own.
        let declared =
            after.find(['[', '>']).filter(|at| is_doctype && after[*at..].starts_with('['));
        let at = match declared {
            Some(_) => after.find("]>").map(|at| at + 2),
            None => after.find(end).map(|at| at + end.len()),
        };
        let Some(at) = at else { return false };
        rest = after[at..].trim_start();
    }
    let name: String = rest
        .chars()
        .skip(1)
        .take_while(|c| c.is_alphanumeric() || *c == ':')
        .collect::<String>()
        .to_lowercase();
    rest.starts_with('<') && matches!(xml::local(&name), "rss" | "rdf" | "feed")
}

/// Reads a whole feed. The error says what is wrong with it and what would be right.
pub fn read(text: &str) -> Result<Feed, String> {
    let wrong = |what: String| format!("{what}; expected is a whole RSS, Atom or JSON feed");
    if text.len() > MAX_BYTES {
        return Err(wrong(format!("it is larger than {} MB", MAX_BYTES >> 20)));
    }
    let is_json = text.trim_start_matches('\u{feff}').trim_start().starts_with('{');
    let read = if is_json { json::read } else { xml::read };
    let mut told = read(text, MAX_ENTRIES).map_err(wrong)?;
    let is_too_many = told.entries.len() > MAX_ENTRIES;
    told.entries.truncate(MAX_ENTRIES);
    let mut entries = offer::judged(&told);
    if is_too_many {
        entries.push(Told::Nothing(format!(
            "the feed has more than {MAX_ENTRIES} entries; the rest is not read"
        )));
    }
    Ok(Feed { title: told.title.as_deref().and_then(super::text::line), entries })
}

#[cfg(test)]
mod tests;
