//! Whole tables, as a backup takes them and a restore puts them back: what the catalogue says of them, and the
//! statements that move their rows as PostgreSQL's COPY text, which every version reads and writes alike.
//!
//! These statements go over a connection of their own, in a transaction that the caller begins and ends.

use std::collections::BTreeMap;

use tokio_postgres::{Client, Error, Row};

/// A live table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// The columns that hold something of their own, by name; PostgreSQL computes the others.
    pub columns: Vec<String>,
    /// Its primary key, in order, and whether each column is a text.
    pub key: Vec<(String, bool)>,
    /// The columns that count up by themselves, each with its sequence.
    pub sequences: BTreeMap<String, String>,
}

/// A foreign key, with the text that makes it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    table: String,
    name: String,
    definition: String,
}

/// Where it is recorded which migrations are applied.
pub const RECORD: &str = "__diesel_schema_migrations";

/// Every row looks the same whatever the server's settings are, and nothing is cut off for taking long.
const SETTINGS: &str = "SET TIME ZONE 'UTC'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres'; \
    SET extra_float_digits = 1; SET bytea_output = 'hex'; SET xmloption = 'content'; \
    SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET lock_timeout = '30s'; \
    SET standard_conforming_strings = on; SET client_min_messages = 'warning'";

/// Begins a transaction that sees one moment of these tables, and keeps others from changing their columns.
pub async fn begin_reading(client: &Client, tables: &[Table]) -> Result<(), Error> {
    client.batch_execute(SETTINGS).await?;
    client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY").await?;
    if tables.is_empty() {
        return Ok(());
    }
    // Before the first query, which is what fixes the moment.
    client.batch_execute(&format!("LOCK TABLE {} IN ACCESS SHARE MODE", names(tables))).await
}

/// Waits until nobody else migrates, restores or seals anew, and begins a transaction that writes.
pub async fn begin_writing(client: &Client) -> Result<(), Error> {
    client.batch_execute(SETTINGS).await?;
    let (migration, rotation) = (super::catalog::MIGRATION_LOCK, super::sealed::ROTATION);
    client
        .batch_execute(&format!(
            "SET lock_timeout = '60s'; SELECT pg_advisory_lock({migration}); \
             SELECT pg_advisory_lock({rotation}); SET lock_timeout = '30s'; BEGIN"
        ))
        .await
}

/// The server's version: `15.20 (Debian 15.20-0+deb12u1)`.
pub async fn server_version(client: &Client) -> Result<String, Error> {
    Ok(client.query_one("SHOW server_version", &[]).await?.get(0))
}

/// The live tables whose names `is_known` knows, by name.
pub async fn list(client: &Client, is_known: impl Fn(&str) -> bool) -> Result<Vec<Table>, Error> {
    let rows = client
        .query(
            "SELECT c.relname::text, a.attname::text, array_position(i.indkey::int2[], a.attnum), \
                    a.atttypid = 'text'::regtype, \
                    CASE WHEN a.attidentity <> '' OR a.atthasdef THEN \
                        pg_get_serial_sequence(quote_ident(c.relname), a.attname) END \
             FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
             LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary \
             WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') \
               AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' \
             ORDER BY c.relname COLLATE \"C\", a.attname COLLATE \"C\"",
            &[],
        )
        .await?;
    let mut tables: Vec<Table> = Vec::new();
    let mut keys: Vec<(i32, String, bool)> = Vec::new();
    for row in rows.iter().filter(|row| is_known(row.get(0))) {
        let (name, column): (String, String) = (row.get(0), row.get(1));
        if tables.last().is_none_or(|last| last.name != name) {
            settle_key(&mut tables, &mut keys);
            let (columns, key, sequences) = Default::default();
            tables.push(Table { name, columns, key, sequences });
        }
        let Some(table) = tables.last_mut() else { continue };
        if let Some(place) = row.get::<_, Option<i32>>(2) {
            keys.push((place, column.clone(), row.get(3)));
        }
        if let Some(sequence) = row.get::<_, Option<String>>(4) {
            table.sequences.insert(column.clone(), sequence);
        }
        table.columns.push(column);
    }
    settle_key(&mut tables, &mut keys);
    Ok(tables)
}

