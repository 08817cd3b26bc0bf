//! `orders`: what was sold. Whatever marketplaces sent became a row, one for each message, with their own words.

use serde_json::json;

use super::{Seen, columns, keep, made, referred};
use crate::{
    db::origins::Columns,
    import::legacy::cells::{Cells, Notes},
};

pub(in super::super) fn map(
    row: &Cells,
    seen: &mut Seen,
    notes: &mut Notes,
) -> Result<Columns, String> {
    if let Some(last) = row.reference("told_last_by").filter(|last| *last != row.id)
        && row.line("platform_order_id").is_some()
    {
        return Err(format!("order {last} tells of the same sale, and later; that one is taken"));
    }
    let fact = row.reference("cross_post_id").and_then(|id| seen.facts.get(&id));
    let (platform, item) = fact.cloned().unwrap_or_default();
    // Before it is known whether it is taken: what is called what does not hang on that.
    let number = number(row, &platform, seen, notes);
    let post = referred(row, "cross_post_id", "cross post", &seen.posts)?;
    let total = row.cents("total")?.ok_or("no total")?;
    if total == 0 {
        notes.push(
            "its total is 0; the old system made up such orders by itself, so look whether it is one".into(),
        );
    }
    let mut details = row.object("metadata", notes);
    let theirs = row.line("status").unwrap_or_default().to_lowercase();
    let status = status(&theirs).unwrap_or_else(|| {
        notes.push(format!("its status '{theirs}' is not known; taken as paid"));
        "paid"
    });
    if theirs != status {
        keep(&mut details, "status", theirs);
    }
    let created_at = made(row, seen, notes);
    Ok(columns(json!({
        "cross_post_id": post,
        "my_item_id": item,
        "platform_order_id": number,
        "platform": platform,
        "status": status,
        "total_amount": total,
        "currency": "USD",
        "details": details,
        "ordered_at": created_at,
        "created_at": created_at,
    })))
}

/// Marketplaces' words for how far an order has come.
fn status(theirs: &str) -> Option<&'static str> {
    Some(match theirs {
        "unpaid" | "pending" | "created" | "new" | "active" | "open" | "awaiting_payment" => {
            "unpaid"
        }
        "paid" | "processing" | "in_progress" | "confirmed" => "paid",
        "shipped" | "in_transit" | "sent" => "shipped",
        "completed" | "complete" | "closed" | "fulfilled" | "delivered" | "sold" => "completed",
        "refunded" | "returned" => "refunded",
        "cancelled" | "canceled" | "failed" => "cancelled",
        _ => return None,
    })
}

/// The platform's number of it. One number is one order here; another one with the same number gets its id behind it.
fn number(row: &Cells, platform: &str, seen: &mut Seen, notes: &mut Notes) -> String {
    let mut number = row.line("platform_order_id").unwrap_or_else(|| format!("legacy-{}", row.id));
    let key = |number: &str| (platform.to_owned(), number.to_owned());
    if let Some(other) = seen.order_numbers.get(&key(&number)) {
        let own = format!("{number}-{}", row.id);
        notes.push(format!("order {other} has the same number on {platform}; taken as '{own}'"));
        number = own;
    }
    seen.order_numbers.insert(key(&number), row.id);
    number
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::legacy::map::tests::{row, seen};

    fn scene() -> Seen {
        let mut seen = seen();
        seen.posts.extend([(4, 400), (5, 500)]);
        seen.facts.insert(4, ("ebay".into(), Some(200)));
        seen.facts.insert(5, ("ebay".into(), Some(201)));
        seen
    }

    fn mapped(
        id: i64,
        given: &[(&str, &str)],
        seen: &mut Seen,
    ) -> (Result<Columns, String>, Notes) {
        let mut notes = Notes::new();
        (map(&row("orders", id, given), seen, &mut notes), notes)
    }

    #[test]
    fn an_order_takes_platform_and_item_from_its_posting() {
        let given = [
            ("cross_post_id", "4"),
            ("platform_order_id", "12-3"),
            ("status", "FULFILLED"),
            ("total", "75.5"),
        ];
        let (ours, notes) = mapped(1, &given, &mut scene());
        let ours = ours.unwrap();
        assert_eq!((&ours["platform"], &ours["my_item_id"]), (&json!("ebay"), &json!(200)));
        assert_eq!((&ours["status"], &ours["total_amount"]), (&json!("completed"), &json!(7550)));
        assert_eq!(notes, Notes::new());
    }

    #[test]
    fn several_rows_of_one_sale_are_one_order_and_another_sale_with_its_number_gets_its_own() {
        let mut seen = scene();
        let told = [
            ("cross_post_id", "4"),
            ("platform_order_id", "7"),
            ("total", "5"),
            ("status", "paid"),
            ("told_last_by", "3"),
        ];
        let (first, _) = mapped(1, &told, &mut seen);
        assert_eq!(
            first,
            Err("order 3 tells of the same sale, and later; that one is taken".into())
        );
        assert_eq!(mapped(3, &told, &mut seen).0.unwrap()["platform_order_id"], "7");
        let other = [
            ("cross_post_id", "5"),
            ("platform_order_id", "7"),
            ("total", "5"),
            ("status", "paid"),
        ];
        let (other, notes) = mapped(4, &other, &mut seen);
        assert_eq!(other.unwrap()["platform_order_id"], "7-4");
        assert_eq!(notes, ["order 3 has the same number on ebay; taken as '7-4'"]);
    }

    #[test]
    fn odd_orders_say_what_is_odd() {
        let mut seen = scene();
        let (ours, notes) = mapped(
            1,
            &[
                ("cross_post_id", "4"),
                ("platform_order_id", ""),
                ("status", "limbo"),
                ("total", "0"),
            ],
            &mut seen,
        );
        let ours = ours.unwrap();
        assert_eq!(
            (&ours["platform_order_id"], &ours["status"]),
            (&json!("legacy-1"), &json!("paid"))
        );
        assert_eq!(ours["details"], json!({"legacy": {"status": "limbo"}}));
        assert_eq!(notes.len(), 2);
        let (none, _) = mapped(2, &[("cross_post_id", "4"), ("total", "NaN")], &mut seen);
        assert_eq!(none, Err("total is NaN, which is no amount".into()));
        let (none, _) = mapped(2, &[("cross_post_id", "6")], &mut seen);
        assert_eq!(none, Err("its cross post 6 was not taken".into()));
    }
}
