//! User preferences: who is told when, and how numbers are written for them.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    Noun,
    fields::Fields,
    params::Params,
    shape::{Shape, column, currency, decimal, one_of, text, whole},
};
use crate::{
    db::{
        outbox,
        user_prefs::{Filter, UserPrefs, UserPrefsFields},
    },
    error::Result,
    model::{
        condition::Condition,
        id::{UserId, UserPrefsId},
        money::Currency,
        user_prefs::Notify,
        weights::{Weight, Weights},
    },
};

/// Words in one list at most.
const MOST_WORDS: usize = 100;

/// The noun.
#[derive(Debug)]
pub struct AllUserPrefs;

/// What a person prefers.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "UserPrefs")]
pub struct View {
    id: UserPrefsId,
    /// A time zone of the IANA database: `Europe/Berlin`.
    time_zone: String,
    /// Language, and perhaps script and region: `en-US`.
    locale: String,
    currency: Currency,
    place: Option<String>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    radius_km: i32,
    /// Nothing that is more worn.
    min_condition: Option<Condition>,
    included_words: Vec<String>,
    excluded_words: Vec<String>,
    notify: Notify,
    /// The hour of the day of a digest, in the time zone.
    digest_hour: i32,
    /// The day of a weekly digest: 1 is Monday, 7 is Sunday.
    digest_weekday: i32,
    /// The hour that quiet hours begin at; there are some when both hours are set.
    quiet_from: Option<i32>,
    /// The hour that they end at; before the beginning means the next day.
    quiet_until: Option<i32>,
    /// No more messages than this in a day.
    daily_maximum: i32,
    /// How much each part of a score counts; null as delivered.
    weights: Option<Weights>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<UserPrefs> for View {
    fn from(row: UserPrefs) -> Self {
        Self {
            id: row.id,
            time_zone: row.time_zone,
            locale: row.locale,
            currency: row.currency,
            place: row.place,
            latitude: row.latitude,
            longitude: row.longitude,
            radius_km: row.radius_km,
            min_condition: row.min_condition,
            included_words: row.included_words.into_iter().flatten().collect(),
            excluded_words: row.excluded_words.into_iter().flatten().collect(),
            notify: row.notify,
            digest_hour: row.digest_hour,
            digest_weekday: row.digest_weekday,
            quiet_from: row.quiet_from,
            quiet_until: row.quiet_until,
            daily_maximum: row.daily_maximum,
            weights: row.weights,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl Noun for AllUserPrefs {
    const ONE: &'static str = "set of preferences";
    const MANY: &'static str = "user-prefs";
    const ABOUT: &'static str = "What a person prefers. Everybody has one row at most.";
    const TABLES: &'static [&'static str] = &["user_prefs"];

    type Row = UserPrefs;
    type View = View;
    type Whole = View;

    fn read(fields: &mut Fields<'_>) -> UserPrefsFields {
        UserPrefsFields {
            time_zone: fields.may("time_zone", time_zone()),
            locale: fields.may("locale", locale()),
            currency: fields.may("currency", currency()),
            place: fields.nullable("place", text(0..=200)),
            latitude: fields.nullable("latitude", decimal(-90.0..=90.0)),
            longitude: fields.nullable("longitude", decimal(-180.0..=180.0)),
            radius_km: fields.may("radius_km", whole(1..=20_000)),
            min_condition: fields.nullable("min_condition", one_of()),
            included_words: fields.may("included_words", column(text(1..=100), MOST_WORDS)),
            excluded_words: fields.may("excluded_words", column(text(1..=100), MOST_WORDS)),
            notify: fields.may("notify", one_of()),
            digest_hour: fields.may("digest_hour", whole(0..=23)),
            digest_weekday: fields.may("digest_weekday", whole(1..=7)),
            quiet_from: fields.nullable("quiet_from", whole(0..=23)),
            quiet_until: fields.nullable("quiet_until", whole(0..=23)),
            daily_maximum: fields.may("daily_maximum", whole(1..=10_000)),
            weights: fields.nullable("weights", weights()),
            rescored_to: None,
        }
    }

    /// Other weights make other scores.
    fn check(_: &mut Fields<'_>, given: &mut UserPrefsFields, stored: Option<&UserPrefs>) {
        let weighed = |weights: Option<Weights>| weights.unwrap_or_default();
        let before = weighed(stored.and_then(|row| row.weights));
        if given.weights.is_some_and(|weights| weighed(weights) != before) {
            given.rescored_to = Some(Some(0));
        }
    }

    fn filter(_: &mut Params) -> Filter {
        Filter
    }

    /// What waits to be told is told by the new rules.
    async fn followed(
        conn: &mut AsyncPgConnection,
        user: UserId,
        now: DateTime<Utc>,
    ) -> Result<()> {
        outbox::reconsider(conn, user, now).await?;
        Ok(())
    }

    async fn whole(_: &mut AsyncPgConnection, _: UserId, row: UserPrefs) -> Result<View> {
        Ok(row.into())
    }
}

/// Some or all of the weights of a score.
fn weights() -> Shape<Weights> {
    let weight = |weight: &Weight| {
        let (least, most) = (weight.least, weight.most);
        let schema = json!({
            "type": "integer", "minimum": least, "maximum": most, "default": weight.delivered,
            "description": weight.about,
        });
        (weight.name.to_owned(), schema)
    };
    let properties: Map<String, Value> = Weights::ALL.iter().map(weight).collect();
    let schema = json!({
        "type": "object", "properties": properties, "additionalProperties": false,
    });
    Shape::new(schema, Weights::read)
}

/// A time zone that the IANA database lists.
fn time_zone() -> Shape<String> {
    let names: Vec<_> = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()).collect();
    Shape::new(json!({"type": "string", "enum": names}), |value| {
        let name = value.as_str().filter(|name| name.parse::<chrono_tz::Tz>().is_ok());
        let wrong = || format!("{value} is no time zone such as Europe/Berlin or UTC");
        name.map(str::to_owned).ok_or_else(wrong)
    })
}

/// A language, and perhaps a script and a region, as BCP 47 writes them.
fn locale() -> Shape<String> {
    let pattern = "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$";
    Shape::new(json!({"type": "string", "pattern": pattern}), |value| {
        let name = value.as_str().filter(|name| is_locale(name));
        name.map(str::to_owned).ok_or_else(|| "is no locale such as en-US".to_owned())
    })
}

fn is_locale(text: &str) -> bool {
    let is_language =
        |part: &str| matches!(part.len(), 2..=3) && part.bytes().all(|b| b.is_ascii_lowercase());
    let is_script = |part: &str| {
        let mut bytes = part.bytes();
        part.len() == 4
            && bytes.next().is_some_and(|b| b.is_ascii_uppercase())
            && bytes.all(|b| b.is_ascii_lowercase())
    };
    let is_region = |part: &str| {
        (part.len() == 2 && part.bytes().all(|b| b.is_ascii_uppercase()))
            || (part.len() == 3 && part.bytes().all(|b| b.is_ascii_digit()))
    };
    match text.split('-').collect::<Vec<_>>()[..] {
        [language] => is_language(language),
        [language, part] => is_language(language) && (is_script(part) || is_region(part)),
        [language, script, region] => {
            is_language(language) && is_script(script) && is_region(region)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_zone_is_one_that_is_listed() {
        for right in ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"] {
            assert_eq!(time_zone().read(&json!(right)), Ok(right.to_owned()));
        }
        for wrong in [json!("Mars/Base"), json!("europe/berlin"), json!(""), json!(1)] {
            assert!(time_zone().read(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_locale_has_a_language_and_perhaps_a_script_and_a_region() {
        for right in ["en", "en-US", "zh-Hans", "zh-Hans-CN", "es-419", "fil"] {
            assert!(is_locale(right), "{right}");
        }
        for wrong in ["", "EN", "en_US", "en-us", "en-US-x", "e", "en-", "zh-CN-Hans"] {
            assert!(!is_locale(wrong), "{wrong}");
        }
    }
}
