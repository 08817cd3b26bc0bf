//! Reads the ad out of a page with schema.org data: JSON-LD, then microdata and `RDFa`, then `OpenGraph` and product
//! metadata, then the price that people see. Pure; nothing is fetched.
//!
//! Each way of reading is a witness of its own. They vote: where they agree, that is what the page says; where they
//! disagree about price, currency or availability, the result says so with the answer of each, and whoever watches the
//! site chooses whom to believe.

mod document;
mod items;
mod json_ld;
mod markup;
mod offers;
mod open_graph;
mod product;
mod shown;
mod vote;
mod watched;
mod witness;

use serde_json::Value;
use url::Url;

use self::{document::Document, product::About, witness::Witness};
use super::{home, identity, text};
use crate::model::{money::Currency, page_choice::Extractor};

pub use vote::{Answer, Disagreement};
pub use watched::{ACCEPT, WatchedPage};

/// The largest page that is read, in bytes.
pub const MAX_BYTES: usize = 8 << 20;

/// What a page should hold, for messages.
const EXPECTED: &str = "expected is a page of one ad with schema.org data (JSON-LD, microdata), product metadata or a visible price";

/// A page, read by everybody who understands something of it.
#[derive(Debug, Clone)]
pub struct Page {
    witnesses: Vec<Witness>,
    address: Option<Url>,
    heading: Option<String>,
    picture: Option<String>,
    summary: Option<String>,
    /// The dollar that a lone `$` means there.
    home: Currency,
    /// What could not be read of it, in words.
    pub notes: Vec<String>,
}

/// Whether a text begins like a page. `head` may be cut anywhere.
pub fn is_page(head: &str) -> bool {
    let start = head.trim_start_matches('\u{feff}').trim_start();
    let lower = start.chars().take(2_000).collect::<String>().to_ascii_lowercase();
    let mut rest = lower.as_str();
    while let Some(after) = rest.strip_prefix("<!--") {
        rest = after.split_once("-->").map_or("", |(_, rest)| rest).trim_start();
    }
    let rest = rest
        .strip_prefix("<?xml")
        .and_then(|rest| rest.split_once("?>"))
        .map_or(rest, |(_, rest)| rest.trim_start());
    ["<!doctype html", "<html", "<head", "<body", "<title", "<meta", "<script", "<div"]
        .iter()
        .any(|beginning| rest.starts_with(beginning))
}

/// Reads a page that stands at `address`, where that is known. The error says why it is no ad, and what would be.
pub fn read(html: &str, address: Option<&str>) -> Result<Page, String> {
    let page = look(html, &[], address)?;
    if page.witnesses.is_empty() {
        let notes = page.notes.iter().map(String::as_str);
        let why: Vec<&str> =
            ["the page tells of nothing for sale"].into_iter().chain(notes).collect();
        return Err(format!("{}; {EXPECTED}", why.join("; ")));
    }
    Ok(page)
}

/// Reads what a browser hands over of a page that somebody looks at: its text, and the JSON-LD in it. That nothing is
/// found is no error: the person says what it is.
pub fn look(html: &str, given_nodes: &[Value], address: Option<&str>) -> Result<Page, String> {
    if html.len() > MAX_BYTES {
        return Err(format!("the page is larger than {} MB; {EXPECTED}", MAX_BYTES >> 20));
    }
    let document = Document::of(html);
    let given = address.and_then(|address| Url::parse(address).ok());
    let base = match (&given, &document.base) {
        (Some(given), Some(base)) => given.join(base).ok(),
        (None, Some(base)) => Url::parse(base).ok(),
        (given, None) => given.clone(),
    };
    let absolute = |link: &str| match &base {
        Some(base) => base.join(link).ok(),
        None => Url::parse(link).ok(),
    };
    let named = [document.canonical.as_deref(), document.meta(&["og:url"])];
    let named: Vec<Url> = named.into_iter().flatten().filter_map(absolute).collect();
    let about = About {
        addresses: given
            .iter()
            .chain(&named)
            .filter_map(|url| identity::canonical(url.as_str()))
            .collect(),
        titles: [document.meta(&["og:title"]), Some(&document.heading), Some(&document.title)]
            .into_iter()
            .flatten()
            .collect(),
    };
    let (mut told, mut notes) = json_ld::values(&document.scripts);
    for given in given_nodes {
        // A script's text may come as it stands on the page.
        match given.as_str().map(json_ld::value) {
            None => told.push(given.clone()),
            Some(Ok(node)) => told.push(node),
            Some(Err(cause)) => {
                notes.push(format!("a given block of structured data cannot be read: {cause}"));
            }
        }
    }
    let mut witnesses = Vec::new();
    for (by, nodes) in [
        (Extractor::JsonLd, told),
        (Extractor::Microdata, document.microdata.nodes()),
        (Extractor::Rdfa, document.rdfa.nodes()),
    ] {
        match product::witness(by, &nodes, &about) {
            Ok(witness) => witnesses.extend(witness),
            Err(why) => notes.push(why),
        }
    }
    // A list of many things has no price of its own, whatever its metadata says.
    let is_list = witnesses.is_empty()
        && !notes.is_empty()
        && notes.iter().any(|note| note.starts_with("the page shows"));
    if !is_list {
        witnesses.extend(open_graph::witness(&document));
    }
    let home = home::dollar(document.language.as_deref(), given.as_ref().or(named.first()));
    if !is_list && witnesses.iter().all(|witness| witness.price.is_none()) {
        witnesses.extend(document.shown.price(home).map(vote::seen));
    }
    let page_url = given.as_ref().or(base.as_ref());
    let address = vote::address(
        given.as_ref(),
        &named,
        witnesses.iter().filter_map(|w| w.url.as_deref()).filter_map(absolute),
    );
    for witness in &mut witnesses {
        witness.image =
            witness.image.take().and_then(|image| match page_url.or(address.as_ref()) {
                Some(url) => url.join(&image).ok().map(String::from),
                None => Some(image),
            });
    }
    let heading = [
        document.meta(&["og:title"]),
        Some(document.heading.as_str()),
        Some(document.title.as_str()),
    ];
    let picture =
        document.meta(&["og:image:secure_url", "og:image", "twitter:image"]).and_then(absolute);
    Ok(Page {
        heading: heading.into_iter().flatten().find_map(|title| text::title(title).ok()),
        picture: picture.and_then(|url| text::url(url.as_str())),
        summary: document.meta(&["og:description", "description"]).and_then(text::description),
        witnesses,
        address,
        home,
        notes,
    })
}

#[cfg(test)]
mod tests;
