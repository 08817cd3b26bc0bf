//! Files that people import: tables of every make, eBay's JSON, and what `export` wrote.

use std::{fs, io::Read, path::PathBuf, sync::LazyLock};

use chrono::{DateTime, Utc};
use deal_scout::{
    import::{self, Given, exported},
    market::{
        decode::{self, Decoding},
        ebay::{self, stream},
        recognise::{self, Shape},
        table::{Table, records::Records},
    },
};
use tokio::runtime::{Builder, Runtime};

use super::market;

const LIMIT: u64 = 50 << 20;

/// Files are looked through on threads for blocking work; one runtime serves all inputs.
static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().enable_all().build().expect("a runtime"));
static FOLDER: LazyLock<tempfile::TempDir> =
    LazyLock::new(|| tempfile::tempdir().expect("a folder"));

/// Every kind of file, by what is in it: first its rows one by one, then the whole way that an import takes.
pub(super) fn imports(bytes: &[u8]) {
    let encoding = decode::guess(bytes).expect("bytes can be read");
    let mut text = String::new();
    Decoding::new(bytes, encoding).read_to_string(&mut text).expect("what is decoded is text");
    let head = &text[..text.floor_char_boundary(recognise::HEAD)];
    match recognise::text(head, head.len() == text.len()) {
        Ok(Shape::Table(table)) => rows(&text, &table),
        Ok(Shape::Json) => {
            let _ = stream::walk(text.as_bytes(), &mut |number, value| {
                assert!(number > 0);
                if let Ok(told) = ebay::listing(&value) {
                    market::ad(&told);
                }
                true
            });
        }
        Ok(Shape::Feed | Shape::Page) => {}
        Err(why) => assert!(!why.is_empty()),
    }
    let path = file(bytes, "input.csv");
    let given = Given { path, name: "input.csv".to_owned() };
    if let Ok(checked) = RUNTIME.block_on(import::check(vec![given], LIMIT, now())) {
        for file in &checked {
            import::sales(file, now()).iter().flatten().for_each(market::sale);
        }
    }
}

/// Files that `export` wrote, as JSON Lines and as tables; a file is never both an export and something else.
pub(super) fn exports(bytes: &[u8]) {
    for name in ["listings.jsonl", "orders.csv"] {
        let given = Given { path: file(bytes, name), name: name.to_owned() };
        if let Ok((exported, others)) = RUNTIME.block_on(exported::tell_apart(vec![given])) {
            assert_eq!(exported.len() + others.len(), 1);
        }
    }
}

fn rows(text: &str, table: &Table) {
    let mut records = Records::new(text.as_bytes(), table.delimiter);
    let mut line = 0;
    while let Some(record) = records.read().expect("text in memory can be read") {
        assert!(record.line > line, "lines are counted: {} after {line}", record.line);
        line = record.line;
        if let Some(cells) = &record.cells {
            market::row(table.row(cells, now()));
        }
    }
}

fn file(bytes: &[u8], name: &str) -> PathBuf {
    let path = FOLDER.path().join(format!("{}-{name}", std::process::id()));
    fs::write(&path, bytes).expect("the file is written");
    path
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("a time")
}
