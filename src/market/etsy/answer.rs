//! What Etsy answers: pages of ads, and errors. Pure.

use chrono::{DateTime, Datelike, Utc};
use serde_json::{Map, Value, json};

use crate::{
    market::{
        source::{Gone, Page},
        text,
    },
    model::{
        listing::NewListing,
        money::{Currency, Money},
    },
    scout::normalize,
};

/// The results that Etsy lets one page through, however many there are.
const REACHABLE: u64 = 12_000;

/// A page of ads.
#[derive(Debug, Clone, Default)]
pub struct Ads {
    /// What stands on it; where it goes on is said beside it.
    pub page: Page,
    /// Where the next page begins.
    pub next: Option<u64>,
    /// More fits than Etsy lets one page through.
    pub is_too_much: bool,
}

/// Reads a page that was asked for at `offset`. The error says why it is none.
pub fn ads(page: &Value, offset: u64) -> Result<Ads, String> {
    let items = page.get("results").and_then(Value::as_array);
    let items = items.ok_or("Etsy's answer has no list where the ads should be")?;
    let count = page.get("count").and_then(Value::as_u64);
    let count = count.ok_or("Etsy's answer does not say how many ads there are")?;
    if items.is_empty() && count > 0 && offset == 0 {
        return Err(format!("Etsy says that there are {count} ads, and sends none"));
    }
    let end = offset + u64::try_from(items.len()).unwrap_or(0);
    Ok(Ads {
        page: Page::told_apart(items, gone, listing),
        next: (!items.is_empty() && end < count.min(REACHABLE)).then_some(end),
        is_too_much: count > REACHABLE,
    })
}

/// An ad that is not on sale any more, by Etsy's own word. A word that is not known says nothing.
fn gone(item: &Value) -> Option<Gone> {
    let reason = match item.get("state")?.as_str()? {
        "sold_out" => "sold",
        "expired" | "removed" => "ended",
        _ => return None,
    };
    Some(Gone { source: "etsy".to_owned(), source_id: id(item)?, reason: reason.to_owned() })
}

fn id(item: &Value) -> Option<String> {
    Some(item.get("listing_id")?.as_u64()?.to_string())
}

/// The ad that an entry tells of. The error says what it lacks.
fn listing(item: &Value) -> Result<NewListing, String> {
    let words = |name: &str| item.get(name).and_then(Value::as_str);
    let source_id = id(item).ok_or("it has no number")?;
    let title = text::title(words("title").unwrap_or_default())?;
    let description = words("description").and_then(text::description);
    let price = item.get("price").and_then(money).ok_or("its price is not understood")?;
    Ok(NewListing {
        source: "etsy".to_owned(),
        source_id,
        kind: normalize::kind_of(&title, description.as_deref()),
        price_amount: Some(price.amount),
        shipping_amount: None,
        currency: price.currency,
        condition: None,
        category: None,
        url: words("url").and_then(text::url),
        image_url: picture(item),
        location: json!({}),
        details: details(item),
        posted_at: moment(item, "created_timestamp").or_else(|| moment(item, "creation_timestamp")),
        title,
        description,
    })
}

/// `{"amount": 1999, "divisor": 100, "currency_code": "USD"}`, exactly or not at all.
fn money(money: &Value) -> Option<Money> {
    let currency: Currency = money.get("currency_code")?.as_str()?.parse().ok()?;
    let (amount, divisor) = (money.get("amount")?.as_i64()?, money.get("divisor")?.as_i64()?);
    let minor = amount.checked_mul(currency.scale())?;
    (amount >= 0 && divisor > 0 && minor % divisor == 0)
        .then(|| Money::new(minor / divisor, currency))
}

fn picture(item: &Value) -> Option<String> {
    let image = item.pointer("/images/0").or_else(|| item.pointer("/Images/0"))?;
    let one = |name| image.get(name).and_then(Value::as_str).and_then(text::url);
    one("url_570xN").or_else(|| one("url_fullxfull"))
}

fn moment(item: &Value, name: &str) -> Option<DateTime<Utc>> {
    let moment = DateTime::from_timestamp(item.get(name)?.as_i64()?, 0)?;
    // Years that no database and no calendar has in common: one such ad would spoil its whole page.
    (1990..=2200).contains(&moment.year()).then_some(moment)
}

