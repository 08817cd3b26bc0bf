//! Rows that are more than one table holds: each is a row of [`Completed::Base`] with what is looked up for it, for a
//! whole page at once.

use std::future::Future;

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;

use super::{
    keyset::After,
    owned::{By, Owned},
};
use crate::model::id::UserId;

type Id<T> = <<T as Completed>::Base as Owned>::Id;
type Fields<T> = <<T as Completed>::Base as Owned>::Fields;

/// A row of one table and what others hold for it. Everything here runs in the transaction of its caller.
pub trait Completed: Sized + Send + 'static {
    /// The row of the one table.
    type Base: Owned;

    /// The row of the one table.
    fn base(&self) -> &Self::Base;

    /// Looks up the rest for several rows, in a fixed number of statements.
    fn complete(
        conn: &mut AsyncPgConnection,
        user: UserId,
        rows: Vec<Self::Base>,
    ) -> impl Future<Output = QueryResult<Vec<Self>>> + Send;

    /// Locks what has to be locked before the row itself, so that nobody waits crosswise.
    fn locking(
        _: &mut AsyncPgConnection,
        _: UserId,
        _: Id<Self>,
    ) -> impl Future<Output = QueryResult<()>> + Send {
        async { Ok(()) }
    }

    /// Writes what other tables hold, after the row itself was written.
    fn written(
        _: &mut AsyncPgConnection,
        _: UserId,
        _: Id<Self>,
        _: &Fields<Self>,
    ) -> impl Future<Output = QueryResult<()>> + Send {
        async { Ok(()) }
    }

    /// Writes what has to change elsewhere, before the row is removed.
    fn removing(
        _: &mut AsyncPgConnection,
        _: UserId,
        _: Id<Self>,
    ) -> impl Future<Output = QueryResult<()>> + Send {
        async { Ok(()) }
    }
}

impl<T: Completed> Owned for T {
    const TABLE: &'static str = T::Base::TABLE;
    type Id = <T::Base as Owned>::Id;
    type Fields = <T::Base as Owned>::Fields;
    type Filter = <T::Base as Owned>::Filter;
    type Sort = <T::Base as Owned>::Sort;

    fn id(&self) -> Self::Id {
        self.base().id()
    }

    fn position(&self, sort: Self::Sort) -> After {
        self.base().position(sort)
    }

    async fn insert(
        conn: &mut AsyncPgConnection,
        user: UserId,
        fields: &Self::Fields,
    ) -> QueryResult<Self> {
        let row = T::Base::insert(conn, user, fields).await?;
        T::written(conn, user, row.id(), fields).await?;
        one(conn, user, Some(row)).await?.ok_or(diesel::result::Error::NotFound)
    }

    async fn find(
        conn: &mut AsyncPgConnection,
        user: UserId,
        id: Self::Id,
    ) -> QueryResult<Option<Self>> {
        let row = T::Base::find(conn, user, id).await?;
        one(conn, user, row).await
    }

    async fn lock(
        conn: &mut AsyncPgConnection,
        user: UserId,
        id: Self::Id,
    ) -> QueryResult<Option<Self>> {
        T::locking(conn, user, id).await?;
        let row = T::Base::lock(conn, user, id).await?;
        one(conn, user, row).await
    }

    async fn update(
        conn: &mut AsyncPgConnection,
        user: UserId,
        id: Self::Id,
        fields: &Self::Fields,
    ) -> QueryResult<Option<Self>> {
        let Some(row) = T::Base::update(conn, user, id, fields).await? else { return Ok(None) };
        T::written(conn, user, id, fields).await?;
        one(conn, user, Some(row)).await
    }

    async fn delete(conn: &mut AsyncPgConnection, user: UserId, id: Self::Id) -> QueryResult<bool> {
        T::removing(conn, user, id).await?;
        T::Base::delete(conn, user, id).await
    }

    async fn list(
        conn: &mut AsyncPgConnection,
        user: UserId,
        filter: &Self::Filter,
        by: By<Self::Sort>,
        after: Option<After>,
        limit: i64,
    ) -> QueryResult<Vec<Self>> {
        let rows = T::Base::list(conn, user, filter, by, after, limit).await?;
        T::complete(conn, user, rows).await
    }

    async fn count(
        conn: &mut AsyncPgConnection,
        user: UserId,
        filter: &Self::Filter,
    ) -> QueryResult<i64> {
        T::Base::count(conn, user, filter).await
    }
}

async fn one<T: Completed>(
    conn: &mut AsyncPgConnection,
    user: UserId,
    row: Option<T::Base>,
) -> QueryResult<Option<T>> {
    Ok(T::complete(conn, user, row.into_iter().collect()).await?.pop())
}
