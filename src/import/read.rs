//! Goes through a file row by row. Blocking: it runs on threads of its own.

use std::{
    cell::Cell,
    collections::HashSet,
    fs::File,
    io::{self, Read},
    rc::Rc,
};

use chrono::{DateTime, Utc};

use super::check::Checked;
use crate::{
    error::{Error, Result},
    market::{
        Row,
        decode::Decoding,
        ebay::{
            self,
            stream::{self, Document},
        },
        feed, page,
        recognise::Shape,
        table::{
            Table,
            records::{MAX_RECORD, Record, Records},
        },
    },
    model::comp::NewComp,
};

/// Files up to this size are written by hand or at one go: their last line is whole though nothing ends it.
const SURELY_WHOLE: u64 = 4096;
/// How many different last cells are remembered.
const MAX_CELLS: usize = 256;

/// One data row.
#[derive(Debug)]
pub(super) struct ReadRow {
    /// Its number among the data rows, from 1.
    pub(super) number: u64,
    /// The line it starts on; for JSON its number.
    pub(super) line: u64,
    /// What it tells of, or why it is not taken.
    pub(super) row: Result<Row, String>,
    /// Bytes of the file that have been read by then.
    pub(super) bytes_read: u64,
}

/// Hands every data row of a file to `take`, which returns false to stop. For JSON it answers what the document was.
pub(super) fn rows(
    file: &Checked,
    now: DateTime<Utc>,
    take: &mut dyn FnMut(ReadRow) -> bool,
) -> Result<Option<Document>> {
    let cannot =
        |cause: io::Error| Error::Failed(format!("{}: it cannot be read: {cause}", file.name));
    let read = Rc::new(Cell::new(0));
    let raw = Counting { inner: File::open(&file.path).map_err(cannot)?, read: Rc::clone(&read) };
    let text = Decoding::new(raw, file.encoding);
    match &file.shape {
        Shape::Json => stream::walk(text, &mut |number, value| {
            take(ReadRow { number, line: number, row: ebay::listing(&value).map(Row::Listing), bytes_read: read.get() })
        })
        .map(Some)
        .map_err(|cause| {
            Error::BadRequest(format!(
                "{}: the JSON is broken or cut off ({cause}); nothing of it was stored; get the whole file and import it again",
                file.name
            ))
        }),
        Shape::Feed => {
            let text = whole(text, feed::MAX_BYTES).map_err(cannot)?;
            let feed = feed::read(&text).map_err(|why| unusable(file, "feed", &why))?;
            for (number, told) in (1..).zip(feed.entries) {
                let row = match told {
                    feed::Told::Ad(ad) => Ok(Row::Listing(*ad)),
                    feed::Told::Gone(gone) => Err(format!("the ad is gone: {}", gone.reason)),
                    feed::Told::Nothing(why) => Err(why),
                };
                if !take(ReadRow { number, line: number, row, bytes_read: file.bytes }) {
                    break;
                }
            }
            Ok(None)
        }
        Shape::Page => {
            let text = whole(text, page::MAX_BYTES).map_err(cannot)?;
            let page = page::read(&text, None).map_err(|why| unusable(file, "page", &why))?;
            let row = match page.available(None) {
                Some(false) => Err("the page says that it is sold or out of stock".to_owned()),
                _ => page.listing(None).map(Row::Listing),
            };
            take(ReadRow { number: 1, line: 1, row, bytes_read: file.bytes });
            Ok(None)
        }
        Shape::Table(table) => {
            let is_small = file.bytes <= SURELY_WHOLE;
            table_rows(Records::new(text, table.delimiter), table, is_small, now, &read, take).map_err(cannot)?;
            Ok(None)
        }
    }
}

/// The whole text, and a little more than `most` bytes of it at most: the parser refuses what is too large.
fn whole<R: Read>(text: R, most: usize) -> io::Result<String> {
    let most = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    text.take(most).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn unusable(file: &Checked, what: &str, why: &str) -> Error {
    let name = &file.name;
    Error::UnsupportedMedia(format!(
        "{name}: this looks like a {what}, but {why}; nothing of it was stored"
    ))
}

/// The sales of a checked file, as an import would store them; rows that say the same sale again further down are left
/// out, and so are ads. Blocking.
pub fn sales(file: &Checked, now: DateTime<Utc>) -> Result<Vec<NewComp>> {
    let mut sales = Vec::new();
    rows(file, now, &mut |read| {
        let is_last = !file.superseded.contains(&read.number);
        if let (true, Ok(Row::Comp(sale))) = (is_last, read.row) {
            sales.push(sale);
        }
        true
    })?;
    Ok(sales)
}

fn table_rows<R: io::BufRead>(
    mut records: Records<R>,
    table: &Table,
    is_small: bool,
    now: DateTime<Utc>,
    read: &Cell<u64>,
    take: &mut dyn FnMut(ReadRow) -> bool,
) -> io::Result<()> {
    let mut number = 0;
    let mut last_cells = HashSet::new();
    if table.is_named_separator(records.read()?) {
        records.read()?;
    }
    while let Some(record) = records.read()? {
        number += 1;
        let line = record.line;
        let row = table_row(&record, table, is_small, &mut last_cells, now);
        if !take(ReadRow { number, line, row, bytes_read: read.get() }) {
            break;
        }
    }
    Ok(())
}

fn table_row(
    record: &Record<'_>,
    table: &Table,
    is_small: bool,
    last_cells: &mut HashSet<String>,
    now: DateTime<Utc>,
) -> Result<Row, String> {
    let Some(cells) = &record.cells else {
        return Err(format!(
            "longer than {} MB; a quote before it may be left open",
            MAX_RECORD >> 20
        ));
    };
    let last = cells.last().copied().unwrap_or_default();
    // Without a line end, "12" may be the beginning of "129". A cell that occurs above is no such beginning.
    let is_whole =
        record.ended || is_small || last_cells.contains(last) || table.last_cell_is_whole(cells);
    if last_cells.len() < MAX_CELLS && !last_cells.contains(last) {
        last_cells.insert(last.to_owned());
    }
    let row = table.row(cells, now)?;
    if is_whole {
        Ok(row)
    } else {
        Err("the file ends in this line without a line end, so its last cell may be cut off".into())
    }
}

/// Counts what is read.
struct Counting {
    inner: File,
    read: Rc<Cell<u64>>,
}

impl Read for Counting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read.set(self.read.get() + u64::try_from(read).unwrap_or_default());
        Ok(read)
    }
}
