//! What a person's searches found, as a feed shows it, and the version of its address.

use chrono::{DateTime, Utc};
use diesel::{
    QueryResult, QueryableByName,
    pg::Pg,
    prelude::*,
    sql_types::{BigInt, Bool, Jsonb, Nullable, Text, Timestamptz},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::schema::user_prefs;
use crate::model::{
    condition::Condition,
    id::{ListingId, SearchId, UserId},
    money::{Currency, Money},
};

/// An ad that a search found.
#[derive(Debug, Clone, QueryableByName)]
#[diesel(check_for_backend(Pg))]
pub struct Find {
    /// The ad.
    #[diesel(sql_type = BigInt)]
    pub id: ListingId,
    /// The search that found it first.
    #[diesel(sql_type = Text)]
    pub search: String,
    /// When that was.
    #[diesel(sql_type = Timestamptz)]
    pub found_at: DateTime<Utc>,
    /// When the ad last changed.
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
    /// Where it stands.
    #[diesel(sql_type = Text)]
    pub source: String,
    /// Its title.
    #[diesel(sql_type = Text)]
    pub title: String,
    /// Its price in minor units, when known.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub price_amount: Option<i64>,
    /// What shipping costs, when known.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub shipping_amount: Option<i64>,
    /// The currency of both.
    #[diesel(sql_type = Text)]
    pub currency: Currency,
    /// How worn it is.
    #[diesel(sql_type = Nullable<Text>)]
    pub condition: Option<Condition>,
    /// Where people can see it.
    #[diesel(sql_type = Nullable<Text>)]
    pub url: Option<String>,
    /// A picture of it.
    #[diesel(sql_type = Nullable<Text>)]
    pub image_url: Option<String>,
    /// The serialized score, when it was judged.
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub parts: Option<serde_json::Value>,
}

impl Find {
    /// The price, when it is known.
    pub fn price(&self) -> Option<Money> {
        self.price_amount.map(|amount| Money::new(amount, self.currency))
    }

    /// What shipping costs, when it is known.
    pub fn shipping(&self) -> Option<Money> {
        self.shipping_amount.map(|amount| Money::new(amount, self.currency))
    }
}

/// At most 50 of the finds of `user` that can be bought and are not put aside, of one search or of all. By their score
/// among the latest 200 of each search, or the latest first.
pub async fn list(
    mut conn: &AsyncPgConnection,
    user: UserId,
    search: Option<SearchId>,
    best_first: bool,
) -> QueryResult<Vec<Find>> {
    diesel::sql_query(LIST)
        .bind::<BigInt, _>(user)
        .bind::<Nullable<BigInt>, _>(search)
        .bind::<Bool, _>(best_first)
        .load(&mut conn)
        .await
}

const LIST: &str = "
WITH met AS (
    SELECT DISTINCT ON (f.listing_id) f.listing_id, f.first_found_at, q.name, s.value, s.parts
    FROM searches q
    CROSS JOIN LATERAL (
        SELECT listing_id, first_found_at FROM finds
        WHERE user_id = $1 AND search_id = q.id AND matched
        ORDER BY first_found_at DESC, listing_id DESC LIMIT 200
    ) f
    LEFT JOIN listing_scores s
           ON s.user_id = $1 AND s.listing_id = f.listing_id AND s.metric = 'deal_score'
    WHERE q.user_id = $1 AND ($2 IS NULL OR q.id = $2) AND (q.min_score IS NULL OR s.value >= q.min_score)
    ORDER BY f.listing_id, f.first_found_at, q.id
)
SELECT l.id, m.name AS search, m.first_found_at AS found_at, l.updated_at, l.source, l.title, l.price_amount,
       l.shipping_amount, l.currency, l.condition, l.url, l.image_url, m.parts
FROM met m
JOIN listings l ON l.user_id = $1 AND l.id = m.listing_id AND l.available
LEFT JOIN watchlist_items w ON w.user_id = $1 AND w.listing_id = l.id
WHERE w.id IS NULL OR w.status = 'saved' OR (w.status = 'snoozed' AND w.snoozed_until <= now())
ORDER BY CASE WHEN $3 THEN coalesce(m.value, -1) END DESC, m.first_found_at DESC, l.id DESC
LIMIT 50";

/// The version of the address of `user`'s feed; `None` while it is switched off.
pub async fn version(mut conn: &AsyncPgConnection, user: UserId) -> QueryResult<Option<i32>> {
    user_prefs::table
        .filter(user_prefs::user_id.eq(user).and(user_prefs::finds_enabled))
        .select(user_prefs::finds_version)
        .first(&mut conn)
        .await
        .optional()
}

/// Switches the feed on at another address than it ever had.
pub async fn renew(
    mut conn: &AsyncPgConnection,
    user: UserId,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    use user_prefs::{finds_enabled, finds_version, updated_at, user_id};
    diesel::insert_into(user_prefs::table)
        .values((user_id.eq(user), finds_version.eq(1), finds_enabled.eq(true)))
        .on_conflict(user_id)
        .do_update()
        .set((finds_version.eq(finds_version + 1), finds_enabled.eq(true), updated_at.eq(now)))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Switches the feed off.
pub async fn switch_off(
    mut conn: &AsyncPgConnection,
    user: UserId,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::update(user_prefs::table.filter(user_prefs::user_id.eq(user)))
        .set((user_prefs::finds_enabled.eq(false), user_prefs::updated_at.eq(now)))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// A person's searches, by name.
pub async fn searches(
    mut conn: &AsyncPgConnection,
    user: UserId,
) -> QueryResult<Vec<(SearchId, String)>> {
    use super::schema::searches::{id, name, table, user_id};
    table
        .filter(user_id.eq(user))
        .order((name.asc(), id.asc()))
        .select((id, name))
        .limit(200)
        .load(&mut conn)
        .await
}
