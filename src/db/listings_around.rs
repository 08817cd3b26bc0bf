//! What stands around one ad: the same thing elsewhere, and why the ad went.

use chrono::{DateTime, Utc};
use diesel::{
    QueryResult,
    prelude::*,
    sql_types::{BigInt, Bool, Nullable, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::schema::listings;
use crate::model::{
    id::{ListingId, UserId},
    money::{Currency, Money},
};

/// An ad of the same thing.
#[derive(Debug, Clone, QueryableByName)]
#[diesel(check_for_backend(diesel::pg::Pg))]
pub struct Alike {
    /// The ad.
    #[diesel(sql_type = BigInt)]
    pub id: ListingId,
    /// Where it stands.
    #[diesel(sql_type = Text)]
    pub source: String,
    /// Its title.
    #[diesel(sql_type = Text)]
    pub title: String,
    /// Its price in minor units, when known.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub price_amount: Option<i64>,
    /// The currency of the price.
    #[diesel(sql_type = Text)]
    pub currency: Currency,
    /// Whether it can still be bought.
    #[diesel(sql_type = Bool)]
    pub available: bool,
}

impl Alike {
    /// The price, when it is known.
    pub fn price(&self) -> Option<Money> {
        self.price_amount.map(|amount| Money::new(amount, self.currency))
    }
}

/// Other ads of what this ad of `user` offers: at most 20, those that can be bought first, the cheapest of them first.
pub async fn same(
    mut conn: &AsyncPgConnection,
    user: UserId,
    id: ListingId,
) -> QueryResult<Vec<Alike>> {
    diesel::sql_query(
        "SELECT l.id, l.source, l.title, l.price_amount, l.currency, l.available
         FROM (SELECT coalesce(same_as, id) AS thing FROM listings WHERE user_id = $1 AND id = $2) t
         JOIN listings l ON l.user_id = $1 AND (l.id = t.thing OR l.same_as = t.thing) AND l.id <> $2
         ORDER BY l.available DESC, l.price_amount, l.id LIMIT 20",
    )
    .bind::<BigInt, _>(user)
    .bind::<BigInt, _>(id)
    .load(&mut conn)
    .await
}

/// When an ad of `user` went, and why, as far as that is known.
pub async fn gone(
    mut conn: &AsyncPgConnection,
    user: UserId,
    id: ListingId,
) -> QueryResult<(Option<DateTime<Utc>>, Option<String>)> {
    let found = listings::table
        .filter(listings::user_id.eq(user).and(listings::id.eq(id)))
        .select((listings::gone_at, listings::gone_reason))
        .first(&mut conn)
        .await
        .optional()?;
    Ok(found.unwrap_or_default())
}
