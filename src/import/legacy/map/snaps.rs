//! `snap_jobs`: photos on their way to a draft. The photos stood inside the rows; here they are files.

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde_json::{Value, json};

use super::{Seen, columns, keep, made};
use crate::{
    db::origins::Columns,
    import::legacy::cells::{Cells, Notes},
};

/// A job, and its photos.
#[derive(Debug)]
pub(in super::super) struct Snap {
    /// Its columns.
    pub(in super::super) columns: Columns,
    /// The photos that stand inside the row, as base64, each with its place among them.
    pub(in super::super) photos: Vec<(usize, String)>,
}

/// How many photos of a job are taken at most, and among how many.
const MOST_PHOTOS: usize = 100;
const LAST_PLACE: usize = 1_000;

pub(in super::super) fn map(row: &Cells, seen: &Seen, notes: &mut Notes) -> Snap {
    let mut attributes = row.object("detected_attributes", notes);
    let photos = photos(row, notes);
    let theirs = row.line("status").unwrap_or_default().to_lowercase();
    let is_waiting = matches!(theirs.as_str(), "pending" | "queued" | "processing");
    let (status, error) = match theirs.as_str() {
        _ if is_waiting && photos.is_empty() => {
            ("failed", Some("It waited in the old system, and none of its photos could be taken."))
        }
        _ if is_waiting => ("pending", None),
        "ready" | "prepared" | "completed" => ("ready", None),
        "published" => ("published", None),
        "failed" => ("failed", Some("It had failed in the old system.")),
        other => {
            notes.push(format!("its status '{other}' is not known; taken as failed"));
            ("failed", Some("The old system did not say how far it had come."))
        }
    };
    if theirs != status {
        keep(&mut attributes, "status", theirs);
    }
    let condition = row.condition("condition_guess");
    if let (None, Some(words)) = (condition, row.line("condition_guess")) {
        keep(&mut attributes, "condition_guess", words);
    }
    let columns = columns(json!({
        "status": status,
        "error": error,
        "source": row.line("source").unwrap_or_else(|| "upload".to_owned()),
        "title": row.line("suggested_title").or_else(|| row.line("title_suggestion")),
        "description":
            row.paragraphs("suggested_description").or_else(|| row.paragraphs("description_suggestion")),
        "category": row.line("detected_category"),
        "attributes": attributes,
        "condition": condition,
        "price_amount": price(row, notes),
        "currency": "USD",
        "created_at": made(row, seen, notes),
    }));
    Snap { columns, photos }
}

/// What the old system would have asked, which it kept twice.
fn price(row: &Cells, notes: &mut Notes) -> Option<i64> {
    let suggested = row.cents_or_none("suggested_price", notes);
    suggested.or_else(|| {
        let cents = row.reference("price_suggestion_cents")?;
        if cents < 0 {
            notes.push(format!(
                "price_suggestion_cents is {cents}; an amount is not negative; taken without it"
            ));
        }
        (cents >= 0).then_some(cents)
    })
}

/// The photos as they came; where one was only an address, the picture that the old system had made of it.
fn photos(row: &Cells, notes: &mut Notes) -> Vec<(usize, String)> {
    let mut list = |column| match row.json(column, notes) {
        Some(Value::Array(all)) => all,
        None => Vec::new(),
        Some(_) => {
            notes.push(format!("{column} is not a list of photos; taken without it"));
            Vec::new()
        }
    };
    let (came, processed) = (list("input_photos"), list("processed_images"));
    let mut out = Vec::new();
    for at in 0..came.len().max(processed.len()) {
        let candidates = [came.get(at), processed.get(at)];
        let mut texts = candidates.into_iter().flatten().filter_map(Value::as_str);
        match texts.clone().find(|text| is_inside(text)) {
            Some(_) if out.len() >= MOST_PHOTOS || at > LAST_PLACE => {
                notes.push(format!(
                    "photo {}: more than {MOST_PHOTOS} of one job; not taken",
                    at + 1
                ));
            }
            Some(inside) => out.push((at, inside.to_owned())),
            None => {
                let what: String = texts.next().unwrap_or("nothing").chars().take(80).collect();
                notes.push(format!(
                    "photo {}: only an address was stored ({what}); not taken",
                    at + 1
                ));
            }
        }
    }
    out
}

