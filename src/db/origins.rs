//! Rows that came from elsewhere, and where each came from: what was taken once is found again, changed only where
//! nobody has edited it since, and never doubled.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::{
    OptionalExtension, QueryResult, QueryableByName,
    result::{DatabaseErrorKind, Error},
    sql_query,
    sql_types::{Array, BigInt, Binary, Bool, Jsonb, Nullable, Text, Timestamptz},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde_json::{Map, Value};

use super::bulk;
use crate::model::id::UserId;

/// A row as JSON: each column with its value as `jsonb_populate_record` reads it.
pub type Columns = Map<String, Value>;

/// A table that rows are taken into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Noun {
    /// Its name, which is also what `import_origins.noun` says.
    pub table: &'static str,
    /// The columns that tell one row of a user from the others, besides the id.
    pub key: &'static [&'static str],
    /// Whether a row that was here before, and that nobody has ever edited, takes on what comes.
    pub gives_way: bool,
}

/// A row that comes.
#[derive(Debug, Clone)]
pub struct Arriving {
    /// Where it comes from, at most 300 characters; the same again is the same row.
    pub origin: String,
    /// What it is, in short: another digest is another content.
    pub digest: Vec<u8>,
    /// Its columns without `id`, `user_id` and `updated_at`; every row of one call names the same ones.
    pub columns: Columns,
}

/// What became of a row that came. Each holds the id of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was not there.
    New(i64),
    /// It was there, and had changed where it comes from.
    Updated(i64),
    /// It was there just so.
    Unchanged(i64),
    /// It has changed where it comes from, and was edited here too: what is here stays.
    Edited(i64),
    /// A row with the same key was here that did not come from there: it stays.
    Found(i64),
    /// It came once and was deleted here since: it stays away.
    Gone,
}

impl Outcome {
    /// The row of ours; `None` when there is none.
    pub fn id(self) -> Option<i64> {
        match self {
            Self::New(id)
            | Self::Updated(id)
            | Self::Unchanged(id)
            | Self::Edited(id)
            | Self::Found(id) => Some(id),
            Self::Gone => None,
        }
    }
}

/// Takes rows into a noun's table. Call it in a transaction: rows and origins are stored together or not at all. The
/// answers are in the order of the rows.
pub async fn put(
    conn: &mut AsyncPgConnection,
    user: UserId,
    noun: &Noun,
    rows: &[Arriving],
    now: DateTime<Utc>,
) -> QueryResult<Vec<Outcome>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    bulk::take_turn(conn, user).await?;
    let known = known(conn, user, noun, rows).await?;
    let (mut outcomes, mut arriving) = (Vec::with_capacity(rows.len()), Vec::new());
    for (at, row) in rows.iter().enumerate() {
        let outcome = if let Some(known) = known.get(&row.origin) {
            again(conn, user, noun, row, known, now).await?
        } else {
            arriving.push(at);
            Outcome::Gone
        };
        outcomes.push(outcome);
    }
    let fresh: Vec<&Arriving> = arriving.iter().map(|at| &rows[*at]).collect();
    for (at, outcome) in arriving.into_iter().zip(insert(conn, user, noun, &fresh, now).await?) {
        outcomes[at] = outcome;
    }
    remember(conn, user, noun, rows, &outcomes, now).await?;
    Ok(outcomes)
}

/// Whether exactly this has come before and nothing is to be done about it.
pub async fn has_come(
    conn: &mut AsyncPgConnection,
    user: UserId,
    noun: &Noun,
    origin: &str,
    digest: &[u8],
) -> QueryResult<bool> {
    let found: Vec<Flag> = sql_query(
        "SELECT TRUE AS flag FROM import_origins
         WHERE user_id = $1 AND noun = $2 AND origin = $3 AND digest = $4",
    )
    .bind::<BigInt, _>(user)
    .bind::<Text, _>(noun.table)
    .bind::<Text, _>(origin)
    .bind::<Binary, _>(digest)
    .load(conn)
    .await?;
    Ok(found.iter().any(|row| row.flag))
}

#[derive(QueryableByName)]
struct Flag {
    #[diesel(sql_type = Bool)]
    flag: bool,
}

