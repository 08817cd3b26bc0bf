//! The shape of a schema: everything in it but its rows, each part with the text that makes it again. Two schemas of one
//! database compare by these texts, because names that the search path finds are told without their schema.

mod beside;
mod made;
mod steps;

use std::collections::BTreeMap;

pub use beside::Live;
pub use steps::{Odd, Step, steps};
use tokio_postgres::{Client, Error, Row};

use super::tables::RECORD;

/// A schema without its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shape {
    /// By name.
    pub tables: BTreeMap<String, Table>,
    /// Functions by name and arguments, each with the text that makes it.
    pub functions: BTreeMap<String, String>,
}

/// A table without its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// In order.
    pub columns: Vec<Column>,
    /// In the order in which they can be made: keys, then checks, then what refers to other tables; each by name.
    pub constraints: Vec<Constraint>,
    /// Indexes that no constraint brings along, by name.
    pub indexes: Vec<Index>,
    /// Triggers by name, each with the text that makes it.
    pub triggers: Vec<(String, String)>,
    /// What is said of the table.
    pub comment: Option<String>,
}

/// A column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type, with lengths and collation: `character varying(50)`.
    pub type_name: String,
    /// Whether NULL is refused.
    pub not_null: bool,
    /// What it is without a value, or what it is worked out from.
    pub expression: Option<String>,
    /// Whether the expression always holds and nobody may write another value.
    pub generated: bool,
    /// The sequence that it counts up by itself.
    pub counts_by: Option<String>,
    /// What is said of it.
    pub comment: Option<String>,
}

/// A constraint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Constraint {
    /// Its name.
    pub name: String,
    /// `CHECK (value >= 0)`.
    pub definition: String,
    /// Whether all rows are known to keep it. One that is not valid holds for what is written from then on.
    pub valid: bool,
    /// Of a foreign key: where it points to.
    pub refers: Option<Reference>,
}

/// Where a foreign key points to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reference {
    /// The other table.
    pub table: String,
    /// The columns here, and what each must be found in there.
    pub columns: Vec<(String, String)>,
}

/// An index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// The statement that makes it.
    pub definition: String,
    /// False when its making was broken off, so that it serves nothing.
    pub valid: bool,
    /// What is said of it.
    pub comment: Option<String>,
}

impl Table {
    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// The shape of the schema that names mean at present.
pub async fn read(client: &Client) -> Result<Shape, Error> {
    let mut shape = Shape::default();
    for row in client.query(COLUMNS, &[&RECORD]).await? {
        let table = shape.tables.entry(row.get(0)).or_default();
        table.comment = row.get(1);
        table.columns.push(column(&row));
    }
    for row in client.query(CONSTRAINTS, &[]).await? {
        if let Some(table) = shape.tables.get_mut(row.get::<_, &str>(0)) {
            table.constraints.push(constraint(&row));
        }
    }
    for row in client.query(INDEXES, &[]).await? {
        if let Some(table) = shape.tables.get_mut(row.get::<_, &str>(0)) {
            let (name, definition) = (row.get(1), row.get(2));
            table.indexes.push(Index { name, definition, valid: row.get(3), comment: row.get(4) });
        }
    }
    for row in client.query(TRIGGERS, &[]).await? {
        if let Some(table) = shape.tables.get_mut(row.get::<_, &str>(0)) {
            table.triggers.push((row.get(1), row.get(2)));
        }
    }
    for row in client.query(FUNCTIONS, &[]).await? {
        let (schema, definition): (String, String) = (row.get(1), row.get(2));
        // The text names its schema whatever the search path is.
        let definition = definition.replacen(&format!("FUNCTION {schema}."), "FUNCTION ", 1);
        shape.functions.insert(row.get(0), definition);
    }
    Ok(shape)
}

fn column(row: &Row) -> Column {
    Column {
        name: row.get(2),
        type_name: row.get(3),
        not_null: row.get(4),
        expression: row.get(5),
        generated: row.get(6),
        counts_by: row.get(7),
        comment: row.get(8),
    }
}

fn constraint(row: &Row) -> Constraint {
    let refers = row.get::<_, Option<String>>(4).map(|table| {
        let (here, there): (Vec<String>, Vec<String>) = (row.get(5), row.get(6));
        Reference { table, columns: here.into_iter().zip(there).collect() }
    });
    let definition: String = row.get(2);
    let definition = definition.trim_end_matches(" NOT VALID").to_owned();
    Constraint { name: row.get(1), definition, valid: row.get(3), refers }
}

const COLUMNS: &str = "
SELECT c.relname::text, obj_description(c.oid, 'pg_class'), a.attname::text,
       format_type(a.atttypid, a.atttypmod)
           || CASE WHEN a.attcollation <> t.typcollation THEN ' COLLATE ' || a.attcollation::regcollation ELSE '' END,
       a.attnotnull, pg_get_expr(d.adbin, d.adrelid, true), a.attgenerated <> '',
       CASE WHEN a.attidentity <> '' THEN
           (SELECT s.relname::text FROM pg_depend p JOIN pg_class s ON s.oid = p.objid AND s.relkind = 'S'
            WHERE p.classid = 'pg_class'::regclass AND p.refobjid = c.oid AND p.refobjsubid = a.attnum
              AND p.deptype = 'i') END,
       col_description(c.oid, a.attnum)
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> $1
ORDER BY c.relname COLLATE \"C\", a.attnum";

const CONSTRAINTS: &str = "
SELECT r.relname::text, c.conname::text, pg_get_constraintdef(c.oid, true), c.convalidated, o.relname::text,
       ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY k (n, at)
             JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n ORDER BY k.at),
       ARRAY(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY k (n, at)
             JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.n ORDER BY k.at)
FROM pg_constraint c
JOIN pg_class r ON r.oid = c.conrelid
LEFT JOIN pg_class o ON o.oid = c.confrelid
WHERE c.connamespace = current_schema()::regnamespace AND c.contype IN ('p', 'u', 'x', 'c', 'f') AND c.conparentid = 0
ORDER BY r.relname COLLATE \"C\", array_position('{p,u,x,c,f}'::\"char\"[], c.contype), c.conname COLLATE \"C\"";

const INDEXES: &str = "
SELECT r.relname::text, n.relname::text, pg_get_indexdef(n.oid, 0, true), i.indisvalid, obj_description(n.oid, 'pg_class')
FROM pg_index i
JOIN pg_class n ON n.oid = i.indexrelid
JOIN pg_class r ON r.oid = i.indrelid
WHERE n.relnamespace = current_schema()::regnamespace
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = n.oid AND c.contype IN ('p', 'u', 'x'))
ORDER BY r.relname COLLATE \"C\", n.relname COLLATE \"C\"";

const TRIGGERS: &str = "
SELECT r.relname::text, t.tgname::text, pg_get_triggerdef(t.oid, true)
FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid
WHERE r.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal
ORDER BY r.relname COLLATE \"C\", t.tgname COLLATE \"C\"";

const FUNCTIONS: &str = "
SELECT p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', quote_ident(n.nspname),
       pg_get_functiondef(p.oid)
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.oid = current_schema()::regnamespace AND p.prokind = 'f'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e')
ORDER BY 1";
