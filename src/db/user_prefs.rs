//! What people prefer, one row each.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    dsl::IntoBoxed,
    pg::Pg,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Timestamptz},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::{bulk, owned::owned, schema::user_prefs};
use crate::model::{
    condition::Condition,
    id::{UserId, UserPrefsId},
    money::Currency,
    user_prefs::Notify,
    weights::Weights,
};

/// Stored preferences.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = user_prefs, check_for_backend(Pg))]
pub struct UserPrefs {
    /// Their row.
    pub id: UserPrefsId,
    /// An IANA time zone.
    pub time_zone: String,
    /// How numbers and times are written.
    pub locale: String,
    /// The currency that the person thinks in.
    pub currency: Currency,
    /// Where the person is.
    pub place: Option<String>,
    /// In degrees north.
    pub latitude: Option<f64>,
    /// In degrees east.
    pub longitude: Option<f64>,
    /// How far the person would go.
    pub radius_km: i32,
    /// Nothing that is more worn.
    pub min_condition: Option<Condition>,
    /// Words that make an ad better.
    pub included_words: Vec<Option<String>>,
    /// Words that make an ad useless.
    pub excluded_words: Vec<Option<String>>,
    /// When the person is told.
    pub notify: Notify,
    /// The hour of the day of a digest.
    pub digest_hour: i32,
    /// The day of a weekly digest: 1 is Monday, 7 is Sunday.
    pub digest_weekday: i32,
    /// The hour that quiet hours begin at.
    pub quiet_from: Option<i32>,
    /// The hour that they end at.
    pub quiet_until: Option<i32>,
    /// No more messages than this in a day.
    pub daily_maximum: i32,
    /// How much each part of a score counts; `None` as delivered.
    pub weights: Option<Weights>,
    /// When the row was made.
    pub created_at: DateTime<Utc>,
    /// When the row last changed.
    pub updated_at: DateTime<Utc>,
}

/// What can be written of preferences.
#[derive(Debug, Default, Insertable, AsChangeset)]
#[diesel(table_name = user_prefs)]
#[expect(missing_docs, reason = "the columns; Some(None) clears")]
pub struct UserPrefsFields {
    pub time_zone: Option<String>,
    pub locale: Option<String>,
    pub currency: Option<Currency>,
    pub place: Option<Option<String>>,
    pub latitude: Option<Option<f64>>,
    pub longitude: Option<Option<f64>>,
    pub radius_km: Option<i32>,
    pub min_condition: Option<Option<Condition>>,
    pub included_words: Option<Vec<Option<String>>>,
    pub excluded_words: Option<Vec<Option<String>>>,
    pub notify: Option<Notify>,
    pub digest_hour: Option<i32>,
    pub digest_weekday: Option<i32>,
    pub quiet_from: Option<Option<i32>>,
    pub quiet_until: Option<Option<i32>>,
    pub daily_maximum: Option<i32>,
    pub weights: Option<Option<Weights>>,
    /// Zero where the weights change: every ad is to be made due.
    pub rescored_to: Option<Option<i64>>,
}

/// Everybody has at most one row: there is nothing to choose.
#[derive(Debug, Default)]
pub struct Filter;

owned! {
    user_prefs: UserPrefs(UserPrefsId), UserPrefsFields, Filter, filtered;
    sorts {
        CreatedAt = "created_at": created_at as time,
        UpdatedAt = "updated_at": updated_at as time,
    }
}

fn filtered<'a>(
    query: IntoBoxed<'a, user_prefs::table, Pg>,
    _: &'a Filter,
) -> IntoBoxed<'a, user_prefs::table, Pg> {
    query
}

/// The preferences of `user`, when there are any.
pub async fn of(mut conn: &AsyncPgConnection, user: UserId) -> QueryResult<Option<UserPrefs>> {
    user_prefs::table
        .filter(user_prefs::user_id.eq(user))
        .select(UserPrefs::as_select())
        .first(&mut conn)
        .await
        .optional()
}

/// How much each part of a score counts for `user`.
pub async fn weights(mut conn: &AsyncPgConnection, user: UserId) -> QueryResult<Weights> {
    let chosen: Option<Option<Weights>> = user_prefs::table
        .filter(user_prefs::user_id.eq(user))
        .select(user_prefs::weights)
        .first(&mut conn)
        .await
        .optional()?;
    Ok(chosen.flatten().unwrap_or_default())
}

#[derive(QueryableByName)]
struct Changed {
    #[diesel(sql_type = BigInt)]
    user_id: UserId,
}

/// Makes the next ads due for scoring, at most `limit`, of one person whose weights have changed. When it dies on the
/// way, or there are more, the next call goes on where this one ended.
pub async fn mark_due(
    conn: &mut AsyncPgConnection,
    now: DateTime<Utc>,
    limit: i64,
) -> QueryResult<()> {
    let whose = sql_query(
        "SELECT user_id FROM user_prefs WHERE rescored_to IS NOT NULL ORDER BY user_id LIMIT 1",
    );
    let Some(Changed { user_id }) = whose.get_result(conn).await.optional()? else {
        return Ok(());
    };
    conn.transaction(async |conn| {
        bulk::take_turn(conn, user_id).await?;
        sql_query(
            "WITH person AS MATERIALIZED (
                 SELECT user_id, rescored_to FROM user_prefs
                 WHERE user_id = $1 AND rescored_to IS NOT NULL FOR UPDATE
             ), batch AS MATERIALIZED (
                 SELECT l.id FROM listings l JOIN person p USING (user_id)
                 WHERE l.id > p.rescored_to AND l.available
                 ORDER BY l.id LIMIT $3 FOR NO KEY UPDATE OF l
             ), marked AS (
                 UPDATE listings l SET score_due_at = $2 FROM batch b
                 WHERE l.id = b.id AND (l.score_due_at IS NULL OR l.score_due_at > $2)
             )
             UPDATE user_prefs u SET rescored_to = (SELECT max(id) FROM batch) FROM person p
             WHERE u.user_id = p.user_id",
        )
        .bind::<BigInt, _>(user_id)
        .bind::<Timestamptz, _>(now)
        .bind::<BigInt, _>(limit)
        .execute(conn)
        .await
        .map(|_| ())
    })
    .await
}
