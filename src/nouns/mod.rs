//! Each noun as programs see it: its fields in and out, its filters and orders, over `db`. The API, exports, imports and
//! the document are all made from this.

pub mod api_tokens;
pub mod channels;
pub mod comps;
pub mod cross_posts;
pub mod feeds;
pub mod fields;
pub mod listing_scores;
pub mod listings;
pub mod marketplace_accounts;
pub mod my_items;
pub mod notifications;
pub mod orders;
pub mod page_choices;
pub mod params;
pub mod photos;
pub mod search;
pub mod searches;
pub mod shape;
pub mod snap_jobs;
pub mod user_prefs;
pub mod watchlist_items;
pub mod worth;

use std::future::Future;

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    db::owned::Owned,
    error::Result,
    model::{id::UserId, money::Currency},
};
use fields::Fields;
use params::Params;

/// A noun of the API.
pub trait Noun: 'static {
    /// One of it, in words: `order`.
    const ONE: &'static str;
    /// Many of it, as addresses and files are named: `orders`.
    const MANY: &'static str;
    /// What it is, in a sentence for the document.
    const ABOUT: &'static str;
    /// The tables that its statements touch.
    const TABLES: &'static [&'static str];
    /// Whether one comes with a file: making and removing it then have handlers of their own.
    const IS_UPLOADED: bool = false;

    /// How it is stored.
    type Row: Owned;
    /// One of a list.
    type View: From<Self::Row> + Serialize + JsonSchema;
    /// One by itself, with what belongs to it.
    type Whole: Serialize + JsonSchema;

    /// Reads a body. Every field is asked for on every call: that is how the document knows them.
    fn read(fields: &mut Fields<'_>) -> <Self::Row as Owned>::Fields;

    /// Keeps the faults that need more than one field to see, and adds what follows from the given. `stored` is the
    /// row that changes, locked.
    fn check(
        _: &mut Fields<'_>,
        _given: &mut <Self::Row as Owned>::Fields,
        _stored: Option<&Self::Row>,
    ) {
    }

    /// Reads the filters of a list. Every parameter is asked for on every call.
    fn filter(params: &mut Params) -> <Self::Row as Owned>::Filter;

    /// What follows from a row that was made, changed or removed, in the same transaction.
    fn followed(
        _: &mut AsyncPgConnection,
        _: UserId,
        _now: DateTime<Utc>,
    ) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// What belongs to a row, in a fixed number of statements.
    fn whole(
        conn: &mut AsyncPgConnection,
        user: UserId,
        row: Self::Row,
    ) -> impl Future<Output = Result<Self::Whole>> + Send;

    /// For a list that its words have left empty: the same search as it may have been meant, if something like it would
    /// find anything. The outer `None` says that no words were given.
    fn did_you_mean(
        _: &mut AsyncPgConnection,
        _: UserId,
        _: &<Self::Row as Owned>::Filter,
    ) -> impl Future<Output = Result<Option<Option<String>>>> + Send {
        async { Ok(None) }
    }

    /// The currency of a row's amounts, where there is one.
    fn currency(_: &Self::Row) -> Option<Currency> {
        None
    }
}

/// Something that is done with every noun.
pub trait Visitor {
    /// Does it with one.
    fn visit<N: Noun>(&mut self);
}

/// The list of nouns, each after those that it refers to.
pub fn each(visitor: &mut impl Visitor) {
    visitor.visit::<user_prefs::AllUserPrefs>();
    visitor.visit::<channels::Channels>();
    visitor.visit::<feeds::Feeds>();
    visitor.visit::<page_choices::PageChoices>();
    visitor.visit::<searches::Searches>();
    visitor.visit::<listings::Listings>();
    visitor.visit::<comps::Comps>();
    visitor.visit::<listing_scores::ListingScores>();
    visitor.visit::<watchlist_items::WatchlistItems>();
    visitor.visit::<my_items::MyItems>();
    visitor.visit::<marketplace_accounts::MarketplaceAccounts>();
    visitor.visit::<cross_posts::CrossPosts>();
    visitor.visit::<orders::Orders>();
    visitor.visit::<snap_jobs::SnapJobs>();
    visitor.visit::<photos::Photos>();
    visitor.visit::<notifications::Notifications>();
}
