//! `listing_scores`: ratings of the old kind. Each is kept beside the score that is worked out here, never over it.

use serde_json::json;

use super::{Seen, columns, made, referred, word};
use crate::{
    db::origins::Columns,
    import::legacy::cells::{Cells, Notes},
};

pub(in super::super) fn map(
    row: &Cells,
    seen: &mut Seen,
    notes: &mut Notes,
) -> Result<Columns, String> {
    let listing_id = referred(row, "listing_id", "listing", &seen.listings)?;
    let raw = row.raw("value").unwrap_or("NULL");
    let value: f64 = raw.parse().unwrap_or(f64::NAN);
    if !(0.0..=100.0).contains(&value) {
        return Err(format!("value is {raw}; a score is 0 to 100"));
    }
    let whole: i32 = format!("{:.0}", value.abs()).parse().map_err(|_| "no score".to_owned())?;
    let metric = match word(row.raw("metric"), "unnamed").as_str() {
        "deal_score" => "legacy_score".to_owned(),
        other => format!("legacy_{other}").chars().take(50).collect(),
    };
    Ok(columns(json!({
        "listing_id": listing_id,
        "metric": metric,
        "value": whole,
        "parts": {"value": value, "snapshot": row.json("snapshot", notes)},
        "created_at": made(row, seen, notes),
    })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::legacy::map::tests::{row, seen};

    #[test]
    fn the_old_score_stands_beside_ours_with_its_snapshot() {
        let mut seen = seen();
        seen.listings.insert(3, 300);
        let given = [
            ("listing_id", "3"),
            ("metric", "deal_score"),
            ("value", "87.53"),
            ("snapshot", r#"{"distance_mi":4.2,"price":50}"#),
            ("created_at", "2025-10-20 12:00:00"),
        ];
        let ours = map(&row("listing_scores", 1, &given), &mut seen, &mut Notes::new()).unwrap();
        assert_eq!((&ours["metric"], &ours["value"]), (&json!("legacy_score"), &json!(88)));
        assert_eq!(ours["listing_id"], 300);
        let parts = json!({"value": 87.53, "snapshot": {"distance_mi": 4.2, "price": 50}});
        assert_eq!(ours["parts"], parts);
    }

    #[test]
    fn a_score_out_of_range_or_of_an_ad_that_was_not_taken_says_so() {
        let mut seen = seen();
        let mut told = |listing, value| {
            let given = [("listing_id", listing), ("metric", "deal_score"), ("value", value)];
            map(&row("listing_scores", 1, &given), &mut seen, &mut Notes::new()).unwrap_err()
        };
        assert_eq!(told("4", "50"), "its listing 4 was not taken");
        seen.listings.insert(3, 300);
        let mut told = |value| {
            let given = [("listing_id", "3"), ("metric", "x"), ("value", value)];
            map(&row("listing_scores", 1, &given), &mut seen, &mut Notes::new()).unwrap_err()
        };
        assert_eq!(told("140.5"), "value is 140.5; a score is 0 to 100");
        assert_eq!(told("NaN"), "value is NaN; a score is 0 to 100");
    }
}
