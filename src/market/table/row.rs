//! One row of a table, read as an ad or as a sale.

use chrono::{DateTime, Duration, NaiveTime, Utc};
use serde_json::{Map, Value, json};

use super::{Table, columns::Cells};
use crate::{
    market::{Row, condition, date, price, sample, text},
    model::{
        comp::{Basis, NewComp},
        condition::Condition,
        import::FileKind,
        kind::Kind,
        listing::NewListing,
        money::{Currency, Money},
    },
    scout::normalize,
};

/// Everything that reading a row needs.
pub(super) struct Reading<'a> {
    pub(super) table: &'a Table,
    pub(super) cells: Cells<'a>,
    pub(super) now: DateTime<Utc>,
}

impl Reading<'_> {
    pub(super) fn row(&self) -> Result<Row, String> {
        let columns = &self.table.columns;
        let is_sold = columns.is_sold(&self.cells).unwrap_or(self.table.kind == FileKind::SoldCsv);
        if is_sold { self.comp().map(Row::Comp) } else { self.listing().map(Row::Listing) }
    }

    fn comp(&self) -> Result<NewComp, String> {
        let title = self.title()?;
        let (paid, shipping) = self.paid()?;
        let observed_at = self.observed_at()?;
        let (source, source_id) = self.identity(
            &title,
            &[
                &paid.amount.to_string(),
                paid.currency.as_str(),
                // Where nobody tells the day, the day of the import must not make it another sale.
                &observed_at.map(|at| at.to_rfc3339()).unwrap_or_default(),
            ],
        );
        let mut details = self.details();
        if observed_at.is_none() {
            details.insert("date_unknown".into(), true.into());
        }
        if let Some(asked) = self.asked(paid.currency) {
            details.insert("asked_price".into(), json!(asked));
        }
        let subtitle = self.at(self.table.columns.description).and_then(text::line);
        details.extend(subtitle.map(|s| ("subtitle".to_owned(), s.into())));
        let (kind, condition) = self.kind_and_condition(&title);
        Ok(NewComp {
            source,
            source_id,
            kind,
            basis: Basis::Sold,
            price_amount: paid.amount,
            shipping_amount: shipping,
            currency: paid.currency,
            condition,
            category: self.at(self.table.columns.category).and_then(text::line),
            url: self.at(self.table.columns.url).and_then(text::url),
            details: Value::Object(details),
            observed_at: observed_at
                .unwrap_or_else(|| self.now.date_naive().and_time(NaiveTime::MIN).and_utc()),
            title,
        })
    }

    fn listing(&self) -> Result<NewListing, String> {
        let columns = &self.table.columns;
        let title = self.title()?;
        let asked = self.money(columns.price.or(columns.total_price))?.ok_or("no price")?;
        let posted_at = self.date(columns.posted_date)?;
        let (source, source_id) = self.identity(&title, &[]);
        let (kind, condition) = self.kind_and_condition(&title);
        Ok(NewListing {
            source,
            source_id,
            kind,
            description: self.at(columns.description).and_then(text::description),
            price_amount: Some(asked.amount),
            shipping_amount: self.shipping(asked.currency),
            currency: asked.currency,
            condition,
            category: self.at(columns.category).and_then(text::line),
            url: self.at(columns.url).and_then(text::url),
            image_url: self.at(columns.image).and_then(first_image),
            location: self.location(),
            details: Value::Object(self.details()),
            posted_at,
            title,
        })
    }

    fn at(&self, column: Option<usize>) -> Option<&str> {
        self.cells.at(column)
    }

    fn title(&self) -> Result<String, String> {
        text::title(self.at(self.table.columns.title).ok_or("no title")?)
    }

    /// What was paid for the thing alone, and for its shipping.
    fn paid(&self) -> Result<(Money, Option<i64>), String> {
        let columns = &self.table.columns;
        let column = columns.sold_price.or(columns.price);
        let (paid, with_shipping) = match column {
            Some(_) => {
                let included = self.at(columns.shipping_included).is_some_and(is_yes);
                (self.money(column)?.ok_or("no price")?, included)
            }
            None => (self.money(columns.total_price)?.ok_or("no price")?, true),
        };
        let shipping = self.shipping(paid.currency);
        match shipping {
            Some(cost) if with_shipping && cost > paid.amount => {
                Err("the shipping is more than the price with shipping".into())
            }
            Some(cost) if with_shipping => {
                Ok((Money::new(paid.amount - cost, paid.currency), shipping))
            }
            _ => Ok((paid, shipping)),
        }
    }

    /// The asking price beside a sold price.
    fn asked(&self, currency: Currency) -> Option<Money> {
        let columns = &self.table.columns;
        columns.sold_price?;
        self.money(columns.price).ok().flatten().filter(|money| money.currency == currency)
    }

    /// A shipping cost that is words ("local pickup") or in another currency is not known.
    fn shipping(&self, currency: Currency) -> Option<i64> {
        let cost = self.money(self.table.columns.shipping).ok().flatten()?;
        (cost.currency == currency || cost.amount == 0).then_some(cost.amount)
    }

    fn money(&self, column: Option<usize>) -> Result<Option<Money>, String> {
        let Some(cell) = self.at(column) else { return Ok(None) };
        let mut style = self.table.style.price;
        if let Some(code) = self.at(self.table.columns.currency) {
            style.currency = price::known_code(code)
                .or_else(|| price::currency_in(code))
                .ok_or_else(|| format!("the currency '{code}' is not known; USD would be"))?;
        }
        price::parse(cell, style).map(Some)
    }

    fn date(&self, column: Option<usize>) -> Result<Option<DateTime<Utc>>, String> {
        let Some(cell) = self.at(column) else { return Ok(None) };
        let date = date::parse(cell, self.table.style.day_first)?;
        // A day's grace: the file may come from the other side of the date line.
        if date > self.now + Duration::days(1) {
            return Err(format!("the date '{cell}' is in the future"));
        }
        Ok(Some(date))
    }

    /// When it was sold; `None` in a table that has no dates at all.
    fn observed_at(&self) -> Result<Option<DateTime<Utc>>, String> {
        let columns = &self.table.columns;
        match columns.sold_date.or(columns.posted_date) {
            None => Ok(None),
            column => self.date(column)?.map(Some).ok_or_else(|| "no date of the sale".into()),
        }
    }

    /// Where it stands and what it is called there. `rest` tells ads apart that have neither id nor address.
    fn identity(&self, title: &str, rest: &[&str]) -> (String, String) {
        let columns = &self.table.columns;
        let url = self.at(columns.url).and_then(text::url);
        if let Some(id) = self.at(columns.url).and_then(text::ebay_item_id) {
            return ("ebay".into(), id.to_owned());
        }
        let named = self.at(columns.source).and_then(source_word);
        let known = named.or_else(|| known_marketplace(&text::host(url.as_deref()?)?));
        let source = known.clone().unwrap_or_else(|| "csv".to_owned());
        let id = self
            .at(columns.id)
            .filter(|id| id.chars().count() <= 200 && !id.contains(char::is_control));
        let source_id = match (id, url) {
            // A short id in a table of nowhere is a row number; another table has the same ones.
            (Some(id), _) if known.is_none() && id.len() < 6 => {
                format!("{id}-{}", text::digest(&[title]))
            }
            (Some(id), _) => id.to_owned(),
            (None, Some(url)) => text::digest(&[&url]),
            (None, None) => text::digest(&[&[title], rest].concat()),
        };
        (source, source_id)
    }

    fn kind_and_condition(&self, title: &str) -> (Kind, Option<Condition>) {
        let columns = &self.table.columns;
        let description = self.at(columns.description);
        let condition = match self.at(columns.condition) {
            Some(words) => condition::of_words(words),
            // Pages of sold ads put the condition first in the subtitle: "Brand New · NVIDIA · 8 GB".
            None => description.and_then(|d| condition::of_words(d.split('·').next()?)),
        };
        let words_say_parts =
            [self.at(columns.condition), description].into_iter().flatten().any(|words| {
                words.to_lowercase().starts_with("for parts")
                    || words.eq_ignore_ascii_case("parts only")
            });
        let kind =
            if words_say_parts { Kind::Parts } else { normalize::kind_of(title, description) };
        (kind, condition)
    }

    fn location(&self) -> Value {
        let columns = &self.table.columns;
        let mut out = Map::new();
        for (name, column) in [
            ("text", columns.location),
            ("country", columns.country),
            ("postal_code", columns.postal_code),
        ] {
            out.extend(
                self.at(column).and_then(text::line).map(|value| (name.to_owned(), value.into())),
            );
        }
        Value::Object(out)
    }

    fn details(&self) -> Map<String, Value> {
        let columns = &self.table.columns;
        let mut out = Map::new();
        for (name, column) in [
            ("brand", columns.brand),
            ("size", columns.size),
            ("color", columns.color),
            ("bid_count", columns.bids),
            ("condition_text", columns.condition),
        ] {
            out.extend(
                self.at(column).and_then(text::line).map(|value| (name.to_owned(), value.into())),
            );
        }
        let is_silent = self.table.style.currency_assumed && self.at(columns.currency).is_none();
        if is_silent {
            out.insert("currency_assumed".into(), true.into());
        }
        out
    }
}

