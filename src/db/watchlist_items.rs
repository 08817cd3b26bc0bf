//! Ads that people keep an eye on.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::{dsl::IntoBoxed, pg::Pg, prelude::*, sql_types::BigInt};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{
    completed::Completed,
    owned::owned,
    schema::{listings, watchlist_items},
};
use crate::model::{
    id::{ListingId, UserId, WatchlistItemId},
    money::{Currency, Money},
    watchlist_item::{Standing, WatchlistStatus},
};

/// A stored item. Amounts are minor units of its currency.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = watchlist_items, check_for_backend(Pg))]
pub struct Stored {
    /// Its row.
    pub id: WatchlistItemId,
    /// The ad.
    pub listing_id: ListingId,
    /// What the person thinks of it.
    pub status: WatchlistStatus,
    /// Until when it is not to be seen.
    pub snoozed_until: Option<DateTime<Utc>>,
    /// Tell when the price is at most this.
    pub target_amount: Option<i64>,
    /// Tell when the price has fallen by so many percent.
    pub drop_percent: Option<i32>,
    /// The price that was last told.
    pub told_amount: Option<i64>,
    /// The currency of both.
    pub currency: Currency,
    /// The person's own words.
    pub note: String,
    /// When the row was made.
    pub created_at: DateTime<Utc>,
    /// When the row last changed.
    pub updated_at: DateTime<Utc>,
}

/// What an item shows of its ad.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = listings, check_for_backend(Pg))]
pub struct Watched {
    /// The ad.
    pub id: ListingId,
    /// Its title.
    pub title: String,
    /// Its price in minor units, when known.
    pub price_amount: Option<i64>,
    /// The currency of the price.
    pub currency: Currency,
    /// Whether it can still be bought.
    pub available: bool,
}

/// What an ad cost when it came on the list.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = watchlist_items, check_for_backend(Pg))]
pub struct Saved {
    /// The ad.
    pub listing_id: ListingId,
    /// When it came on the list; `None` of what was never wanted.
    pub saved_at: Option<DateTime<Utc>>,
    /// Its price then, in minor units, when it was known.
    pub saved_amount: Option<i64>,
    /// The currency of that.
    pub saved_currency: Option<Currency>,
}

impl Saved {
    /// The price then, when it was known.
    pub fn price(&self) -> Option<Money> {
        self.saved_amount.zip(self.saved_currency).map(|(amount, of)| Money::new(amount, of))
    }
}

/// A stored item with its ad.
#[derive(Debug, Clone)]
pub struct WatchlistItem {
    /// The item.
    pub item: Stored,
    /// Its ad. An item goes with its ad, so one is missing only from an answer that was begun before it went.
    pub listing: Option<Watched>,
    /// What the ad cost when it came on the list.
    pub saved: Option<Saved>,
}

/// What can be written of an item.
#[derive(Debug, Default, Insertable, AsChangeset)]
#[diesel(table_name = watchlist_items)]
#[expect(missing_docs, reason = "the columns of Stored; Some(None) clears")]
pub struct WatchlistItemFields {
    pub listing_id: Option<ListingId>,
    pub status: Option<WatchlistStatus>,
    pub snoozed_until: Option<Option<DateTime<Utc>>>,
    pub target_amount: Option<Option<i64>>,
    pub drop_percent: Option<Option<i32>>,
    pub told_amount: Option<Option<i64>>,
    pub currency: Option<Currency>,
    pub note: Option<String>,
}

/// Which items are wanted. Empty means all of the user's.
#[derive(Debug, Default)]
pub struct Filter {
    /// What the person thinks of them.
    pub status: Option<WatchlistStatus>,
    /// Of this ad.
    pub listing_id: Option<ListingId>,
}

owned! {
    watchlist_items: Stored(WatchlistItemId), WatchlistItemFields, Filter, filtered;
    sorts {
        CreatedAt = "created_at": created_at as time,
        UpdatedAt = "updated_at": updated_at as time,
    }
}

fn filtered<'a>(
    mut query: IntoBoxed<'a, watchlist_items::table, Pg>,
    filter: &'a Filter,
) -> IntoBoxed<'a, watchlist_items::table, Pg> {
    if let Some(status) = filter.status {
        query = query.filter(watchlist_items::status.eq(status));
    }
    if let Some(listing) = filter.listing_id {
        query = query.filter(watchlist_items::listing_id.eq(listing));
    }
    query
}

impl Stored {
    /// How the ad stands with the person.
    pub fn standing(&self) -> Standing {
        Standing::of(self.status, self.snoozed_until)
    }
}

impl Completed for WatchlistItem {
    type Base = Stored;

    fn base(&self) -> &Stored {
        &self.item
    }

    /// Notes what the ad costs when it comes on the list. Amounts that nobody has given yet are of the ad's currency.
    async fn written(
        conn: &mut AsyncPgConnection,
        user: UserId,
        id: WatchlistItemId,
        _: &WatchlistItemFields,
    ) -> QueryResult<()> {
        diesel::sql_query(
            "UPDATE watchlist_items w SET
                 saved_at = now(), saved_amount = l.price_amount, saved_currency = l.currency,
                 currency = CASE WHEN w.target_amount IS NULL THEN l.currency ELSE w.currency END
             FROM listings l
             WHERE w.user_id = $1 AND w.id = $2 AND l.user_id = w.user_id AND l.id = w.listing_id
               AND w.status <> 'ignored' AND w.saved_at IS NULL",
        )
        .bind::<BigInt, _>(user)
        .bind::<BigInt, _>(id)
        .execute(conn)
        .await?;
        Ok(())
    }

    async fn complete(
        conn: &mut AsyncPgConnection,
        user: UserId,
        rows: Vec<Stored>,
    ) -> QueryResult<Vec<Self>> {
        let ids: Vec<_> = rows.iter().map(|row| row.listing_id).collect();
        let is_one = watchlist_items::listing_id.eq(listings::id);
        let ads: Vec<(Watched, Saved)> = listings::table
            .inner_join(watchlist_items::table.on(is_one))
            .filter(watchlist_items::user_id.eq(user))
            .filter(listings::user_id.eq(user).and(listings::id.eq_any(ids)))
            .select((Watched::as_select(), Saved::as_select()))
            .load(conn)
            .await?;
        let mut ads: HashMap<i64, _> = ads.into_iter().map(|ad| (ad.0.id.0, ad)).collect();
        let with_ad = |item: Stored| {
            let (listing, saved) = ads.remove(&item.listing_id.0).unzip();
            Self { item, listing, saved }
        };
        Ok(rows.into_iter().map(with_ad).collect())
    }
}
