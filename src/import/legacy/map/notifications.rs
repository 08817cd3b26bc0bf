//! `notifications`: what was told, and what the old system never got round to telling. None is told again.

use serde_json::json;

use super::{Seen, at_most, columns, keep, made, referred};
use crate::{
    db::origins::Columns,
    import::legacy::cells::{Cells, Notes},
};

pub(in super::super) fn map(
    row: &Cells,
    seen: &mut Seen,
    notes: &mut Notes,
) -> Result<Columns, String> {
    let listing_id = match row.raw("listing_id") {
        None => None,
        Some(_) => Some(referred(row, "listing_id", "listing", &seen.listings)?),
    };
    let mut payload = row.object("payload", notes);
    let theirs = row.line("status").unwrap_or_default().to_lowercase();
    let status = match theirs.as_str() {
        "sent" => "sent",
        "read" => "read",
        // Whoever moves in does not want to be told now of what was new last year.
        _ => {
            keep(&mut payload, "status", theirs);
            "read"
        }
    };
    let channel = row.line("channel").unwrap_or_else(|| "legacy".to_owned());
    Ok(columns(json!({
        "listing_id": listing_id,
        "channel": at_most(channel, 50, "the channel's name", notes),
        "payload": payload,
        "status": status,
        "next_try_at": null,
        "sent_at": row.time("sent_at", notes),
        "created_at": made(row, seen, notes),
    })))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::import::legacy::map::tests::{row, seen};

    fn mapped(given: &[(&str, &str)]) -> Result<Columns, String> {
        let mut seen = seen();
        seen.listings.insert(3, 300);
        map(&row("notifications", 1, given), &mut seen, &mut Notes::new())
    }

    #[test]
    fn what_waited_to_be_told_is_not_told_and_says_so() {
        let ours = mapped(&[
            ("channel", "digest"),
            ("payload", r#"{"title":"Couch"}"#),
            ("status", "pending"),
        ])
        .unwrap();
        assert_eq!((&ours["status"], &ours["next_try_at"]), (&json!("read"), &Value::Null));
        assert_eq!(ours["payload"], json!({"title": "Couch", "legacy": {"status": "pending"}}));
    }

    #[test]
    fn a_payload_of_another_shape_is_kept_whole() {
        let ours = mapped(&[
            ("channel", ""),
            ("payload", "[1,2]"),
            ("status", "sent"),
            ("listing_id", "3"),
        ])
        .unwrap();
        assert_eq!(
            (&ours["payload"], &ours["channel"]),
            (&json!({"legacy_value": [1, 2]}), &json!("legacy"))
        );
        assert_eq!((&ours["status"], &ours["listing_id"]), (&json!("sent"), &json!(300)));
        assert_eq!(mapped(&[("listing_id", "9")]), Err("its listing 9 was not taken".into()));
    }
}
