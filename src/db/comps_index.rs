//! Loading a user's comparables for estimates, and telling cheaply whether they have changed.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    pg::Pg,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Bool, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::schema::comps;
use crate::model::{
    comp::{Basis, Comp},
    condition::Condition,
    id::{CompId, UserId},
    kind::Kind,
    money::{Currency, Money},
};

/// The most comparables that are loaded for one user: the latest ones.
const MOST: i64 = 100_000;

/// What a user's comparables were at one moment: how many, and when they were changed, added up. Two equal versions mean
/// that nothing has changed between them, in whichever order transactions committed.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
#[diesel(check_for_backend(Pg))]
pub struct Version {
    #[diesel(sql_type = BigInt)]
    count: i64,
    #[diesel(sql_type = Text)]
    changes: String,
}

/// The version of a user's comparables, read from an index alone: about 15 ms for 100,000.
pub async fn version(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Version> {
    sql_query(
        "SELECT count(*) AS count, coalesce(sum(extract(epoch FROM updated_at)), 0)::text AS changes
         FROM comps WHERE user_id = $1",
    )
    .bind::<BigInt, _>(user)
    .get_result(conn)
    .await
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = comps, check_for_backend(Pg))]
struct Row {
    id: CompId,
    title: String,
    kind: Kind,
    basis: Basis,
    price_amount: i64,
    shipping_amount: Option<i64>,
    currency: Currency,
    condition: Option<Condition>,
    observed_at: DateTime<Utc>,
}

/// The latest comparables of a user, at most 100,000, latest first.
pub async fn load_latest(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Vec<Comp>> {
    let is_undated =
        diesel::dsl::sql::<Bool>("coalesce(details -> 'date_unknown' = 'true'::jsonb, FALSE)");
    let rows: Vec<(Row, bool)> = comps::table
        .filter(comps::user_id.eq(user))
        .order((comps::observed_at.desc(), comps::id.desc()))
        .limit(MOST)
        .select((Row::as_select(), is_undated))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(row, is_undated)| row.comp(!is_undated)).collect())
}

impl Row {
    fn comp(self, has_date: bool) -> Comp {
        let shipping = self.shipping_amount.unwrap_or(0);
        Comp {
            id: self.id,
            title: self.title,
            kind: self.kind,
            basis: self.basis,
            total: Money::new(self.price_amount.saturating_add(shipping), self.currency),
            condition: self.condition,
            observed_at: self.observed_at,
            has_date,
        }
    }
}
