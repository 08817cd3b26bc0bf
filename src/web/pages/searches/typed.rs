//! The form of a search: what was typed, as a body that the noun reads, and back.

use serde_json::{Map, Value, json};

use crate::{
    db::searches::{Search, Stored},
    model::money::{Currency, Money},
    web::listing_query::{as_typed, minor_units},
};

/// What a form sent, field by field, or what it begins with.
#[derive(Debug, Clone, Default)]
pub(in crate::web) struct Typed(Vec<(String, String)>);

impl From<Vec<(String, String)>> for Typed {
    fn from(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }
}

impl Typed {
    /// A search that nobody has typed anything of yet.
    pub(super) fn blank(currency: Currency) -> Self {
        let usual = [("every_minutes", "60"), ("rearm_minutes", "60"), ("enabled", "true")];
        let mut typed = Self::default();
        for (name, value) in usual {
            typed.add(name, value);
        }
        typed.add("currency", currency.as_str());
        typed
    }

    /// A stored search as it would be typed.
    pub(super) fn of(search: &Search) -> Self {
        let Search { search: row, channel_ids } = search;
        let mut typed = Self::default();
        let listed = |words: &[Option<String>]| {
            words.iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
        };
        let said = |value: Option<String>| value.unwrap_or_default();
        typed.add("name", &row.name);
        typed.add("words", &row.words);
        typed.add("excluded_words", &listed(&row.excluded_words));
        typed.add("category", row.category.as_deref().unwrap_or_default());
        typed.add("currency", row.currency.as_str());
        typed.add("min_price", &price(row, row.min_price));
        typed.add("max_price", &price(row, row.max_price));
        typed.add("min_score", &said(row.min_score.map(|score| score.to_string())));
        typed.add("place", &row.place);
        typed.add("latitude", &said(row.latitude.map(|degrees| degrees.to_string())));
        typed.add("longitude", &said(row.longitude.map(|degrees| degrees.to_string())));
        typed.add("radius_km", &said(row.radius_km.map(|km| km.to_string())));
        typed.add("every_minutes", &row.every_minutes.to_string());
        typed.add("rearm_minutes", &row.rearm_minutes.to_string());
        row.sources.iter().flatten().for_each(|source| typed.add("sources", source));
        row.conditions.iter().flatten().for_each(|one| typed.add("conditions", one.as_str()));
        row.hours.iter().flatten().for_each(|hour| typed.add("hours", &hour.to_string()));
        for id in channel_ids {
            typed.add("channel_ids", &id.to_string());
        }
        if row.enabled {
            typed.add("enabled", "true");
        }
        typed
    }

    fn add(&mut self, name: &str, value: &str) {
        self.0.push((name.to_owned(), value.to_owned()));
    }

    /// What was typed into a field.
    pub(in crate::web) fn of_field(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(field, _)| field == name);
        found.map_or("", |(_, value)| value.trim())
    }

    /// Whether one of several boxes is ticked.
    pub(in crate::web) fn has(&self, name: &str, value: &str) -> bool {
        self.0.iter().any(|(field, ticked)| field == name && ticked == value)
    }

    /// Whether any box of a field is ticked, or anything was typed into it.
    pub(in crate::web) fn says(&self, name: &str) -> bool {
        self.0.iter().any(|(field, value)| field == name && !value.trim().is_empty())
    }

    /// The currency that was typed, in small letters or capitals; `None` when the field is empty.
    pub(super) fn currency(&self) -> Option<Result<Currency, String>> {
        let typed = self.of_field("currency");
        (!typed.is_empty()).then(|| typed.to_uppercase().parse())
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let of_it = self.0.iter().filter(move |(field, _)| field == name);
        of_it.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// The body that a program would send. What cannot be read stays text, and the noun says what is wrong with it.
    pub(super) fn body(&self) -> Map<String, Value> {
        let currency = self.currency().and_then(Result::ok).unwrap_or(Currency::USD);
        let money = |name| match self.of_field(name) {
            "" => Value::Null,
            text => minor_units(text, currency).map_or_else(
                || json!(text),
                |amount| json!({"amount": amount, "currency": currency.as_str()}),
            ),
        };
        let number = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| json!(text));
        let numbers = |name| self.all(name).map(number).collect::<Vec<Value>>();
        let nullable_number = |name| match self.of_field(name) {
            "" => Value::Null,
            text => number(text),
        };
        let category = self.of_field("category");
        let body = json!({
            "name": self.of_field("name"),
            "words": self.of_field("words"),
            "excluded_words": listed(self.of_field("excluded_words")),
            "sources": self.all("sources").collect::<Vec<_>>(),
            "category": if category.is_empty() { Value::Null } else { json!(category) },
            "conditions": self.all("conditions").collect::<Vec<_>>(),
            "min_price": money("min_price"),
            "max_price": money("max_price"),
            "min_score": nullable_number("min_score"),
            "place": self.of_field("place"),
            "latitude": nullable_number("latitude"),
            "longitude": nullable_number("longitude"),
            "radius_km": nullable_number("radius_km"),
            "every_minutes": number(self.of_field("every_minutes")),
            "hours": numbers("hours"),
            "rearm_minutes": number(self.of_field("rearm_minutes")),
            "enabled": self.has("enabled", "true"),
            "channel_ids": numbers("channel_ids"),
        });
        match body {
            Value::Object(body) => body,
            _ => Map::new(),
        }
    }
}

fn price(row: &Stored, amount: Option<i64>) -> String {
    amount.map_or_else(String::new, |amount| as_typed(Money::new(amount, row.currency)))
}

/// Words and phrases one after the other: each line, or each piece between commas.
fn listed(text: &str) -> Vec<&str> {
    text.split([',', '\n', '\r']).map(str::trim).filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(pairs: &[(&str, &str)]) -> Typed {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect::<Vec<_>>().into()
    }

    #[test]
    fn what_is_typed_becomes_what_a_program_would_send() {
        let body = typed(&[
            ("words", " leica m6 "),
            ("excluded_words", "broken, for parts\nbox only,"),
            ("sources", "ebay"),
            ("sources", "flats"),
            ("currency", "EUR"),
            ("max_price", "1,299.50"),
            ("hours", "8"),
            ("hours", "18"),
            ("every_minutes", "60"),
        ])
        .body();
        assert_eq!(body["words"], "leica m6");
        assert_eq!(body["excluded_words"], json!(["broken", "for parts", "box only"]));
        assert_eq!(body["sources"], json!(["ebay", "flats"]));
        assert_eq!(body["max_price"], json!({"amount": 129_950, "currency": "EUR"}));
        assert_eq!((&body["hours"], &body["every_minutes"]), (&json!([8, 18]), &json!(60)));
        assert_eq!((&body["min_price"], &body["enabled"]), (&Value::Null, &json!(false)));
    }

    #[test]
    fn what_cannot_be_read_is_left_for_the_noun_to_complain_of() {
        let body = typed(&[("min_price", "cheap"), ("radius_km", "far")]).body();
        assert_eq!((&body["min_price"], &body["radius_km"]), (&json!("cheap"), &json!("far")));
    }
}
