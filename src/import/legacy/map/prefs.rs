//! `user_prefs`: one row of wishes becomes preferences, two saved searches, and the channels that tell of them.

use serde_json::{Value, json};

use super::{Seen, at_most, columns, made};
use crate::{
    db::origins::Columns,
    import::legacy::cells::{Cells, Notes},
    market::text,
    model::condition::Condition,
};

/// What a row of wishes becomes.
#[derive(Debug)]
pub(in super::super) struct Prefs {
    /// The row of `user_prefs`.
    pub(in super::super) columns: Columns,
    /// Channels, each with a word that tells it from the others.
    pub(in super::super) channels: Vec<(String, Columns)>,
    /// Saved searches, each with such a word.
    pub(in super::super) searches: Vec<(&'static str, Columns)>,
}

/// The two ceilings that the old system had, and what each was of.
const CEILINGS: [(&str, &str); 2] =
    [("max_price_couch", "couch"), ("max_price_kitchen_island", "kitchen island")];

/// What the old system gave to everybody; a row that differs was set by somebody.
const DEFAULTS: [(&str, &str); 4] = [
    ("city", "San Jose, CA"),
    ("radius_mi", "50"),
    ("max_price_couch", "150"),
    ("max_price_kitchen_island", "300"),
];

/// Which of several rows is the one of the person with `email`: the one that names them, else the first that somebody
/// has set, else the first.
pub(in super::super) fn own(rows: &[Cells], email: Option<&str>) -> Option<usize> {
    let names = |row: &Cells, name: &str| {
        row.raw("user_id").is_some_and(|user| user.trim().eq_ignore_ascii_case(name))
    };
    let is_set = |row: &Cells| {
        DEFAULTS.iter().any(|(name, value)| row.raw(name).is_some_and(|set| set != *value))
    };
    let mailbox = email.and_then(|email| email.split('@').next());
    let by = |name: Option<&str>| rows.iter().position(|row| name.is_some_and(|n| names(row, n)));
    by(email)
        .or_else(|| by(mailbox))
        .or_else(|| rows.iter().position(is_set))
        .or(if rows.is_empty() { None } else { Some(0) })
}

pub(in super::super) fn map(
    row: &Cells,
    email: Option<&str>,
    seen: &Seen,
    notes: &mut Notes,
) -> Prefs {
    let created_at = made(row, seen, notes);
    let place = row.line("city").map(|city| at_most(city, 200, "the city", notes));
    let radius_km = radius_km(row, notes);
    let min_condition = row.condition("min_condition");
    let conditions: Vec<Condition> = match min_condition {
        Some(least) => Condition::ALL.iter().copied().filter(|one| *one >= least).collect(),
        None => Vec::new(),
    };
    let searches = CEILINGS
        .into_iter()
        .filter(|(column, _)| row.raw(column).is_some())
        .map(|(column, words)| {
            let search = json!({
                "name": words,
                "words": words,
                "place": place.clone().unwrap_or_default(),
                "radius_km": radius_km,
                "conditions": conditions,
                "max_price": row.cents_or_none(column, notes),
                "currency": "USD",
                "created_at": created_at,
            });
            (column, columns(search))
        })
        .collect();
    Prefs {
        columns: columns(json!({
            "place": place,
            "radius_km": radius_km.unwrap_or(80),
            "min_condition": min_condition,
            "included_words": strings(row, "keywords_include", notes),
            "created_at": created_at,
        })),
        channels: channels(row, email, notes)
            .into_iter()
            .map(|(kind, mut channel)| {
                channel.insert("created_at".into(), json!(created_at));
                (kind, channel)
            })
            .collect(),
        searches,
    }
}

/// Miles as whole kilometres, as far as ours go.
fn radius_km(row: &Cells, notes: &mut Notes) -> Option<i64> {
    let miles = row.reference("radius_mi")?;
    let km = miles.checked_mul(1_609_344).map(|mm| (mm + 500_000) / 1_000_000);
    let fits = km.filter(|km| (1..=20_000).contains(km));
    if fits.is_none() {
        notes.push(format!(
            "radius_mi is {miles}; 1 to 12,427 miles are taken, so it is taken without"
        ));
    }
    fits
}

/// The texts of a JSON list; what is no text in it is told.
fn strings(row: &Cells, column: &str, notes: &mut Notes) -> Vec<String> {
    let all = match row.json(column, notes) {
        None => return Vec::new(),
        Some(Value::Array(all)) => all,
        Some(Value::String(words)) => words.split(',').map(Value::from).collect(),
        Some(other) => {
            notes.push(format!("{column} is {other}, not a list; taken without it"));
            return Vec::new();
        }
    };
    let mut out = Vec::new();
    for one in all {
        match one.as_str().map(text::line) {
            Some(Some(words)) if !out.contains(&words) => out.push(words),
            Some(_) => {}
            None => notes.push(format!("{column} holds {one}, which is no text; taken without it")),
        }
    }
    out
}

/// A channel of each kind that was named. One that has no address yet is switched off until it gets one.
fn channels(row: &Cells, email: Option<&str>, notes: &mut Notes) -> Vec<(String, Columns)> {
    let mut out: Vec<(String, Columns)> = Vec::new();
    for named in strings(row, "notify_channels", notes) {
        let (kind, name) = match named.to_lowercase().as_str() {
            "email" | "e-mail" | "mail" => ("email", "E-mail"),
            "discord" => ("discord", "Discord"),
            "slack" => ("slack", "Slack"),
            "telegram" => ("telegram", "Telegram"),
            "webhook" => ("webhook", "Webhook"),
            _ => {
                notes.push(format!("'{named}' is no channel that there is here; taken without it"));
                continue;
            }
        };
        if out.iter().any(|(known, _)| known == kind) {
            continue;
        }
        let address = email.filter(|_| kind == "email").unwrap_or_default();
        if address.is_empty() {
            notes.push(format!(
                "the channel {name} has no address; it is off until you give it one"
            ));
        }
        let channel = json!({
            "name": name, "kind": kind, "address": address, "enabled": !address.is_empty(),
        });
        out.push((kind.to_owned(), columns(channel)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::legacy::map::tests::{row, seen};

    const WISHES: [(&str, &str); 8] = [
        ("user_id", "anna"),
        ("city", "Oakland, CA"),
        ("radius_mi", "50"),
        ("min_condition", "great"),
        ("max_price_couch", "150"),
        ("max_price_kitchen_island", "NaN"),
        ("keywords_include", r#"["mid-century", 7, "teak", "teak"]"#),
        ("notify_channels", r#"["email","discord","sms"]"#),
    ];

    #[test]
    fn wishes_become_preferences_searches_and_channels() {
        let mut notes = Notes::new();
        let prefs =
            map(&row("user_prefs", 1, &WISHES), Some("anna@example.com"), &seen(), &mut notes);
        assert_eq!(
            (&prefs.columns["place"], &prefs.columns["radius_km"]),
            (&json!("Oakland, CA"), &json!(80))
        );
        assert_eq!(prefs.columns["included_words"], json!(["mid-century", "teak"]));
        let [(_, couch), (_, island)] = prefs.searches.as_slice() else { panic!("two searches") };
        assert_eq!((&couch["name"], &couch["max_price"]), (&json!("couch"), &json!(15_000)));
        assert_eq!(couch["conditions"], json!(["great", "excellent", "new"]));
        assert_eq!(
            (&island["words"], &island["max_price"]),
            (&json!("kitchen island"), &Value::Null)
        );
        let [(_, mail), (_, discord)] = prefs.channels.as_slice() else { panic!("two channels") };
        assert_eq!(
            (&mail["address"], &mail["enabled"]),
            (&json!("anna@example.com"), &json!(true))
        );
        assert_eq!((&discord["kind"], &discord["enabled"]), (&json!("discord"), &json!(false)));
        assert_eq!(notes.len(), 4, "{notes:?}");
    }

    #[test]
    fn of_several_rows_the_persons_own_is_taken() {
        let default = [("user_id", "1"), ("city", "San Jose, CA"), ("radius_mi", "50")];
        let rows = [
            row("user_prefs", 1, &default),
            row("user_prefs", 2, &WISHES),
            row("user_prefs", 3, &[("user_id", "Bob@x.org")]),
        ];
        assert_eq!(own(&rows, Some("bob@x.org")), Some(2));
        assert_eq!(own(&rows, Some("anna@x.org")), Some(1));
        assert_eq!(own(&rows, None), Some(1), "somebody has set it");
        assert_eq!(own(&rows[..1], None), Some(0));
        assert_eq!(own(&[], None), None);
    }

    #[test]
    fn nonsense_is_told_and_left_out() {
        let given =
            [("radius_mi", "-3"), ("keywords_include", r#"{"a":1}"#), ("notify_channels", "7")];
        let mut notes = Notes::new();
        let prefs = map(&row("user_prefs", 1, &given), None, &seen(), &mut notes);
        assert_eq!((&prefs.columns["radius_km"], prefs.channels.len()), (&json!(80), 0));
        assert_eq!(notes.len(), 3, "{notes:?}");
    }
}
