//! What a person thinks of ads: looked up for a page of them, said of one, and taken back.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::{
    pg::Pg,
    prelude::*,
    sql_types::{Array, BigInt, Text, Timestamptz},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::{
    listings_view::{self, ListingRow, Scored},
    my_items::{MyItem, MyItemFields},
    owned::Owned,
    schema::{listings, my_items, user_prefs, watchlist_items},
    watchlist_items::{Stored, WatchlistItem, WatchlistItemFields},
};
use crate::model::{
    id::{ListingId, MyItemId, UserId, WatchlistItemId},
    money::{Currency, Money},
    watchlist_item::{Standing, WatchlistStatus},
};

/// What `user` has said of these ads.
pub async fn of_listings(
    mut conn: &AsyncPgConnection,
    user: UserId,
    ids: &[ListingId],
) -> QueryResult<HashMap<ListingId, Stored>> {
    let rows: Vec<Stored> = watchlist_items::table
        .filter(watchlist_items::user_id.eq(user).and(watchlist_items::listing_id.eq_any(ids)))
        .select(Stored::as_select())
        .load(&mut conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.listing_id, row)).collect())
}

/// The time zone of `user`, as the time-zone database names it.
pub async fn time_zone(mut conn: &AsyncPgConnection, user: UserId) -> QueryResult<Option<String>> {
    let zone = user_prefs::table.filter(user_prefs::user_id.eq(user)).select(user_prefs::time_zone);
    zone.first(&mut conn).await.optional()
}

/// How many ads of `user` have each status.
pub async fn counts(
    mut conn: &AsyncPgConnection,
    user: UserId,
) -> QueryResult<Vec<(WatchlistStatus, i64)>> {
    watchlist_items::table
        .filter(watchlist_items::user_id.eq(user))
        .group_by(watchlist_items::status)
        .select((watchlist_items::status, diesel::dsl::count_star()))
        .load(&mut conn)
        .await
}

/// What became of an ad's standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    /// How it stood before.
    pub before: Standing,
    /// What was made of it when it was bought just now.
    pub made: Option<MyItemId>,
}

/// Says how an ad of `user` stands from now on; buying it makes a thing owned. `None` when there is no such ad.
pub async fn set_standing(
    conn: &mut AsyncPgConnection,
    user: UserId,
    listing: ListingId,
    standing: Standing,
    now: DateTime<Utc>,
) -> QueryResult<Option<Changed>> {
    conn.transaction(async |conn| {
        if !hold(conn, user, listing).await? {
            return Ok(None);
        }
        let item = find(conn, user, listing).await?;
        if let Some(item) = &item
            && (item.status, standing) == (WatchlistStatus::Ignored, Standing::Saved)
        {
            begin_anew(conn, user, item.id).await?;
        }
        let made = put(conn, user, listing, standing, item.as_ref(), now).await?;
        let before = item.as_ref().map(Stored::standing).unwrap_or_default();
        Ok(Some(Changed { before, made }))
    })
    .await
}

