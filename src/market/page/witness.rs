//! One way of reading a page, and what it saw there.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::{
    market::price::{self, PriceStyle},
    model::{
        condition::Condition,
        money::{Currency, Money},
        page_choice::Extractor,
    },
};

/// What one extractor says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Witness {
    pub(super) by: Extractor,
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    pub(super) price: Option<Written>,
    pub(super) highest: Option<Written>,
    pub(super) list_price: Option<Written>,
    pub(super) is_choice: bool,
    pub(super) available: Option<bool>,
    pub(super) condition: Option<Condition>,
    pub(super) category: Option<String>,
    pub(super) image: Option<String>,
    pub(super) url: Option<String>,
    pub(super) location: Map<String, Value>,
    pub(super) details: Map<String, Value>,
    pub(super) posted_at: Option<DateTime<Utc>>,
}

impl Witness {
    pub(super) fn new(by: Extractor) -> Self {
        Self {
            by,
            title: None,
            description: None,
            price: None,
            highest: None,
            list_price: None,
            is_choice: false,
            available: None,
            condition: None,
            category: None,
            image: None,
            url: None,
            location: Map::new(),
            details: Map::new(),
            posted_at: None,
        }
    }
}

/// A price as it is written, with its currency where that is said.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Written {
    pub(super) text: String,
    pub(super) currency: Option<Currency>,
}

impl Written {
    /// The money, `currency` being what the page names elsewhere. Nothing for zero: a price of zero stands where none is
    /// known far more often than where something is free.
    pub(super) fn money(&self, currency: Option<Currency>) -> Option<Money> {
        let currency = self.currency.or(currency)?;
        let money = price::parse(&self.text, PriceStyle { dot_is_decimal: true, currency }).ok()?;
        // The page names the currency; a sign in the text that says "dollar" does not name another.
        (money.amount > 0).then(|| Money::new(money.amount, money.currency))
    }

    /// For comparing prices of one currency.
    pub(super) fn rank(&self) -> i64 {
        self.money(Some(Currency::USD)).map_or(i64::MAX, |money| money.amount)
    }
}