fn details(item: &Value) -> Value {
    let mut out = Map::new();
    for name in ["who_made", "when_made"] {
        let value = item.get(name).and_then(Value::as_str).and_then(text::line);
        out.extend(value.map(|value| (name.to_owned(), value.into())));
    }
    for name in ["quantity", "num_favorers"] {
        let value = item.get(name).filter(|value| value.is_number()).cloned();
        out.extend(value.map(|value| (name.to_owned(), value)));
    }
    out.insert("buying_options".to_owned(), json!(["FIXED_PRICE"]));
    Value::Object(out)
}

/// What Etsy says is wrong.
pub fn error(body: &Value) -> Option<String> {
    let words = ["error_description", "error"].iter().find_map(|name| body.get(*name)?.as_str());
    words.and_then(text::line)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::market::call::tests::any_json;

    fn item() -> Value {
        json!({
            "listing_id": 815, "title": "Oak stool, 1960s", "description": "Solid.", "state": "active",
            "url": "https://www.etsy.com/listing/815/oak-stool", "created_timestamp": 1_790_000_000,
            "price": {"amount": 4550, "divisor": 100, "currency_code": "EUR"}, "when_made": "1960s", "quantity": 1,
            "images": [{"url_570xN": "https://i.etsystatic.com/815.jpg"}],
        })
    }

    fn with(field: &str, value: Value) -> Value {
        let mut item = item();
        item[field] = value;
        item
    }

    #[test]
    fn an_ad_is_read_with_all_that_it_tells() {
        let ad = listing(&item()).unwrap();
        assert_eq!((ad.source.as_str(), ad.source_id.as_str()), ("etsy", "815"));
        assert_eq!((ad.price_amount, ad.currency), (Some(4_550), Currency::EUR));
        assert_eq!(ad.image_url.as_deref(), Some("https://i.etsystatic.com/815.jpg"));
        assert_eq!(ad.posted_at.unwrap().timestamp(), 1_790_000_000);
        assert_eq!(ad.details["when_made"], "1960s");
    }

    #[test]
    fn a_moment_that_no_database_holds_is_none() {
        for seconds in [i64::MAX, -8_000_000_000_000, 0, -1, 8_000_000_000_000] {
            let ad = listing(&with("created_timestamp", json!(seconds))).unwrap();
            assert_eq!(ad.posted_at, None, "{seconds}");
        }
    }

    #[test]
    fn a_price_is_exact_or_not_at_all() {
        let told = |amount: i64, divisor: i64, code: &str| {
            money(&json!({"amount": amount, "divisor": divisor, "currency_code": code}))
        };
        assert_eq!(told(4550, 100, "USD").unwrap().amount, 4_550);
        assert_eq!(told(45_500, 1000, "USD").unwrap().amount, 4_550);
        assert_eq!(told(1200, 1, "JPY").unwrap().amount, 1_200);
        assert_eq!(told(120_000, 100, "JPY").unwrap().amount, 1_200);
        for (amount, divisor, code) in [
            (1, 0, "USD"),
            (1, 1000, "USD"),
            (-5, 100, "USD"),
            (5, 100, "usd"),
            (i64::MAX, 1, "USD"),
        ] {
            assert_eq!(told(amount, divisor, code), None, "{amount} {divisor} {code}");
        }
        assert!(listing(&with("price", json!(null))).is_err());
    }

    #[test]
    fn a_page_tells_its_ads_and_where_the_next_begins() {
        let page = json!({"count": 3, "results": [item(), with("state", json!("sold_out"))]});
        let told = ads(&page, 0).unwrap();
        assert_eq!((told.page.listings.len(), told.page.gone.len(), told.next), (1, 1, Some(2)));
        // A state that is not known says nothing.
        let page = json!({"count": 3, "results": [with("state", json!("edit"))]});
        let told = ads(&page, 2).unwrap();
        assert_eq!((told.page.listings.len(), told.next), (1, None));
    }

    #[test]
    fn nothing_found_and_nothing_said_are_told_apart() {
        assert!(ads(&json!({"count": 0, "results": []}), 0).unwrap().page.listings.is_empty());
        for page in [
            json!({}),
            json!({"results": []}),
            json!({"count": 3, "results": []}),
            json!({"count": 1}),
        ] {
            assert!(ads(&page, 0).is_err(), "{page}");
        }
        assert_eq!(error(&json!({"error": "Invalid API key"})).unwrap(), "Invalid API key");
    }
    proptest! {
        #[test]
        fn any_answer_is_read_or_refused(page in any_json(), offset in 0_u64..20_000) {
            let (_, _) = (ads(&page, offset), error(&page));
        }
    }
}
