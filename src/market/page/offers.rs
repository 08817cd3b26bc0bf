//! What the offers of a product say: one, several, a range, with a list price crossed out.

use serde_json::Value;

use super::{items::last_part, witness::Written};
use crate::{
    market::{home, price},
    model::money::Currency,
};

/// Offers of one product that are read.
const MOST: usize = 500;

/// What all offers of a product say together.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Offers {
    /// The price, or the lowest of several.
    pub(super) price: Option<Written>,
    /// The highest, when there are several.
    pub(super) highest: Option<Written>,
    /// The price that is crossed out.
    pub(super) list_price: Option<Written>,
    /// Whether it is a choice of several prices.
    pub(super) is_choice: bool,
    /// Whether any can be bought; `None` when none says.
    pub(super) available: Option<bool>,
    /// The words of the first condition.
    pub(super) condition: Option<String>,
    /// Who sells.
    pub(super) seller: Option<String>,
    /// Where it can be fetched.
    pub(super) place: Option<Value>,
}

impl Offers {
    /// The offers of a node: its own, and those of its variants.
    pub(super) fn of(node: &Value, resolve: &dyn Fn(&Value) -> Value) -> Self {
        let mut single = Vec::new();
        gather(node, resolve, 0, &mut single);
        let mut out = Self::default();
        let can_be_bought: Vec<bool> = single.iter().filter_map(|offer| offer.available).collect();
        if !can_be_bought.is_empty() {
            out.available = Some(can_be_bought.contains(&true));
        }
        // What is sold out does not set the price while something else can be bought.
        let is_any_left = out.available == Some(true);
        let mut prices: Vec<&Single> = single
            .iter()
            .filter(|offer| offer.low.is_some() && !(is_any_left && offer.available == Some(false)))
            .collect();
        let currency =
            prices.first().and_then(|offer| offer.low.as_ref()).and_then(|low| low.currency);
        prices.retain(|offer| offer.low.as_ref().is_some_and(|low| low.currency == currency));
        let lows = prices.iter().filter_map(|offer| offer.low.as_ref());
        out.price = lows.clone().min_by_key(|low| low.rank()).cloned();
        let highs = prices.iter().filter_map(|offer| offer.high.as_ref().or(offer.low.as_ref()));
        out.highest = highs.max_by_key(|high| high.rank()).cloned();
        let is_range =
            out.highest.as_ref().map(Written::rank) != out.price.as_ref().map(Written::rank);
        out.is_choice = is_range || prices.iter().any(|offer| offer.is_several);
        let cheapest = prices.iter().find(|offer| offer.low == out.price);
        out.list_price = cheapest.and_then(|offer| offer.list_price.clone());
        if !out.is_choice {
            out.highest = None;
        }
        out.condition = single.iter().find_map(|offer| offer.condition.clone());
        out.seller = single.iter().find_map(|offer| offer.seller.clone());
        out.place = single.iter().find_map(|offer| offer.place.clone());
        out
    }
}

#[derive(Debug, Default)]
struct Single {
    low: Option<Written>,
    high: Option<Written>,
    list_price: Option<Written>,
    is_several: bool,
    available: Option<bool>,
    condition: Option<String>,
    seller: Option<String>,
    place: Option<Value>,
}

/// Goes through `offers`, aggregates and variants; a page cannot nest them deeper than is read.
fn gather(node: &Value, resolve: &dyn Fn(&Value) -> Value, depth: usize, out: &mut Vec<Single>) {
    if depth > 6 || out.len() >= MOST {
        return;
    }
    for name in ["offers", "hasVariant"] {
        for inner in several(&node[name]) {
            let inner = resolve(inner);
            let is_offer = name == "offers";
            let has_own_price = is_offer && single(&inner, resolve).low.is_some();
            let holds_more = !inner["offers"].is_null() && (!is_offer || !has_own_price);
            if holds_more {
                gather(&inner, resolve, depth + 1, out);
            } else if is_offer {
                out.push(single(&inner, resolve));
            }
        }
    }
}

