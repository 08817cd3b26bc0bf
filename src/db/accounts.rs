//! One's own account as its page shows it: who one is, and how one likes times and money to be shown.

use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_types::{Bool, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::schema::{identities, user_prefs, users};
use crate::{
    error::{Error, Result},
    model::{id::UserId, role::Role},
};

/// An account and its preferences.
#[derive(Debug, Clone)]
pub struct Account {
    /// The address that signs in.
    pub email: String,
    /// How the person is called; may be empty.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// Whether they can sign in with a password.
    pub has_password: bool,
    /// Whether a provider vouches for them.
    pub has_identity: bool,
    /// How times and money are shown.
    pub preferences: Preferences,
}

/// How times and money are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preferences {
    /// A name of the time-zone database.
    pub time_zone: String,
    /// A language, and a country.
    pub locale: String,
    /// ISO 4217.
    pub currency: String,
}

impl Default for Preferences {
    fn default() -> Self {
        let [time_zone, locale, currency] = ["UTC", "en-US", "USD"].map(str::to_owned);
        Self { time_zone, locale, currency }
    }
}

type Found = (Option<String>, String, Role, bool, Option<(String, String, String)>);

/// The account of `user`.
pub async fn find(mut conn: &AsyncPgConnection, user: UserId) -> QueryResult<Option<Account>> {
    let preferences = (user_prefs::time_zone, user_prefs::locale, user_prefs::currency);
    let found: Option<Found> = users::table
        .left_join(user_prefs::table)
        .filter(users::id.eq(user))
        .select((
            users::email,
            users::name,
            users::role,
            users::password_hash.is_not_null(),
            preferences.nullable(),
        ))
        .first(&mut conn)
        .await
        .optional()?;
    let Some((email, name, role, has_password, preferences)) = found else { return Ok(None) };
    let theirs = identities::table.filter(identities::user_id.eq(user));
    let has_identity = diesel::select(diesel::dsl::exists(theirs)).get_result(&mut conn).await?;
    let preferences = preferences.map_or_else(Preferences::default, |preferences| {
        let (time_zone, locale, currency) = preferences;
        Preferences { time_zone, locale, currency }
    });
    let email = email.unwrap_or_default();
    Ok(Some(Account { email, name, role, has_password, has_identity, preferences }))
}

/// The hash of the user's password, when they have one.
pub async fn password_hash(
    mut conn: &AsyncPgConnection,
    user: UserId,
) -> QueryResult<Option<String>> {
    let hash = users::table.filter(users::id.eq(user)).select(users::password_hash);
    Ok(hash.first::<Option<String>>(&mut conn).await.optional()?.flatten())
}

/// Makes an account without a password. An address that has one already is a conflict.
pub async fn invite(
    mut conn: &AsyncPgConnection,
    email: &str,
    name: &str,
    role: Role,
    now: DateTime<Utc>,
) -> Result<UserId> {
    let made: Option<UserId> = diesel::insert_into(users::table)
        .values((
            users::email.eq(email),
            users::name.eq(name),
            users::role.eq(role),
            users::created_at.eq(now),
            users::updated_at.eq(now),
        ))
        .on_conflict(users::email)
        .do_nothing()
        .returning(users::id)
        .get_result(&mut conn)
        .await
        .optional()?;
    made.ok_or_else(|| Error::Conflict(format!("{email} has an account already")))
}

/// Stores how times and money are shown.
pub async fn save_preferences(
    mut conn: &AsyncPgConnection,
    user: UserId,
    preferences: &Preferences,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    let columns = (
        user_prefs::time_zone.eq(&preferences.time_zone),
        user_prefs::locale.eq(&preferences.locale),
        user_prefs::currency.eq(&preferences.currency),
        user_prefs::updated_at.eq(now),
    );
    diesel::insert_into(user_prefs::table)
        .values((user_prefs::user_id.eq(user), columns))
        .on_conflict(user_prefs::user_id)
        .do_update()
        .set(columns)
        .execute(&mut conn)
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = Bool)]
    is_known: bool,
}

/// Whether PostgreSQL knows a time zone of that name.
pub async fn is_time_zone(mut conn: &AsyncPgConnection, name: &str) -> QueryResult<bool> {
    let known: Known = diesel::sql_query(
        "SELECT EXISTS (SELECT 1 FROM pg_timezone_names WHERE name = $1 AND name !~ '^(posix|right)') AS is_known",
    )
    .bind::<Text, _>(name)
    .get_result(&mut conn)
    .await?;
    Ok(known.is_known)
}
