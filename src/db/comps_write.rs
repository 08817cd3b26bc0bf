//! One comparable, written by hand.

use chrono::{DateTime, Utc};
use diesel::{dsl::now, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{
    comps_list::{self, CompRow, Filter, FoundComp, Sort},
    keyset::After,
    owned::{By, Owned},
    schema::comps,
};
use crate::model::{
    comp::Basis,
    condition::Condition,
    id::{CompId, UserId},
    kind::Kind,
    money::Currency,
};

/// What can be written of a comparable.
#[derive(Debug, Default, Insertable, AsChangeset)]
#[diesel(table_name = comps)]
#[expect(missing_docs, reason = "the columns of CompRow; Some(None) clears")]
pub struct CompFields {
    pub source: Option<String>,
    pub source_id: Option<String>,
    pub title: Option<String>,
    pub kind: Option<Kind>,
    pub basis: Option<Basis>,
    pub price_amount: Option<i64>,
    pub shipping_amount: Option<Option<i64>>,
    pub currency: Option<Currency>,
    pub condition: Option<Option<Condition>>,
    pub category: Option<Option<String>>,
    pub url: Option<Option<String>>,
    pub details: Option<serde_json::Value>,
    pub observed_at: Option<DateTime<Utc>>,
}

impl Owned for FoundComp {
    const TABLE: &'static str = "comps";
    type Id = CompId;
    type Fields = CompFields;
    type Filter = Filter;
    type Sort = Sort;

    fn id(&self) -> CompId {
        self.comp.id
    }

    fn position(&self, sort: Sort) -> After {
        sort.position(self)
    }

    async fn insert(
        conn: &mut AsyncPgConnection,
        user: UserId,
        fields: &CompFields,
    ) -> QueryResult<Self> {
        diesel::insert_into(comps::table)
            .values((fields, comps::user_id.eq(user)))
            .returning(CompRow::as_returning())
            .get_result(conn)
            .await
            .map(Self::from)
    }

    async fn find(
        conn: &mut AsyncPgConnection,
        user: UserId,
        id: CompId,
    ) -> QueryResult<Option<Self>> {
        Ok(comps_list::find(conn, user, id).await?.map(Self::from))
    }

    async fn lock(
        conn: &mut AsyncPgConnection,
        user: UserId,
        id: CompId,
    ) -> QueryResult<Option<Self>> {
        let row: Option<CompRow> = comps::table
            .filter(comps::user_id.eq(user).and(comps::id.eq(id)))
            .select(CompRow::as_select())
            .for_update()
            .first(conn)
            .await
            .optional()?;
        Ok(row.map(Self::from))
    }

    /// That `updated_at` moves tells whoever holds the comparables in memory that they have changed.
    async fn update(
        conn: &mut AsyncPgConnection,
        user: UserId,
        id: CompId,
        fields: &CompFields,
    ) -> QueryResult<Option<Self>> {
        let row: Option<CompRow> = diesel::update(comps::table)
            .filter(comps::user_id.eq(user).and(comps::id.eq(id)))
            .set((fields, comps::updated_at.eq(now)))
            .returning(CompRow::as_returning())
            .get_result(conn)
            .await
            .optional()?;
        Ok(row.map(Self::from))
    }

    async fn delete(conn: &mut AsyncPgConnection, user: UserId, id: CompId) -> QueryResult<bool> {
        let row = comps::table.filter(comps::user_id.eq(user).and(comps::id.eq(id)));
        Ok(diesel::delete(row).execute(conn).await? > 0)
    }

    async fn list(
        conn: &mut AsyncPgConnection,
        user: UserId,
        filter: &Filter,
        by: By<Sort>,
        after: Option<After>,
        limit: i64,
    ) -> QueryResult<Vec<Self>> {
        comps_list::list(conn, user, filter, by, after, limit).await
    }

    async fn count(
        conn: &mut AsyncPgConnection,
        user: UserId,
        filter: &Filter,
    ) -> QueryResult<i64> {
        comps_list::count(conn, user, filter).await
    }
}
