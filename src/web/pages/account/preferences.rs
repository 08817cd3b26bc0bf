//! `/account/preferences`: when a person is told, and how much of it; and what counts how much in a score.

use std::collections::HashMap;

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Form, Query},
};
use askama::Template;
use diesel_async::AsyncPgConnection;
use serde_json::{Map, Value, json};

use super::{
    Done, ZONES,
    weights::{self, Weighed},
};
use crate::{
    db::{
        owned::{By, Owned},
        user_prefs::{Filter, UserPrefs, UserPrefsFields},
    },
    error::{Error, Result},
    nouns::{Noun, fields::Fields, user_prefs::AllUserPrefs},
    state::App,
    web::{
        auth::Viewer,
        pages::{faults::Faults, wall::Wall},
        respond,
        shell::Shell,
    },
};

const WEEKDAYS: [(i32, &str); 7] = [
    (1, "Monday"),
    (2, "Tuesday"),
    (3, "Wednesday"),
    (4, "Thursday"),
    (5, "Friday"),
    (6, "Saturday"),
    (7, "Sunday"),
];
const RHYTHMS: [(&str, &str, &str); 4] = [
    (
        "instantly",
        "At once",
        "Each find when it turns up, outside quiet hours; many at a time as one message.",
    ),
    ("daily", "Once a day", "Everything of a day in one message."),
    ("weekly", "Once a week", "Everything of a week in one message."),
    ("never", "Not at all", "No messages. Finds are on the page of notifications."),
];
/// The fields of the form.
const TEXTS: [&str; 2] = ["time_zone", "notify"];
const QUIET: [&str; 2] = ["quiet_from", "quiet_until"];
const NUMBERS: [&str; 3] = ["digest_hour", "digest_weekday", "daily_maximum"];

/// `GET /account/preferences`
pub(in crate::web) async fn show(
    app: Data<App>,
    shell: Shell,
    viewer: Viewer,
    query: Query<Done>,
) -> Result<HttpResponse> {
    let stored = find(&app, viewer).await?;
    let done = match query.done.as_deref() {
        Some("weights") => Some("Saved. Your ads are being scored again."),
        Some(_) => Some("Saved. What waits is told by these rules."),
        None => None,
    };
    let weights = stored.as_ref().and_then(|row| row.weights).unwrap_or_default();
    let (given, weighed) = (given(stored.as_ref()), weights::stored(weights));
    let wall = Wall::by(stored.as_ref());
    respond::page(&PreferencesPage { shell, wall, given, weighed, done, faults: Faults::default() })
}

