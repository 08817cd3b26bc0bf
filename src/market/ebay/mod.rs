//! Reads ads in the shape of eBay's Browse API, and searches there.
//!
//! Identity: source `ebay`, `source_id` the item's number (`legacyItemId`). A variation of an item has its own price, so
//! it is its own ad: item number, a hyphen, the variation's number.

pub mod answer;
mod request;
mod search;
pub mod stream;
mod token;

pub use search::Ebay;

use serde_json::{Map, Value, json};

use super::{condition, price, text};
use crate::{
    model::{
        kind::Kind,
        listing::NewListing,
        money::{Currency, Money},
    },
    scout::normalize,
};

/// Whether a JSON value is one of eBay's items, and not something else.
pub fn is_item(value: &Value) -> bool {
    let has = |name: &str| value.get(name).is_some();
    let has_id = value.get("itemId").is_some_and(Value::is_string) || has("legacyItemId");
    has_id
        && has("title")
        && (has("price") || has("currentBidPrice") || has("itemWebUrl") || has("buyingOptions"))
}

/// The ad that an item summary, or a whole item, tells of. The error says what it lacks.
pub fn listing(item: &Value) -> Result<NewListing, String> {
    if !item.is_object() {
        return Err("not an object".into());
    }
    let (source_id, variation) = identity(item)?;
    let title = text::title(str_at(item, "/title").unwrap_or_default())?;
    let description = ["/shortDescription", "/description"]
        .iter()
        .find_map(|path| str_at(item, path).and_then(text::description));
    let asked = price_of(item)?;
    let currency = asked.map_or(Currency::USD, |(money, _)| money.currency);
    let condition_id = str_at(item, "/conditionId").and_then(|id| id.parse().ok());
    let condition = condition_id
        .and_then(condition::of_ebay_id)
        .or_else(|| str_at(item, "/condition").and_then(condition::of_words));
    let kind = if condition_id.is_some_and(condition::is_for_parts) {
        Kind::Parts
    } else {
        normalize::kind_of(&title, description.as_deref())
    };
    Ok(NewListing {
        source: "ebay".into(),
        source_id,
        kind,
        price_amount: asked.map(|(money, _)| money.amount),
        shipping_amount: cheapest_shipping(item, currency),
        currency,
        condition,
        category: category(item),
        url: str_at(item, "/itemWebUrl").and_then(text::url),
        image_url: str_at(item, "/image/imageUrl").and_then(text::url),
        location: location(item),
        details: details(item, asked, variation),
        posted_at: date_at(item, "/itemCreationDate").or_else(|| date_at(item, "/itemOriginDate")),
        title,
        description,
    })
}

/// What a price is the price of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ask {
    Fixed,
    Bid,
}

/// The `source_id`, and whether it is a variation's.
fn identity(item: &Value) -> Result<(String, bool), String> {
    let is_number = |s: &str| (1..=40).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
    let mut parts = str_at(item, "/itemId").unwrap_or_default().split('|').skip(1);
    let number = str_at(item, "/legacyItemId")
        .filter(|id| is_number(id))
        .or_else(|| parts.clone().next().filter(|id| is_number(id)))
        .ok_or("no item number")?;
    match parts.nth(1).filter(|v| is_number(v) && *v != "0") {
        Some(variation) => Ok((format!("{number}-{variation}"), true)),
        None => Ok((number.to_owned(), false)),
    }
}

/// The price to buy at; for an auction alone, the bid so far. An unreadable price is an error, never "no price".
fn price_of(item: &Value) -> Result<Option<(Money, Ask)>, String> {
    for (path, ask) in [("/price", Ask::Fixed), ("/currentBidPrice", Ask::Bid)] {
        if item.pointer(path).is_some_and(|v| !v.is_null()) {
            let money = money_at(item, path).ok_or_else(|| {
                let shown: String = item
                    .pointer(path)
                    .map(Value::to_string)
                    .unwrap_or_default()
                    .chars()
                    .take(60)
                    .collect();
                format!("the price {shown} is not understood")
            })?;
            return Ok(Some((money, ask)));
        }
    }
    Ok(None)
}

