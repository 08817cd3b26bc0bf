//! Rows as a table. Amounts of money have two columns; lists and objects stand in their cell as JSON.

use std::io::{self, Write};

use schemars::Schema;
use serde_json::Value;

/// A column: the field, and the part of it when the field is money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    field: String,
    part: Option<&'static str>,
}

/// The columns of an object's schema, the id first.
pub(super) fn columns(schema: &Schema) -> Vec<Column> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let mut columns: Vec<_> = properties
        .into_iter()
        .flatten()
        .flat_map(|(field, schema)| {
            let is_money = schema.to_string().contains("/Money\"");
            let parts: &[_] = if is_money { &[Some("amount"), Some("currency")] } else { &[None] };
            parts.iter().map(|&part| Column { field: field.clone(), part })
        })
        .collect();
    columns.sort_by_key(|column| column.field != "id");
    columns
}

/// Writes the names of the columns: `total_amount` and `total_currency` for the money of `total`.
pub(super) fn head(out: &mut impl Write, columns: &[Column]) -> io::Result<()> {
    let names = columns.iter().map(|column| match column.part {
        Some(part) => format!("{}_{part}", column.field),
        None => column.field.clone(),
    });
    line(out, names)
}

/// Writes one row.
pub(super) fn row(out: &mut impl Write, columns: &[Column], row: &Value) -> io::Result<()> {
    let cells = columns.iter().map(|column| {
        let value = &row[&column.field];
        cell(column.part.map_or(value, |part| &value[part]))
    });
    line(out, cells)
}

fn line(out: &mut impl Write, cells: impl Iterator<Item = String>) -> io::Result<()> {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        if cell.contains([',', '"', '\n', '\r']) {
            write!(out, "\"{}\"", cell.replace('"', "\"\""))?;
        } else {
            out.write_all(cell.as_bytes())?;
        }
    }
    out.write_all(b"\r\n")
}

/// A spreadsheet takes text that begins like a formula for one, and strangers write titles: an apostrophe stands
/// before such text, and before text that begins with an apostrophe itself.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) => {
            format!("'{text}")
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;
    use serde::Serialize;
    use serde_json::json;

    use super::*;
    use crate::model::money::{Currency, Money};

    #[derive(Serialize, JsonSchema)]
    struct Row {
        title: String,
        price: Option<Money>,
        id: i64,
        tags: Vec<String>,
    }

    fn table(row: &Row) -> String {
        let columns = columns(&schemars::schema_for!(Row));
        let mut out = Vec::new();
        head(&mut out, &columns).unwrap();
        super::row(&mut out, &columns, &json!(row)).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn money_has_two_columns_and_the_id_stands_first() {
        let price = Some(Money::new(1999, Currency::USD));
        let row = Row { title: "a \"b\", c".into(), price, id: 7, tags: vec!["x".into()] };
        assert_eq!(
            table(&row),
            "id,price_amount,price_currency,tags,title\r\n7,1999,USD,\"[\"\"x\"\"]\",\"a \"\"b\"\", c\"\r\n"
        );
    }

    #[test]
    fn no_title_becomes_a_formula() {
        let row = |title: &str| Row { title: title.into(), price: None, id: 1, tags: vec![] };
        assert!(table(&row("=1+1")).ends_with(",'=1+1\r\n"));
        assert!(table(&row("'tis")).ends_with(",''tis\r\n"));
        assert!(table(&row("plain")).ends_with("1,,,[],plain\r\n"));
    }
}
