//! What the old system's database looks like: its ten tables and their columns, and how a database that differs is told.

use diesel::{
    QueryableByName, sql_query,
    sql_types::{Array, Bool, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::error::{Error, Result};

/// One of the old tables, as far as it is read.
#[derive(Debug)]
pub(super) struct Table {
    /// Its name.
    pub(super) name: &'static str,
    /// Columns that every revision has. `a|b` is called one or the other.
    pub(super) required: &'static [&'static str],
    /// Columns that may be missing; they read as NULL then.
    pub(super) optional: &'static [&'static str],
    /// What is worked out over there, each as its name and its SQL about the row `t`.
    pub(super) worked_out: &'static [(&'static str, &'static str)],
    /// Rows that are read and stored at a time.
    pub(super) batch: i64,
}

/// The ten, in an order in which each comes after those that it refers to.
pub(super) const TABLES: [Table; 10] = [
    Table {
        name: "listings",
        required: &[
            "source",
            "source_id",
            "title",
            "price",
            "url",
            "location",
            "created_at",
            "available",
        ],
        optional: &["description", "condition", "category", "thumbnail_url", "last_seen_at"],
        worked_out: &[],
        batch: 500,
    },
    Table {
        name: "listing_scores",
        required: &["listing_id", "metric", "value", "created_at"],
        optional: &["snapshot"],
        worked_out: &[],
        batch: 500,
    },
    Table {
        name: "comps",
        required: &["category", "title", "price", "source", "observed_at"],
        optional: &["condition", "metadata"],
        worked_out: &[],
        batch: 500,
    },
    Table {
        name: "user_prefs",
        required: &["user_id", "created_at"],
        optional: &[
            "radius_mi",
            "city",
            "min_condition",
            "max_price_couch",
            "max_price_kitchen_island",
            "keywords_include",
            "notify_channels",
        ],
        worked_out: &[],
        // All at once: one of them is chosen.
        batch: 100_000,
    },
    Table {
        name: "notifications",
        required: &["channel", "payload", "status", "created_at"],
        optional: &["listing_id", "sent_at"],
        worked_out: &[],
        batch: 500,
    },
    Table {
        name: "my_items",
        required: &["title", "category", "price", "status", "created_at"],
        optional: &["attributes", "condition"],
        worked_out: &[],
        batch: 500,
    },
    Table {
        name: "marketplace_accounts",
        required: &["platform|marketplace", "created_at"],
        optional: &[
            "connected",
            "credentials",
            "account_username",
            "access_token",
            "refresh_token",
            "connected_at",
            "last_synced_at",
        ],
        worked_out: &[],
        batch: 100,
    },
    Table {
        name: "cross_posts",
        required: &["my_item_id", "platform", "listing_url", "status", "created_at"],
        optional: &["external_id", "metadata"],
        worked_out: &[],
        batch: 500,
    },
    Table {
        name: "orders",
        required: &["cross_post_id", "platform_order_id", "status", "total", "created_at"],
        optional: &["metadata"],
        // Each message about an order became another row of it; the last one is how it stands.
        worked_out: &[(
            "told_last_by",
            "SELECT max(o.id) FROM orders o
             WHERE o.cross_post_id = t.cross_post_id AND o.platform_order_id = t.platform_order_id",
        )],
        batch: 500,
    },
    Table {
        name: "snap_jobs",
        required: &["status", "created_at"],
        optional: &[
            "source",
            "input_photos",
            "processed_images",
            "detected_category",
            "detected_attributes",
            "condition_guess",
            "price_suggestion_cents",
            "suggested_price",
            "suggested_title",
            "suggested_description",
            "title_suggestion",
            "description_suggestion",
        ],
        worked_out: &[],
        // Photos stand inside the rows.
        batch: 1,
    },
];

impl Table {
    /// The name that a column is read by: the first of its names.
    pub(super) fn names(&self) -> Vec<&'static str> {
        let first = |name: &'static str| name.split('|').next().unwrap_or(name);
        let stored = self.required.iter().chain(self.optional).map(|name| first(name));
        stored.chain(self.worked_out.iter().map(|(name, _)| *name)).collect()
    }
}

/// A table of the database that is to be read, and its columns.
#[derive(Debug, QueryableByName)]
#[diesel(check_for_backend(diesel::pg::Pg))]
pub(super) struct Found {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    is_there: bool,
    #[diesel(sql_type = Bool)]
    is_readable: bool,
    #[diesel(sql_type = Array<Text>)]
    columns: Vec<String>,
}

