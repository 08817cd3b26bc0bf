//! Rows that belong to somebody. Each noun's statements are made by `owned!`, which puts the owner into every one of
//! them: a noun says what its rows are, never whose.

use std::{fmt, future::Future};

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;

use super::keyset::After;
use crate::model::id::UserId;

/// A row of one user, and the statements for it. What belongs to somebody else is not found.
pub trait Owned: Sized + Send + 'static {
    /// The table's name.
    const TABLE: &'static str;
    /// Its id.
    type Id: Copy + fmt::Display + Into<i64> + From<i64> + Send + 'static;
    /// What can be written: `None` leaves a column as it is, or to its default in a new row.
    type Fields: Send + Sync;
    /// Which rows are wanted.
    type Filter: Default + Send + Sync;
    /// What lists can be ordered by.
    type Sort: Sort;

    /// The row's id.
    fn id(&self) -> Self::Id;

    /// Where the row stands in an order.
    fn position(&self, sort: Self::Sort) -> After;

    /// Makes a row.
    fn insert(
        conn: &mut AsyncPgConnection,
        user: UserId,
        fields: &Self::Fields,
    ) -> impl Future<Output = QueryResult<Self>> + Send;

    /// One row.
    fn find(
        conn: &mut AsyncPgConnection,
        user: UserId,
        id: Self::Id,
    ) -> impl Future<Output = QueryResult<Option<Self>>> + Send;

    /// One row, which nobody else can change until the transaction ends.
    fn lock(
        conn: &mut AsyncPgConnection,
        user: UserId,
        id: Self::Id,
    ) -> impl Future<Output = QueryResult<Option<Self>>> + Send;

    /// Changes a row. `None` when there is none.
    fn update(
        conn: &mut AsyncPgConnection,
        user: UserId,
        id: Self::Id,
        fields: &Self::Fields,
    ) -> impl Future<Output = QueryResult<Option<Self>>> + Send;

    /// Removes a row, and tells whether there was one.
    fn delete(
        conn: &mut AsyncPgConnection,
        user: UserId,
        id: Self::Id,
    ) -> impl Future<Output = QueryResult<bool>> + Send;

    /// At most `limit` rows in an order, from just after `after`.
    fn list(
        conn: &mut AsyncPgConnection,
        user: UserId,
        filter: &Self::Filter,
        by: By<Self::Sort>,
        after: Option<After>,
        limit: i64,
    ) -> impl Future<Output = QueryResult<Vec<Self>>> + Send;

    /// How many rows the filter finds.
    fn count(
        conn: &mut AsyncPgConnection,
        user: UserId,
        filter: &Self::Filter,
    ) -> impl Future<Output = QueryResult<i64>> + Send;
}

/// What a list can be ordered by: columns that are never null. Ties are broken by id.
pub trait Sort: Copy + PartialEq + fmt::Debug + Send + Sync + 'static {
    /// Every one; the first is what a list goes by, downwards, when nothing is said.
    const ALL: &'static [Self];

    /// Its name in the API.
    fn key(self) -> &'static str;

    /// Whether it is a time.
    fn is_by_time(self) -> bool;
}

/// An order: by what, and which way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct By<S> {
    /// By what.
    pub sort: S,
    /// Highest or latest first.
    pub down: bool,
}

impl<S: Sort> By<S> {
    /// Every order.
    pub fn all() -> Vec<Self> {
        S::ALL.iter().flat_map(|&sort| [true, false].map(|down| Self { sort, down })).collect()
    }
}

impl<S: Sort> Default for By<S> {
    fn default() -> Self {
        Self { sort: S::ALL[0], down: true }
    }
}

/// As the API writes it: `-created_at`.
impl<S: Sort> fmt::Display for By<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.down { "-" } else { "" }, self.sort.key())
    }
}

