//! The records of an exported file: JSON Lines as they are, tables cell by cell.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
};

use serde_json::{Map, Value, json};

use super::take::{self, Taker};
use crate::{
    error::{Error, Result},
    market::table::records::{MAX_RECORD, Records},
};

/// A record, or what is wrong with it.
pub(super) type Read1 = Result<Map<String, Value>, String>;

/// How a file's records are written.
#[derive(Debug, Clone)]
pub(super) enum Form {
    Lines,
    /// With the field of each column, the part of it when it is money, and the field's schema.
    Table(Vec<(String, Option<&'static str>, Value)>),
}

/// The noun that a file is an export of, and its form, by the first line; `None` when it is no export.
pub(super) fn recognise(path: &Path) -> Option<(Taker, Form)> {
    let mut first = String::new();
    let limit = u64::try_from(MAX_RECORD).unwrap_or(u64::MAX);
    BufReader::new(File::open(path).ok()?.take(limit)).read_line(&mut first).ok()?;
    let first = first.trim_end();
    if first.starts_with('{') {
        let record: Map<String, Value> = serde_json::from_str(first).ok()?;
        let noun = take::all().into_iter().find(|taker| {
            let shown = (taker.shown)();
            let fields = shown["properties"].as_object();
            fields.is_some_and(|fields| {
                fields.len() == record.len() && fields.keys().all(|name| record.contains_key(name))
            })
        });
        return noun.map(|taker| (taker, Form::Lines));
    }
    let names: Vec<_> = first.split(',').collect();
    take::all().into_iter().find_map(|taker| {
        let columns = columns(&(taker.shown)(), &names)?;
        Some((taker, Form::Table(columns)))
    })
}

/// The columns with these names, when they are all of a noun's.
fn columns(shown: &Value, names: &[&str]) -> Option<Vec<(String, Option<&'static str>, Value)>> {
    let fields = shown["properties"].as_object()?;
    let is_money = |schema: &Value| schema.to_string().contains("/Money\"");
    let wanted = fields.values().map(|schema| 1 + usize::from(is_money(schema))).sum::<usize>();
    if names.len() != wanted {
        return None;
    }
    let column = |name: &&str| {
        if let Some(schema) = fields.get(*name).filter(|schema| !is_money(schema)) {
            return Some(((*name).to_owned(), None, schema.clone()));
        }
        ["amount", "currency"].into_iter().find_map(|part| {
            let field = name.strip_suffix(part)?.strip_suffix('_')?;
            let schema = fields.get(field).filter(|schema| is_money(schema))?;
            Some((field.to_owned(), Some(part), schema.clone()))
        })
    };
    names.iter().map(column).collect()
}

/// Hands each record with its line to `take`, which returns false to stop.
pub(super) fn each(
    path: &Path,
    form: &Form,
    take: &mut dyn FnMut(u64, Read1) -> bool,
) -> Result<()> {
    let cannot = |cause: std::io::Error| {
        Error::Failed(format!("{}: it cannot be read: {cause}", path.display()))
    };
    let input = BufReader::new(File::open(path).map_err(cannot)?);
    match form {
        Form::Lines => lines(input, take),
        Form::Table(columns) => table(input, columns, take),
    }
    .map_err(cannot)
}

fn lines(mut input: impl BufRead, take: &mut dyn FnMut(u64, Read1) -> bool) -> std::io::Result<()> {
    let limit = u64::try_from(MAX_RECORD).unwrap_or(u64::MAX);
    for number in 1.. {
        let mut line = Vec::new();
        if input.by_ref().take(limit).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let record = if line.len() == MAX_RECORD && !line.ends_with(b"\n") {
            input.skip_until(b'\n')?;
            Err(format!("longer than {} MB", MAX_RECORD >> 20))
        } else {
            serde_json::from_slice(&line).map_err(|cause| format!("is no JSON object: {cause}"))
        };
        if !line.trim_ascii().is_empty() && !take(number, record) {
            break;
        }
    }
    Ok(())
}

fn table(
    input: impl BufRead,
    columns: &[(String, Option<&'static str>, Value)],
    take: &mut dyn FnMut(u64, Read1) -> bool,
) -> std::io::Result<()> {
    let mut records = Records::new(input, b',');
    records.read()?;
    while let Some(record) = records.read()? {
        let row = match &record.cells {
            None => Err(format!("longer than {} MB", MAX_RECORD >> 20)),
            Some(cells) if cells.len() != columns.len() => {
                Err(format!("has {} cells where the head has {}", cells.len(), columns.len()))
            }
            Some(cells) => Ok(row(cells, columns)),
        };
        if !take(record.line, row) {
            break;
        }
    }
    Ok(())
}

fn row(cells: &[&str], columns: &[(String, Option<&'static str>, Value)]) -> Map<String, Value> {
    let mut row = Map::new();
    for (cell, (field, part, schema)) in cells.iter().zip(columns) {
        match part {
            None => {
                row.insert(field.clone(), value(cell, schema));
            }
            Some(part) => {
                let money = row.entry(field.clone()).or_insert(Value::Null);
                if !cell.is_empty() {
                    let number = cell.parse::<i64>().map_or(json!(cell), |units| json!(units));
                    money[*part] = number;
                }
            }
        }
    }
    row
}

/// A cell as its field's schema has it. An apostrophe that stands before what looks like a formula is not of the text.
fn value(cell: &str, schema: &Value) -> Value {
    let may_be = |kind: &str| match &schema["type"] {
        Value::String(only) => only == kind,
        Value::Array(several) => several.iter().any(|one| one == kind),
        _ => false,
    };
    let is_nullable = may_be("null") || schema["anyOf"].to_string().contains("\"null\"");
    if cell.is_empty() && is_nullable {
        return Value::Null;
    }
    let is_plain =
        ["integer", "number", "boolean", "array", "object"].iter().any(|kind| may_be(kind));
    let is_free = schema["type"].is_null() && schema["$ref"].is_null() && schema["anyOf"].is_null();
    // References to other schemas are words, or ids.
    if !may_be("string")
        && (is_plain || is_free || cell.parse::<i64>().is_ok())
        && let Ok(value) = serde_json::from_str(cell)
    {
        return value;
    }
    let marked = ['=', '+', '-', '@', '\t', '\r', '\''];
    let text = cell.strip_prefix('\'').filter(|text| text.starts_with(marked));
    Value::String(text.unwrap_or(cell).to_owned())
}
