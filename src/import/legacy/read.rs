//! Reads the old system's database: one connection, one snapshot, never a write.
//!
//! Its tables are not our schema, so they are read by plain SQL, each column as text: whatever a later revision has made
//! of a type, and whatever stands in a column, one odd value does not keep its row from being looked at.

use diesel::{
    QueryResult, QueryableByName, sql_query,
    sql_types::{Array, BigInt, Nullable, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

use super::{
    cells::Cells,
    layout::{self, Found, TABLES, Table},
};
use crate::{
    db::connect::Target,
    error::{Chain, Error, Result},
};

/// One transaction that sees one state of the database. It may not write, and nothing ends it while our side is at work.
/// Digits are written out in full, so that a price is read as it was stored.
const SNAPSHOT: &str = "
    SET idle_in_transaction_session_timeout = 0;
    SET statement_timeout = '300s';
    SET extra_float_digits = 3;
    SET datestyle = 'ISO';
    SET TIME ZONE 'UTC';
    BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// The old system's database, opened and recognised.
pub struct OldSystem {
    conn: AsyncPgConnection,
    address: String,
    found: Vec<Found>,
}

impl std::fmt::Debug for OldSystem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("OldSystem").field(&self.address).finish()
    }
}

impl OldSystem {
    /// Connects to `postgres://…`, takes a snapshot and looks whether it is the old system. Every failure says what
    /// would be right, and none repeats the password.
    pub async fn open(url: &str) -> Result<Self> {
        let target = Target::from_url(url)
            .map_err(|fault| Error::Failed(format!("--legacy-database: {fault}")))?;
        let address = target.address();
        let mut conn = target.establish().await.map_err(|cause| {
            Error::Failed(format!(
                "the old system's database at {address} cannot be opened: {}; nothing was stored",
                Chain(&cause)
            ))
        })?;
        conn.batch_execute(SNAPSHOT).await.map_err(|cause| {
            Error::Failed(format!(
                "the old system's database at {address} gives no snapshot: {cause}"
            ))
        })?;
        let found = layout::look(&mut conn).await?;
        Ok(Self { conn, address, found })
    }

    /// Where it is: `host:port`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// How many rows each of the ten tables has, in their order.
    pub(super) async fn counts(&mut self) -> Result<Vec<u64>> {
        let mut counts = Vec::new();
        for table in &TABLES {
            let sql = format!("SELECT count(*) AS number FROM {}", table.name);
            let number: QueryResult<Number> = sql_query(sql).get_result(&mut self.conn).await;
            let number = number.map_err(|cause| self.unreadable(table, &cause))?.number;
            counts.push(u64::try_from(number).unwrap_or_default());
        }
        Ok(counts)
    }

    /// The next rows of the table that stands at `place` among the ten, those with an id above `after`, by their id.
    pub(super) async fn batch(&mut self, place: usize, after: i64) -> Result<Vec<Cells>> {
        let table = &TABLES[place];
        let stored = table.required.iter().chain(table.optional);
        let stored = stored.map(|names| format!("{}::text", self.found[place].column(names)));
        let worked_out = table.worked_out.iter().map(|(_, sql)| format!("({sql})::text"));
        let columns: Vec<String> = stored.chain(worked_out).collect();
        let sql = format!(
            "SELECT t.id::bigint AS id, ARRAY[{}] AS cells FROM {} t WHERE t.id > $1 ORDER BY t.id LIMIT $2",
            columns.join(", "),
            table.name
        );
        let rows: QueryResult<Vec<Row>> = sql_query(sql)
            .bind::<BigInt, _>(after)
            .bind::<BigInt, _>(table.batch)
            .load(&mut self.conn)
            .await;
        let rows = rows.map_err(|cause| self.unreadable(table, &cause))?;
        let names = table.names();
        Ok(rows.into_iter().map(|row| Cells::new(table.name, row.id, &names, row.cells)).collect())
    }

    fn unreadable(&self, table: &Table, cause: &diesel::result::Error) -> Error {
        Error::Failed(format!(
            "{} of the old system's database at {} cannot be read: {}; what is stored by now is whole, and the same \
             command completes it",
            table.name,
            self.address,
            Chain(cause)
        ))
    }
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
#[diesel(check_for_backend(diesel::pg::Pg))]
struct Row {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Array<Nullable<Text>>)]
    cells: Vec<Option<String>>,
}
