//! Tells what a file is by its first bytes. Names and endings are not asked: people rename files.

use super::{
    feed, page,
    table::{Table, records::Records},
};

/// How many bytes of text the rest of the file is judged by.
pub const HEAD: usize = 64 * 1024;
const SAMPLE_ROWS: usize = 200;

/// The kinds that are taken, for messages.
pub const EXPECTED: &str = "eBay Browse JSON, an RSS, Atom or JSON feed, a page of one ad with schema.org data, a CSV of sold ads, a CSV of ads (with at least a title and a price column), \
                            or, for deal-scout import, a file that deal-scout export wrote";

/// What a file turned out to be, as far as its beginning tells.
#[derive(Debug, Clone)]
pub enum Shape {
    /// JSON of some sort: which, its whole text tells.
    Json,
    /// A table of ads or of sales.
    Table(Box<Table>),
    /// A feed.
    Feed,
    /// A web page.
    Page,
}

/// What files that are no text begin with.
const MAGIC: &[(&[u8], &str)] = &[
    (b"\xFF\xD8\xFF", "a JPEG picture"),
    (b"\x89PNG", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"RIFF", "a WebP picture or a sound"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook (save it as CSV)"),
    (b"\xD0\xCF\x11\xE0", "an old Excel workbook (save it as CSV)"),
    (b"\x1F\x8B", "a gzip archive (unpack it first)"),
    (b"SQLite format 3", "an SQLite database"),
];

/// What raw bytes tell before they are decoded: `Some` names a kind of file that is no text.
pub fn binary(head: &[u8], is_utf_16: bool) -> Option<&'static str> {
    let by_magic = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, name)| *name);
    let odd = |b: &&u8| matches!(b, 0..=8 | 14..=26 | 28..=31 | 127);
    // A stray control character occurs in exports; one in a hundred does not.
    let is_noise = || head.contains(&0) || head.iter().filter(odd).count() * 100 > head.len();
    by_magic.or_else(|| (!is_utf_16 && is_noise()).then_some("binary data"))
}

/// Recognises decoded text by its first [`HEAD`] bytes. The error says what it looks like instead.
pub fn text(head: &str, is_whole: bool) -> Result<Shape, String> {
    let start = head.trim_start();
    if start.is_empty() {
        return Err("blank".into());
    }
    if feed::is_feed(start) {
        return Ok(Shape::Feed);
    }
    if start.starts_with(['{', '[']) {
        return Ok(Shape::Json);
    }
    if page::is_page(start) {
        return Ok(Shape::Page);
    }
    if start.starts_with('<') {
        return Err("XML or a piece of HTML".into());
    }
    table(head, is_whole).map(|table| Shape::Table(Box::new(table)))
}

fn table(head: &str, is_whole: bool) -> Result<Table, String> {
    // Excel's own first line "sep=;" names the separator.
    let (named, head) = match head.trim_start().strip_prefix("sep=") {
        Some(rest) => (rest.bytes().next(), rest.split_once('\n').map_or("", |(_, rest)| rest)),
        None => (None, head),
    };
    let first_line = head.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let delimiter = named.unwrap_or_else(|| delimiter_of(first_line));
    let mut records = Records::new(head.as_bytes(), delimiter);
    let unreadable = || "text that is no table".to_owned();
    let header = match records.read() {
        Ok(Some(record)) => owned(record.cells.ok_or_else(unreadable)?),
        _ => return Err(unreadable()),
    };
    if header.len() < 2 || header.concat().len() > HEAD / 4 {
        return Err(unreadable());
    }
    let mut sample = Vec::new();
    while let Ok(Some(record)) = records.read() {
        // The last record of the head goes on behind it.
        let is_cut = !is_whole && !record.ended;
        sample.extend(record.cells.filter(|_| !is_cut).map(owned));
        if sample.len() == SAMPLE_ROWS {
            break;
        }
    }
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    Table::recognise(delimiter, &header, &sample)
}

fn owned(cells: Vec<&str>) -> Vec<String> {
    cells.into_iter().map(str::to_owned).collect()
}

/// The separator that occurs most outside quotes.
fn delimiter_of(line: &str) -> u8 {
    let mut in_quotes = false;
    let bare: String = line
        .chars()
        .filter(|c| {
            in_quotes ^= *c == '"';
            !in_quotes
        })
        .collect();
    let count = |delimiter: u8| bare.matches(char::from(delimiter)).count();
    // The last of equals wins, so the comma stands last.
    [b'|', b'\t', b';', b','].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks_like(head: &str) -> String {
        match text(head, true) {
            Ok(Shape::Json) => "json".into(),
            Ok(Shape::Table(table)) => table.kind.to_string(),
            Ok(Shape::Feed) => "feed".into(),
            Ok(Shape::Page) => "page".into(),
            Err(what) => what,
        }
    }

    #[test]
    fn files_are_known_by_what_is_in_them() {
        for (head, what) in [
            (" [{}]", "json"),
            ("title,price\nA,1\n", "listings_csv"),
            ("Titel;Preis;Datum\nA;1,50;1.2.2020\n", "listings_csv"),
            ("sep=;\nTitle;Price\nA;1\n", "listings_csv"),
            ("Title\tSold Price\tSold Date\n", "sold_csv"),
            ("title,price,sold\nA,1,yes\n", "sold_csv"),
            ("title,price,sold\nA,1,no\n", "listings_csv"),
            ("title,price,sold\nA,1,2020-01-01\n", "sold_csv"),
            ("id,n_bids,cond,start_pr,ship_pr,total_pr,title\n1,2,new,1,4,5,A\n", "sold_csv"),
            ("<!DOCTYPE html><p>", "page"),
            ("<?xml version='1.0'?><rss>", "feed"),
            ("{\"version\": \"https://jsonfeed.org/version/1\"}", "feed"),
            ("<svg>", "XML or a piece of HTML"),
            (
                "Dear Sir, hello\nworld",
                "a table without a title column (its columns: Dear Sir, hello)",
            ),
            ("just words\n", "text that is no table"),
            ("  \n ", "blank"),
        ] {
            assert_eq!(looks_like(head), what, "{head}");
        }
    }

    #[test]
    fn pictures_archives_and_noise_are_no_text() {
        assert_eq!(binary(b"\xFF\xD8\xFF\xE0", false), Some("a JPEG picture"));
        assert_eq!(binary(b"a\0b", false), Some("binary data"));
        assert_eq!(binary(b"t\0i\0", true), None);
        assert_eq!(binary("Größe\n\t".as_bytes(), false), None);
    }
}