/// `POST /account/preferences`. The page has two forms: the second one chooses weights.
pub(in crate::web) async fn save(
    app: Data<App>,
    shell: Shell,
    viewer: Viewer,
    form: Form<HashMap<String, String>>,
) -> Result<HttpResponse> {
    let typed = form.into_inner();
    if weights::are_in(&typed) {
        return weigh(&app, shell, viewer, typed).await;
    }
    let mut faults = Faults::default();
    let no_secret = |_: &str, _: &str| Err(Error::internal("preferences hold no secret"));
    let mut fields = Fields::create(body(&typed, &mut faults), &no_secret);
    let input = AllUserPrefs::read(&mut fields);
    match fields.finish() {
        Ok(()) => {}
        Err(Error::Invalid(found)) => {
            for fault in found {
                faults.add(&fault.field, fault.message);
            }
        }
        Err(other) => return Err(other),
    }
    let stored = find(&app, viewer).await?;
    if !faults.is_empty() {
        let wall = Wall::by(stored.as_ref());
        let weights = stored.and_then(|row| row.weights).unwrap_or_default();
        let weighed = weights::stored(weights);
        let page = PreferencesPage { shell, wall, given: typed, weighed, done: None, faults };
        return respond::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let mut conn = app.conn().await?;
    write(&mut conn, viewer, stored.as_ref(), &input).await?;
    AllUserPrefs::followed(&mut conn, viewer.user, app.clock.now()).await?;
    Ok(respond::see_other("/account/preferences?done=saved"))
}

async fn weigh(
    app: &App,
    shell: Shell,
    viewer: Viewer,
    typed: HashMap<String, String>,
) -> Result<HttpResponse> {
    let stored = find(app, viewer).await?;
    let mut faults = Faults::default();
    let Ok(chosen) = weights::chosen(&typed, &mut faults) else {
        let (given, weighed) = (given(stored.as_ref()), weights::typed(&typed));
        let wall = Wall::by(stored.as_ref());
        let page = PreferencesPage { shell, wall, given, weighed, done: None, faults };
        return respond::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let no_secret = |_: &str, _: &str| Err(Error::internal("preferences hold no secret"));
    let mut input = UserPrefsFields { weights: Some(chosen), ..UserPrefsFields::default() };
    let mut fields = Fields::create(Map::new(), &no_secret);
    AllUserPrefs::check(&mut fields, &mut input, stored.as_ref());
    write(&mut *app.conn().await?, viewer, stored.as_ref(), &input).await?;
    Ok(respond::see_other("/account/preferences?done=weights#weights"))
}

async fn write(
    conn: &mut AsyncPgConnection,
    viewer: Viewer,
    stored: Option<&UserPrefs>,
    input: &UserPrefsFields,
) -> Result<()> {
    match stored {
        Some(row) => UserPrefs::update(conn, viewer.user, row.id, input).await.map(|_| ())?,
        None => UserPrefs::insert(conn, viewer.user, input).await.map(|_| ())?,
    }
    Ok(())
}

async fn find(app: &App, viewer: Viewer) -> Result<Option<UserPrefs>> {
    let mut conn = app.conn().await?;
    let rows = UserPrefs::list(&mut conn, viewer.user, &Filter, By::default(), None, 1).await?;
    Ok(rows.into_iter().next())
}

/// The stored preferences, or what holds where there are none, as the form has them.
fn given(stored: Option<&UserPrefs>) -> HashMap<String, String> {
    let hour = |hour: Option<i32>| hour.map_or_else(String::new, |hour| hour.to_string());
    let pairs = match stored {
        Some(row) => [
            ("time_zone", row.time_zone.clone()),
            ("notify", row.notify.to_string()),
            ("quiet_from", hour(row.quiet_from)),
            ("quiet_until", hour(row.quiet_until)),
            ("digest_hour", row.digest_hour.to_string()),
            ("digest_weekday", row.digest_weekday.to_string()),
            ("daily_maximum", row.daily_maximum.to_string()),
        ],
        None => [
            ("time_zone", "UTC".to_owned()),
            ("notify", "instantly".to_owned()),
            ("quiet_from", String::new()),
            ("quiet_until", String::new()),
            ("digest_hour", "9".to_owned()),
            ("digest_weekday", "1".to_owned()),
            ("daily_maximum", "50".to_owned()),
        ],
    };
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The form as a body of the API.
fn body(typed: &HashMap<String, String>, faults: &mut Faults) -> Map<String, Value> {
    let text = |name: &str| typed.get(name).map_or("", |text| text.trim());
    let mut body = Map::new();
    for name in TEXTS {
        body.insert(name.to_owned(), json!(text(name)));
    }
    for name in QUIET.into_iter().chain(NUMBERS) {
        match (text(name), text(name).parse::<i64>()) {
            ("", _) if QUIET.contains(&name) => {
                body.insert(name.to_owned(), Value::Null);
            }
            (_, Ok(number)) => {
                body.insert(name.to_owned(), json!(number));
            }
            (_, Err(_)) => faults.add(name, "is a whole number"),
        }
    }
    if text("quiet_from").is_empty() != text("quiet_until").is_empty() {
        faults.add("quiet_until", "needs both hours, or neither");
    }
    body
}

/// One choice of a field.
struct Choice {
    value: String,
    words: String,
    about: &'static str,
    is_taken: bool,
}

#[derive(Template)]
#[template(path = "account/preferences.html")]
struct PreferencesPage {
    shell: Shell,
    wall: Wall,
    given: HashMap<String, String>,
    weighed: Vec<Weighed>,
    done: Option<&'static str>,
    faults: Faults,
}

impl PreferencesPage {
    fn given(&self, name: &str) -> &str {
        self.given.get(name).map_or("", String::as_str)
    }

    fn choice(&self, name: &str, value: String, words: String) -> Choice {
        Choice { is_taken: self.given(name) == value, value, words, about: "" }
    }

    fn hours(&self, name: &str) -> Vec<Choice> {
        let hour = |hour: u32| self.choice(name, hour.to_string(), self.wall.full_hour(hour));
        (0..24).map(hour).collect()
    }

    fn weekdays(&self) -> Vec<Choice> {
        let day = |(day, words): (i32, &str)| {
            self.choice("digest_weekday", day.to_string(), words.to_owned())
        };
        WEEKDAYS.into_iter().map(day).collect()
    }

    fn rhythms(&self) -> Vec<Choice> {
        let rhythm = |(word, words, about): (&str, &str, &'static str)| Choice {
            about,
            ..self.choice("notify", word.to_owned(), words.to_owned())
        };
        RHYTHMS.into_iter().map(rhythm).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(pairs: &[(&str, &str)]) -> HashMap<String, String> {
        let mut all = given(None);
        all.extend(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        all
    }

    #[test]
    fn quiet_hours_are_two_or_none() {
        let fault = |pairs: &[(&str, &str)]| {
            let mut faults = Faults::default();
            let body = body(&typed(pairs), &mut faults);
            (faults.is_empty(), body["quiet_from"].clone())
        };
        assert_eq!(fault(&[]), (true, Value::Null));
        assert_eq!(fault(&[("quiet_from", "22"), ("quiet_until", "7")]), (true, json!(22)));
        assert!(!fault(&[("quiet_from", "22")]).0);
    }
}