fn single(offer: &Value, resolve: &dyn Fn(&Value) -> Value) -> Single {
    let currency = text(&offer["priceCurrency"]);
    let written = |value: &Value| Written::of(value, currency.as_deref());
    let lowest = written(&offer["lowPrice"]);
    let is_aggregate = lowest.is_some() || !offer["highPrice"].is_null();
    let count = text(&offer["offerCount"]).and_then(|count| count.parse::<u64>().ok());
    let mut out = Single {
        low: lowest.or_else(|| written(&offer["price"])),
        high: written(&offer["highPrice"]),
        is_several: is_aggregate && count.is_some_and(|count| count > 1),
        available: text(&offer["availability"]).as_deref().and_then(home::is_available),
        condition: text(&offer["itemCondition"]),
        seller: named(&offer["seller"]).or_else(|| named(&offer["offeredBy"])),
        place: several(&offer["availableAtOrFrom"]).next().map(resolve),
        ..Single::default()
    };
    for specification in several(&offer["priceSpecification"]).take(20) {
        let specification = resolve(specification);
        // So much a kilogram, or for members, is not the price.
        let is_other = ["referenceQuantity", "validForMemberTier"]
            .iter()
            .any(|name| !specification[name].is_null());
        let its_currency = text(&specification["priceCurrency"]).or_else(|| currency.clone());
        let value = if specification["price"].is_null() {
            &specification["minPrice"]
        } else {
            &specification["price"]
        };
        let Some(price) = Written::of(value, its_currency.as_deref()).filter(|_| !is_other) else {
            continue;
        };
        let kind = text(&specification["priceType"]).unwrap_or_default();
        let is_list = matches!(
            last_part(&kind),
            "ListPrice"
                | "StrikethroughPrice"
                | "MSRP"
                | "SRP"
                | "MinimumAdvertisedPrice"
                | "RegularPrice"
        );
        let slot = if is_list { &mut out.list_price } else { &mut out.low };
        slot.get_or_insert(price);
    }
    out
}

/// One value, or each of an array.
pub(super) fn several(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::Null => Box::new(std::iter::empty()),
        Value::Array(values) => Box::new(values.iter().take(MOST)),
        one => Box::new(std::iter::once(one)),
    }
}

/// The text of a string, a number, `{"@value": …}`, or of the first of several.
pub(super) fn text(value: &Value) -> Option<String> {
    let found = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Array(values) => return values.iter().take(MOST).find_map(text),
        Value::Object(members) => {
            let inner = members.get("@value").or_else(|| members.get("@id"))?;
            return if inner.is_object() || inner.is_array() { None } else { text(inner) };
        }
        _ => return None,
    };
    (!found.is_empty()).then_some(found)
}

/// The name of a person, a brand or an organisation, given as a text or as a node.
pub(super) fn named(value: &Value) -> Option<String> {
    several(value)
        .find_map(|one| text(&one["name"]).or_else(|| one.as_str().and_then(|_| text(one))))
}

impl Written {
    /// A price as a node writes it, with the currency beside it.
    fn of(value: &Value, currency: Option<&str>) -> Option<Self> {
        let value = match value {
            Value::Object(_) => value.get("price").or_else(|| value.get("value"))?,
            value => value,
        };
        let text = text(value)?;
        let currency = currency.and_then(currency_of).or_else(|| price::currency_in(&text));
        Some(Self { text, currency })
    }
}

/// `usd`, `USD` or `€`.
pub(super) fn currency_of(written: &str) -> Option<Currency> {
    price::known_code(written)
        .or_else(|| {
            let listed = written.trim().to_ascii_uppercase().parse::<Currency>().ok();
            listed.filter(|currency| currency.is_listed())
        })
        .or_else(|| price::currency_in(written))
}