/// Whether the picture itself stands there, and not where it could be had.
fn is_inside(text: &str) -> bool {
    // In base64 every JPEG begins with "/9j/"; what else begins so is a path.
    let is_path = text.starts_with('/') && !text.starts_with("/9j/");
    !text.trim().is_empty() && !text.contains("://") && !is_path
}

/// The bytes of a photo: base64 of either alphabet, with or without `data:image/…;base64,` before it.
pub(in super::super) fn bytes(photo: &str) -> Result<Vec<u8>, String> {
    let body = match photo.trim_start().split_once(',') {
        Some((head, body)) if head.starts_with("data:") => body,
        _ => photo,
    };
    let plain: String = body
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '-' => '+',
            '_' => '/',
            c => c,
        })
        .collect();
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let engine = GeneralPurpose::new(&alphabet::STANDARD, config);
    engine.decode(plain).map_err(|cause| format!("not base64 ({cause})"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::legacy::map::tests::{row, seen};

    fn mapped(given: &[(&str, &str)]) -> (Snap, Notes) {
        let mut notes = Notes::new();
        (map(&row("snap_jobs", 1, given), &seen(), &mut notes), notes)
    }

    #[test]
    fn a_draft_comes_with_what_was_suggested() {
        let (snap, notes) = mapped(&[
            ("status", "prepared"),
            ("title_suggestion", "Chair"),
            ("description_suggestion", "A chair.\n\nOld."),
            ("condition_guess", "Like New"),
            ("price_suggestion_cents", "7500"),
            ("input_photos", r#"["aGVsbG8="]"#),
        ]);
        let ours = &snap.columns;
        assert_eq!((&ours["status"], &ours["title"]), (&json!("ready"), &json!("Chair")));
        assert_eq!(
            (&ours["condition"], &ours["price_amount"]),
            (&json!("excellent"), &json!(7500))
        );
        assert_eq!(ours["description"], "A chair.\n\nOld.");
        assert_eq!(snap.photos, [(0, "aGVsbG8=".to_owned())]);
        assert_eq!(notes, Notes::new());
    }

    #[test]
    fn photos_that_are_addresses_are_told_unless_the_row_holds_a_picture_made_of_them() {
        let (snap, notes) = mapped(&[
            ("status", "queued"),
            ("input_photos", r#"["https://a.b/1.jpg", "/static/samples/lamp.jpg", 7]"#),
            ("processed_images", r#"["https://a.b/1.jpg", "aGVsbG8="]"#),
        ]);
        assert_eq!(snap.photos, [(1, "aGVsbG8=".to_owned())]);
        assert_eq!(snap.columns["status"], "pending");
        assert_eq!(
            notes,
            [
                "photo 1: only an address was stored (https://a.b/1.jpg); not taken",
                "photo 3: only an address was stored (nothing); not taken"
            ]
        );
        let (snap, notes) = mapped(&[("status", "queued"), ("input_photos", "{}")]);
        assert_eq!(snap.columns["status"], "failed");
        assert_eq!(notes, ["input_photos is not a list of photos; taken without it"]);
    }

    #[test]
    fn base64_is_read_in_every_dress() {
        for dress in ["aGk_aGk_", "aGk/ aGk/\n", "data:image/png;base64,aGk/aGk/"] {
            assert_eq!(bytes(dress).unwrap(), b"hi?hi?", "{dress}");
        }
        assert_eq!(bytes("aGk").unwrap(), b"hi");
        assert!(bytes("???").unwrap_err().starts_with("not base64"));
    }
}