fn is_yes(cell: &str) -> bool {
    ["true", "yes", "1", "y"].iter().any(|yes| cell.eq_ignore_ascii_case(yes))
}

/// The first address of a cell that may hold several.
fn first_image(cell: &str) -> Option<String> {
    cell.split([' ', ',', '|', ';', '"', '\'', '[', ']']).find_map(text::url)
}

/// A marketplace's name as a source: small letters, digits and hyphens.
fn source_word(name: &str) -> Option<String> {
    let lower = name.to_lowercase();
    known_marketplace(&lower).or_else(|| {
        let word: String = lower
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' })
            .take(50)
            .collect();
        let word = word.trim_matches('-');
        // Sample rows are told by this word, and taken away by it: no real row may bear it.
        (!word.is_empty() && word != sample::SOURCE).then(|| word.to_owned())
    })
}

/// The marketplace that a host or a name belongs to.
fn known_marketplace(name: &str) -> Option<String> {
    const NAMES: &[&str] = &[
        "ebay",
        "grailed",
        "reverb",
        "etsy",
        "mercari",
        "poshmark",
        "depop",
        "vinted",
        "kleinanzeigen",
        "craigslist",
        "facebook",
        "offerup",
        "leboncoin",
        "marktplaats",
        "gumtree",
        "wallapop",
        "subito",
        "willhaben",
        "ricardo",
    ];
    // "ebay-kleinanzeigen" is the latter.
    let found = NAMES
        .iter()
        .rev()
        .find(|known| name.split(['.', ' ', '-', '_', '/']).any(|part| part == **known));
    found.map(|known| (*known).to_owned())
}