#[derive(QueryableByName)]
#[diesel(check_for_backend(diesel::pg::Pg))]
struct Known {
    #[diesel(sql_type = Text)]
    origin: String,
    #[diesel(sql_type = BigInt)]
    row_id: i64,
    #[diesel(sql_type = Nullable<Binary>)]
    digest: Option<Vec<u8>>,
    #[diesel(sql_type = Bool)]
    is_there: bool,
    #[diesel(sql_type = Bool)]
    is_edited: bool,
}

async fn known(
    conn: &mut AsyncPgConnection,
    user: UserId,
    noun: &Noun,
    rows: &[Arriving],
) -> QueryResult<HashMap<String, Known>> {
    let table = noun.table;
    let origins: Vec<&str> = rows.iter().map(|row| row.origin.as_str()).collect();
    let found: Vec<Known> = sql_query(format!(
        "SELECT o.origin, o.row_id, o.digest, t.id IS NOT NULL AS is_there,
                coalesce(t.updated_at > o.updated_at, FALSE) AS is_edited
         FROM import_origins o LEFT JOIN {table} t ON t.user_id = o.user_id AND t.id = o.row_id
         WHERE o.user_id = $1 AND o.noun = $2 AND o.origin = ANY($3)"
    ))
    .bind::<BigInt, _>(user)
    .bind::<Text, _>(table)
    .bind::<Array<Text>, _>(origins)
    .load(conn)
    .await?;
    Ok(found.into_iter().map(|known| (known.origin.clone(), known)).collect())
}

/// A row that has come before.
async fn again(
    conn: &mut AsyncPgConnection,
    user: UserId,
    noun: &Noun,
    row: &Arriving,
    known: &Known,
    now: DateTime<Utc>,
) -> QueryResult<Outcome> {
    let id = known.row_id;
    Ok(match &known.digest {
        _ if !known.is_there => Outcome::Gone,
        None => Outcome::Found(id),
        Some(digest) if *digest == row.digest => Outcome::Unchanged(id),
        Some(_) if known.is_edited => Outcome::Edited(id),
        Some(_) => update(conn, user, noun, id, &row.columns, now).await?,
    })
}

async fn update(
    conn: &mut AsyncPgConnection,
    user: UserId,
    noun: &Noun,
    id: i64,
    columns: &Columns,
    now: DateTime<Utc>,
) -> QueryResult<Outcome> {
    let table = noun.table;
    let (names, values) = (names(columns, ""), names(columns, "r."));
    let sql = format!(
        "UPDATE {table} SET ({names}, updated_at) =
             (SELECT {values}, $4 FROM jsonb_populate_record(NULL::{table}, $3) AS r)
         WHERE user_id = $1 AND id = $2"
    );
    let columns = Value::Object(columns.clone());
    // Within the transaction, so that a clash undoes this one change alone.
    let updated = conn
        .transaction(async |conn| {
            sql_query(sql)
                .bind::<BigInt, _>(user)
                .bind::<BigInt, _>(id)
                .bind::<Jsonb, _>(columns)
                .bind::<Timestamptz, _>(now)
                .execute(conn)
                .await
        })
        .await;
    match updated {
        Ok(_) => Ok(Outcome::Updated(id)),
        // It has become like another row of ours.
        Err(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Ok(Outcome::Edited(id)),
        Err(cause) => Err(cause),
    }
}

#[derive(QueryableByName)]
#[diesel(check_for_backend(diesel::pg::Pg))]
struct Inserted {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Bool)]
    is_new: bool,
}

