//! The few ads that have the words, put in order by their keys, and the rows of one page.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{
    super::{
        candidates,
        keyset::After,
        listings_view::{ListingRow, ScoreRow, Scored},
        owned::By,
        price_key,
        schema::{listing_scores, listings},
    },
    Sort,
    filter::{Filter, filtered, one_of},
    place,
};
use crate::model::{
    id::{ListingId, UserId},
    money::Currency,
};

/// How fine ranks are told apart.
const RANK: &str = "::tsquery, 1) * 1000000)::bigint";

type Keys = (ListingId, DateTime<Utc>, DateTime<Utc>, Currency, Option<i64>, Option<i32>, i64);

/// At most `limit` of the ads with these ids that the filter finds, from just after `after`. `words` is the search as
/// PostgreSQL writes it, to rank by.
#[expect(clippy::too_many_arguments, reason = "one list with all that it depends on")]
pub(super) async fn list(
    mut conn: &AsyncPgConnection,
    user: UserId,
    filter: &Filter,
    words: &str,
    ids: &[i64],
    by: By<Sort>,
    after: Option<After>,
    limit: i64,
) -> QueryResult<Vec<Scored>> {
    // A word in the title counts more than one in the description, words close together more than far apart.
    let rank = sql::<BigInt>("(ts_rank_cd(listings.words, ").bind::<Text, _>(words).sql(RANK);
    let found: Vec<Keys> = one_of(filtered(user, filter), ids)
        .select((
            listings::id,
            listings::created_at,
            listings::updated_at,
            listings::currency,
            listings::price_amount,
            listing_scores::value.nullable(),
            rank,
        ))
        .load(&mut conn)
        .await?;
    let places = found.iter().map(|keys| position(by.sort, keys)).collect();
    let places = candidates::page(places, by.down, after, limit);
    let ids: Vec<i64> = places.iter().map(|place| place.id).collect();
    let rows: Vec<(ListingRow, Option<ScoreRow>)> = one_of(filtered(user, filter), &ids)
        .select((ListingRow::as_select(), Option::<ScoreRow>::as_select()))
        .load(&mut conn)
        .await?;
    let rows = rows.into_iter().map(Scored::from).collect();
    let mut rows = candidates::in_order(&places, rows, |row: &Scored| row.listing.id, ListingId);
    if by.sort == Sort::Relevance {
        for row in &mut rows {
            let place = places.iter().find(|place| place.id == row.listing.id.0);
            row.rank = place.map(|place| place.key);
        }
    }
    Ok(rows)
}

fn position(sort: Sort, keys: &Keys) -> After {
    let (id, created_at, updated_at, currency, price, score, rank) = *keys;
    let created = created_at.timestamp_micros();
    let key = match sort {
        Sort::Score => score.map(i64::from),
        Sort::Price => price.map(|amount| price_key::key(currency, amount)),
        Sort::CreatedAt => Some(created),
        Sort::UpdatedAt => Some(updated_at.timestamp_micros()),
        Sort::Relevance => Some(rank),
    };
    place(key, created, id.0)
}
