//! `cross_posts`: items as they were posted on marketplaces.

use serde_json::{Value, json};

use super::{Seen, address, columns, keep, made, referred, word};
use crate::{
    db::origins::Columns,
    import::legacy::cells::{Cells, Notes},
};

pub(in super::super) fn map(
    row: &Cells,
    seen: &mut Seen,
    notes: &mut Notes,
) -> Result<Columns, String> {
    let platform = word(row.raw("platform"), "legacy");
    let mut details = row.object("metadata", notes);
    // Before it is known whether it is taken: what is called what does not hang on that.
    let external_id = external_id(row, &platform, seen, &mut details, notes);
    let item = referred(row, "my_item_id", "item", &seen.items);
    seen.facts.insert(row.id, (platform.clone(), item.clone().ok()));
    let item = item?;
    let theirs = row.line("status").unwrap_or_default().to_lowercase();
    let status = match theirs.as_str() {
        // Nothing posts it by itself: it has no time at which it is due.
        "pending" => "pending",
        "live" | "active" | "posted" | "published" => "live",
        "failed" | "error" => "failed",
        "closed" | "delisted" | "ended" => "ended",
        "sold" | "completed" => "sold",
        other => {
            notes.push(format!("its status '{other}' is not known; taken as ended"));
            "ended"
        }
    };
    if theirs != status {
        keep(&mut details, "status", theirs);
    }
    let created_at = made(row, seen, notes);
    let was_posted = matches!(status, "live" | "ended" | "sold");
    let url = address(row, "listing_url", &mut details);
    Ok(columns(json!({
        "my_item_id": item,
        "platform": platform,
        "external_id": external_id,
        "url": url,
        "currency": "USD",
        "status": status,
        "details": details,
        "posted_at": was_posted.then_some(created_at),
        "created_at": created_at,
    })))
}

/// The platform's id of it. One id is one posting here, so only the first that has it keeps it.
fn external_id(
    row: &Cells,
    platform: &str,
    seen: &mut Seen,
    details: &mut serde_json::Map<String, Value>,
    notes: &mut Notes,
) -> Option<String> {
    let id = row.line("external_id")?;
    let key = (platform.to_owned(), id.clone());
    if let Some(other) = seen.external_ids.get(&key) {
        notes.push(format!(
            "posting {other} has the same id '{id}' on {platform}; taken without it"
        ));
        keep(details, "external_id", id);
        return None;
    }
    seen.external_ids.insert(key, row.id);
    Some(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::legacy::map::tests::{row, seen};

    fn mapped(given: &[(&str, &str)], seen: &mut Seen) -> (Result<Columns, String>, Notes) {
        seen.items.insert(2, 200);
        let mut all =
            vec![("my_item_id", "2"), ("platform", "eBay"), ("created_at", "2025-10-20 12:00:00")];
        all.retain(|(name, _)| given.iter().all(|(other, _)| other != name));
        all.extend(given);
        let mut notes = Notes::new();
        (map(&row("cross_posts", 9, &all), seen, &mut notes), notes)
    }

    #[test]
    fn the_words_of_the_old_system_become_ours() {
        for (theirs, ours) in [
            ("pending", "pending"),
            ("live", "live"),
            ("active", "live"),
            ("failed", "failed"),
            ("closed", "ended"),
            ("delisted", "ended"),
        ] {
            let (mapped, notes) = mapped(&[("status", theirs), ("listing_url", "")], &mut seen());
            assert_eq!(mapped.unwrap()["status"], ours, "{theirs}");
            assert_eq!(notes, Notes::new());
        }
        let (mapped, notes) = mapped(&[("status", "limbo"), ("listing_url", "x")], &mut seen());
        let ours = mapped.unwrap();
        assert_eq!((&ours["status"], &ours["url"]), (&json!("ended"), &Value::Null));
        assert_eq!(ours["details"]["legacy"], json!({"listing_url": "x", "status": "limbo"}));
        assert_eq!(notes, ["its status 'limbo' is not known; taken as ended"]);
    }

    #[test]
    fn one_id_of_a_platform_is_one_posting() {
        let mut seen = seen();
        let given = [("external_id", "110553"), ("status", "live")];
        assert_eq!(mapped(&given, &mut seen).0.unwrap()["external_id"], "110553");
        let (second, notes) = mapped(&given, &mut seen);
        let second = second.unwrap();
        assert_eq!(second["external_id"], Value::Null);
        assert_eq!(second["details"]["legacy"]["external_id"], "110553");
        assert!(notes[0].contains("posting 9 has the same id"));
        let (none, _) = mapped(&[("my_item_id", "3")], &mut seen);
        assert_eq!(none, Err("its item 3 was not taken".into()));
    }
}