/// Makes the statements of a noun. The table needs `id`, `user_id` and `updated_at`; `filtered` is a function of the
/// file that adds a filter's conditions to a boxed query, which has the owner's already.
///
/// ```text
/// owned! {
///     orders: Order(OrderId), OrderFields, Filter, filtered;
///     sorts { OrderedAt = "ordered_at": ordered_at as time, Total = "total": total_amount as number }
/// }
/// ```
macro_rules! owned {
    (
        $table:ident: $row:ident($id:ident), $fields:ident, $filter:ident, $filtered:ident;
        $($sorts:tt)+
    ) => {
        $crate::db::owned::sorts! { $table: $row; $($sorts)+ }

        impl $crate::db::owned::Owned for $row {
            const TABLE: &'static str = stringify!($table);
            type Id = $id;
            type Fields = $fields;
            type Filter = $filter;
            type Sort = Sort;

            fn id(&self) -> $id {
                self.id
            }

            fn position(&self, sort: Sort) -> $crate::db::keyset::After {
                $crate::db::keyset::After { rest: false, key: sort.key_of(self), id: self.id.0 }
            }

            async fn insert(
                conn: &mut diesel_async::AsyncPgConnection,
                user: $crate::model::id::UserId,
                fields: &$fields,
            ) -> diesel::QueryResult<Self> {
                let row = diesel::insert_into($table::table)
                    .values((fields, $table::user_id.eq(user)))
                    .returning(Self::as_returning());
                diesel_async::RunQueryDsl::get_result(row, conn).await
            }

            async fn find(
                conn: &mut diesel_async::AsyncPgConnection,
                user: $crate::model::id::UserId,
                id: $id,
            ) -> diesel::QueryResult<Option<Self>> {
                let row = $table::table
                    .filter($table::user_id.eq(user).and($table::id.eq(id)))
                    .select(Self::as_select());
                diesel_async::RunQueryDsl::first(row, conn).await.optional()
            }

            async fn lock(
                conn: &mut diesel_async::AsyncPgConnection,
                user: $crate::model::id::UserId,
                id: $id,
            ) -> diesel::QueryResult<Option<Self>> {
                let row = $table::table
                    .filter($table::user_id.eq(user).and($table::id.eq(id)))
                    .select(Self::as_select())
                    .for_update();
                diesel_async::RunQueryDsl::first(row, conn).await.optional()
            }

            async fn update(
                conn: &mut diesel_async::AsyncPgConnection,
                user: $crate::model::id::UserId,
                id: $id,
                fields: &$fields,
            ) -> diesel::QueryResult<Option<Self>> {
                let row = $table::table.filter($table::user_id.eq(user).and($table::id.eq(id)));
                let row = diesel::update(row)
                    .set((fields, $table::updated_at.eq(diesel::dsl::now)))
                    .returning(Self::as_returning());
                diesel_async::RunQueryDsl::get_result(row, conn).await.optional()
            }

            async fn delete(
                conn: &mut diesel_async::AsyncPgConnection,
                user: $crate::model::id::UserId,
                id: $id,
            ) -> diesel::QueryResult<bool> {
                let row = $table::table.filter($table::user_id.eq(user).and($table::id.eq(id)));
                Ok(diesel_async::RunQueryDsl::execute(diesel::delete(row), conn).await? > 0)
            }

            async fn list(
                conn: &mut diesel_async::AsyncPgConnection,
                user: $crate::model::id::UserId,
                filter: &$filter,
                by: $crate::db::owned::By<Sort>,
                after: Option<$crate::db::keyset::After>,
                limit: i64,
            ) -> diesel::QueryResult<Vec<Self>> {
                let mine = $table::table.filter($table::user_id.eq(user)).into_boxed();
                let rows = by.sort.ordered($filtered(mine, filter), by.down, after);
                let rows = rows.select(Self::as_select()).limit(limit);
                diesel_async::RunQueryDsl::load(rows, conn).await
            }

            async fn count(
                conn: &mut diesel_async::AsyncPgConnection,
                user: $crate::model::id::UserId,
                filter: &$filter,
            ) -> diesel::QueryResult<i64> {
                let mine = $table::table.filter($table::user_id.eq(user)).into_boxed();
                diesel_async::RunQueryDsl::get_result($filtered(mine, filter).count(), conn).await
            }
        }
    };
}

/// Makes the orders of a noun's lists. The condition with "or equal" beside each tie-break lets the index start at the
/// cursor instead of reading up to it.
macro_rules! sorts {
    (
        $table:ident: $row:ident;
        sorts { $($variant:ident = $key:literal: $column:ident as $kind:ident),+ $(,)? }
    ) => {
        /// What a list can be ordered by.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Sort {
            $(#[doc = concat!("By `", $key, "`.")] $variant),+
        }

        impl $crate::db::owned::Sort for Sort {
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            fn key(self) -> &'static str {
                match self { $(Self::$variant => $key),+ }
            }

            fn is_by_time(self) -> bool {
                match self { $(Self::$variant => $crate::db::owned::sorts!(@is_time $kind)),+ }
            }
        }

        impl Sort {
            fn key_of(self, row: &$row) -> i64 {
                match self { $(Self::$variant => $crate::db::owned::sorts!(@key $kind, row.$column)),+ }
            }

            fn ordered(
                self,
                query: diesel::dsl::IntoBoxed<'_, $table::table, diesel::pg::Pg>,
                down: bool,
                after: Option<$crate::db::keyset::After>,
            ) -> diesel::dsl::IntoBoxed<'_, $table::table, diesel::pg::Pg> {
                match self {
                    $(Self::$variant => {
                        let from = after.and_then(|after| {
                            Some(($crate::db::owned::sorts!(@value $kind, after)?, after.id))
                        });
                        let query = match (from, down) {
                            (Some((key, last)), true) => query
                                .filter($table::$column.le(key))
                                .filter($table::$column.lt(key).or($table::id.lt(last))),
                            (Some((key, last)), false) => query
                                .filter($table::$column.ge(key))
                                .filter($table::$column.gt(key).or($table::id.gt(last))),
                            (None, _) => query,
                        };
                        if down {
                            query.order(($table::$column.desc(), $table::id.desc()))
                        } else {
                            query.order(($table::$column.asc(), $table::id.asc()))
                        }
                    }),+
                }
            }
        }
    };
    (@is_time time) => { true };
    (@is_time number) => { false };
    (@key time, $value:expr) => { $value.timestamp_micros() };
    (@key number, $value:expr) => { i64::from($value) };
    (@value time, $after:expr) => { $after.time() };
    (@value number, $after:expr) => { Some($after.key) };
}

pub(crate) use {owned, sorts};

#[cfg(test)]
mod tests {
    use super::{super::orders, *};

    #[test]
    fn an_order_is_written_as_its_key_with_a_minus_for_downwards() {
        let all: Vec<_> = By::<orders::Sort>::all().iter().map(ToString::to_string).collect();
        assert_eq!(all[..2], ["-ordered_at", "ordered_at"]);
        assert_eq!(By::<orders::Sort>::default().to_string(), "-ordered_at");
    }
}
