//! Which ads are wanted, as conditions.

use diesel::{
    dsl::{self, sql},
    pg::Pg,
    prelude::*,
    sql_types::{BigInt, Bool, Text},
};

use super::super::{
    listings_view::METRIC,
    schema::{listing_scores, listings, watchlist_items},
};
use crate::model::{
    condition::Condition,
    id::{ListingId, UserId},
    kind::Kind,
    money::Currency,
    watchlist_item::WatchlistStatus,
    words::Words,
};

/// Which ads are wanted. Empty means all of the user's.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// What the title or the description must have.
    pub words: Option<Words>,
    /// The marketplace's own category.
    pub category: Option<String>,
    /// How worn.
    pub condition: Option<Condition>,
    /// What it really offers.
    pub kind: Option<Kind>,
    /// The source.
    pub source: Option<String>,
    /// The currency.
    pub currency: Option<Currency>,
    /// The least price, in minor units.
    pub min_price: Option<i64>,
    /// The highest price, in minor units.
    pub max_price: Option<i64>,
    /// The least score.
    pub min_score: Option<i32>,
    /// Whether it can still be bought.
    pub available: Option<bool>,
    /// Whether the person wants it out of sight: ignored, bought, or snoozed until later.
    pub hidden: Option<bool>,
    /// Whether the searches that brought it have dropped it, all of them. What is watched is dropped by none.
    pub dropped: Option<bool>,
    /// What the person thinks of it.
    pub watched: Option<WatchlistStatus>,
}

type On = dsl::And<
    dsl::Eq<listing_scores::listing_id, listings::id>,
    dsl::Eq<listing_scores::metric, &'static str>,
>;
type Joined = dsl::LeftJoinOn<listings::table, listing_scores::table, On>;
/// Ads with their scores, under conditions.
pub(super) type Query<'a> = dsl::IntoBoxed<'a, Joined, Pg>;

/// The user's ads that the filter finds; its words are left to others.
pub(super) fn filtered(user: UserId, filter: &Filter) -> Query<'_> {
    let on = listing_scores::listing_id.eq(listings::id).and(listing_scores::metric.eq(METRIC));
    let mut query = listings::table
        .left_join(listing_scores::table.on(on))
        .filter(listings::user_id.eq(user))
        .into_boxed();
    if let Some(category) = &filter.category {
        query = query.filter(listings::category.eq(category));
    }
    if let Some(condition) = filter.condition {
        query = query.filter(listings::condition.eq(condition));
    }
    // These two stand as constants, so that the indexes that leave out the usual value can serve the rare ones.
    match filter.kind {
        Some(Kind::Item) => query = query.filter(listings::kind.eq(Kind::Item)),
        Some(kind) => {
            query = query
                .filter(listings::kind.eq(kind))
                .filter(sql::<Bool>("listings.kind <> 'item'"));
        }
        None => {}
    }
    match filter.available {
        Some(true) => query = query.filter(listings::available),
        Some(false) => query = query.filter(diesel::dsl::not(listings::available)),
        None => {}
    }
    if let Some(source) = &filter.source {
        query = query.filter(listings::source.eq(source));
    }
    if let Some(currency) = filter.currency {
        query = query.filter(listings::currency.eq(currency));
    }
    if let Some(least) = filter.min_price {
        query = query.filter(listings::price_amount.ge(least));
    }
    if let Some(most) = filter.max_price {
        query = query.filter(listings::price_amount.le(most));
    }
    if let Some(least) = filter.min_score {
        query = query.filter(listing_scores::value.ge(least));
    }
    // Few are hidden, so they are looked up once. Of the others each is asked for as the index of the order gives it:
    // OFFSET keeps the planner from reading the whole watchlist first.
    match filter.hidden {
        Some(true) => {
            let is_one = sql::<Bool>(
                "listings.id IN (SELECT listing_id FROM watchlist_items WHERE user_id = ",
            )
            .bind::<BigInt, _>(user);
            query = query.filter(is_one.sql(HIDDEN).sql(")"));
        }
        Some(false) => {
            let is_one = sql::<Bool>(
                "EXISTS (SELECT FROM watchlist_items WHERE listing_id = listings.id AND user_id = ",
            );
            let is_one = is_one.bind::<BigInt, _>(user).sql(HIDDEN);
            query = query.filter(is_one.sql(" OFFSET 0) IS NOT TRUE"));
        }
        None => {}
    }
    match filter.dropped {
        Some(true) => {
            let is_one =
                sql::<Bool>("listings.dropped AND EXISTS (SELECT FROM watchlist_items WHERE ")
                    .bind::<BigInt, _>(user);
            query = query.filter(is_one.sql(WATCHED).sql(" OFFSET 0) IS NOT TRUE"));
        }
        Some(false) => {
            let is_none = sql::<Bool>(
                "(listings.dropped IS NOT TRUE OR EXISTS (SELECT FROM watchlist_items WHERE ",
            );
            query = query.filter(is_none.bind::<BigInt, _>(user).sql(WATCHED).sql(" OFFSET 0))"));
        }
        None => {}
    }
    if let Some(status) = filter.watched {
        let watched = watchlist_items::table
            .filter(watchlist_items::user_id.eq(user).and(watchlist_items::status.eq(status)))
            .select(watchlist_items::listing_id);
        query = query.filter(listings::id.eq_any(watched));
    }
    query
}

/// What is watched is here for its own sake; begins behind the user.
const WATCHED: &str = " = user_id AND listing_id = listings.id AND status <> 'ignored'";

/// What is out of sight at present.
const HIDDEN: &str = " AND (status IN ('ignored', 'bought')
    OR status = 'snoozed' AND (snoozed_until IS NULL OR snoozed_until > now()))";

/// Only these of them.
pub(super) fn one_of<'a>(query: Query<'a>, ids: &[i64]) -> Query<'a> {
    query.filter(listings::id.eq_any(ids.iter().copied().map(ListingId).collect::<Vec<_>>()))
}

/// Only those that have the words, found by the words' index.
pub(super) fn having<'a>(query: Query<'a>, words: &str) -> Query<'a> {
    let has = sql::<Bool>("listings.words @@ (SELECT ").bind::<Text, _>(words.to_owned());
    query.filter(has.sql("::tsquery)"))
}

/// Only those that have the words, each looked at as it comes: written so that no index can serve it, and the one of
/// the order gives the rows.
pub(super) fn fitting<'a>(query: Query<'a>, words: &str) -> Query<'a> {
    let fits = sql::<Bool>("(listings.words @@ ").bind::<Text, _>(words.to_owned());
    query.filter(fits.sql("::tsquery) IS TRUE"))
}
