//! Watchlist items: ads that a person keeps an eye on, or does not want to see again.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Noun,
    fields::Fields,
    params::Params,
    shape::{id, one_of, text, time, whole},
};
use crate::{
    db::watchlist_items::{Filter, Saved, Watched, WatchlistItem, WatchlistItemFields},
    error::Result,
    model::{
        id::{ListingId, UserId, WatchlistItemId},
        money::{Currency, Money},
        watchlist_item::WatchlistStatus,
    },
};

/// The noun.
#[derive(Debug)]
pub struct WatchlistItems;

/// An ad that a person keeps an eye on.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "WatchlistItem")]
pub struct View {
    id: WatchlistItemId,
    listing_id: ListingId,
    status: WatchlistStatus,
    snoozed_until: Option<DateTime<Utc>>,
    /// Tell when the price is at most this.
    target: Option<Money>,
    /// Tell when the price has fallen by so many percent since it was last told.
    drop_percent: Option<i32>,
    /// The price that was last told.
    told: Option<Money>,
    note: String,
    /// The ad as it is.
    listing: Option<Ad>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// What an item shows of its ad.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "WatchedListing")]
pub struct Ad {
    title: String,
    /// Null when it is not known.
    price: Option<Money>,
    /// Whether it can still be bought.
    available: bool,
}

/// An ad that a person keeps an eye on, with what it cost when it came on the list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "WholeWatchlistItem")]
pub struct Whole {
    #[serde(flatten)]
    item: View,
    /// When the ad came on the list; null of what was never wanted.
    saved_at: Option<DateTime<Utc>>,
    /// Its price then; null when it was not known.
    saved_price: Option<Money>,
}

impl From<WatchlistItem> for Whole {
    fn from(row: WatchlistItem) -> Self {
        let saved_at = row.saved.as_ref().and_then(|saved| saved.saved_at);
        let saved_price = row.saved.as_ref().and_then(Saved::price);
        Self { item: row.into(), saved_at, saved_price }
    }
}

impl From<Watched> for Ad {
    fn from(row: Watched) -> Self {
        Self {
            title: row.title,
            price: row.price_amount.map(|amount| Money::new(amount, row.currency)),
            available: row.available,
        }
    }
}

impl From<WatchlistItem> for View {
    fn from(WatchlistItem { item, listing, .. }: WatchlistItem) -> Self {
        let money = |amount| Money::new(amount, item.currency);
        Self {
            id: item.id,
            listing_id: item.listing_id,
            status: item.status,
            snoozed_until: item.snoozed_until,
            target: item.target_amount.map(money),
            drop_percent: item.drop_percent,
            told: item.told_amount.map(money),
            note: item.note,
            listing: listing.map(Into::into),
            created_at: item.created_at,
            updated_at: item.updated_at,
        }
    }
}

impl Noun for WatchlistItems {
    const ONE: &'static str = "watchlist item";
    const MANY: &'static str = "watchlist-items";
    const ABOUT: &'static str = "Ads that a person keeps an eye on, or does not want to see again.";
    const TABLES: &'static [&'static str] = &["watchlist_items", "listings"];

    type Row = WatchlistItem;
    type View = View;
    type Whole = Whole;

    fn read(fields: &mut Fields<'_>) -> WatchlistItemFields {
        WatchlistItemFields {
            listing_id: fields.need("listing_id", id()),
            status: fields.may("status", one_of()),
            snoozed_until: fields.nullable("snoozed_until", time()),
            target_amount: fields.nullable_amount("target"),
            drop_percent: fields.nullable("drop_percent", whole(1..=99)),
            told_amount: None,
            currency: fields.currency(),
            note: fields.may("note", text(0..=2000)),
        }
    }

    fn check(_: &mut Fields<'_>, given: &mut WatchlistItemFields, stored: Option<&WatchlistItem>) {
        // What was told in another currency compares with nothing.
        if given.currency.is_some() && given.currency != stored.map(|row| row.item.currency) {
            given.told_amount = Some(None);
        }
    }

    fn filter(params: &mut Params) -> Filter {
        Filter {
            status: params.take("status", one_of()),
            listing_id: params.take("listing_id", id()),
        }
    }

    async fn whole(_: &mut AsyncPgConnection, _: UserId, row: WatchlistItem) -> Result<Whole> {
        Ok(row.into())
    }

    fn currency(row: &WatchlistItem) -> Option<Currency> {
        row.item.target_amount.map(|_| row.item.currency)
    }
}