fn settle_key(tables: &mut [Table], keys: &mut Vec<(i32, String, bool)>) {
    keys.sort();
    let key = keys.drain(..).map(|(_, column, is_text)| (column, is_text)).collect();
    if let Some(table) = tables.last_mut() {
        table.key = key;
    }
}

/// The versions that are recorded as applied, in order; none where nothing was ever applied.
pub async fn applied(client: &Client) -> Result<Vec<String>, Error> {
    let recorded = "SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL";
    if !client.query_one(recorded, &[]).await?.get::<_, bool>(0) {
        return Ok(Vec::new());
    }
    let versions =
        "SELECT version::text FROM __diesel_schema_migrations ORDER BY version COLLATE \"C\"";
    Ok(client.query(versions, &[]).await?.iter().map(|row| row.get(0)).collect())
}

/// The statement that hands out all rows, in the order of the key, so that the same rows give the same bytes on every
/// server whatever its collation.
pub fn copy_out(table: &Table) -> String {
    let order = |(column, is_text): &(String, bool)| {
        format!("{}{}", quoted(column), if *is_text { " COLLATE \"C\"" } else { "" })
    };
    let order = match table.key.iter().map(order).collect::<Vec<_>>() {
        none if none.is_empty() => "ctid".to_owned(),
        key => key.join(", "),
    };
    format!(
        "COPY (SELECT {} FROM {} ORDER BY {order}) TO STDOUT",
        columns(&table.columns),
        quoted(&table.name)
    )
}

/// The statement that takes rows in.
pub fn copy_in(table: &str, of: &[String]) -> String {
    format!("COPY {} ({}) FROM STDIN", quoted(table), columns(of))
}

/// What the column would be given next.
pub async fn next_value(client: &Client, sequence: &str) -> Result<i64, Error> {
    let next = format!("SELECT last_value + is_called::int FROM {sequence}");
    Ok(client.query_one(&next, &[]).await?.get(0))
}

/// Has the column go on at `next`, or after its largest value where that is more. Undone with the transaction.
pub async fn go_on_at(client: &Client, table: &str, column: &str, next: i64) -> Result<(), Error> {
    let (table, column) = (quoted(table), quoted(column));
    let largest = format!("SELECT coalesce(max({column}), 0) FROM {table}");
    let largest: i64 = client.query_one(&largest, &[]).await?.get(0);
    let next = next.max(largest.saturating_add(1)).max(1);
    let restart = format!("ALTER TABLE {table} ALTER COLUMN {column} RESTART WITH {next}");
    client.batch_execute(&restart).await
}

/// The tables that hold rows; the owner's row that nobody has claimed is none.
pub async fn filled(client: &Client, tables: &[Table]) -> Result<Vec<String>, Error> {
    let mut filled = Vec::new();
    for table in tables {
        let which = if table.name == "users" {
            "WHERE email IS NOT NULL OR password_hash IS NOT NULL OR role <> 'owner'"
        } else {
            ""
        };
        let any = format!("SELECT EXISTS (SELECT 1 FROM {} {which})", quoted(&table.name));
        if client.query_one(&any, &[]).await?.get(0) {
            filled.push(table.name.clone());
        }
    }
    Ok(filled)
}

