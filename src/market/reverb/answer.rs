//! What Reverb answers: pages of ads, and errors. Pure.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::{id_at, money_at, str_at};
use crate::{
    market::{
        condition, date,
        source::{Gone, Page},
        text,
    },
    model::{
        kind::Kind,
        listing::NewListing,
        money::{Currency, Money},
    },
    scout::normalize,
};

/// A page of ads.
#[derive(Debug, Clone, Default)]
pub struct Ads {
    /// What stands on it; where it goes on is said beside it.
    pub page: Page,
    /// The address of the next page, as Reverb gives it.
    pub next: Option<String>,
}

/// Reads a page. The error says why it is none.
pub fn ads(page: &Value) -> Result<Ads, String> {
    let items = page.get("listings").and_then(Value::as_array);
    let items = items.ok_or("Reverb's answer has no list where the ads should be")?;
    let total = page.get("total").and_then(Value::as_u64).unwrap_or(0);
    let is_first = page.get("current_page").and_then(Value::as_u64).is_none_or(|at| at <= 1);
    if items.is_empty() && total > 0 && is_first {
        return Err(format!("Reverb says that there are {total} ads, and sends none"));
    }
    let next = str_at(page, "/_links/next/href").map(str::to_owned);
    Ok(Ads {
        page: Page::told_apart(items, gone, listing),
        next: next.filter(|_| !items.is_empty()),
    })
}

/// An ad that is not on sale any more, by Reverb's own word. A word that is not known says nothing.
fn gone(item: &Value) -> Option<Gone> {
    let reason = match str_at(item, "/state/slug")? {
        "sold" => "sold",
        "ended" => "ended",
        _ => return None,
    };
    Some(Gone {
        source: "reverb".to_owned(),
        source_id: id_at(item, "/id")?,
        reason: reason.to_owned(),
    })
}

/// The ad that an entry tells of. The error says what it lacks.
fn listing(item: &Value) -> Result<NewListing, String> {
    let source_id = id_at(item, "/id").ok_or("it has no number")?;
    let title = text::title(str_at(item, "/title").unwrap_or_default())?;
    let description = str_at(item, "/description").and_then(text::description);
    let price = money_at(item, "/price").ok_or("its price is not understood")?;
    let words = str_at(item, "/condition/display_name").and_then(text::line);
    let is_broken = words.as_deref() == Some("Non Functioning");
    let kind =
        if is_broken { Kind::Parts } else { normalize::kind_of(&title, description.as_deref()) };
    Ok(NewListing {
        source: "reverb".to_owned(),
        source_id,
        kind,
        price_amount: Some(price.amount),
        shipping_amount: shipping(item, price.currency).map(|rate| rate.amount),
        currency: price.currency,
        condition: words.as_deref().and_then(condition::of_words),
        category: str_at(item, "/categories/0/full_name").and_then(text::line),
        url: str_at(item, "/_links/web/href").and_then(text::url),
        image_url: picture(item),
        location: location(item),
        details: details(item, words),
        posted_at: moment(item, "/published_at").or_else(|| moment(item, "/created_at")),
        title,
        description,
    })
}

fn moment(item: &Value, path: &str) -> Option<DateTime<Utc>> {
    date::parse(str_at(item, path)?, false).ok()
}

/// What shipping costs where it costs the same everywhere; which of several rates a buyer pays is not known here.
fn shipping(item: &Value, currency: Currency) -> Option<Money> {
    let rates = item.pointer("/shipping/rates")?.as_array()?;
    let mut costs = rates.iter().map(|rate| money_at(rate, "/rate"));
    let first = costs.next()??;
    (first.currency == currency && costs.all(|cost| cost == Some(first))).then_some(first)
}

fn picture(item: &Value) -> Option<String> {
    let links = item.pointer("/photos/0/_links")?;
    ["/large_crop/href", "/full/href", "/small_crop/href", "/thumbnail/href"]
        .iter()
        .find_map(|path| str_at(links, path).and_then(text::url))
}

fn location(item: &Value) -> Value {
    let part = |path: &str| str_at(item, path).and_then(text::line);
    let country = part("/location/country_code").or_else(|| part("/origin_country_code"));
    let words: Vec<String> =
        [part("/location/locality"), part("/location/region"), country.clone()]
            .into_iter()
            .flatten()
            .collect();
    let mut out = Map::new();
    if !words.is_empty() {
        out.insert("text".to_owned(), words.join(", ").into());
    }
    out.extend(country.map(|country| ("country".to_owned(), country.into())));
    Value::Object(out)
}

fn details(item: &Value, condition: Option<String>) -> Value {
    let mut out = Map::new();
    for name in ["make", "model", "finish", "year", "shop_name"] {
        let value = str_at(item, &format!("/{name}")).and_then(text::line);
        out.extend(value.map(|value| (name.to_owned(), value.into())));
    }
    out.extend(condition.map(|words| ("condition_text".to_owned(), words.into())));
    let is = |name: &str| item.get(name).and_then(Value::as_bool) == Some(true);
    let mut ways = vec![if is("auction") { "AUCTION" } else { "FIXED_PRICE" }];
    if is("offers_enabled") {
        ways.push("BEST_OFFER");
    }
    out.insert("buying_options".to_owned(), json!(ways));
    Value::Object(out)
}

