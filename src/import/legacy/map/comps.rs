//! `comps`: prices of things like others. The old system copied what ads asked into them, so they count as asking
//! prices unless they say that somebody paid.

use serde_json::{Map, Value, json};

use super::{Seen, columns, keep, word};
use crate::{
    db::origins::Columns,
    import::legacy::cells::{Cells, Notes},
    market::text,
    model::comp::Basis,
    scout::normalize,
};

pub(in super::super) fn map(
    row: &Cells,
    seen: &mut Seen,
    notes: &mut Notes,
) -> Result<Columns, String> {
    let title = text::title(row.raw("title").unwrap_or_default())?;
    let price = row.cents("price")?.ok_or("no price")?;
    let mut details = row.object("metadata", notes);
    let raw_source = row.raw("source");
    let source = word(raw_source, "legacy");
    if raw_source.is_some_and(|raw| raw != source) {
        keep(&mut details, "source", raw_source);
    }
    let category = row.line("category").map(|words| words.to_lowercase());
    let condition = row.condition("condition");
    let observed_at = row.time("observed_at", notes);
    if observed_at.is_none() {
        details.insert("date_unknown".into(), true.into());
    }
    // Its content is its identity: the old system copied the same ads every night again.
    let source_id = format!(
        "legacy-{}",
        text::digest(&[
            &title,
            &price.to_string(),
            condition.map_or("", |c| c.as_str()),
            category.as_deref().unwrap_or_default(),
            &Value::Object(details.clone()).to_string(),
        ])
    );
    Ok(columns(json!({
        "basis": basis(raw_source.unwrap_or_default(), &details),
        "source": source,
        "source_id": source_id,
        "kind": normalize::kind_of(&title, None),
        "title": title,
        "price_amount": price,
        "currency": "USD",
        "condition": condition,
        "category": category,
        "url": details.get("url").and_then(Value::as_str).and_then(text::url),
        "details": details,
        "observed_at": observed_at.unwrap_or(seen.now),
    })))
}

fn basis(source: &str, details: &Map<String, Value>) -> Basis {
    let says_sold = |value: &Value| match value {
        Value::Bool(sold) => *sold,
        Value::String(words) => words.to_lowercase().contains("sold"),
        _ => false,
    };
    let is_sold = source.to_lowercase().contains("sold")
        || ["sold", "status", "basis", "type"]
            .iter()
            .any(|name| details.get(*name).is_some_and(says_sold))
        || details.contains_key("sold_at");
    if is_sold { Basis::Sold } else { Basis::Asking }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::legacy::map::tests::{row, seen};

    fn mapped(id: i64, given: &[(&str, &str)]) -> Result<Columns, String> {
        let mut all = vec![("title", "Grey couch"), ("category", "Couch"), ("source", "offerup")];
        all.extend(given);
        map(&row("comps", id, &all), &mut seen(), &mut Notes::new())
    }

    #[test]
    fn a_comparable_is_what_was_asked_unless_it_says_that_it_was_paid() {
        let ours = mapped(1, &[("price", "120"), ("observed_at", "2025-10-20 12:00:00")]).unwrap();
        assert_eq!((&ours["basis"], &ours["category"]), (&json!("asking"), &json!("couch")));
        assert_eq!(ours["price_amount"], 12_000);
        for given in [("metadata", r#"{"sold":true}"#), ("metadata", r#"{"status":"SOLD"}"#)] {
            assert_eq!(mapped(1, &[("price", "120"), given]).unwrap()["basis"], "sold");
        }
    }

    #[test]
    fn the_same_ad_copied_night_by_night_is_one_comparable() {
        let night = |id, at| mapped(id, &[("price", "120"), ("observed_at", at)]).unwrap();
        let (one, two) = (night(1, "2025-10-20 03:00:00"), night(21, "2025-10-21 03:00:00"));
        assert_eq!(one["source_id"], two["source_id"]);
        assert_ne!(one["source_id"], mapped(1, &[("price", "121")]).unwrap()["source_id"]);
    }

    #[test]
    fn a_comparable_without_a_price_is_none() {
        assert_eq!(
            mapped(1, &[("price", "Infinity")]).unwrap_err(),
            "price is Infinity, which is no amount"
        );
        assert_eq!(mapped(1, &[]).unwrap_err(), "no price");
        assert!(mapped(1, &[("price", "-3")]).unwrap_err().contains("not negative"));
    }
}
