//! The archive's table of contents: what made it, which schema its rows are of, and what each table must come to.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    error::{Error, Result},
    sealing::LockedKeys,
};

/// The one format that there is.
pub(super) const FORMAT: u32 = 1;
/// No manifest is larger, in bytes; one of a hundred tables has 50 KB.
pub(super) const LARGEST: u64 = 4 << 20;

/// The archive's table of contents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The format of the archive.
    pub format: u32,
    /// The program that made it: `0.1.0`.
    pub program: String,
    /// The PostgreSQL that it was made from.
    pub server: String,
    /// The moment that it shows.
    pub made_at: DateTime<Utc>,
    /// The versions of the migrations that its schema had.
    pub migrations: Vec<String>,
    /// Its tables, by name.
    pub tables: Vec<TableEntry>,
    /// The tables that were left out on purpose.
    pub left_out: Vec<String>,
    /// Its photo files.
    pub photos: Photos,
    /// The keys that open its secrets, when it was made with a passphrase.
    pub keys: Option<LockedKeys>,
}

/// One table of an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableEntry {
    /// Its name.
    pub name: String,
    /// Its columns, in the order of the fields of a row.
    pub columns: Vec<String>,
    /// How many rows.
    pub rows: u64,
    /// How many bytes, before compression.
    pub bytes: u64,
    /// SHA-256 of those bytes, in hex.
    pub sha256: String,
    /// What a column that counts by itself would be given next.
    pub next: BTreeMap<String, i64>,
}

/// The photo files of an archive, at the most: one that vanishes while the archive is written is not in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Photos {
    /// How many files.
    pub files: u64,
    /// How many bytes in all.
    pub bytes: u64,
}

impl Manifest {
    /// Reads one and refuses what no backup writes.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self> {
        // The format is looked at first: a later one may have other fields.
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let broken = |cause: serde_json::Error| wrong(&format!("its manifest is broken: {cause}"));
        let Format { format } = serde_json::from_slice(bytes).map_err(broken)?;
        if format != FORMAT {
            return Err(Error::Failed(format!(
                "the archive has format {format}, this version reads format {FORMAT}; restore it with the version \
                 that made it, or a later one; nothing was changed"
            )));
        }
        let manifest: Self = serde_json::from_slice(bytes).map_err(broken)?;
        manifest.check()?;
        Ok(manifest)
    }

    fn check(&self) -> Result<()> {
        let mut seen = BTreeSet::new();
        for table in &self.tables {
            let name = &table.name;
            if !is_name(name) || !table.columns.iter().all(|column| is_name(column)) {
                return Err(wrong("its manifest names a table or a column as no schema does"));
            }
            if !seen.insert(name) {
                return Err(wrong(&format!("its manifest lists the table {name} twice")));
            }
            let columns: BTreeSet<&String> = table.columns.iter().collect();
            if columns.len() != table.columns.len() || columns.is_empty() {
                return Err(wrong(&format!(
                    "its manifest lists a column of {name} twice, or none"
                )));
            }
            if !table.next.keys().all(|column| columns.contains(column)) {
                return Err(wrong(&format!("its manifest counts up a column that {name} has not")));
            }
        }
        Ok(())
    }

    /// What the keys are bound to: the rows that they came with.
    pub(super) fn context(&self) -> String {
        let tables = self.tables.iter();
        tables.fold("deal-scout backup".to_owned(), |mut text, TableEntry { name, sha256, .. }| {
            // Writing to a string cannot fail.
            let _ = write!(text, "\n{name} {sha256}");
            text
        })
    }

    /// Rows in all.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).fold(0, u64::saturating_add)
    }

    /// Bytes in all, before compression.
    pub(super) fn bytes(&self) -> u64 {
        let tables = self.tables.iter().map(|table| table.bytes);
        tables.chain([self.photos.bytes]).fold(0, u64::saturating_add)
    }
}

/// Why an archive is not taken.
pub(super) fn wrong(why: &str) -> Error {
    Error::BadRequest(format!(
        "this archive cannot be restored: {why}; nothing was changed; make or fetch it again"
    ))
}

fn is_name(name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    (1..=63).contains(&name.len()) && name.chars().all(is_part)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn example() -> Value {
        json!({
            "format": 1, "program": "0.1.0", "server": "15.20", "made_at": "2026-11-22T00:00:00Z",
            "migrations": ["20261122000001"], "left_out": ["sessions"], "photos": {"files": 0, "bytes": 0}, "keys": null,
            "tables": [{"name": "users", "columns": ["email", "id"], "rows": 1, "bytes": 5, "sha256": "00",
                        "next": {"id": 2}}],
        })
    }

    fn refusal(change: impl Fn(&mut Value)) -> String {
        let mut manifest = example();
        change(&mut manifest);
        Manifest::parse(manifest.to_string().as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn a_manifest_is_read_as_it_was_written() {
        let manifest = Manifest::parse(example().to_string().as_bytes()).unwrap();
        assert_eq!(serde_json::to_value(&manifest).unwrap(), example());
        assert_eq!((manifest.rows(), manifest.bytes()), (1, 5));
    }

    #[test]
    fn a_later_format_is_named_whatever_else_it_says() {
        let said = refusal(|m| *m = json!({"format": 2, "anything": []}));
        assert!(said.contains("format 2"), "{said}");
    }

    #[test]
    fn what_no_backup_writes_is_refused() {
        let said = refusal(|m| m["tables"][0]["name"] = json!("../users"));
        assert!(said.contains("as no schema does"), "{said}");
        assert!(refusal(|m| m["tables"][0]["columns"] = json!(["id", "id"])).contains("twice"));
        assert!(refusal(|m| m["tables"][0]["next"] = json!({"no": 1})).contains("counts up"));
        assert!(refusal(|m| m["tables"][0]["rows"] = json!(-1)).contains("broken"));
        assert!(refusal(|m| m["more"] = json!(1)).contains("unknown field"));
        let twice = |m: &mut Value| {
            let table = m["tables"][0].clone();
            m["tables"].as_array_mut().unwrap().push(table);
        };
        assert!(refusal(twice).contains("users twice"));
    }
}
