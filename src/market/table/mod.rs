//! Reads tables (CSV) of ads and of sales, whatever their columns are called.

mod columns;
mod names;
pub mod records;
mod row;
mod style;

use chrono::{DateTime, Utc};

use self::{columns::Columns, style::Style};
use super::Row;
use crate::model::import::FileKind;

/// How to read a table, found out from its header and its first rows.
#[derive(Debug, Clone)]
pub struct Table {
    /// What separates its cells.
    pub delimiter: u8,
    /// Ads or sales.
    pub kind: FileKind,
    width: usize,
    columns: Columns,
    style: Style,
}

impl Table {
    /// Recognises a table by its `header` and `sample` rows. The error lists the columns that were found instead.
    pub fn recognise(
        delimiter: u8,
        header: &[&str],
        sample: &[Vec<String>],
    ) -> Result<Self, String> {
        let columns = Columns::of(header, sample);
        if columns.title.is_none() || !columns.has_price() {
            let lacking = if columns.title.is_some() { "price" } else { "title" };
            let names: Vec<String> =
                header.iter().take(8).map(|name| name.trim().chars().take(30).collect()).collect();
            return Err(format!(
                "a table without a {lacking} column (its columns: {})",
                names.join(", ")
            ));
        }
        let style = Style::of(delimiter, &columns, header, sample);
        let tells_sales = columns.tells_sales()
            || sample.iter().any(|row| columns.is_sold(&columns::Cells::new(row)) == Some(true));
        let kind = if tells_sales { FileKind::SoldCsv } else { FileKind::ListingsCsv };
        Ok(Self { delimiter, kind, width: header.len(), columns, style })
    }

    /// The ad or sale that a row tells of, or why it tells of none.
    pub fn row(&self, cells: &[&str], now: DateTime<Utc>) -> Result<Row, String> {
        // Trailing empty cells are what spreadsheets leave; anything else is a row cut or a stray quote.
        let surplus = cells.get(self.width..).unwrap_or_default();
        if cells.len() < self.width || surplus.iter().any(|cell| !cell.trim().is_empty()) {
            return Err(format!(
                "{} cells where the header has {}: a row cut short, or a quote out of place",
                cells.len(),
                self.width
            ));
        }
        row::Reading { table: self, cells: columns::Cells::new(cells), now }.row()
    }

    /// Whether a table's first record is Excel's own "sep=;", which stands before the header.
    pub fn is_named_separator(&self, first: Option<records::Record<'_>>) -> bool {
        let cells = first.and_then(|record| record.cells).unwrap_or_default();
        cells.first().is_some_and(|cell| cell.starts_with("sep="))
    }

    /// Whether the last cell of a row that ends without a line end is surely whole: nobody reads it, or what is read
    /// of it ends before it does. Other cells may have been cut with the file.
    pub fn last_cell_is_whole(&self, cells: &[&str]) -> bool {
        let last = self.width.saturating_sub(1);
        if !self.columns.is_read(last) {
            return true;
        }
        let cell = cells.get(last).copied().unwrap_or_default();
        // The item's number ends where the query begins, and the query is not kept.
        self.columns.url == Some(last)
            && cell.contains('?')
            && super::text::ebay_item_id(cell).is_some()
    }
}

#[cfg(test)]
mod tests;
