//! Scores of ads as rows: those that are worked out, and the ratings of people's own.

use chrono::{DateTime, Utc};
use diesel::{dsl::IntoBoxed, pg::Pg, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{
    completed::Completed,
    json::Json,
    listings_view::METRIC,
    owned::owned,
    schema::{listing_scores, listings},
};
use crate::model::id::{ListingId, ListingScoreId, UserId};

/// The metric that the program works out.
pub const WORKED_OUT: &str = METRIC;

/// A stored score.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = listing_scores, check_for_backend(Pg))]
pub struct Stored {
    /// Its row.
    pub id: ListingScoreId,
    /// The ad.
    pub listing_id: ListingId,
    /// What is rated.
    pub metric: String,
    /// 0 to 100, higher is better; `None` says that too little is known.
    pub value: Option<i32>,
    /// Why.
    #[diesel(deserialize_as = Json)]
    pub parts: serde_json::Value,
    /// When the row was made.
    pub created_at: DateTime<Utc>,
    /// When the row last changed.
    pub updated_at: DateTime<Utc>,
}

/// A stored score. When one that is worked out is removed, its ad is due to be scored again.
#[derive(Debug, Clone)]
pub struct ListingScore(pub Stored);

/// What can be written of a score.
#[derive(Debug, Default, Insertable, AsChangeset)]
#[diesel(table_name = listing_scores)]
#[expect(missing_docs, reason = "the columns of Stored")]
pub struct ListingScoreFields {
    pub listing_id: Option<ListingId>,
    pub metric: Option<String>,
    pub value: Option<i32>,
    pub parts: Option<serde_json::Value>,
}

/// Which scores are wanted. Empty means all of the user's.
#[derive(Debug, Default)]
pub struct Filter {
    /// Of this ad.
    pub listing_id: Option<ListingId>,
    /// Of this kind.
    pub metric: Option<String>,
    /// So high or higher.
    pub min_value: Option<i32>,
    /// So high or lower.
    pub max_value: Option<i32>,
}

owned! {
    listing_scores: Stored(ListingScoreId), ListingScoreFields, Filter, filtered;
    sorts {
        CreatedAt = "created_at": created_at as time,
        UpdatedAt = "updated_at": updated_at as time,
    }
}

fn filtered<'a>(
    mut query: IntoBoxed<'a, listing_scores::table, Pg>,
    filter: &'a Filter,
) -> IntoBoxed<'a, listing_scores::table, Pg> {
    if let Some(listing) = filter.listing_id {
        query = query.filter(listing_scores::listing_id.eq(listing));
    }
    if let Some(metric) = &filter.metric {
        query = query.filter(listing_scores::metric.eq(metric));
    }
    if let Some(least) = filter.min_value {
        query = query.filter(listing_scores::value.ge(least));
    }
    if let Some(most) = filter.max_value {
        query = query.filter(listing_scores::value.le(most));
    }
    query
}

impl Completed for ListingScore {
    type Base = Stored;

    fn base(&self) -> &Stored {
        &self.0
    }

    async fn complete(
        _: &mut AsyncPgConnection,
        _: UserId,
        rows: Vec<Stored>,
    ) -> QueryResult<Vec<Self>> {
        Ok(rows.into_iter().map(Self).collect())
    }

    /// The ad first, as the worker does that writes scores.
    async fn locking(
        conn: &mut AsyncPgConnection,
        user: UserId,
        id: ListingScoreId,
    ) -> QueryResult<()> {
        let score = listing_scores::table
            .filter(listing_scores::user_id.eq(user).and(listing_scores::id.eq(id)))
            .select(listing_scores::listing_id);
        listings::table
            .filter(listings::user_id.eq(user).and(listings::id.eq_any(score)))
            .select(listings::id)
            .for_no_key_update()
            .execute(conn)
            .await
            .map(|_| ())
    }

    async fn removing(
        conn: &mut AsyncPgConnection,
        user: UserId,
        id: ListingScoreId,
    ) -> QueryResult<()> {
        let score = listing_scores::table
            .filter(listing_scores::user_id.eq(user).and(listing_scores::id.eq(id)))
            .filter(listing_scores::metric.eq(WORKED_OUT))
            .select(listing_scores::listing_id);
        let ad = listings::table.filter(listings::user_id.eq(user).and(listings::id.eq_any(score)));
        diesel::update(ad)
            .set(listings::score_due_at.eq(diesel::dsl::now))
            .execute(conn)
            .await
            .map(|_| ())
    }
}
