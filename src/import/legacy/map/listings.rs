//! `listings`: ads of others.

use serde_json::{Map, Value, json};

use super::{Seen, address, at_most, columns, keep, made, word};
use crate::{
    db::origins::Columns,
    import::legacy::cells::{Cells, Notes},
    market::text,
    scout::normalize,
};

/// The longest that a description may be, in characters.
const DESCRIPTION: usize = 20_000;

pub(in super::super) fn map(
    row: &Cells,
    seen: &mut Seen,
    notes: &mut Notes,
) -> Result<Columns, String> {
    let title = text::title(row.raw("title").unwrap_or_default())?;
    let raw_description = row.raw("description").unwrap_or_default();
    // Cut by us rather than by the cleaning, so that it is told.
    let description = at_most(raw_description.to_owned(), DESCRIPTION, "the description", notes);
    let description = text::description(&description);
    let mut details = Map::new();
    let location = location(row, &mut details, notes);
    let created_at = made(row, seen, notes);
    let raw_source = row.raw("source");
    let source = word(raw_source, "legacy");
    if raw_source.is_some_and(|raw| raw != source) {
        keep(&mut details, "source", raw_source);
    }
    Ok(columns(json!({
        "source": source,
        "source_id": row.line("source_id").unwrap_or_else(|| format!("legacy-{}", row.id)),
        "kind": normalize::kind_of(&title, description.as_deref()),
        "title": title,
        "description": description,
        "price_amount": row.cents_or_none("price", notes),
        "currency": "USD",
        "condition": row.condition("condition"),
        "category": row.line("category"),
        "url": address(row, "url", &mut details),
        "image_url": address(row, "thumbnail_url", &mut details),
        "location": location,
        "details": details,
        "available": row.flag("available").unwrap_or(true),
        "created_at": created_at,
        "last_seen_at": row.time("last_seen_at", notes).unwrap_or(created_at),
        "score_due_at": seen.now,
    })))
}

/// `{"coords": [lat, lng], "location_text": …}` in our words; what else stands there goes to the details.
fn location(row: &Cells, details: &mut Map<String, Value>, notes: &mut Notes) -> Value {
    let mut theirs = row.object("location", notes);
    let mut ours = Map::new();
    if let Some(coords) = theirs.remove("coords") {
        if let Some((lat, lng)) = place_on_earth(&coords) {
            ours.insert("lat".into(), lat.into());
            ours.insert("lng".into(), lng.into());
        } else if !coords.is_null() {
            notes.push(format!(
                "the coordinates {coords} are no place on earth; taken without them"
            ));
            keep(details, "coords", coords);
        }
    }
    if let Some(words) = theirs.get("location_text").and_then(Value::as_str).and_then(text::line) {
        ours.insert("text".into(), words.into());
        theirs.remove("location_text");
    }
    if !theirs.is_empty() {
        keep(details, "location", theirs);
    }
    Value::Object(ours)
}

fn place_on_earth(coords: &Value) -> Option<(f64, f64)> {
    let [lat, lng] = coords.as_array()?.as_slice() else { return None };
    let (lat, lng) = (lat.as_f64()?, lng.as_f64()?);
    ((-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lng)).then_some((lat, lng))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::legacy::map::tests::{row, seen};

    fn mapped(given: &[(&str, &str)]) -> (Result<Columns, String>, Notes) {
        let mut notes = Notes::new();
        (map(&row("listings", 7, given), &mut seen(), &mut notes), notes)
    }

    #[test]
    fn an_ad_keeps_everything_that_it_said() {
        let (mapped, notes) = mapped(&[
            ("source", "craigslist"),
            ("source_id", "https://sfbay.craigslist.org/zip/7.html"),
            ("title", "Couch &amp; chair"),
            ("price", "0"),
            ("condition", "great"),
            ("url", "https://sfbay.craigslist.org/zip/7.html?utm_source=x"),
            ("thumbnail_url", "/static/samples/couch.jpg"),
            ("location", r#"{"coords":[37.3,-121.9],"location_text":"San Jose","raw":{"a":1}}"#),
            ("created_at", "2025-10-20 12:00:00"),
            ("available", "false"),
        ]);
        let ours = mapped.unwrap();
        assert_eq!(ours["title"], "Couch & chair");
        assert_eq!(ours["price_amount"], 0, "free");
        assert_eq!(ours["url"], "https://sfbay.craigslist.org/zip/7.html");
        assert_eq!(ours["image_url"], Value::Null);
        assert_eq!(ours["location"], json!({"lat": 37.3, "lng": -121.9, "text": "San Jose"}));
        assert_eq!(
            ours["details"],
            json!({"legacy": {"location": {"raw": {"a": 1}}, "thumbnail_url": "/static/samples/couch.jpg"}})
        );
        assert_eq!(ours["available"], false);
        assert_eq!(ours["created_at"], "2025-10-20T12:00:00Z");
        assert_eq!(ours["last_seen_at"], ours["created_at"]);
        assert_eq!(notes, Notes::new());
    }

    #[test]
    fn an_ad_with_odd_values_is_taken_without_them_and_says_so() {
        let (mapped, notes) = mapped(&[
            ("source", "Offer Up!"),
            ("source_id", " "),
            ("title", "Couch"),
            ("price", "NaN"),
            ("url", "https://example.invalid/1"),
            ("location", r#"{"coords":[137.3,-121.9]}"#),
            ("created_at", "infinity"),
        ]);
        let ours = mapped.unwrap();
        assert_eq!((&ours["source"], &ours["source_id"]), (&json!("offer-up"), &json!("legacy-7")));
        assert_eq!((&ours["price_amount"], &ours["url"]), (&Value::Null, &Value::Null));
        assert_eq!(ours["created_at"], "2026-11-22T12:00:00Z");
        assert_eq!(ours["details"]["legacy"]["url"], "https://example.invalid/1");
        assert_eq!(notes.len(), 3, "{notes:?}");
        assert_eq!(super::tests::mapped(&[("title", " \u{200b}")]).0, Err("no title".into()));
    }
}
