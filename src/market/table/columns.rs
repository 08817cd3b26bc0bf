//! Which column means what. Names are compared in small letters with every other sign as an underscore.

use super::names;
use crate::market::{date, price};

/// Where each meaning stands, counted from 0.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    pub(super) title: Option<usize>,
    pub(super) description: Option<usize>,
    pub(super) price: Option<usize>,
    pub(super) sold_price: Option<usize>,
    pub(super) total_price: Option<usize>,
    pub(super) shipping: Option<usize>,
    pub(super) shipping_included: Option<usize>,
    pub(super) currency: Option<usize>,
    pub(super) sold_date: Option<usize>,
    pub(super) posted_date: Option<usize>,
    pub(super) condition: Option<usize>,
    pub(super) category: Option<usize>,
    pub(super) url: Option<usize>,
    pub(super) image: Option<usize>,
    pub(super) id: Option<usize>,
    pub(super) source: Option<usize>,
    pub(super) location: Option<usize>,
    pub(super) country: Option<usize>,
    pub(super) postal_code: Option<usize>,
    pub(super) status: Option<usize>,
    pub(super) bids: Option<usize>,
    pub(super) brand: Option<usize>,
    pub(super) size: Option<usize>,
    pub(super) color: Option<usize>,
}

impl Columns {
    pub(super) fn of(header: &[&str], sample: &[Vec<String>]) -> Self {
        let header: Vec<String> = header.iter().map(|name| normalised(name)).collect();
        let find = |aliases: &str| {
            aliases.split(' ').find_map(|a| header.iter().position(|name| name == a))
        };
        let mut columns = Self {
            title: find(names::TITLE),
            description: find(names::DESCRIPTION),
            price: find(names::PRICE),
            sold_price: find(names::SOLD_PRICE),
            total_price: find(names::TOTAL_PRICE),
            shipping: find(names::SHIPPING),
            shipping_included: find(
                "sold_price_includes_shipping price_includes_shipping shipping_included",
            ),
            currency: find("currency currency_code price_currency waehrung währung devise valuta"),
            sold_date: find(names::SOLD_DATE),
            posted_date: find(names::POSTED_DATE),
            condition: find(names::CONDITION),
            category: find("category category_name kategorie catégorie categoria product_category"),
            url: find(names::URL),
            image: find(names::IMAGE),
            id: find(names::ID),
            source: find("source marketplace site platform marktplatz website"),
            location: find("location place city ort item_location standort lieu ville town"),
            country: find("country country_code land pays"),
            postal_code: find("postal_code postcode zip zip_code plz"),
            status: find("status sold is_sold availability state listing_status sale_status"),
            bids: find("bids n_bids bid_count number_of_bids gebote"),
            brand: find("brand designer_names designer marke manufacturer make"),
            size: find("size größe groesse taille"),
            color: find("color colour farbe couleur"),
        };
        columns.settle_status(&header, sample);
        columns
    }

    /// A column called "sold" or "state" may hold a date, a price, a yes, or a part of a country.
    fn settle_status(&mut self, names: &[String], sample: &[Vec<String>]) {
        let Some(at) = self.status else { return };
        let cells = || {
            sample.iter().filter_map(|row| row.get(at)).map(|c| c.trim()).filter(|c| !c.is_empty())
        };
        if cells().any(|cell| sold_word(cell).is_some()) {
            return;
        }
        self.status = None;
        let is_sold_column = names.get(at).is_some_and(|name| name == "sold");
        if is_sold_column && cells().next().is_some() {
            if cells()
                .all(|cell| date::parse(cell, true).is_ok() || date::parse(cell, false).is_ok())
            {
                self.sold_date = self.sold_date.or(Some(at));
            } else if cells().any(|cell| price::currency_in(cell).is_some()) {
                self.sold_price = self.sold_price.or(Some(at));
            }
        }
    }

    pub(super) fn has_price(&self) -> bool {
        self.price.or(self.sold_price).or(self.total_price).is_some()
    }

