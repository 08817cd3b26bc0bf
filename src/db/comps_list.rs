//! Listing comparables page by page, and one of them.

use chrono::{DateTime, Utc};
use diesel::{dsl, pg::Pg, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{
    keyset::{After, contains_each_word},
    schema::comps,
};
use crate::model::{
    comp::Basis,
    condition::Condition,
    id::{CompId, UserId},
    kind::Kind,
    money::{Currency, Money},
};

/// A stored comparable, whole.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = comps, check_for_backend(Pg))]
pub struct CompRow {
    /// Its row.
    pub id: CompId,
    /// Where it was sold.
    pub source: String,
    /// Its id there.
    pub source_id: String,
    /// The title.
    pub title: String,
    /// What was really sold.
    pub kind: Kind,
    /// Sold or asking.
    pub basis: Basis,
    /// The price without shipping, in minor units.
    pub price_amount: i64,
    /// What the buyer paid for shipping; `None` when it is not known.
    pub shipping_amount: Option<i64>,
    /// The currency of both.
    pub currency: Currency,
    /// How worn it was.
    pub condition: Option<Condition>,
    /// The marketplace's own category.
    pub category: Option<String>,
    /// Where people can see it.
    pub url: Option<String>,
    /// What else the source tells.
    pub details: serde_json::Value,
    /// When it was sold, or seen.
    pub observed_at: DateTime<Utc>,
    /// When it was first stored.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl CompRow {
    /// What the buyer paid in all.
    pub fn total(&self) -> Money {
        let shipping = self.shipping_amount.unwrap_or(0);
        Money::new(self.price_amount.saturating_add(shipping), self.currency)
    }
}

/// The order of a list of comparables, by when they were sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Latest first.
    #[default]
    Latest,
    /// Earliest first.
    Earliest,
}

impl Sort {
    /// Every order.
    pub const ALL: [Self; 2] = [Self::Latest, Self::Earliest];

    /// The key that the API uses.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Latest => "-observed_at",
            Self::Earliest => "observed_at",
        }
    }

    /// The order with that key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.key() == key)
    }
}

/// Which comparables are wanted. Empty means all of the user's.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Each must stand in the title, in any letter case.
    pub words: Vec<String>,
    /// The marketplace's own category.
    pub category: Option<String>,
    /// How worn.
    pub condition: Option<Condition>,
    /// What was really sold.
    pub kind: Option<Kind>,
    /// Sold or asking.
    pub basis: Option<Basis>,
    /// The source.
    pub source: Option<String>,
    /// The currency.
    pub currency: Option<Currency>,
}

/// At most `limit` comparables of `user`, from just after `after`.
pub async fn list(
    mut conn: &AsyncPgConnection,
    user: UserId,
    filter: &Filter,
    sort: Sort,
    after: Option<After>,
    limit: i64,
) -> QueryResult<Vec<CompRow>> {
    use comps::{id, observed_at};
    let mut query = filtered(user, filter);
    let start = after.and_then(|after| Some((after.time()?, CompId(after.id))));
    // le and ge stand beside each tie-break so that the index starts at the cursor.
    query = match (sort, start) {
        (Sort::Latest, Some((at, last))) => {
            query.filter(observed_at.le(at)).filter(observed_at.lt(at).or(id.lt(last)))
        }
        (Sort::Earliest, Some((at, last))) => {
            query.filter(observed_at.ge(at)).filter(observed_at.gt(at).or(id.gt(last)))
        }
        (_, None) => query,
    };
    query = match sort {
        Sort::Latest => query.order((observed_at.desc(), id.desc())),
        Sort::Earliest => query.order((observed_at.asc(), id.asc())),
    };
    query.select(CompRow::as_select()).limit(limit).load(&mut conn).await
}

/// How many comparables of `user` the filter finds.
pub async fn count(
    mut conn: &AsyncPgConnection,
    user: UserId,
    filter: &Filter,
) -> QueryResult<i64> {
    filtered(user, filter).count().get_result(&mut conn).await
}

/// One comparable of `user`.
pub async fn find(
    mut conn: &AsyncPgConnection,
    user: UserId,
    id: CompId,
) -> QueryResult<Option<CompRow>> {
    comps::table
        .filter(comps::user_id.eq(user).and(comps::id.eq(id)))
        .select(CompRow::as_select())
        .first(&mut conn)
        .await
        .optional()
}

/// Where people can see each of `ids`, as far as known.
pub async fn urls(
    mut conn: &AsyncPgConnection,
    user: UserId,
    ids: &[CompId],
) -> QueryResult<Vec<(CompId, Option<String>)>> {
    comps::table
        .filter(comps::user_id.eq(user).and(comps::id.eq_any(ids)))
        .select((comps::id, comps::url))
        .load(&mut conn)
        .await
}

fn filtered(user: UserId, filter: &Filter) -> dsl::IntoBoxed<'_, comps::table, Pg> {
    let mut query = comps::table.into_boxed().filter(comps::user_id.eq(user));
    for pattern in contains_each_word(&filter.words) {
        query = query.filter(comps::title.ilike(pattern));
    }
    if let Some(category) = &filter.category {
        query = query.filter(comps::category.eq(category));
    }
    if let Some(condition) = filter.condition {
        query = query.filter(comps::condition.eq(condition));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(comps::kind.eq(kind));
    }
    if let Some(basis) = filter.basis {
        query = query.filter(comps::basis.eq(basis));
    }
    if let Some(source) = &filter.source {
        query = query.filter(comps::source.eq(source));
    }
    if let Some(currency) = filter.currency {
        query = query.filter(comps::currency.eq(currency));
    }
    query
}