async fn insert(
    conn: &mut AsyncPgConnection,
    user: UserId,
    noun: &Noun,
    rows: &[&Arriving],
    now: DateTime<Utc>,
) -> QueryResult<Vec<Outcome>> {
    let Some(first) = rows.first() else { return Ok(Vec::new()) };
    let table = noun.table;
    let (names, values) = (names(&first.columns, ""), names(&first.columns, "r."));
    let all: Vec<Value> = rows.iter().map(|row| Value::Object(row.columns.clone())).collect();
    let inserted: Vec<Inserted> = sql_query(format!(
        "WITH input AS MATERIALIZED (
             SELECT n, columns, nextval(pg_get_serial_sequence('{table}', 'id')) AS id
             FROM jsonb_array_elements($2) WITH ORDINALITY AS e (columns, n)
         ), written AS (
             INSERT INTO {table} (id, user_id, updated_at, {names})
             SELECT input.id, $1, $3, {values}
             FROM input CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, input.columns) AS r
             ORDER BY n
             ON CONFLICT DO NOTHING
             RETURNING id
         )
         SELECT input.id, written.id IS NOT NULL AS is_new
         FROM input LEFT JOIN written ON written.id = input.id ORDER BY n"
    ))
    .bind::<BigInt, _>(user)
    .bind::<Jsonb, _>(Value::Array(all))
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    let mut outcomes = Vec::with_capacity(rows.len());
    for (row, inserted) in rows.iter().zip(inserted) {
        outcomes.push(if inserted.is_new {
            Outcome::New(inserted.id)
        } else {
            like(conn, user, noun, &row.columns, now).await?
        });
    }
    Ok(outcomes)
}

#[derive(QueryableByName)]
#[diesel(check_for_backend(diesel::pg::Pg))]
struct Like {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Bool)]
    is_untouched: bool,
}

/// The row of ours that has the key of one that came, and what becomes of it.
async fn like(
    conn: &mut AsyncPgConnection,
    user: UserId,
    noun: &Noun,
    columns: &Columns,
    now: DateTime<Utc>,
) -> QueryResult<Outcome> {
    let table = noun.table;
    let same: Vec<_> = noun.key.iter().map(|name| format!(" AND t.{name} = r.{name}")).collect();
    let same = same.concat();
    let found: Option<Like> = sql_query(format!(
        "SELECT t.id, t.updated_at = t.created_at AS is_untouched
         FROM {table} t, jsonb_populate_record(NULL::{table}, $2) AS r
         WHERE t.user_id = $1{same}"
    ))
    .bind::<BigInt, _>(user)
    .bind::<Jsonb, _>(Value::Object(columns.clone()))
    .get_result(conn)
    .await
    .optional()?;
    let found = found.ok_or(Error::NotFound)?;
    if noun.gives_way && found.is_untouched {
        return update(conn, user, noun, found.id, columns, now).await;
    }
    Ok(Outcome::Found(found.id))
}

async fn remember(
    conn: &mut AsyncPgConnection,
    user: UserId,
    noun: &Noun,
    rows: &[Arriving],
    outcomes: &[Outcome],
    now: DateTime<Utc>,
) -> QueryResult<()> {
    let (mut origins, mut ids, mut digests) = (Vec::new(), Vec::new(), Vec::new());
    for (row, outcome) in rows.iter().zip(outcomes) {
        let (id, digest) = match outcome {
            Outcome::New(id) | Outcome::Updated(id) => (*id, Some(row.digest.as_slice())),
            Outcome::Found(id) => (*id, None),
            Outcome::Unchanged(_) | Outcome::Edited(_) | Outcome::Gone => continue,
        };
        origins.push(row.origin.as_str());
        ids.push(id);
        digests.push(digest);
    }
    sql_query(
        "INSERT INTO import_origins (user_id, noun, origin, row_id, digest, created_at, updated_at)
         SELECT $1, $2, origin, row_id, digest, $6, $6
         FROM unnest($3::text[], $4::bigint[], $5::bytea[]) AS t (origin, row_id, digest)
         ON CONFLICT (user_id, noun, origin) DO UPDATE
         SET digest = excluded.digest, updated_at = excluded.updated_at
         WHERE import_origins.digest IS DISTINCT FROM excluded.digest",
    )
    .bind::<BigInt, _>(user)
    .bind::<Text, _>(noun.table)
    .bind::<Array<Text>, _>(origins)
    .bind::<Array<BigInt>, _>(ids)
    .bind::<Array<Nullable<Binary>>, _>(digests)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// The names of columns with an alias before each. They come from the program, never from what is read.
fn names(columns: &Columns, alias: &str) -> String {
    columns.keys().map(|name| format!("{alias}\"{name}\"")).collect::<Vec<_>>().join(", ")
}
