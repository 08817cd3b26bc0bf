//! Searches: what people look for, again and again.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::{
    Noun,
    fields::Fields,
    params::Params,
    shape::{Shape, boolean, column, decimal, id, list, one_of, slug, text, whole},
};
use crate::{
    db::searches::{Filter, Search, SearchFields, Stored},
    error::Result,
    model::{
        condition::Condition,
        id::{ChannelId, SearchId, UserId},
        money::{Currency, Money},
        words::{LONGEST, Words},
    },
};

/// The noun.
#[derive(Debug)]
pub struct Searches;

/// A saved search.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Search")]
pub struct View {
    id: SearchId,
    name: String,
    /// What is looked for.
    words: String,
    /// What must not stand in an ad.
    excluded_words: Vec<String>,
    /// Where; everywhere when empty.
    sources: Vec<String>,
    category: Option<String>,
    /// How worn; anyhow when empty.
    conditions: Vec<Condition>,
    min_price: Option<Money>,
    max_price: Option<Money>,
    /// The least score worth telling.
    min_score: Option<i32>,
    place: String,
    latitude: Option<f64>,
    longitude: Option<f64>,
    radius_km: Option<i32>,
    /// How often it runs.
    every_minutes: i32,
    /// The hours of the day that it runs in, in the person's time zone; all when empty.
    hours: Vec<i32>,
    /// An ad is told again, cheaper, when at least so many minutes have gone by.
    rearm_minutes: i32,
    enabled: bool,
    /// The channels that tell of what it finds.
    channel_ids: Vec<ChannelId>,
    last_scan_at: Option<DateTime<Utc>>,
    next_scan_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Search> for View {
    fn from(Search { search: row, channel_ids }: Search) -> Self {
        let money = |amount| Money::new(amount, row.currency);
        Self {
            id: row.id,
            name: row.name,
            words: row.words,
            excluded_words: row.excluded_words.into_iter().flatten().collect(),
            sources: row.sources.into_iter().flatten().collect(),
            category: row.category,
            conditions: row.conditions.into_iter().flatten().collect(),
            min_price: row.min_price.map(money),
            max_price: row.max_price.map(money),
            min_score: row.min_score,
            place: row.place,
            latitude: row.latitude,
            longitude: row.longitude,
            radius_km: row.radius_km,
            every_minutes: row.every_minutes,
            hours: row.hours.into_iter().flatten().collect(),
            rearm_minutes: row.rearm_minutes,
            enabled: row.enabled,
            channel_ids,
            last_scan_at: row.last_scan_at,
            next_scan_at: row.next_scan_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl Noun for Searches {
    const ONE: &'static str = "search";
    const MANY: &'static str = "searches";
    const ABOUT: &'static str = "What a person looks for, again and again, and whom to tell.";
    const TABLES: &'static [&'static str] = &["searches", "search_channels"];

    type Row = Search;
    type View = View;
    type Whole = View;

    fn read(fields: &mut Fields<'_>) -> SearchFields {
        SearchFields {
            name: fields.need("name", text(1..=200)),
            words: fields.may("words", words()),
            excluded_words: fields.may("excluded_words", column(text(1..=100), 100)),
            sources: fields.may("sources", column(slug(), 50)),
            category: fields.nullable("category", text(1..=200)),
            conditions: fields.may("conditions", column(one_of(), 20)),
            min_price: fields.nullable_amount("min_price"),
            max_price: fields.nullable_amount("max_price"),
            currency: fields.currency(),
            min_score: fields.nullable("min_score", whole(0..=100)),
            place: fields.may("place", text(0..=200)),
            latitude: fields.nullable("latitude", decimal(-90.0..=90.0)),
            longitude: fields.nullable("longitude", decimal(-180.0..=180.0)),
            radius_km: fields.nullable("radius_km", whole(1..=20_000)),
            every_minutes: fields.may("every_minutes", whole(5..=10_080)),
            hours: fields.may("hours", column(whole(0..=23), 24)),
            rearm_minutes: fields.may("rearm_minutes", whole(0..=525_600)),
            enabled: fields.may("enabled", boolean()),
            next_scan_at: None,
            channel_ids: fields.may("channel_ids", list(id(), 100)),
        }
    }

    fn check(fields: &mut Fields<'_>, given: &mut SearchFields, stored: Option<&Search>) {
        let stored = stored.map(|row| &row.search);
        // What it looks for now is looked for at once.
        if stored.is_some() && changes_the_run(given) {
            given.next_scan_at = Some(None);
        }
        let min = given.min_price.unwrap_or_else(|| stored.and_then(|row| row.min_price));
        let max = given.max_price.unwrap_or_else(|| stored.and_then(|row| row.max_price));
        if let (Some(min), Some(max)) = (min, max)
            && min > max
        {
            fields.fault("min_price", "is above max_price");
        }
    }

    fn filter(params: &mut Params) -> Filter {
        Filter {
            enabled: params.take("enabled", boolean()),
            category: params.take("category", text(1..=200)),
            source: params.take("source", slug()),
            channel_id: params.take("channel_id", id()),
        }
    }

    async fn whole(_: &mut AsyncPgConnection, _: UserId, row: Search) -> Result<View> {
        Ok(row.into())
    }

    fn currency(row: &Search) -> Option<Currency> {
        let row = &row.search;
        row.min_price.or(row.max_price).map(|_| row.currency)
    }
}

/// At most ten words or phrases. Of a longer text that says little, such as twelve dashes, the parser may take more.
const UP_TO_TEN: &str =
    r#"^\s*((-?"[^\u0000\s"“”„«»][^\u0000"“”„«»]*"|[^\u0000\s]+)(\s+|$)){0,10}$"#;

/// What is looked for, as the search box takes it: words, phrases, exclusions.
fn words() -> Shape<String> {
    let any = text(0..=LONGEST);
    let mut schema = any.schema.clone();
    schema["pattern"] = json!(UP_TO_TEN);
    Shape::new(schema, move |value| {
        let text = any.read(value)?;
        text.parse::<Words>().map(|_| text).map_err(|fault| fault.to_string())
    })
}

/// Whether a change is of more than the name and of whom to tell.
fn changes_the_run(given: &SearchFields) -> bool {
    let SearchFields {
        words,
        excluded_words,
        sources,
        category,
        conditions,
        min_price,
        max_price,
        latitude,
        longitude,
        radius_km,
        every_minutes,
        hours,
        enabled,
        ..
    } = given;
    words.is_some()
        || excluded_words.is_some()
        || sources.is_some()
        || category.is_some()
        || conditions.is_some()
        || min_price.is_some()
        || max_price.is_some()
        || latitude.is_some()
        || longitude.is_some()
        || radius_km.is_some()
        || every_minutes.is_some()
        || hours.is_some()
        || enabled.is_some()
}

/// A search that is not saved, as it would be.
pub fn draft(given: SearchFields, now: DateTime<Utc>) -> Stored {
    Stored {
        id: SearchId(0),
        name: given.name.unwrap_or_default(),
        words: given.words.unwrap_or_default(),
        excluded_words: given.excluded_words.unwrap_or_default(),
        sources: given.sources.unwrap_or_default(),
        category: given.category.flatten(),
        conditions: given.conditions.unwrap_or_default(),
        min_price: given.min_price.flatten(),
        max_price: given.max_price.flatten(),
        currency: given.currency.unwrap_or(Currency::USD),
        min_score: given.min_score.flatten(),
        place: given.place.unwrap_or_default(),
        latitude: given.latitude.flatten(),
        longitude: given.longitude.flatten(),
        radius_km: given.radius_km.flatten(),
        every_minutes: given.every_minutes.unwrap_or(60),
        hours: given.hours.unwrap_or_default(),
        rearm_minutes: given.rearm_minutes.unwrap_or(60),
        enabled: given.enabled.unwrap_or(true),
        last_scan_at: None,
        next_scan_at: None,
        created_at: now,
        updated_at: now,
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, string::string_regex};
    use regex::Regex;

    use super::*;

    fn told() -> impl Strategy<Value = String> {
        let inside = UP_TO_TEN.trim_start_matches('^').trim_end_matches('$').replace("|$", "");
        string_regex(&inside.replace('+', "{1,3}").replace('*', "{0,3}")).unwrap()
    }

    proptest! {
        #[test]
        fn words_that_fit_the_document_are_taken(text in told()) {
            prop_assert!(words().read(&json!(text)).is_ok(), "{text:?}");
        }
    }

    #[test]
    fn the_document_tells_of_what_people_type_and_not_of_too_much() {
        let fits = |text: &str| Regex::new(UP_TO_TEN).unwrap().is_match(text);
        for text in [
            "",
            " leica  m6 ",
            r#"leica "rigid body with its box and a strap" -"empty box" sum*"#,
            r#"27" monitor"#,
        ] {
            assert!(fits(text) && words().read(&json!(text)).is_ok(), "{text}");
        }
        let eleven = "a b c d e f g h i j k";
        assert!(!fits(eleven) && words().read(&json!(eleven)).is_err());
    }
}
