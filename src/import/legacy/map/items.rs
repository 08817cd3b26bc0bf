//! `my_items`: things for sale.

use serde_json::json;

use super::{Seen, columns, keep, made};
use crate::{
    db::origins::Columns,
    import::legacy::cells::{Cells, Notes},
    market::text,
};

#[expect(clippy::unnecessary_wraps, reason = "the rows of other tables may be refused")]
pub(in super::super) fn map(
    row: &Cells,
    seen: &mut Seen,
    notes: &mut Notes,
) -> Result<Columns, String> {
    // Posts and orders hang on an item, so one without a name gets one.
    let title = text::title(row.raw("title").unwrap_or_default()).unwrap_or_else(|_| {
        let name = format!("Item {}", row.id);
        notes.push(format!("it has no title; taken as '{name}'"));
        name
    });
    let mut attributes = row.object("attributes", notes);
    let theirs = row.line("status").unwrap_or_default().to_lowercase();
    let status = match theirs.as_str() {
        "draft" => "draft",
        "ready" | "prepared" => "ready",
        "active" | "posted" | "available" | "listed" | "live" | "published" => "listed",
        "sold" | "completed" => "sold",
        "archived" | "deleted" | "closed" | "delisted" => "archived",
        other => {
            notes.push(format!("its status '{other}' is not known; taken as a draft"));
            keep(&mut attributes, "status", other);
            "draft"
        }
    };
    Ok(columns(json!({
        "title": title,
        "category": row.line("category"),
        "attributes": attributes,
        "condition": row.condition("condition"),
        "price_amount": row.cents_or_none("price", notes),
        "currency": "USD",
        "status": status,
        "created_at": made(row, seen, notes),
    })))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::import::legacy::map::tests::{row, seen};

    fn mapped(given: &[(&str, &str)]) -> (Columns, Notes) {
        let mut notes = Notes::new();
        (map(&row("my_items", 5, given), &mut seen(), &mut notes).unwrap(), notes)
    }

    #[test]
    fn what_was_on_offer_is_listed() {
        for theirs in ["active", "posted", "available"] {
            let (ours, notes) = mapped(&[("title", "Lamp"), ("status", theirs), ("price", "45")]);
            assert_eq!((&ours["status"], &ours["price_amount"]), (&json!("listed"), &json!(4500)));
            assert_eq!(notes, Notes::new());
        }
    }

    #[test]
    fn an_odd_item_is_taken_all_the_same_and_says_what_was_odd() {
        let (ours, notes) = mapped(&[
            ("title", ""),
            ("status", "limbo"),
            ("price", "-5"),
            ("attributes", "\"red\""),
        ]);
        assert_eq!((&ours["title"], &ours["status"]), (&json!("Item 5"), &json!("draft")));
        assert_eq!(ours["price_amount"], Value::Null);
        assert_eq!(
            ours["attributes"],
            json!({"legacy_value": "red", "legacy": {"status": "limbo"}})
        );
        assert_eq!(notes.len(), 3);
    }
}