/// Keeps everybody else out of these tables until the transaction ends.
pub async fn lock(client: &Client, tables: &[Table]) -> Result<(), Error> {
    if tables.is_empty() {
        return Ok(());
    }
    client.batch_execute(&format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", names(tables))).await
}

/// Takes all rows away.
pub async fn empty(client: &Client, tables: &[Table]) -> Result<(), Error> {
    if tables.is_empty() {
        return Ok(());
    }
    client.batch_execute(&format!("TRUNCATE {}", names(tables))).await
}

/// Takes the foreign keys away, so that rows may come in any order, and keeps triggers from changing what comes.
pub async fn loosen(client: &Client, tables: &[Table]) -> Result<Vec<ForeignKey>, Error> {
    let rows = client
        .query(
            "SELECT r.relname::text, c.conname::text, pg_get_constraintdef(c.oid) \
             FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid \
             WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace AND c.conparentid = 0 \
             ORDER BY r.relname COLLATE \"C\", c.conname COLLATE \"C\"",
            &[],
        )
        .await?;
    let of = |row: &Row| ForeignKey { table: row.get(0), name: row.get(1), definition: row.get(2) };
    let is_ours = |key: &ForeignKey| tables.iter().any(|table| table.name == key.table);
    let keys: Vec<ForeignKey> = rows.iter().map(of).filter(is_ours).collect();
    for key in &keys {
        let (table, name) = (quoted(&key.table), quoted(&key.name));
        client.batch_execute(&format!("ALTER TABLE {table} DROP CONSTRAINT {name}")).await?;
    }
    for table in tables {
        let table = quoted(&table.name);
        client.batch_execute(&format!("ALTER TABLE {table} DISABLE TRIGGER USER")).await?;
    }
    Ok(keys)
}

/// Undoes [`loosen`]; every row is checked.
pub async fn fasten(client: &Client, tables: &[Table], keys: &[ForeignKey]) -> Result<(), Error> {
    for key in keys {
        let (table, name) = (quoted(&key.table), quoted(&key.name));
        let add = format!("ALTER TABLE {table} ADD CONSTRAINT {name} {}", key.definition);
        client.batch_execute(&add).await?;
    }
    for table in tables {
        let table = quoted(&table.name);
        client.batch_execute(&format!("ALTER TABLE {table} ENABLE TRIGGER USER")).await?;
    }
    Ok(())
}

/// Has the planner learn what the tables hold.
pub async fn analyze(client: &Client, tables: &[Table]) -> Result<(), Error> {
    if tables.is_empty() {
        return Ok(());
    }
    client.batch_execute(&format!("ANALYZE {}", names(tables))).await
}

/// Runs one migration's SQL and records it as applied, or as not applied any more.
pub async fn migrate(client: &Client, sql: &str, version: &str, up: bool) -> Result<(), Error> {
    client.batch_execute(sql).await?;
    if up {
        return record(client, version).await;
    }
    let forget = format!("DELETE FROM {RECORD} WHERE version = $1");
    client.execute(&forget, &[&version]).await.map(|_| ())
}

/// Records a migration as applied.
pub async fn record(client: &Client, version: &str) -> Result<(), Error> {
    let table = format!(
        "CREATE TABLE IF NOT EXISTS {RECORD} (\
         version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)"
    );
    client.batch_execute(&table).await?;
    let insert = format!("INSERT INTO {RECORD} (version) VALUES ($1)");
    client.execute(&insert, &[&version]).await.map(|_| ())
}

fn names(tables: &[Table]) -> String {
    tables.iter().map(|table| quoted(&table.name)).collect::<Vec<_>>().join(", ")
}

fn columns(columns: &[String]) -> String {
    columns.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ")
}

/// A name as SQL takes it.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_in_an_order_that_no_collation_changes() {
        let table = Table {
            name: "import_origins".into(),
            columns: vec!["noun".into(), "user_id".into()],
            key: vec![("user_id".into(), false), ("noun".into(), true)],
            sequences: BTreeMap::new(),
        };
        assert_eq!(
            copy_out(&table),
            "COPY (SELECT \"noun\", \"user_id\" FROM \"import_origins\" \
             ORDER BY \"user_id\", \"noun\" COLLATE \"C\") TO STDOUT"
        );
        assert_eq!(
            copy_in("import_origins", &table.columns),
            "COPY \"import_origins\" (\"noun\", \"user_id\") FROM STDIN"
        );
    }

    #[test]
    fn a_name_cannot_end_its_quotes() {
        assert_eq!(quoted("a\"; DROP TABLE users; --"), "\"a\"\"; DROP TABLE users; --\"");
    }
}