    /// Whether the columns alone say that the rows are sales. Bids with what was paid in all and no asking price are
    /// auctions that have ended.
    pub(super) fn tells_sales(&self) -> bool {
        let ended_auctions =
            self.bids.is_some() && self.total_price.is_some() && self.price.is_none();
        self.sold_price.is_some() || self.sold_date.is_some() || ended_auctions
    }

    /// Whether a row says of itself that it is sold; `None` when it does not say.
    pub(super) fn is_sold(&self, cells: &Cells<'_>) -> Option<bool> {
        sold_word(cells.at(self.status)?)
    }

    /// Whether anything is read from the column at `at`.
    pub(super) fn is_read(&self, at: usize) -> bool {
        let all = [
            self.title,
            self.description,
            self.price,
            self.sold_price,
            self.total_price,
            self.shipping,
            self.shipping_included,
            self.currency,
            self.sold_date,
            self.posted_date,
            self.condition,
            self.category,
            self.url,
            self.image,
            self.id,
            self.source,
            self.location,
            self.country,
            self.postal_code,
            self.status,
            self.bids,
            self.brand,
            self.size,
            self.color,
        ];
        all.contains(&Some(at))
    }
}

/// The cells of one row.
#[derive(Debug, Clone)]
pub(super) struct Cells<'a>(Vec<&'a str>);

impl<'a> Cells<'a> {
    pub(super) fn new<S: AsRef<str>>(cells: &'a [S]) -> Self {
        Self(cells.iter().map(AsRef::as_ref).collect())
    }

    /// The trimmed cell of a column, `None` where there is no such column or nothing in it.
    pub(super) fn at(&self, column: Option<usize>) -> Option<&'a str> {
        let cell = self.0.get(column?)?.trim();
        let says_nothing = ["nan", "null", "none", "n/a", "na", "-", "nil"]
            .iter()
            .any(|nothing| cell.eq_ignore_ascii_case(nothing));
        (!cell.is_empty() && !says_nothing).then_some(cell)
    }
}

/// `Sold Date` → `sold_date`, `Price (USD)` → `price`: a currency at the end is told by `currency_of`.
pub(super) fn normalised(name: &str) -> String {
    let mut tokens = tokens(name);
    if tokens.len() > 1 && tokens.last().is_some_and(|last| price::known_code(last).is_some()) {
        tokens.pop();
        if tokens.last().is_some_and(|last| last == "in") {
            tokens.pop();
        }
    }
    tokens.join("_")
}

/// The currency that a column's name tells: `price_eur`, `Price (£)`.
pub(super) fn currency_of(name: &str) -> Option<crate::model::money::Currency> {
    let tokens = tokens(name);
    let last = tokens.last().filter(|_| tokens.len() > 1);
    last.and_then(|last| price::known_code(last)).or_else(|| {
        let signs: String =
            name.chars().filter(|c| matches!(c, '$' | '€' | '£' | '¥' | '₹')).collect();
        price::currency_in(&signs)
    })
}

fn tokens(name: &str) -> Vec<String> {
    let spaced: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    // "soldDate" is two words; "SKU" is one.
    let mut out = String::new();
    let mut before_is_small = false;
    for c in spaced.chars() {
        if c.is_uppercase() && before_is_small {
            out.push(' ');
        }
        before_is_small = c.is_lowercase();
        out.extend(c.to_lowercase());
    }
    out.split_whitespace().map(str::to_owned).collect()
}

fn sold_word(cell: &str) -> Option<bool> {
    let cell = cell.trim().to_lowercase();
    let is_in = |words: &[&str]| words.contains(&cell.as_str());
    if is_in(&[
        "sold",
        "true",
        "yes",
        "y",
        "1",
        "sold out",
        "completed",
        "verkauft",
        "vendu",
        "ja",
        "ended_sold",
    ]) {
        Some(true)
    } else if is_in(&[
        "active",
        "available",
        "live",
        "listed",
        "for sale",
        "for_sale",
        "open",
        "false",
        "no",
        "n",
        "0",
        "in stock",
        "unsold",
        "verfügbar",
        "nein",
        "pending",
        "reserved",
        "not sold",
    ]) {
        Some(false)
    } else {
        None
    }
}