/// What Reverb says is wrong: its message, and the first field of a search that it does not take.
pub fn error(body: &Value) -> Option<String> {
    let message =
        ["/message", "/error"].iter().find_map(|path| str_at(body, path)).and_then(text::line);
    let field =
        body.get("errors").and_then(Value::as_object).and_then(|errors| errors.iter().next());
    let field = field.and_then(|(name, words)| {
        let words = words.as_str().or_else(|| str_at(words, "/0"))?;
        text::line(&format!("{name} {words}"))
    });
    match (message, field) {
        (Some(message), Some(field)) => Some(format!("{message} ({field})")),
        (message, field) => message.or(field),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{market::call::tests::any_json, model::condition::Condition};

    fn item() -> Value {
        json!({
            "id": 4711, "title": "Fender Jazz Bass 1978 &amp; case", "make": "Fender", "model": "Jazz Bass", "year": "1978",
            "description": "<p>All original.</p>", "published_at": "2026-11-01T12:00:00-05:00",
            "condition": {"uuid": "ae4d", "display_name": "Very Good"},
            "price": {"amount": "1,999.00", "amount_cents": 199_900, "currency": "USD"},
            "offers_enabled": true, "auction": false, "state": {"slug": "live"},
            "categories": [{"full_name": "Bass Guitars / 4-String"}],
            "shipping": {"rates": [{"region_code": "US_CON", "rate": {"amount": "75.00", "currency": "USD"}}]},
            "photos": [{"_links": {"large_crop": {"href": "https://images.reverb.com/a.jpg"}}}],
            "_links": {"web": {"href": "https://reverb.com/item/4711-fender"}},
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
        assert_eq!((ad.source.as_str(), ad.source_id.as_str()), ("reverb", "4711"));
        assert_eq!(ad.title, "Fender Jazz Bass 1978 & case");
        assert_eq!((ad.price_amount, ad.shipping_amount), (Some(199_900), Some(7_500)));
        assert_eq!(ad.condition, Some(Condition::Great));
        assert_eq!(ad.url.as_deref(), Some("https://reverb.com/item/4711-fender"));
        assert_eq!(ad.description.as_deref(), Some("All original."));
        assert_eq!(ad.posted_at.unwrap().to_rfc3339(), "2026-11-01T17:00:00+00:00");
        assert_eq!(ad.details["buying_options"], json!(["FIXED_PRICE", "BEST_OFFER"]));
        assert_eq!(ad.details["year"], "1978");
    }

    #[test]
    fn what_does_not_work_is_sold_for_its_parts() {
        let broken = json!({"display_name": "Non Functioning"});
        assert_eq!(listing(&with("condition", broken)).unwrap().kind, Kind::Parts);
    }

    #[test]
    fn a_price_that_is_not_understood_is_no_price_of_zero() {
        for price in
            [json!(null), json!({"amount": "call", "currency": "USD"}), json!({"amount": "5.00"})]
        {
            assert_eq!(listing(&with("price", price)).unwrap_err(), "its price is not understood");
        }
    }

    #[test]
    fn shipping_that_depends_on_where_one_lives_is_not_known() {
        let rate = |amount: &str| json!({"rate": {"amount": amount, "currency": "USD"}});
        let shipped = |rates: Value| {
            listing(&with("shipping", json!({ "rates": rates }))).unwrap().shipping_amount
        };
        assert_eq!(shipped(json!([rate("5.00"), rate("5.00")])), Some(500));
        assert_eq!(shipped(json!([rate("5.00"), rate("50.00")])), None);
        assert_eq!(shipped(json!([])), None);
    }

    #[test]
    fn only_reverbs_own_word_makes_an_ad_gone() {
        let page = json!({"total": 3, "listings": [
            with("state", json!({"slug": "sold"})), with("state", json!({"slug": "pondering"})), {"id": 5},
        ]});
        let told = ads(&page).unwrap();
        assert_eq!(
            (told.page.gone.len(), told.page.listings.len(), told.page.skipped.len()),
            (1, 1, 1)
        );
        assert_eq!(told.page.gone[0].reason, "sold");
    }

    #[test]
    fn nothing_found_and_nothing_said_are_told_apart() {
        assert!(ads(&json!({"total": 0, "listings": []})).unwrap().page.listings.is_empty());
        for page in [json!({}), json!({"total": 3, "listings": []}), json!("x")] {
            assert!(ads(&page).is_err(), "{page}");
        }
        let page = json!({"listings": [item()], "_links": {"next": {"href": "https://api.reverb.com/x?page=2"}}});
        assert_eq!(ads(&page).unwrap().next.as_deref(), Some("https://api.reverb.com/x?page=2"));
    }

    #[test]
    fn an_error_names_its_field() {
        let body =
            json!({"message": "Unprocessable", "errors": {"price_max": ["is not a number"]}});
        assert_eq!(error(&body).unwrap(), "Unprocessable (price_max is not a number)");
        assert_eq!(error(&json!({"error": "unauthorized"})).unwrap(), "unauthorized");
        assert_eq!(error(&json!({})), None);
    }
    proptest! {
        #[test]
        fn any_answer_is_read_or_refused(page in any_json()) {
            let (_, _) = (ads(&page), error(&page));
        }
    }
}
