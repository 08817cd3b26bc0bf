//! Reverb's price guide: what things like these went for. Pure. Its fields are not all documented, so what is not known
//! is passed over and named.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{id_at, money_at, str_at};
use crate::{
    market::{condition, date, text},
    model::{
        comp::{Basis, NewComp},
        kind::Kind,
        money::{Currency, Money},
    },
    scout::normalize,
};

/// One entry: a model of a maker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guide {
    /// Its number.
    pub id: String,
    /// What it is called.
    pub title: String,
}

/// The fields of a transaction that are understood, or known to say nothing here.
const KNOWN: &[&str] = &[
    "id",
    "date",
    "sold_at",
    "created_at",
    "price",
    "price_final",
    "price_ask",
    "condition",
    "title",
    "source",
    "_links",
];

/// The entries that the words find, the likeliest first.
pub fn guides(body: &Value) -> Result<Vec<Guide>, String> {
    let entries = body.get("price_guides").and_then(Value::as_array);
    let entries = entries.ok_or("Reverb's price guide has no list of entries")?;
    let guide = |entry: &Value| {
        let title = str_at(entry, "/title").and_then(|title| text::title(title).ok());
        let made = || {
            let parts =
                ["/make", "/model", "/year"].map(|path| str_at(entry, path).unwrap_or_default());
            text::title(&parts.join(" ")).ok()
        };
        Some(Guide { id: id_at(entry, "/id")?, title: title.or_else(made)? })
    };
    Ok(entries.iter().filter_map(guide).collect())
}

/// The sales of an entry, and the names of fields that are not known.
pub fn sales(guide: &Guide, body: &Value) -> Result<(Vec<NewComp>, BTreeSet<String>), String> {
    let entries = body.get("transactions").and_then(Value::as_array);
    let entries = entries.ok_or("Reverb's price guide has no list of sales")?;
    let fields = entries.iter().filter_map(Value::as_object).flat_map(|entry| entry.keys());
    let unknown = fields.filter(|name| !KNOWN.contains(&name.as_str())).cloned().collect();
    Ok((entries.iter().filter_map(|entry| sale(guide, entry)).collect(), unknown))
}

fn sale(guide: &Guide, entry: &Value) -> Option<NewComp> {
    let sold = price(entry)?;
    let told = ["/date", "/sold_at", "/created_at"].iter().find_map(|path| str_at(entry, path))?;
    let observed_at = date::parse(told, false).ok()?;
    let words = str_at(entry, "/condition").or_else(|| str_at(entry, "/condition/display_name"));
    let words = words.and_then(text::line);
    let title = str_at(entry, "/title").and_then(|title| text::title(title).ok());
    let title = title.unwrap_or_else(|| guide.title.clone());
    let is_broken = words.as_deref() == Some("Non Functioning");
    let number = id_at(entry, "/id").unwrap_or_else(|| {
        text::digest(&[told, &sold.amount.to_string(), words.as_deref().unwrap_or_default()])
    });
    Some(NewComp {
        source: "reverb".to_owned(),
        source_id: format!("{}/{number}", guide.id),
        kind: if is_broken { Kind::Parts } else { normalize::kind_of(&title, None) },
        basis: Basis::Sold,
        price_amount: sold.amount,
        shipping_amount: None,
        currency: sold.currency,
        condition: words.as_deref().and_then(condition::of_words),
        category: None,
        url: str_at(entry, "/_links/web/href").and_then(text::url),
        details: json!({ "price_guide": guide.id }),
        observed_at,
        title,
    })
}

/// What was paid. The guide is in dollars where it does not say.
fn price(entry: &Value) -> Option<Money> {
    ["/price_final", "/price"].iter().find_map(|path| {
        money_at(entry, path).or_else(|| {
            let amount = str_at(entry, &format!("{path}/amount"))?;
            let amount = crate::market::price::plain(&amount.replace(',', ""), Currency::USD)?;
            entry
                .pointer(path)?
                .get("currency")
                .is_none()
                .then(|| Money::new(amount, Currency::USD))
        })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{market::call::tests::any_json, model::condition::Condition};

    fn guide() -> Guide {
        Guide { id: "99".to_owned(), title: "Fender Jazz Bass 1978".to_owned() }
    }

    #[test]
    fn entries_are_named_by_their_title_or_by_what_they_are() {
        let body = json!({"price_guides": [
            {"id": 99, "title": "Fender Jazz Bass 1978"},
            {"id": "100", "make": "Fender", "model": "Jazz Bass"},
            {"title": "without a number"},
        ]});
        let told = guides(&body).unwrap();
        assert_eq!(told[0], guide());
        assert_eq!((told.len(), told[1].title.as_str()), (2, "Fender Jazz Bass"));
        assert!(guides(&json!({})).is_err());
    }

    #[test]
    fn sales_are_comparables_and_what_is_not_known_is_named() {
        let body = json!({"transactions": [
            {"date": "2026-10-30", "price": {"amount": "1850.00"}, "condition": "Excellent", "mood": "good"},
            {"id": 3, "date": "2026-10-29T10:00:00Z", "price_final": {"amount": "900.00", "currency": "EUR"}, "condition": "Non Functioning"},
            {"date": "yesterday", "price": {"amount": "1.00"}},
            {"date": "2026-10-30"},
        ]});
        let (comps, unknown) = sales(&guide(), &body).unwrap();
        assert_eq!(comps.len(), 2);
        assert_eq!(
            (comps[0].price_amount, comps[0].currency, comps[0].condition),
            (185_000, Currency::USD, Some(Condition::Excellent))
        );
        assert_eq!((comps[1].source_id.as_str(), comps[1].kind), ("99/3", Kind::Parts));
        assert_eq!(comps[1].currency, Currency::EUR);
        assert_eq!(unknown.into_iter().collect::<Vec<_>>(), ["mood"]);
        assert!(sales(&guide(), &json!({})).is_err());
    }

    #[test]
    fn the_same_sale_is_the_same_comparable_every_time() {
        let body = json!({"transactions": [{"date": "2026-10-30", "price": {"amount": "1850.00"}, "condition": "Good"}]});
        let once = sales(&guide(), &body).unwrap().0;
        assert_eq!(once[0].source_id, sales(&guide(), &body).unwrap().0[0].source_id);
    }
    proptest! {
        #[test]
        fn any_answer_is_read_or_refused(body in any_json()) {
            let (_, _) = (guides(&body), sales(&guide(), &body));
        }
    }
}
