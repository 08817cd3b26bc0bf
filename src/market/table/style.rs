//! How a table writes what its cells leave open: the decimal point, the order of day and month, the currency.

use super::columns::{self, Columns};
use crate::{
    market::{
        date,
        price::{self, PriceStyle},
    },
    model::money::Currency,
};

/// What is settled once for a whole table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub(super) price: PriceStyle,
    pub(super) day_first: bool,
    /// Nothing in the table tells its currency; US dollars are a guess.
    pub(super) currency_assumed: bool,
}

impl Style {
    pub(super) fn of(
        delimiter: u8,
        columns: &Columns,
        header: &[&str],
        sample: &[Vec<String>],
    ) -> Self {
        let prices = [columns.sold_price, columns.price, columns.total_price, columns.shipping];
        let cells = |wanted: &[Option<usize>]| -> Vec<&str> {
            let wanted: Vec<usize> = wanted.iter().copied().flatten().collect();
            sample
                .iter()
                .flat_map(|row| wanted.iter().filter_map(|at| row.get(*at)))
                .map(|cell| cell.trim())
                .collect()
        };
        let price_cells = cells(&prices);
        let said = cells(&[columns.currency])
            .into_iter()
            .find_map(price::known_code)
            .or_else(|| {
                prices.iter().flatten().find_map(|at| columns::currency_of(header.get(*at)?))
            })
            .or_else(|| price_cells.iter().find_map(|cell| price::currency_in(cell)));
        let currency = said.unwrap_or(Currency::USD);
        let (mut points, mut commas) = (0_usize, 0_usize);
        for cell in &price_cells {
            match decimal_of(cell) {
                Some('.') => points += 1,
                Some(_) => commas += 1,
                None => {}
            }
        }
        let writes_points =
            ["USD", "GBP", "CAD", "AUD", "NZD", "JPY", "INR"].contains(&currency.as_str());
        let dot_is_decimal =
            if points == commas { writes_points && delimiter != b';' } else { points > commas };
        let day_first = cells(&[columns.sold_date, columns.posted_date])
            .into_iter()
            .find_map(date::order_of)
            .unwrap_or(currency != Currency::USD);
        Self {
            price: PriceStyle { dot_is_decimal, currency },
            day_first,
            currency_assumed: said.is_none(),
        }
    }
}

/// The sign that surely is this number's decimal point: the last one, with other than three digits behind it.
fn decimal_of(cell: &str) -> Option<char> {
    let number = cell.trim_end_matches(|c: char| !c.is_ascii_digit());
    let at = number.rfind(['.', ','])?;
    let behind = number.len() - at - 1;
    let is_digits = number[at + 1..].bytes().all(|b| b.is_ascii_digit());
    let sign = number[at..].chars().next()?;
    (is_digits && behind != 3 && (behind < 3 || sign == '.')).then_some(sign)
}
