//! The columns whose values are sealed. Sees ciphertext only; what is in it, and which key opens it, is not known here.
//! These functions serve the operator and go over everybody's rows, so they take no user.

use diesel::{
    QueryResult, QueryableByName,
    sql_types::{Array, BigInt, Binary},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use tokio_postgres::{Client, Row};

use crate::model::id::UserId;

/// A column of sealed values in a table with `id` and `user_id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "a column has a name, and no better one")]
pub struct Column {
    table: &'static str,
    column: &'static str,
    /// What says that the row is in use; it cannot be without the secret.
    switch: &'static str,
}

/// What opens a marketplace for a person.
pub const MARKETPLACE_CREDENTIALS: Column =
    Column { table: "marketplace_accounts", column: "credentials", switch: "connected" };
/// What opens a channel: a token, a password.
pub const CHANNEL_SECRET: Column =
    Column { table: "channels", column: "secret", switch: "enabled" };

/// Every sealed column. One that is missing here is not sealed anew when the key changes.
pub const COLUMNS: &[Column] = &[MARKETPLACE_CREDENTIALS, CHANNEL_SECRET];

impl Column {
    /// Its table.
    pub fn table(&self) -> &'static str {
        self.table
    }

    /// `channels.secret`, for people.
    pub fn name(&self) -> String {
        format!("{}.{}", self.table, self.column)
    }

    /// What a value of `user`'s is bound to when it is sealed: `channels/secret/7`.
    pub fn context(&self, user: UserId) -> String {
        format!("{}/{}/{}", self.table, self.column, user.0)
    }
}

/// How many values start with the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
#[diesel(check_for_backend(diesel::pg::Pg))]
pub struct Marked {
    /// The first bytes; fewer where a value has no more.
    #[diesel(sql_type = Binary)]
    pub mark: Vec<u8>,
    /// How many values.
    #[diesel(sql_type = BigInt)]
    pub count: i64,
}

/// Counts the values of `column` by their first `length` bytes, in the order of these bytes.
pub async fn count_by_mark(
    conn: &mut AsyncPgConnection,
    column: Column,
    length: i64,
) -> QueryResult<Vec<Marked>> {
    let Column { table, column, .. } = column;
    diesel::sql_query(format!(
        "SELECT substring({column} FROM 1 FOR $1::int) AS mark, count(*) AS count \
         FROM {table} WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY 1"
    ))
    .bind::<BigInt, _>(length)
    .load(conn)
    .await
}

/// One sealed value.
#[derive(Debug, Clone, QueryableByName)]
#[diesel(check_for_backend(diesel::pg::Pg))]
pub struct Sealed {
    /// The row's id.
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    /// Whose row it is.
    #[diesel(sql_type = BigInt)]
    pub user_id: i64,
    /// The ciphertext.
    #[diesel(sql_type = Binary)]
    pub sealed: Vec<u8>,
}

/// Replaces values of `column` that do not start with `mark`, in one transaction: at most `limit` rows with ids beyond
/// `after`, in the order of ids. `reseal` answers with the new value, or with `None` to leave a row as it is. Answers
/// with the last id that was looked at; `None` when there was none left. No row counts as changed: what it says is the
/// same.
pub async fn replace_batch(
    conn: &mut AsyncPgConnection,
    column: Column,
    mark: &[u8],
    after: i64,
    limit: i64,
    mut reseal: impl FnMut(&Sealed) -> Option<Vec<u8>> + Send,
) -> QueryResult<Option<i64>> {
    let Column { table, column, .. } = column;
    conn.transaction(async |conn| {
        let rows: Vec<Sealed> = diesel::sql_query(format!(
            "SELECT id, user_id, {column} AS sealed FROM {table} \
             WHERE id > $1 AND {column} IS NOT NULL \
               AND substring({column} FROM 1 FOR length($2)) <> $2 \
             ORDER BY id LIMIT $3 FOR UPDATE"
        ))
        .bind::<BigInt, _>(after)
        .bind::<Binary, _>(mark)
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await?;
        let (ids, values): (Vec<i64>, Vec<Vec<u8>>) =
            rows.iter().filter_map(|row| Some((row.id, reseal(row)?))).unzip();
        diesel::sql_query(format!(
            "UPDATE {table} SET {column} = given.sealed \
             FROM unnest($1, $2) AS given (id, sealed) WHERE {table}.id = given.id"
        ))
        .bind::<Array<BigInt>, _>(ids)
        .bind::<Array<Binary>, _>(values)
        .execute(conn)
        .await?;
        Ok(rows.last().map(|row| row.id))
    })
    .await
}

/// Any number that no other advisory lock of the program uses: "dsrotate" in ASCII.
pub(super) const ROTATION: i64 = 0x6473_726f_7461_7465;

#[derive(QueryableByName)]
#[diesel(check_for_backend(diesel::pg::Pg))]
struct Taken {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    taken: bool,
}

/// Takes the right to seal everything anew, which this connection keeps until it is closed; false when somebody else
/// has it.
pub async fn take_rotation(conn: &mut AsyncPgConnection) -> QueryResult<bool> {
    let answer: Taken = diesel::sql_query("SELECT pg_try_advisory_lock($1) AS taken")
        .bind::<BigInt, _>(ROTATION)
        .get_result(conn)
        .await?;
    Ok(answer.taken)
}

/// A few sealed values of `column`, over a connection that moves whole tables: those with ids beyond `after`.
pub async fn some(
    client: &Client,
    column: Column,
    after: i64,
) -> Result<Vec<Sealed>, tokio_postgres::Error> {
    let Column { table, column, .. } = column;
    let few = format!(
        "SELECT id, user_id, {column} FROM {table} WHERE id > $1 AND {column} IS NOT NULL ORDER BY id LIMIT 200"
    );
    let rows = client.query(&few, &[&after]).await?;
    let sealed = |row: &Row| Sealed { id: row.get(0), user_id: row.get(1), sealed: row.get(2) };
    Ok(rows.iter().map(sealed).collect())
}

/// Replaces one value; `None` takes it away, and the row is in use no more.
pub async fn put(
    client: &Client,
    column: Column,
    id: i64,
    sealed: Option<Vec<u8>>,
) -> Result<(), tokio_postgres::Error> {
    let Column { table, column, switch } = column;
    let put = format!(
        "UPDATE {table} SET {column} = $2, {switch} = {switch} AND $2::bytea IS NOT NULL WHERE id = $1"
    );
    client.execute(&put, &[&id, &sealed]).await.map(|_| ())
}
