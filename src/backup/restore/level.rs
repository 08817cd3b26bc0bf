//! Brings the target's schema to exactly the one that the archive was made of, and afterwards to this program's own.

use tokio_postgres::Client;

use super::{BTreeSet, Known, LEFT_OUT, Manifest, Table, list, refused};
use crate::{
    backup::manifest::wrong,
    db::{
        migrations::{self, Migration},
        tables,
    },
    error::{Error, Result},
};

/// Applies and reverts migrations until the schema is the archive's, and answers with its empty tables.
pub(super) async fn bring_to(
    client: &Client,
    manifest: &Manifest,
    known: &Known,
) -> Result<Vec<Table>> {
    let applied = tables::applied(client).await.map_err(|e| refused("the target", &e))?;
    let all = migrations::all();
    if let Some(later) = applied.iter().find(|version| !all.iter().any(|m| m.version == **version))
    {
        return Err(Error::Failed(format!(
            "the target's schema is newer than this program (migration {later} is not known to it); restore with the \
             version that made it; nothing was changed"
        )));
    }
    let is_wanted = |m: &&Migration| manifest.migrations.contains(&m.version);
    let is_applied = |m: &&Migration| applied.contains(&m.version);
    for migration in all.iter().rev().filter(|m| is_applied(m) && !is_wanted(m)) {
        run(client, migration, false).await?;
    }
    for migration in all.iter().filter(|m| is_wanted(m) && !is_applied(m)) {
        run(client, migration, true).await?;
    }
    let tables = list(client, known).await?;
    // The first migration makes the owner's row; the archive brings its own.
    tables::empty(client, &tables).await.map_err(|e| refused("the target", &e))?;
    agree(manifest, &tables)?;
    Ok(tables)
}

/// Applies what this program knows beyond the archive, to its rows, and tells the names.
pub(super) async fn complete(client: &Client) -> Result<Vec<String>> {
    let applied = tables::applied(client).await.map_err(|e| refused("the target", &e))?;
    let mut migrated = Vec::new();
    for migration in migrations::all().iter().filter(|m| !applied.contains(&m.version)) {
        run(client, migration, true).await?;
        migrated.push(migration.name.clone());
    }
    Ok(migrated)
}

async fn run(client: &Client, migration: &Migration, up: bool) -> Result<()> {
    let sql = if up { &migration.up } else { &migration.down };
    let ran = tables::migrate(client, sql, &migration.version, up).await;
    ran.map_err(|e| refused(&format!("migration {}", migration.name), &e))
}

/// Each table of the archive is there with the same columns, and each that is there is in the archive.
fn agree(manifest: &Manifest, tables: &[Table]) -> Result<()> {
    for entry in &manifest.tables {
        let Some(table) = tables.iter().find(|table| table.name == entry.name) else {
            return Err(wrong(&format!("its schema has no table {}", entry.name)));
        };
        let has: BTreeSet<&String> = entry.columns.iter().collect();
        let wants: BTreeSet<&String> = table.columns.iter().collect();
        if let Some(column) = has.symmetric_difference(&wants).next() {
            let which = if has.contains(column) { "one column more" } else { "one column less" };
            let name = &table.name;
            return Err(wrong(&format!("its table {name} has {which} than the schema: {column}")));
        }
    }
    let is_there = |name: &String| manifest.tables.iter().any(|entry| entry.name == *name);
    let is_left_out =
        |name: &String| LEFT_OUT.contains(&name.as_str()) || manifest.left_out.contains(name);
    match tables.iter().find(|table| !is_there(&table.name) && !is_left_out(&table.name)) {
        Some(table) => Err(wrong(&format!("its table {} is missing", table.name))),
        None => Ok(()),
    }
}
