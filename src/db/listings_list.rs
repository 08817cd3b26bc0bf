//! Listing ads page by page: filters, words, orders, and pages whose cost does not depend on their depth.

mod few;
mod filter;
mod walk;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

pub use self::filter::Filter;
use self::filter::filtered;
use super::{
    keyset::After,
    listings_view::Scored,
    owned::{self, By},
    price_key,
    schema::listings,
    words::{self, Found, Searched},
};
use crate::model::id::{ListingId, UserId};

/// What a list of ads can be ordered by. Ties are broken by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// How good a deal; ads without a score last.
    Score,
    /// The price, by currency first; ads without a price last.
    Price,
    /// When it was first stored.
    CreatedAt,
    /// When it last changed.
    UpdatedAt,
    /// How well it fits the words, among the [`words::MOST_CANDIDATES`] newest ads that have them. Without words it
    /// goes by the time.
    Relevance,
}

impl owned::Sort for Sort {
    const ALL: &'static [Self] =
        &[Self::Score, Self::Price, Self::CreatedAt, Self::UpdatedAt, Self::Relevance];

    fn key(self) -> &'static str {
        match self {
            Self::Score => "score",
            Self::Price => "price",
            Self::CreatedAt => "created_at",
            Self::UpdatedAt => "updated_at",
            Self::Relevance => "relevance",
        }
    }

    fn is_by_time(self) -> bool {
        matches!(self, Self::CreatedAt | Self::UpdatedAt)
    }
}

impl Sort {
    /// Where `row` stands in this order.
    pub fn position(self, row: &Scored) -> After {
        let ad = &row.listing;
        let price = ad.price_amount.map(|amount| price_key::key(ad.currency, amount));
        let created = ad.created_at.timestamp_micros();
        let key = match self {
            Self::Score => row.value.map(i64::from),
            Self::Price => price,
            Self::CreatedAt => Some(created),
            Self::UpdatedAt => Some(ad.updated_at.timestamp_micros()),
            Self::Relevance => Some(row.rank.unwrap_or(created)),
        };
        place(key, created, ad.id.0)
    }
}

/// What has no key stands at the end, by its time.
fn place(key: Option<i64>, created: i64, id: i64) -> After {
    After { rest: key.is_none(), key: key.unwrap_or(created), id }
}

/// At most `limit` ads of `user` in an order, from just after `after`.
pub async fn list(
    conn: &AsyncPgConnection,
    user: UserId,
    filter: &Filter,
    by: By<Sort>,
    after: Option<After>,
    limit: i64,
) -> QueryResult<Vec<Scored>> {
    let Some(words) = &filter.words else {
        return walk::list(conn, user, filter, None, by, after, limit).await;
    };
    match words::seek(conn, user, Searched::Listings, words).await? {
        Found::Nothing => Ok(Vec::new()),
        Found::Few { query, ids } => {
            few::list(conn, user, filter, &query, &ids, by, after, limit).await
        }
        Found::Many { query } if by.sort == Sort::Relevance => {
            let newest = walk::newest_ids(conn, user, filter, &query).await?;
            few::list(conn, user, filter, &query, &newest, by, after, limit).await
        }
        Found::Many { query } => {
            walk::list(conn, user, filter, Some(&query), by, after, limit).await
        }
    }
}

/// How many ads of `user` the filter finds.
pub async fn count(
    mut conn: &AsyncPgConnection,
    user: UserId,
    filter: &Filter,
) -> QueryResult<i64> {
    let Some(query) = counted(conn, user, filter).await? else { return Ok(0) };
    query.select(diesel::dsl::count_star()).first(&mut conn).await
}

/// How many ads of `user` the filter finds; counts no further than `most`.
pub async fn count_to(
    mut conn: &AsyncPgConnection,
    user: UserId,
    filter: &Filter,
    most: i64,
) -> QueryResult<i64> {
    let Some(query) = counted(conn, user, filter).await? else { return Ok(0) };
    // Without words the index of the time gives them one by one; those that have words are found together.
    let query = if filter.words.is_none() {
        query.order((listings::created_at.desc(), listings::id.desc()))
    } else {
        query
    };
    let ids: Vec<ListingId> = query.select(listings::id).limit(most).load(&mut conn).await?;
    Ok(i64::try_from(ids.len()).unwrap_or(most))
}

/// What is to be counted; `None` when nothing has the words.
async fn counted<'a>(
    conn: &AsyncPgConnection,
    user: UserId,
    filter: &'a Filter,
) -> QueryResult<Option<filter::Query<'a>>> {
    let mine = filtered(user, filter);
    let Some(words) = &filter.words else { return Ok(Some(mine)) };
    Ok(match words::seek(conn, user, Searched::Listings, words).await? {
        Found::Nothing => None,
        Found::Few { ids, .. } => Some(filter::one_of(mine, &ids)),
        // Exclusions are found by going through all, words by their index.
        Found::Many { query } if words.only_excludes() => Some(filter::fitting(mine, &query)),
        Found::Many { query } => Some(filter::having(mine, &query)),
    })
}