/// The lowest fixed shipping in the ad's own currency.
fn cheapest_shipping(item: &Value, currency: Currency) -> Option<i64> {
    item.get("shippingOptions")?
        .as_array()?
        .iter()
        .filter(|option| str_at(option, "/shippingCostType") == Some("FIXED"))
        .filter_map(|option| money_at(option, "/shippingCost"))
        .filter(|cost| cost.currency == currency)
        .map(|cost| cost.amount)
        .min()
}

fn category(item: &Value) -> Option<String> {
    let leaf = str_at(item, "/leafCategoryIds/0");
    let categories = item.get("categories").and_then(Value::as_array);
    categories
        .and_then(|all| {
            all.iter().find(|c| leaf.is_some() && str_at(c, "/categoryId") == leaf).or(all.first())
        })
        .and_then(|c| str_at(c, "/categoryName"))
        .or_else(|| str_at(item, "/categoryPath").and_then(|path| path.split('|').next_back()))
        .and_then(text::line)
}

fn location(item: &Value) -> Value {
    let part = |path: &str| str_at(item, path).and_then(text::line);
    let (city, state) = (part("/itemLocation/city"), part("/itemLocation/stateOrProvince"));
    let (country, postal_code) = (part("/itemLocation/country"), part("/itemLocation/postalCode"));
    let words: Vec<String> = [city, state, country.clone()].into_iter().flatten().collect();
    let mut out = Map::new();
    if !words.is_empty() {
        out.insert("text".into(), words.join(", ").into());
    }
    out.extend(country.map(|c| ("country".to_owned(), c.into())));
    out.extend(postal_code.map(|p| ("postal_code".to_owned(), p.into())));
    Value::Object(out)
}

/// What else is worth keeping, only as far as the item tells it.
fn details(item: &Value, asked: Option<(Money, Ask)>, variation: bool) -> Value {
    let mut out = Map::new();
    let mut keep =
        |name: &str, value: Option<Value>| out.extend(value.map(|v| (name.to_owned(), v)));
    let line = |path: &str| str_at(item, path).and_then(text::line).map(Value::from);
    let strings = |path: &str| {
        let list: Vec<String> = item
            .pointer(path)?
            .as_array()?
            .iter()
            .filter_map(|v| text::line(v.as_str()?))
            .collect();
        (!list.is_empty()).then(|| json!(list))
    };
    keep("buying_options", strings("/buyingOptions"));
    keep("seller_feedback_percentage", line("/seller/feedbackPercentage"));
    keep(
        "seller_feedback_score",
        item.pointer("/seller/feedbackScore").filter(|v| v.is_number()).cloned(),
    );
    keep("epid", line("/epid"));
    keep("condition_id", line("/conditionId"));
    keep("condition_text", line("/condition"));
    keep("bid_count", item.get("bidCount").filter(|v| v.is_number()).cloned());
    keep("current_bid", money_at(item, "/currentBidPrice").map(|m| json!(m)));
    keep("ends_at", date_at(item, "/itemEndDate").map(|at| json!(at)));
    keep("list_price", money_at(item, "/marketingPrice/originalPrice").map(|m| json!(m)));
    keep("discount_percentage", line("/marketingPrice/discountPercentage"));
    keep("converted_from", line("/price/convertedFromCurrency"));
    keep("marketplace", line("/listingMarketplaceId"));
    if asked.is_some_and(|(_, ask)| ask == Ask::Bid) {
        keep("price_is", Some("current_bid".into()));
    }
    if variation || item.get("itemGroupType").is_some() {
        // A search shows the group's cheapest variation: the price may be another one's.
        keep("item_group", Some(true.into()));
    }
    Value::Object(out)
}

fn str_at<'a>(value: &'a Value, path: &str) -> Option<&'a str> {
    value.pointer(path)?.as_str()
}

fn money_at(value: &Value, path: &str) -> Option<Money> {
    let money = value.pointer(path)?;
    let currency: Currency = str_at(money, "/currency")?.parse().ok()?;
    let amount = match money.get("value")? {
        Value::String(text) => price::plain(text, currency)?,
        Value::Number(number) => price::plain(&number.to_string(), currency)?,
        _ => return None,
    };
    Some(Money::new(amount, currency))
}

fn date_at(value: &Value, path: &str) -> Option<chrono::DateTime<chrono::Utc>> {
    super::date::parse(str_at(value, path)?, false).ok()
}

#[cfg(test)]
mod tests;
