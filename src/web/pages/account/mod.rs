//! `/account`: who one is here, how one likes things to be shown, and how one signs in.

pub(in crate::web) mod credentials;
pub(in crate::web) mod finds;
pub(in crate::web) mod preferences;
pub(in crate::web) mod sessions;
pub(in crate::web) mod tokens;
mod weights;

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Form, Query},
};
use askama::Template;
use serde::Deserialize;

use super::faults::Faults;
use crate::{
    db::{
        self,
        accounts::{Account, Preferences},
        users::UserChange,
    },
    error::{Error, Result},
    model::{money::Currency, person, role::Role},
    nouns::{Noun, user_prefs::AllUserPrefs},
    state::App,
    web::{auth::SignedIn, respond, shell::Shell},
};

/// Time zones that are offered; every other one that PostgreSQL knows is taken, too.
const ZONES: [&str; 40] = [
    "UTC",
    "Europe/London",
    "Europe/Dublin",
    "Europe/Lisbon",
    "Europe/Berlin",
    "Europe/Paris",
    "Europe/Madrid",
    "Europe/Rome",
    "Europe/Amsterdam",
    "Europe/Vienna",
    "Europe/Zurich",
    "Europe/Stockholm",
    "Europe/Oslo",
    "Europe/Warsaw",
    "Europe/Prague",
    "Europe/Athens",
    "Europe/Helsinki",
    "Europe/Kyiv",
    "Europe/Istanbul",
    "Africa/Cairo",
    "Africa/Johannesburg",
    "Africa/Lagos",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Bangkok",
    "Asia/Singapore",
    "Asia/Hong_Kong",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Asia/Seoul",
    "Australia/Perth",
    "Australia/Sydney",
    "Pacific/Auckland",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Toronto",
    "America/Mexico_City",
    "America/Sao_Paulo",
];
/// Languages and countries that are offered.
const LOCALES: [&str; 14] = [
    "en-US", "en-GB", "en-CA", "en-AU", "de-DE", "de-AT", "de-CH", "fr-FR", "es-ES", "it-IT",
    "nl-NL", "pl-PL", "pt-BR", "sv-SE",
];

/// What was done, when a form leads back here.
#[derive(Deserialize)]
pub(in crate::web) struct Done {
    done: Option<String>,
}

/// What the profile's form sends.
#[derive(Deserialize)]
pub(in crate::web) struct Profile {
    name: String,
    time_zone: String,
    locale: String,
    currency: String,
}

/// `GET /account`
pub(in crate::web) async fn show(
    app: Data<App>,
    shell: Shell,
    person: SignedIn,
    query: Query<Done>,
) -> Result<HttpResponse> {
    let account = account(&app, person).await?;
    let done = match query.done.as_deref() {
        Some("profile") => Some("Your profile is saved."),
        Some("address") => Some("From now on you sign in with the new address."),
        Some("password") => Some("Your password is changed, and every other device is signed out."),
        _ => None,
    };
    let email = account.email.clone();
    let page = AccountPage { shell, person, account, email, done, faults: Faults::default() };
    respond::page(&page)
}

/// `POST /account`
pub(in crate::web) async fn save(
    app: Data<App>,
    shell: Shell,
    person: SignedIn,
    form: Form<Profile>,
) -> Result<HttpResponse> {
    let mut account = account(&app, person).await?;
    let Profile { name, time_zone, locale, currency } = form.into_inner();
    let wanted = Preferences {
        time_zone: time_zone.trim().to_owned(),
        locale: locale.trim().to_owned(),
        currency: currency.trim().to_uppercase(),
    };
    let mut faults = Faults::default();
    let stored_name = faults.take("name", person::name(&name));
    if !db::accounts::is_time_zone(&*app.conn().await?, &plain(&wanted.time_zone)).await? {
        faults.add("time_zone", "is not known; one such as Europe/Berlin is");
    }
    if !is_locale(&wanted.locale) {
        faults.add("locale", "is no language and country, such as en-GB");
    }
    faults.take("currency", wanted.currency.parse::<Currency>());
    let (Some(stored_name), true) = (stored_name, faults.is_empty()) else {
        account.name = name;
        account.preferences = wanted;
        return refused(shell, person, account, None, faults);
    };
    let mut conn = app.conn().await?;
    let change = UserChange { name: Some(stored_name), ..UserChange::default() };
    let now = app.clock.now();
    db::users::update(&mut conn, person.user, &change, Some(person.session), now).await?;
    db::accounts::save_preferences(&conn, person.user, &wanted, now).await?;
    AllUserPrefs::followed(&mut conn, person.user, now).await?;
    Ok(respond::see_other("/account?done=profile"))
}

/// The account of whoever is signed in.
async fn account(app: &App, person: SignedIn) -> Result<Account> {
    let found = db::accounts::find(&*app.conn().await?, person.user).await?;
    found.ok_or(Error::NotFound("account"))
}

/// The page again, with what is wrong; `email` is what was typed as the new address.
fn refused(
    shell: Shell,
    person: SignedIn,
    account: Account,
    email: Option<String>,
    faults: Faults,
) -> Result<HttpResponse> {
    let email = email.unwrap_or_else(|| account.email.clone());
    let page = AccountPage { shell, person, account, email, done: None, faults };
    respond::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// Text that PostgreSQL takes: it has no NUL.
fn plain(text: &str) -> String {
    text.replace('\0', "?")
}

/// `en`, `de-AT`, `zh-Hant-TW`.
fn is_locale(text: &str) -> bool {
    let mut parts = text.split('-');
    let language = parts.next().unwrap_or_default();
    let is_language =
        (2..=3).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_lowercase());
    let is_part = |part: &str| {
        (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    is_language && text.len() <= 35 && parts.all(is_part)
}

#[derive(Template)]
#[template(path = "account/profile.html")]
struct AccountPage {
    shell: Shell,
    person: SignedIn,
    account: Account,
    /// What stands in the field of the new address.
    email: String,
    done: Option<&'static str>,
    faults: Faults,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_is_a_language_and_perhaps_more() {
        for right in ["en", "en-US", "zh-Hant-TW", "gsw-CH"] {
            assert!(is_locale(right), "{right}");
        }
        for wrong in ["", "EN", "english", "en_US", "en-", "e", "en-US\0"] {
            assert!(!is_locale(wrong), "{wrong:?}");
        }
    }
}
