//! One comparable, written by hand.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::now,
    prelude::*,
    sql_types::{BigInt, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{
    bulk,
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
        let row: CompRow = diesel::insert_into(comps::table)
            .values((fields, comps::user_id.eq(user)))
            .returning(CompRow::as_returning())
            .get_result(conn)
            .await?;
        mark_concerned(conn, user, &row.title).await?;
        Ok(row.into())
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
        if let Some(row) = &row {
            mark_concerned(conn, user, &row.title).await?;
        }
        Ok(row.map(Self::from))
    }

    async fn delete(conn: &mut AsyncPgConnection, user: UserId, id: CompId) -> QueryResult<bool> {
        let row = comps::table.filter(comps::user_id.eq(user).and(comps::id.eq(id)));
        let title: Option<String> =
            diesel::delete(row).returning(comps::title).get_result(conn).await.optional()?;
        if let Some(title) = &title {
            mark_concerned(conn, user, title).await?;
        }
        Ok(title.is_some())
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

/// Makes the available ads due for scoring that a sale with this title may concern: those that share one of its longer
/// numbers, which name models, or else its two longest words. Any other ad looks at its comparables again within a day.
pub(super) async fn mark_concerned(
    conn: &mut AsyncPgConnection,
    user: UserId,
    title: &str,
) -> QueryResult<usize> {
    bulk::take_turn(conn, user).await?;
    diesel::sql_query(
        "WITH said AS (
             SELECT DISTINCT word FROM regexp_split_to_table(trim(search_text($2)), ' +') AS word WHERE word <> ''
         ), asked AS (
             SELECT coalesce(
                 (SELECT string_agg(word, ' | ') FROM said WHERE word ~ '^[0-9]{3,}$'),
                 (SELECT string_agg(word, ' & ')
                  FROM (SELECT word FROM said ORDER BY length(word) DESC, word LIMIT 2) AS longest)
             ) AS words
         )
         UPDATE listings SET score_due_at = now() FROM asked
         WHERE user_id = $1 AND available AND (score_due_at IS NULL OR score_due_at > now())
           AND listings.words @@ to_tsquery('simple', asked.words)",
    )
    .bind::<BigInt, _>(user)
    .bind::<Text, _>(title)
    .execute(conn)
    .await
}
