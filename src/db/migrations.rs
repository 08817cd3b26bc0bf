//! The text of every migration, for a restore: it brings a schema to another level within its own transaction, which
//! diesel's way of running them cannot.

use std::{borrow::Cow, sync::LazyLock};

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "migrations/"]
struct Files;

/// One migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// What is recorded as applied: `20261122000001`.
    pub version: String,
    /// Its folder: `2026-11-22-000001_create_users`.
    pub name: String,
    /// The SQL that applies it.
    pub up: String,
    /// The SQL that reverts it.
    pub down: String,
}

/// This binary's migrations, in order.
pub fn all() -> &'static [Migration] {
    static ALL: LazyLock<Vec<Migration>> = LazyLock::new(|| {
        let mut all: Vec<Migration> = Files::iter().filter_map(|path| read(&path)).collect();
        all.sort_by(|a, b| a.version.cmp(&b.version));
        all
    });
    &ALL
}

/// The migration that this `up.sql` begins.
fn read(path: &str) -> Option<Migration> {
    let name = path.strip_suffix("/up.sql")?;
    let text = |file: &str| {
        let file = Files::get(&format!("{name}/{file}"))?;
        Some(match file.data {
            Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Cow::Owned(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        })
    };
    let version = name.split('_').next()?.replace('-', "");
    Some(Migration { version, name: name.to_owned(), up: text("up.sql")?, down: text("down.sql")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_migration_is_read_whole() {
        let first = &all()[0];
        assert_eq!(first.version, "20261122000001");
        assert_eq!(first.name, "2026-11-22-000001_create_users");
        assert!(first.up.contains("CREATE TABLE users"), "{}", first.up);
        assert!(first.down.contains("DROP TABLE"), "{}", first.down);
    }

    #[test]
    fn migrations_are_in_order_and_each_runs_within_a_transaction() {
        assert!(all().windows(2).all(|pair| pair[0].version < pair[1].version));
        for migration in all() {
            let up = migration.up.to_uppercase();
            let is_vague =
                up.lines().any(|line| line.contains("DROP ") && line.contains(" IF EXISTS "));
            assert!(
                !is_vague,
                "{} might reach the live schema while a repair builds another beside it",
                migration.name
            );
            let text = format!("{}{}", migration.up, migration.down).to_uppercase();
            assert!(
                !text.contains("CONCURRENTLY"),
                "{} cannot be restored through",
                migration.name
            );
        }
        assert!(Files::iter().all(|path| !path.ends_with("metadata.toml")));
    }
}
