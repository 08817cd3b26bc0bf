//! The price that people see: the text of elements that are named for it. The weakest of all witnesses, so it speaks only
//! when it says one thing.

use super::markup::Tag;
use crate::{
    market::asked::{self, Asked},
    model::money::{Currency, Money},
};

/// Texts of one page that are looked at.
const MOST: usize = 300;
/// A text with more characters is prose.
const LONGEST: usize = 60;

/// Names of elements whose price is not the one that is asked.
const OTHER: &[&str] = &[
    "was",
    "old",
    "list",
    "listprice",
    "strike",
    "strikethrough",
    "regular",
    "compare",
    "comparison",
    "original",
    "msrp",
    "rrp",
    "retail",
    "suggested",
    "saving",
    "savings",
    "save",
    "unit",
    "shipping",
    "before",
    "crossed",
    "previous",
    "from",
    "filter",
    "related",
    "similar",
    "recommended",
    "carousel",
    "cart",
    "rewards",
    "discount",
    "installment",
    "range",
];
/// Names of elements in which no price is the one that is asked.
const BESIDE: &[&str] = &[
    "was",
    "strike",
    "strikethrough",
    "crossed",
    "related",
    "similar",
    "recommended",
    "recommendations",
    "carousel",
    "accessory",
    "accessories",
];
/// Names of elements whose price surely is.
const MAIN: &[&str] = &[
    "main",
    "current",
    "product",
    "sale",
    "final",
    "our",
    "offer",
    "now",
    "today",
    "viewad",
    "itemprice",
];

/// Texts that may be the price.
#[derive(Debug, Default)]
pub(super) struct Shown {
    open: Vec<(String, bool)>,
    found: Vec<(String, bool)>,
    /// How many open elements hide the prices in them.
    hidden: usize,
}

/// What an element begins, to be given back when it ends.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Opened {
    is_price: bool,
    is_hidden: bool,
}

impl Shown {
    pub(super) fn open(&mut self, tag: &Tag<'_>) -> Opened {
        let words = names(tag);
        let is_price = words.iter().any(|word| word == "price" || word == "preis");
        let is_struck = matches!(
            tag.name.as_str(),
            "s" | "del" | "strike" | "select" | "button" | "footer" | "nav"
        );
        let is_any = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
        // "list" and "cart" name much else; of a price they say which.
        let is_other = is_any(BESIDE) || (is_price && is_any(OTHER));
        let mut opened = Opened::default();
        if is_struck || is_other {
            self.hidden += 1;
            opened.is_hidden = true;
        } else if is_price && self.hidden == 0 && self.found.len() + self.open.len() < MOST {
            let is_main = is_any(MAIN);
            self.open.push((String::new(), is_main));
            opened.is_price = true;
        }
        opened
    }

    /// Text goes by, its entities decoded.
    pub(super) fn text(&mut self, text: &str) {
        if self.hidden > 0 {
            return;
        }
        for (open, _) in self.open.iter_mut().filter(|(open, _)| open.len() <= LONGEST) {
            open.push_str(&text[..text.floor_char_boundary(LONGEST)]);
            // Pieces of different elements are not one number.
            open.push(' ');
        }
    }

    /// Whether a text that may be the price is being read.
    pub(super) fn is_reading(&self) -> bool {
        !self.open.is_empty() && self.hidden == 0
    }

    pub(super) fn close(&mut self, opened: Opened) {
        if opened.is_hidden {
            self.hidden -= 1;
        }
        if opened.is_price {
            self.found.extend(self.open.pop());
        }
    }

    /// The price, when what is seen agrees.
    pub(super) fn price(&self, home: Currency) -> Option<Money> {
        let read = |(text, is_main): &(String, bool)| Some((one_price(text, home)?, *is_main));
        let prices: Vec<(Money, bool)> = self.found.iter().filter_map(read).collect();
        let main: Vec<Money> =
            prices.iter().filter(|(_, is_main)| *is_main).map(|(money, _)| *money).collect();
        let all: Vec<Money> = prices.iter().map(|(money, _)| *money).collect();
        agreed(&main).or_else(|| agreed(&all))
    }
}

fn agreed(prices: &[Money]) -> Option<Money> {
    let first = prices.first()?;
    prices.iter().all(|price| price == first).then_some(*first)
}

/// The price of a text that holds one number and nothing else of weight.
fn one_price(text: &str, home: Currency) -> Option<Money> {
    if text.len() > LONGEST {
        return None;
    }
    let numbers =
        text.split_whitespace().filter(|word| word.contains(|c: char| c.is_ascii_digit())).count();
    match asked::in_text(text, home) {
        Asked::Price(money) if numbers == 1 => Some(money),
        _ => None,
    }
}

/// The words of an element's class and id: `productPrice`, `product-price` and `product_price` are two words each.
fn names(tag: &Tag<'_>) -> Vec<String> {
    let mut words = Vec::new();
    for attribute in ["class", "id", "data-testid", "data-cy", "itemprop"] {
        let Some(value) = tag.get(attribute) else { continue };
        let mut word = String::new();
        for c in value.chars().take(400) {
            let starts_word =
                c.is_uppercase() && word.chars().next_back().is_some_and(char::is_lowercase);
            if !c.is_alphanumeric() || starts_word {
                words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            }
            if c.is_alphanumeric() {
                word.extend(c.to_lowercase());
            }
        }
        words.extend((!word.is_empty()).then_some(word));
    }
    words
}
