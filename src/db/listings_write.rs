//! One ad, written by hand: its row, its price history, and its turn to be scored.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::{now, sql},
    prelude::*,
    sql_types::{Nullable, Timestamptz},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{
    keyset::After,
    listings_list::{self, Filter, Sort},
    listings_view::{self, Scored},
    owned::{By, Owned},
    schema::{listings, price_points},
};
use crate::model::{
    condition::Condition,
    id::{ListingId, UserId},
    kind::Kind,
    money::{Currency, Money},
};

/// What can be written of an ad.
#[derive(Debug, Default, Insertable, AsChangeset)]
#[diesel(table_name = listings)]
#[expect(missing_docs, reason = "the columns of ListingRow; Some(None) clears")]
pub struct ListingFields {
    pub source: Option<String>,
    pub source_id: Option<String>,
    pub title: Option<String>,
    pub description: Option<Option<String>>,
    pub kind: Option<Kind>,
    pub price_amount: Option<Option<i64>>,
    pub shipping_amount: Option<Option<i64>>,
    pub currency: Option<Currency>,
    pub condition: Option<Option<Condition>>,
    pub category: Option<Option<String>>,
    pub url: Option<Option<String>>,
    pub image_url: Option<Option<String>>,
    pub location: Option<serde_json::Value>,
    pub details: Option<serde_json::Value>,
    pub available: Option<bool>,
    pub posted_at: Option<Option<DateTime<Utc>>>,
    pub last_seen_at: Option<DateTime<Utc>>,
}

impl Owned for Scored {
    const TABLE: &'static str = "listings";
    type Id = ListingId;
    type Fields = ListingFields;
    type Filter = Filter;
    type Sort = Sort;

    fn id(&self) -> ListingId {
        self.listing.id
    }

    fn position(&self, sort: Sort) -> After {
        sort.position(self)
    }

    async fn insert(
        conn: &mut AsyncPgConnection,
        user: UserId,
        fields: &ListingFields,
    ) -> QueryResult<Self> {
        let id = diesel::insert_into(listings::table)
            .values((fields, listings::user_id.eq(user)))
            .returning(listings::id)
            .get_result(conn)
            .await?;
        let row = stored(conn, user, id).await?;
        note_price(conn, id, row.listing.price()).await?;
        Ok(row)
    }

    async fn find(
        conn: &mut AsyncPgConnection,
        user: UserId,
        id: ListingId,
    ) -> QueryResult<Option<Self>> {
        listings_view::find(conn, user, id).await
    }

    async fn lock(
        conn: &mut AsyncPgConnection,
        user: UserId,
        id: ListingId,
    ) -> QueryResult<Option<Self>> {
        // The score is not locked with it: the worker that writes it holds the ad.
        let locked: Option<ListingId> = listings::table
            .filter(listings::user_id.eq(user).and(listings::id.eq(id)))
            .select(listings::id)
            .for_update()
            .first(conn)
            .await
            .optional()?;
        match locked {
            Some(id) => listings_view::find(conn, user, id).await,
            None => Ok(None),
        }
    }

    async fn update(
        conn: &mut AsyncPgConnection,
        user: UserId,
        id: ListingId,
        fields: &ListingFields,
    ) -> QueryResult<Option<Self>> {
        let Some(before) = Self::lock(conn, user, id).await? else { return Ok(None) };
        let due = sql::<Nullable<Timestamptz>>("now()");
        diesel::update(listings::table)
            .filter(listings::user_id.eq(user).and(listings::id.eq(id)))
            .set((fields, listings::updated_at.eq(now), listings::score_due_at.eq(due)))
            .execute(conn)
            .await?;
        let row = stored(conn, user, id).await?;
        if row.listing.price() != before.listing.price() {
            note_price(conn, id, row.listing.price()).await?;
        }
        Ok(Some(row))
    }

    async fn delete(
        conn: &mut AsyncPgConnection,
        user: UserId,
        id: ListingId,
    ) -> QueryResult<bool> {
        let row = listings::table.filter(listings::user_id.eq(user).and(listings::id.eq(id)));
        Ok(diesel::delete(row).execute(conn).await? > 0)
    }

    async fn list(
        conn: &mut AsyncPgConnection,
        user: UserId,
        filter: &Filter,
        by: By<Sort>,
        after: Option<After>,
        limit: i64,
    ) -> QueryResult<Vec<Self>> {
        listings_list::list(conn, user, filter, by, after, limit).await
    }

    async fn count(
        conn: &mut AsyncPgConnection,
        user: UserId,
        filter: &Filter,
    ) -> QueryResult<i64> {
        listings_list::count(conn, user, filter).await
    }
}

async fn stored(conn: &AsyncPgConnection, user: UserId, id: ListingId) -> QueryResult<Scored> {
    listings_view::find(conn, user, id).await?.ok_or(diesel::result::Error::NotFound)
}

/// A price that was not there before goes into the history, at the time of this transaction.
async fn note_price(
    mut conn: &AsyncPgConnection,
    id: ListingId,
    price: Option<Money>,
) -> QueryResult<()> {
    let Some(price) = price else { return Ok(()) };
    let values =
        (price_points::price_amount.eq(price.amount), price_points::currency.eq(price.currency));
    diesel::insert_into(price_points::table)
        .values((price_points::listing_id.eq(id), values, price_points::seen_at.eq(now)))
        .on_conflict((price_points::listing_id, price_points::seen_at))
        .do_update()
        .set(values)
        .execute(&mut conn)
        .await?;
    Ok(())
}
