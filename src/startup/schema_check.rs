//! Compares the live schema with the one compiled into the binary, table by table, column by column, type by type.

use std::collections::BTreeMap;

use crate::db::catalog::LiveColumn;

/// The text that diesel's tables are compiled from, so that the check and the queries cannot disagree.
const COMPILED: &str = include_str!("../db/schema.rs");

/// One compiled column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The type as PostgreSQL names it.
    pub type_name: String,
    /// Whether it may be NULL.
    pub nullable: bool,
}

/// The compiled schema: table, column, type.
pub type Tables = BTreeMap<String, BTreeMap<String, Column>>;

/// The tables that this binary was compiled against.
pub fn compiled() -> Tables {
    parse(COMPILED)
}

/// What is missing in `live` or differs, each in words: a table's name, or `table.column (what, and what was found)`.
/// Tables and columns that only the live schema has are no fault: a later binary may have added them.
pub fn differences(compiled: &Tables, live: &[LiveColumn]) -> Vec<String> {
    let mut found: BTreeMap<(&str, &str), &LiveColumn> = BTreeMap::new();
    for column in live {
        found.insert((&column.table_name, &column.column_name), column);
    }
    let mut faults = Vec::new();
    for (table, columns) in compiled {
        if !live.iter().any(|column| &column.table_name == table) {
            faults.push(table.clone());
            continue;
        }
        for (name, expected) in columns {
            match found.get(&(table.as_str(), name.as_str())) {
                None => faults.push(format!(
                    "{table}.{name} ({} expected, no such column)",
                    expected.type_name
                )),
                Some(live) if live.type_name != expected.type_name => {
                    faults.push(format!(
                        "{table}.{name} ({} expected, {} found)",
                        expected.type_name, live.type_name
                    ));
                }
                Some(live) if live.nullable && !expected.nullable => {
                    faults.push(format!("{table}.{name} (NOT NULL expected, it may be NULL)"));
                }
                Some(_) => {}
            }
        }
    }
    faults
}

/// Reads the generated file: `name (key) {` opens a table, `column -> Type,` is one column, `}` closes it.
fn parse(schema: &str) -> Tables {
    let mut tables = Tables::new();
    let mut open: Option<String> = None;
    for line in schema.lines().map(str::trim) {
        if let Some((column, sql_type)) = line.split_once(" -> ") {
            let Some(table) = &open else { continue };
            let (type_name, nullable) = postgres_type(sql_type.trim_end_matches(','));
            tables
                .entry(table.clone())
                .or_default()
                .insert(column.to_owned(), Column { type_name, nullable });
        } else if line.ends_with(") {") {
            open = line.split_once(" (").map(|(name, _)| name.to_owned());
        } else if line == "}" {
            open = None;
        }
    }
    tables
}

/// Diesel's name of a type to PostgreSQL's, and whether it may be NULL.
fn postgres_type(diesel: &str) -> (String, bool) {
    if let Some(inner) = diesel.strip_prefix("Nullable<").and_then(|rest| rest.strip_suffix('>')) {
        return (postgres_type(inner).0, true);
    }
    if let Some(inner) = diesel.strip_prefix("Array<").and_then(|rest| rest.strip_suffix('>')) {
        return (format!("{}[]", postgres_type(inner).0), false);
    }
    let name = match diesel {
        "Int2" => "smallint",
        "Int4" => "integer",
        "Int8" => "bigint",
        "Float4" => "real",
        "Float8" => "double precision",
        "Bool" => "boolean",
        "Text" => "text",
        "Varchar" => "character varying",
        "Bytea" => "bytea",
        "Jsonb" => "jsonb",
        "Json" => "json",
        "Timestamptz" => "timestamp with time zone",
        "Timestamp" => "timestamp without time zone",
        "Date" => "date",
        "Uuid" => "uuid",
        "Numeric" => "numeric",
        "Inet" => "inet",
        other => return (other.to_lowercase(), false),
    };
    (name.to_owned(), false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live_copy() -> Vec<LiveColumn> {
        let column = |table: &String, name: &String, column: &Column| LiveColumn {
            table_name: table.clone(),
            column_name: name.clone(),
            type_name: column.type_name.clone(),
            nullable: column.nullable,
        };
        compiled().iter().flat_map(|(t, cs)| cs.iter().map(move |(n, c)| column(t, n, c))).collect()
    }

    #[test]
    fn the_ten_old_tables_are_compiled_in() {
        let tables = compiled();
        for table in [
            "listings",
            "listing_scores",
            "comps",
            "user_prefs",
            "notifications",
            "my_items",
            "marketplace_accounts",
            "cross_posts",
            "orders",
            "snap_jobs",
        ] {
            assert!(tables.contains_key(table), "{table} is compiled in");
        }
    }

    #[test]
    fn a_complete_copy_has_no_faults_and_extras_are_none() {
        let mut live = live_copy();
        live.push(LiveColumn {
            table_name: "listings".into(),
            column_name: "of_a_later_version".into(),
            type_name: "text".into(),
            nullable: true,
        });
        assert_eq!(differences(&compiled(), &live), Vec::<String>::new());
    }

    #[test]
    fn each_kind_of_difference_is_named() {
        let mut live = live_copy();
        live.retain(|c| {
            c.table_name != "orders" && !(c.table_name == "comps" && c.column_name == "kind")
        });
        for column in &mut live {
            if column.table_name == "listings" && column.column_name == "title" {
                column.type_name = "integer".to_owned();
            }
            if column.table_name == "users" && column.column_name == "role" {
                column.nullable = true;
            }
        }
        assert_eq!(
            differences(&compiled(), &live),
            [
                "comps.kind (text expected, no such column)",
                "listings.title (text expected, integer found)",
                "orders",
                "users.role (NOT NULL expected, it may be NULL)",
            ]
        );
    }
}