impl Found {
    /// What each column that is read by name is called in this database, as SQL; `NULL` for one that it has not.
    pub(super) fn column(&self, names: &str) -> String {
        let called = names.split('|').find(|name| self.columns.iter().any(|column| column == name));
        called.map_or_else(|| "NULL".to_owned(), |name| format!("t.\"{name}\""))
    }
}

/// Looks at the ten tables, in their order. A database that is not the old system's is a failure that tells how it
/// differs.
pub(super) async fn look(conn: &mut AsyncPgConnection) -> Result<Vec<Found>> {
    let mut names: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
    names.push("__diesel_schema_migrations");
    let mut found: Vec<Found> = sql_query(
        "SELECT n.name, to_regclass(n.name) IS NOT NULL AS is_there,
                coalesce(has_table_privilege(to_regclass(n.name), 'SELECT'), FALSE) AS is_readable,
                ARRAY(SELECT a.attname::text FROM pg_attribute a
                      WHERE a.attrelid = to_regclass(n.name) AND a.attnum > 0 AND NOT a.attisdropped) AS columns
         FROM unnest($1::text[]) WITH ORDINALITY AS n (name, place) ORDER BY n.place",
    )
    .bind::<Array<Text>, _>(names)
    .load(conn)
    .await
    .map_err(|cause| Error::Failed(format!("the old system's tables cannot be looked at: {cause}")))?;
    let is_ours = found.pop().is_some_and(|migrations| migrations.is_there);
    let faults = faults(&found);
    if faults.is_empty() {
        return Ok(found);
    }
    let advice = if is_ours {
        "It looks like a database of Deal Scout itself, which `import` does not move."
    } else {
        "Give the address of the database that the old system's backend uses (its DATABASE_URL)."
    };
    Err(Error::Failed(format!(
        "this is not the database of the old system (v1.2.0 or later): {}. {advice} Nothing was stored.",
        faults.join("; ")
    )))
}

/// How the tables differ from what is expected.
fn faults(found: &[Found]) -> Vec<String> {
    let missing: Vec<&str> =
        found.iter().filter(|table| !table.is_there).map(|table| table.name.as_str()).collect();
    let mut faults = Vec::new();
    match missing.as_slice() {
        [] => {}
        [one] => faults.push(format!("the table {one} is missing")),
        several if several.len() == TABLES.len() => {
            faults.push(format!("none of its ten tables is there ({})", several.join(", ")));
        }
        several => faults.push(format!("the tables {} are missing", several.join(", "))),
    }
    for (table, found) in TABLES.iter().zip(found).filter(|(_, found)| found.is_there) {
        let absent: Vec<String> = ["id"]
            .iter()
            .chain(table.required)
            .filter(|names| found.column(names) == "NULL")
            .map(|names| names.replace('|', " or "))
            .collect();
        if !absent.is_empty() {
            faults.push(format!("{} has no column {}", table.name, absent.join(", ")));
        }
        if !found.is_readable {
            faults.push(format!(
                "this account may not read {} (GRANT SELECT would let it)",
                table.name
            ));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole() -> Vec<Found> {
        let of = |table: &Table| Found {
            name: table.name.to_owned(),
            is_there: true,
            is_readable: true,
            columns: std::iter::once("id".to_owned())
                .chain(table.names().into_iter().map(ToOwned::to_owned))
                .collect(),
        };
        TABLES.iter().map(of).collect()
    }

    #[test]
    fn the_old_system_is_recognised_and_a_column_may_have_its_later_name() {
        let mut found = whole();
        assert_eq!(faults(&found), Vec::<String>::new());
        found[6].columns = vec!["id".into(), "marketplace".into(), "created_at".into()];
        assert_eq!(faults(&found), Vec::<String>::new());
        assert_eq!(found[6].column("platform|marketplace"), "t.\"marketplace\"");
        assert_eq!(found[6].column("credentials"), "NULL");
    }

    #[test]
    fn what_is_missing_is_named() {
        let mut found = whole();
        found[8].is_there = false;
        found[0].columns.retain(|name| name != "price" && name != "url");
        found[2].is_readable = false;
        assert_eq!(
            faults(&found),
            [
                "the table orders is missing",
                "listings has no column price, url",
                "this account may not read comps (GRANT SELECT would let it)"
            ]
        );
        for table in &mut found {
            table.is_there = false;
        }
        assert!(faults(&found)[0].starts_with("none of its ten tables is there (listings, "));
    }
}
