//! The records of an exported file: JSON Lines as they are, tables cell by cell.

use std::{
    collections::HashSet,
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use encoding_rs::UTF_8;
use serde_json::{Map, Value, json};

use super::run::{self, Taker};
use crate::{
    error::{Error, Result},
    market::{
        decode::{self, Decoding},
        table::records::{MAX_RECORD, Records},
    },
};

/// A record, or what is wrong with it.
pub(super) type Record = Result<Map<String, Value>, String>;
/// A column: its field, the part of it when it is money, and the field's schema.
type Column = (String, Option<&'static str>, Value);

/// Files up to this size are written by hand or at one go: their last line is whole though nothing ends it.
const SURELY_WHOLE: u64 = 4096;

/// How a file's records are written.
#[derive(Debug, Clone)]
pub(super) enum Form {
    /// One object a line, with no other fields than these.
    Lines(HashSet<String>),
    /// Cells between these delimiters.
    Table(u8, Vec<Column>),
}

/// The noun that a file is an export of, and its form, by the first line; `None` when it is no export. A noun without
/// rows makes an empty file of JSON Lines, which only its name tells.
pub(super) fn recognise(path: &Path, name: &str) -> Option<(Taker, Form)> {
    let about = path.metadata().ok().filter(std::fs::Metadata::is_file)?;
    if about.len() == 0 {
        let noun = Path::new(name).file_name()?.to_str()?.strip_suffix(".jsonl")?;
        let taker = run::all().into_iter().find(|taker| taker.noun == noun)?;
        return Some((taker, Form::Lines(HashSet::new())));
    }
    let mut first = String::new();
    let limit = u64::try_from(MAX_RECORD).unwrap_or(u64::MAX);
    open(path, false).ok()?.take(limit).read_line(&mut first).ok()?;
    let first = first.trim_end();
    if first.starts_with('{') {
        let record: Map<String, Value> = serde_json::from_str(first).ok()?;
        let given: HashSet<&String> = record.keys().collect();
        let taker = run::all().into_iter().find(|taker| {
            let shown = (taker.shown)();
            shown["properties"].as_object().is_some_and(|fields| given == fields.keys().collect())
        })?;
        return Some((taker, Form::Lines(record.keys().cloned().collect())));
    }
    // Spreadsheets of some languages write other delimiters.
    [b',', b';', b'\t'].into_iter().find_map(|delimiter| {
        let names = first.split(char::from(delimiter)).map(|name| name.trim_matches('"'));
        let names: Vec<_> = names.collect();
        run::all().into_iter().find_map(|taker| {
            let columns = columns(&(taker.shown)(), &names)?;
            Some((taker, Form::Table(delimiter, columns)))
        })
    })
}

/// The columns with these names, when they are all of a noun's.
fn columns(shown: &Value, names: &[&str]) -> Option<Vec<Column>> {
    let fields = shown["properties"].as_object()?;
    let is_money = |schema: &Value| schema.to_string().contains("/Money\"");
    let wanted = fields.values().map(|schema| 1 + usize::from(is_money(schema))).sum::<usize>();
    let different: HashSet<_> = names.iter().collect();
    if different.len() != wanted || names.len() != wanted {
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

/// Opens a file as UTF-8. Exports are that; spreadsheets save them as they like, which `guesses` finds out.
fn open(path: &Path, guesses: bool) -> io::Result<BufReader<Decoding<File>>> {
    let encoding = if guesses { decode::guess(File::open(path)?)? } else { UTF_8 };
    Ok(BufReader::new(Decoding::new(File::open(path)?, encoding)))
}

/// Reads a file through.
///
/// # Errors
/// When a line of JSON is broken: whoever cut or edited it wants to know before anything is stored.
pub(super) fn check(path: &Path, form: &Form, name: &str) -> Result<()> {
    let mut broken = None;
    let is_json = matches!(form, Form::Lines(_));
    each(path, form, &mut |line, record| {
        broken = record.err().filter(|reason| is_json && reason.starts_with(NO_JSON));
        broken = broken.take().map(|reason| format!("{name}: line {line} {reason}"));
        broken.is_none()
    })?;
    match broken {
        Some(told) => Err(Error::BadRequest(format!(
            "{told}; nothing was stored; get the whole file, or mend the line, and import it again"
        ))),
        None => Ok(()),
    }
}

/// How the reason begins that a line is not what it should be.
const NO_JSON: &str = "is no JSON object";

/// Hands each record with its line to `take`, which returns false to stop.
pub(super) fn each(
    path: &Path,
    form: &Form,
    take: &mut dyn FnMut(u64, Record) -> bool,
) -> Result<()> {
    let mut read = || match form {
        Form::Lines(fields) => lines(open(path, false)?, fields, take),
        Form::Table(delimiter, columns) => {
            let is_small = path.metadata()?.len() <= SURELY_WHOLE;
            table(Records::new(open(path, true)?, *delimiter), columns, is_small, take)
        }
    };
    let told = |cause| Error::Failed(format!("{}: it cannot be read: {cause}", path.display()));
    read().map_err(told)
}

fn lines(
    mut input: impl BufRead,
    fields: &HashSet<String>,
    take: &mut dyn FnMut(u64, Record) -> bool,
) -> io::Result<()> {
    let limit = u64::try_from(MAX_RECORD).unwrap_or(u64::MAX);
    for number in 1.. {
        let mut line = Vec::new();
        if input.by_ref().take(limit).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let record = if line.len() == MAX_RECORD && !line.ends_with(b"\n") {
            input.skip_until(b'\n')?;
            Err(format!("is longer than {} MB", MAX_RECORD >> 20))
        } else {
            object(&line, fields)
        };
        if !line.trim_ascii().is_empty() && !take(number, record) {
            break;
        }
    }
    Ok(())
}

fn object(line: &[u8], fields: &HashSet<String>) -> Record {
    let object: Map<String, Value> =
        serde_json::from_slice(line).map_err(|cause| format!("{NO_JSON} ({cause})"))?;
    match object.keys().find(|name| !fields.contains(*name)) {
        Some(name) => Err(format!("has a field '{name:.50}', which the first line has not")),
        None => Ok(object),
    }
}

fn table(
    mut records: Records<impl BufRead>,
    columns: &[Column],
    is_small: bool,
    take: &mut dyn FnMut(u64, Record) -> bool,
) -> io::Result<()> {
    records.read()?;
    while let Some(record) = records.read()? {
        let row = match &record.cells {
            None => Err(format!(
                "is longer than {} MB; a quote before it may be left open",
                MAX_RECORD >> 20
            )),
            Some(cells) if cells.len() != columns.len() => {
                Err(format!("has {} cells where the head has {}", cells.len(), columns.len()))
            }
            Some(_) if !record.ended && !is_small => {
                Err("ends the file without a line end, so its last cell may be cut off".to_owned())
            }
            Some(cells) => Ok(row(cells, columns)),
        };
        if !take(record.line, row) {
            break;
        }
    }
    Ok(())
}

fn row(cells: &[&str], columns: &[Column]) -> Map<String, Value> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Option<(&'static str, Vec<(u64, Record)>)> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let (taker, form) = recognise(&path, name)?;
        let mut records = Vec::new();
        each(&path, &form, &mut |line, record| {
            records.push((line, record));
            true
        })
        .unwrap();
        Some((taker.noun, records))
    }

    const HEAD: &str = "id,address,created_at,enabled,failing_since,has_secret,kind,last_error,last_sent_at,name,\
                        settings,updated_at";

    #[test]
    fn a_table_is_known_by_its_head_whatever_a_spreadsheet_made_of_it() {
        let row = "7,,x,true,,false,email,,,'=1+1,\"{\"\"a\"\":1}\",y";
        let heads = [HEAD.to_owned(), format!("\u{feff}{HEAD}"), HEAD.replace(',', "\",\"")];
        for head in heads {
            let head = if head.contains('"') { format!("\"{head}\"") } else { head };
            let (noun, records) = read("a.txt", &format!("{head}\r\n{row}\r\n")).unwrap();
            let record = records[0].1.clone().unwrap();
            assert_eq!((noun, records[0].0), ("channels", 2));
            assert_eq!(record["name"], "=1+1");
            assert_eq!(record["settings"], json!({"a": 1}));
            assert_eq!((&record["enabled"], &record["id"]), (&json!(true), &json!(7)));
            assert_eq!(record["address"], "");
        }
        let row = "7;;x;true;;false;email;;;plain;{};y";
        let (_, records) = read("a.csv", &format!("{}\n{row}\n", HEAD.replace(',', ";"))).unwrap();
        assert_eq!(records[0].1.as_ref().unwrap()["name"], "plain");
    }

    #[test]
    fn what_is_no_export_is_left_to_others() {
        for text in ["title,price\nA,1\n", "{\"itemSummaries\":[]}\n", "id,name\n1,a\n", "words"] {
            assert!(read("a.csv", text).is_none(), "{text}");
        }
        assert!(read("orders.csv", "").is_none());
        assert_eq!(read("orders.jsonl", "").unwrap().0, "orders");
    }

    #[test]
    fn a_row_with_too_few_cells_is_told_with_its_line() {
        let (_, records) = read("a.csv", &format!("{HEAD}\n1,2\n")).unwrap();
        let told = "has 2 cells where the head has 12".to_owned();
        assert_eq!(records, [(2, Err(told))]);
    }

    #[test]
    fn broken_json_refuses_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        std::fs::write(&path, "{\"id\":1}\n{\"id\":2,\"x\":1}\n{\"id\":").unwrap();
        let form = Form::Lines(HashSet::from(["id".to_owned()]));
        let told = check(&path, &form, "a.jsonl").unwrap_err().to_string();
        assert!(told.starts_with("a.jsonl: line 3 is no JSON object"), "{told}");
    }

    #[test]
    fn cells_are_what_their_schema_says() {
        let nullable = json!({"type": ["integer", "null"]});
        assert_eq!(value("5", &nullable), json!(5));
        assert_eq!(value("", &nullable), Value::Null);
        assert_eq!(value("5", &json!({"type": "string"})), json!("5"));
        assert_eq!(value("''tis", &json!({"type": "string"})), json!("'tis"));
        assert_eq!(value("'s", &json!({"type": "string"})), json!("'s"));
        let word = json!({"anyOf": [{"$ref": "#/$defs/Condition"}, {"type": "null"}]});
        assert_eq!((value("", &word), value("good", &word)), (Value::Null, json!("good")));
        assert_eq!(value("[]", &json!({"type": "array"})), json!([]));
    }
}