/// Who has changed their mind about an ad that they ignored watches it from the present price on.
async fn begin_anew(
    conn: &mut AsyncPgConnection,
    user: UserId,
    id: WatchlistItemId,
) -> QueryResult<()> {
    use watchlist_items::{saved_at, told_amount, user_id};
    diesel::update(watchlist_items::table.filter(user_id.eq(user).and(watchlist_items::id.eq(id))))
        .set((saved_at.eq(None::<DateTime<Utc>>), told_amount.eq(None::<i64>)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Stores a standing, and tells what was made of the ad when it was bought just now.
async fn put(
    conn: &mut AsyncPgConnection,
    user: UserId,
    listing: ListingId,
    standing: Standing,
    item: Option<&Stored>,
    now: DateTime<Utc>,
) -> QueryResult<Option<MyItemId>> {
    let Some((status, snoozed_until)) = standing.stored() else {
        if let Some(item) = item {
            WatchlistItem::delete(conn, user, item.id).await?;
        }
        return Ok(None);
    };
    let fields = WatchlistItemFields {
        status: Some(status),
        snoozed_until: Some(snoozed_until),
        ..WatchlistItemFields::default()
    };
    write(conn, user, listing, item, fields).await?;
    Ok(match status {
        WatchlistStatus::Bought => own(conn, user, listing, now).await?.1,
        _ => None,
    })
}

/// Puts back how an ad stood, and takes away the thing that was made when it was bought, as long as nobody has done
/// anything with that.
pub async fn undo(
    conn: &mut AsyncPgConnection,
    user: UserId,
    listing: ListingId,
    before: Standing,
    made: Option<MyItemId>,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    conn.transaction(async |conn| {
        if let Some(made) = made {
            let untouched = my_items::table.filter(
                my_items::user_id
                    .eq(user)
                    .and(my_items::id.eq(made))
                    .and(my_items::listing_id.eq(listing))
                    .and(my_items::updated_at.eq(my_items::created_at)),
            );
            let is_used = diesel::dsl::sql::<diesel::sql_types::Bool>(
                "EXISTS (SELECT FROM cross_posts c WHERE c.user_id = my_items.user_id AND c.my_item_id = my_items.id)
                 OR EXISTS (SELECT FROM photos p WHERE p.user_id = my_items.user_id AND p.my_item_id = my_items.id)",
            );
            diesel::delete(untouched.filter(diesel::dsl::not(is_used))).execute(conn).await?;
        }
        if !hold(conn, user, listing).await? {
            return Ok(false);
        }
        let item = find(conn, user, listing).await?;
        put(conn, user, listing, before, item.as_ref(), now).await?;
        Ok(true)
    })
    .await
}

/// When to tell of a watched ad, and the person's own words.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// Tell when the price is at most this.
    pub target: Option<Money>,
    /// Tell when the price has fallen by so many percent.
    pub drop_percent: Option<i32>,
    /// The person's own words.
    pub note: String,
}

/// Stores when to tell of an ad of `user`, which is saved with that when nothing was said of it before. False when
/// there is no such ad.
pub async fn set_terms(
    conn: &mut AsyncPgConnection,
    user: UserId,
    listing: ListingId,
    terms: Terms,
) -> QueryResult<bool> {
    conn.transaction(async |conn| {
        if !hold(conn, user, listing).await? {
            return Ok(false);
        }
        let item = find(conn, user, listing).await?;
        let currency = terms.target.map(|target| target.currency);
        // What was told in another currency compares with nothing.
        let is_other = currency.is_some() && currency != item.as_ref().map(|item| item.currency);
        let fields = WatchlistItemFields {
            target_amount: Some(terms.target.map(|target| target.amount)),
            drop_percent: Some(terms.drop_percent),
            told_amount: is_other.then_some(None),
            currency,
            note: Some(terms.note),
            ..WatchlistItemFields::default()
        };
        write(conn, user, listing, item.as_ref(), fields).await?;
        Ok(true)
    })
    .await
}

/// Marks a watchlist item as bought and makes the thing owned of it; one that was made of the same ad before is it.
/// `None` when there is no such item.
pub async fn buy(
    conn: &mut AsyncPgConnection,
    user: UserId,
    id: WatchlistItemId,
    now: DateTime<Utc>,
) -> QueryResult<Option<MyItem>> {
    let Some(item) = Stored::find(conn, user, id).await? else { return Ok(None) };
    if !hold(conn, user, item.listing_id).await? {
        return Ok(None);
    }
    let fields = WatchlistItemFields {
        status: Some(WatchlistStatus::Bought),
        snoozed_until: Some(None),
        ..WatchlistItemFields::default()
    };
    if item.status != WatchlistStatus::Bought
        && WatchlistItem::update(conn, user, id, &fields).await?.is_none()
    {
        return Ok(None);
    }
    Ok(Some(own(conn, user, item.listing_id, now).await?.0))
}

/// Keeps others from saying something of the same ad until the transaction ends. False when there is no such ad.
async fn hold(conn: &mut AsyncPgConnection, user: UserId, listing: ListingId) -> QueryResult<bool> {
    let held: Option<ListingId> = listings::table
        .filter(listings::user_id.eq(user).and(listings::id.eq(listing)))
        .select(listings::id)
        .for_no_key_update()
        .first(conn)
        .await
        .optional()?;
    Ok(held.is_some())
}

async fn find(
    conn: &mut AsyncPgConnection,
    user: UserId,
    listing: ListingId,
) -> QueryResult<Option<Stored>> {
    Ok(of_listings(conn, user, &[listing]).await?.remove(&listing))
}

async fn write(
    conn: &mut AsyncPgConnection,
    user: UserId,
    listing: ListingId,
    item: Option<&Stored>,
    fields: WatchlistItemFields,
) -> QueryResult<()> {
    if let Some(item) = item {
        WatchlistItem::update(conn, user, item.id, &fields).await?;
    } else {
        let fields = WatchlistItemFields { listing_id: Some(listing), ..fields };
        WatchlistItem::insert(conn, user, &fields).await?;
    }
    Ok(())
}

/// The thing that was made of an ad, and its id when it was made just now. It cost what the ad asked, with shipping.
async fn own(
    conn: &mut AsyncPgConnection,
    user: UserId,
    listing: ListingId,
    now: DateTime<Utc>,
) -> QueryResult<(MyItem, Option<MyItemId>)> {
    let known: Option<MyItem> = my_items::table
        .filter(my_items::user_id.eq(user).and(my_items::listing_id.eq(listing)))
        .order(my_items::id.asc())
        .select(MyItem::as_select())
        .first(conn)
        .await
        .optional()?;
    if let Some(known) = known {
        return Ok((known, None));
    }
    let ad: ListingRow = listings::table
        .filter(listings::user_id.eq(user).and(listings::id.eq(listing)))
        .select(ListingRow::as_select())
        .first(conn)
        .await?;
    let fields = MyItemFields {
        listing_id: Some(Some(listing)),
        cost_amount: Some(ad.total().map(|total| total.amount)),
        title: Some(ad.title),
        category: Some(ad.category),
        condition: Some(ad.condition),
        currency: Some(ad.currency),
        acquired_at: Some(Some(now)),
        ..MyItemFields::default()
    };
    let made = MyItem::insert(conn, user, &fields).await?;
    let id = made.id;
    Ok((made, Some(id)))
}

/// Ads of `user` with their scores, by id.
pub async fn ads(
    conn: &AsyncPgConnection,
    user: UserId,
    ids: &[ListingId],
) -> QueryResult<HashMap<ListingId, Scored>> {
    let found = listings_view::several(conn, user, ids).await?;
    Ok(found.into_iter().map(|scored| (scored.listing.id, scored)).collect())
}

#[derive(QueryableByName)]
#[diesel(check_for_backend(Pg))]
struct Point {
    #[diesel(sql_type = BigInt)]
    listing_id: ListingId,
    #[diesel(sql_type = BigInt)]
    price_amount: i64,
    #[diesel(sql_type = Text)]
    currency: Currency,
    #[diesel(sql_type = Timestamptz)]
    seen_at: DateTime<Utc>,
}

/// The latest 50 prices that each of these ads of `user` was seen at, oldest first.
pub async fn price_histories(
    mut conn: &AsyncPgConnection,
    user: UserId,
    ids: &[ListingId],
) -> QueryResult<HashMap<ListingId, Vec<(DateTime<Utc>, Money)>>> {
    let points: Vec<Point> = diesel::sql_query(
        "SELECT p.listing_id, p.price_amount, p.currency, p.seen_at
         FROM listings l CROSS JOIN LATERAL (
             SELECT * FROM price_points WHERE listing_id = l.id ORDER BY seen_at DESC LIMIT 50
         ) p
         WHERE l.user_id = $1 AND l.id = ANY($2)
         ORDER BY p.listing_id, p.seen_at",
    )
    .bind::<BigInt, _>(user)
    .bind::<Array<BigInt>, _>(ids)
    .load(&mut conn)
    .await?;
    let mut histories: HashMap<ListingId, Vec<_>> = HashMap::new();
    for point in points {
        let price = Money::new(point.price_amount, point.currency);
        histories.entry(point.listing_id).or_default().push((point.seen_at, price));
    }
    Ok(histories)
}
