//! From the old system's rows to ours: which column goes where, which word means what. Pure.

pub(super) mod accounts;
pub(super) mod comps;
pub(super) mod items;
pub(super) mod listings;
pub(super) mod notifications;
pub(super) mod orders;
pub(super) mod posts;
pub(super) mod prefs;
pub(super) mod scores;
pub(super) mod snaps;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::cells::{Cells, Notes};
use crate::{
    db::origins::{Arriving, Columns},
    market::{sample, text},
};

/// What is remembered while rows are read: what they refer to, and what may be there only once.
#[derive(Debug)]
pub(super) struct Seen {
    /// The time of this import, for what has no time of its own.
    pub(super) now: DateTime<Utc>,
    /// Our ids of the ads that were taken, by their ids over there.
    pub(super) listings: HashMap<i64, i64>,
    /// The same of items.
    pub(super) items: HashMap<i64, i64>,
    /// The same of postings.
    pub(super) posts: HashMap<i64, i64>,
    /// Platform of each posting that was read, taken or not, and our id of its item.
    facts: HashMap<i64, (String, Option<i64>)>,
    /// Accounts so far, by platform and name.
    accounts: HashMap<(String, String), i64>,
    /// Which posting has a platform's id.
    external_ids: HashMap<(String, String), i64>,
    /// Which order has a platform's number.
    order_numbers: HashMap<(String, String), i64>,
}

impl Seen {
    pub(super) fn new(now: DateTime<Utc>) -> Self {
        Self {
            now,
            listings: HashMap::new(),
            items: HashMap::new(),
            posts: HashMap::new(),
            facts: HashMap::new(),
            accounts: HashMap::new(),
            external_ids: HashMap::new(),
            order_numbers: HashMap::new(),
        }
    }
}

/// Columns that tell when something was, which are known by the old system's own words for it.
const TIMES: &[&str] = &[
    "created_at",
    "last_seen_at",
    "observed_at",
    "ordered_at",
    "posted_at",
    "score_due_at",
    "sent_at",
    "connected_at",
    "last_synced_at",
];

/// A row of ours, ready to be stored. `also` goes into its digest beside the columns; a column named in `hidden` stays
/// out of it.
pub(super) fn arriving(row: &Cells, columns: Columns, hidden: &str, also: &[u8]) -> Arriving {
    let mut digest = Sha256::new();
    for (name, value) in &columns {
        if name != hidden && !TIMES.contains(&name.as_str()) {
            digest.update(format!("{name}={value}\n"));
        }
    }
    for (name, value) in row.times() {
        digest.update(format!("{name}={value:?}\n"));
    }
    digest.update(also);
    Arriving { origin: row.origin(), digest: digest.finalize().to_vec(), columns }
}

/// The columns of an object that `json!` wrote.
fn columns(value: Value) -> Columns {
    match value {
        Value::Object(columns) => columns,
        _ => Map::new(),
    }
}

/// Our id of a row that `row` refers to.
fn referred(
    row: &Cells,
    column: &str,
    noun: &str,
    taken: &HashMap<i64, i64>,
) -> Result<i64, String> {
    let id = row.reference(column).ok_or_else(|| format!("it names no {noun}"))?;
    taken.get(&id).copied().ok_or_else(|| format!("its {noun} {id} was not taken"))
}

/// When the row was made; the time of this import where it does not say.
fn made(row: &Cells, seen: &Seen, notes: &mut Notes) -> DateTime<Utc> {
    row.time("created_at", notes).unwrap_or(seen.now)
}

/// Adds what the old system said and no column of ours says, under `legacy`.
fn keep(details: &mut Map<String, Value>, name: &str, value: impl Into<Value>) {
    let legacy = details.entry("legacy").or_insert_with(|| Value::Object(Map::new()));
    if !legacy.is_object() {
        let before = std::mem::take(legacy);
        *legacy = Value::Object(Map::from_iter([("legacy_value".to_owned(), before)]));
    }
    if let Some(legacy) = legacy.as_object_mut() {
        legacy.insert(name.to_owned(), value.into());
    }
}

/// An address that leads somewhere on the web. Any other one, such as an invented one of a demo, goes to the details.
fn address(row: &Cells, column: &str, details: &mut Map<String, Value>) -> Option<String> {
    let raw = row.raw(column)?.trim();
    let leads = |url: &String| {
        text::host(url).is_some_and(|host| host != "invalid" && !host.ends_with(".invalid"))
    };
    let url = text::url(raw).filter(leads);
    if url.is_none() && !raw.is_empty() {
        keep(details, column, raw);
    }
    url
}

/// A source or a platform in the letters that ours take: small ones, digits, `-` and `_`, at most 50.
fn word(name: Option<&str>, otherwise: &str) -> String {
    let lower = name.unwrap_or_default().trim().to_lowercase();
    let plain: String = lower
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' })
        .take(50)
        .collect();
    match plain.trim_matches('-') {
        "" => otherwise.to_owned(),
        // Sample rows are told by this word, and taken away by it.
        sample::SOURCE => format!("legacy-{}", sample::SOURCE),
        plain => plain.to_owned(),
    }
}

/// A text of at most `most` characters, with a note when there were more.
fn at_most(text: String, most: usize, what: &str, notes: &mut Notes) -> String {
    let count = text.chars().count();
    if count <= most {
        return text;
    }
    notes.push(format!("{what} has {count} characters; the first {most} are taken"));
    text.chars().take(most).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A row with these values; the others that are read are NULL.
    pub(super) fn row(table: &'static str, id: i64, given: &[(&str, &str)]) -> Cells {
        let table = super::super::layout::TABLES.iter().find(|known| known.name == table).unwrap();
        let names = table.names();
        for (name, _) in given {
            assert!(names.contains(name), "{} has no {name}", table.name);
        }
        let value = |name: &&str| {
            given.iter().find(|(known, _)| known == name).map(|(_, value)| (*value).to_owned())
        };
        let values = names.iter().map(value).collect();
        Cells::new(table.name, id, &names, values)
    }

    pub(super) fn seen() -> Seen {
        Seen::new("2026-11-22T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn sources_take_our_letters() {
        assert_eq!(word(Some("Craigslist SF/Bay"), "legacy"), "craigslist-sf-bay");
        assert_eq!(word(Some(" ¡! "), "legacy"), "legacy");
        assert_eq!(word(None, "legacy"), "legacy");
        assert_eq!(word(Some("Sample"), "legacy"), "legacy-sample");
    }

    #[test]
    fn the_digest_is_of_what_the_old_system_said_and_not_of_when_it_was_read() {
        let digest = |created_at: &str, title: &str, now: &str| {
            let row = row("my_items", 1, &[("created_at", created_at), ("title", title)]);
            let columns = columns(json!({"title": title, "created_at": now}));
            arriving(&row, columns, "", b"").digest
        };
        let one = digest("infinity", "Lamp", "2026-11-22T12:00:00Z");
        assert_eq!(one, digest("infinity", "Lamp", "2026-11-23T12:00:00Z"));
        assert_ne!(one, digest("infinity", "Lamps", "2026-11-22T12:00:00Z"));
    }

    #[test]
    fn what_is_kept_besides_never_overwrites_what_was_there() {
        let mut details = columns(json!({"legacy": 7}));
        keep(&mut details, "status", "odd");
        assert_eq!(Value::Object(details), json!({"legacy": {"legacy_value": 7, "status": "odd"}}));
    }
}
