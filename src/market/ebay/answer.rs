//! What eBay answers: pages of ads, pages of sales, tokens, errors. Pure.

use serde_json::{Value, json};

use super::{condition, listing, money_at, normalize, str_at, text};
use crate::model::{
    comp::{Basis, NewComp},
    kind::Kind,
    listing::NewListing,
};

/// The results that eBay lets one page through, however many there are.
const REACHABLE: u64 = 10_000;

/// The longest that a token is believed to hold, in seconds.
const LONGEST_TOKEN: u64 = 86_400;

/// A page of ads.
#[derive(Debug, Clone, Default)]
pub struct Ads {
    /// What could be read.
    pub listings: Vec<NewListing>,
    /// What could not be read, in words.
    pub skipped: Vec<String>,
    /// Where the next page begins.
    pub next: Option<u64>,
    /// More fits than eBay lets one page through.
    pub is_too_much: bool,
}

/// Reads a page that was asked for at `offset`. The error says why it is none.
pub fn ads(page: &Value, offset: u64) -> Result<Ads, String> {
    let number = |name: &str| page.get(name).and_then(Value::as_u64);
    let total = number("total").ok_or("eBay's answer does not say how many ads there are")?;
    let items = match page.get("itemSummaries") {
        Some(Value::Array(items)) => items.as_slice(),
        None | Some(Value::Null) => &[],
        Some(_) => return Err("eBay's answer has no list where the ads should be".to_owned()),
    };
    if items.is_empty() && total > offset && offset == 0 {
        return Err(format!("eBay says that there are {total} ads, and sends none"));
    }
    let mut ads = Ads { skipped: warnings(page), ..Ads::default() };
    for (at, item) in items.iter().enumerate() {
        match listing(item) {
            Ok(listing) => ads.listings.push(listing),
            Err(why) => ads.skipped.push(format!("ad {} cannot be read: {why}", at + 1)),
        }
    }
    let step = number("limit").unwrap_or_else(|| u64::try_from(items.len()).unwrap_or(0));
    let end = number("offset").unwrap_or(offset).saturating_add(step);
    ads.is_too_much = total > REACHABLE;
    ads.next = (!items.is_empty() && step > 0 && end < total.min(REACHABLE)).then_some(end);
    Ok(ads)
}

/// Reads a page of sales. What cannot be read is told in words beside it.
pub fn sales(page: &Value) -> Result<(Vec<NewComp>, Vec<String>), String> {
    let items = match page.get("itemSales") {
        Some(Value::Array(items)) => items.as_slice(),
        None | Some(Value::Null) if page.get("total").is_some() => &[],
        _ => return Err("eBay's answer has no list where the sales should be".to_owned()),
    };
    let (mut comps, mut skipped) = (Vec::new(), Vec::new());
    for (at, item) in items.iter().enumerate() {
        match sale(item) {
            Ok(comp) => comps.push(comp),
            Err(why) => skipped.push(format!("sale {} cannot be read: {why}", at + 1)),
        }
    }
    Ok((comps, skipped))
}

/// A sale has no identity but its item and its day: an ad with several pieces is sold again and again.
fn sale(item: &Value) -> Result<NewComp, String> {
    let (id, _) = super::identity(item)?;
    let title = text::title(str_at(item, "/title").unwrap_or_default())?;
    let sold = money_at(item, "/lastSoldPrice").ok_or("its price is not understood")?;
    let told = str_at(item, "/lastSoldDate").ok_or("it does not say when")?;
    let observed_at = crate::market::date::parse(told, false)?;
    let condition_id = str_at(item, "/conditionId").and_then(|id| id.parse().ok());
    let is_for_parts = condition_id.is_some_and(condition::is_for_parts);
    let kind = if is_for_parts { Kind::Parts } else { normalize::kind_of(&title, None) };
    Ok(NewComp {
        source: "ebay".to_owned(),
        source_id: format!("{id}@{}", observed_at.format("%Y-%m-%d")),
        kind,
        basis: Basis::Sold,
        price_amount: sold.amount,
        shipping_amount: None,
        currency: sold.currency,
        condition: condition_id
            .and_then(condition::of_ebay_id)
            .or_else(|| str_at(item, "/condition").and_then(condition::of_words)),
        category: super::category(item),
        url: str_at(item, "/itemWebUrl").and_then(text::url),
        details: item
            .get("totalSoldQuantity")
            .and_then(Value::as_u64)
            .map_or_else(|| json!({}), |quantity| json!({ "sold_quantity": quantity })),
        observed_at,
        title,
    })
}

/// A token, and for how many seconds it holds.
pub fn token(body: &Value) -> Option<(String, u64)> {
    let token = body.get("access_token")?.as_str()?;
    let is_one = (1..=8192).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_graphic());
    is_one.then(|| {
        (
            token.to_owned(),
            body.get("expires_in").and_then(Value::as_u64).unwrap_or(0).min(LONGEST_TOKEN),
        )
    })
}

/// What eBay says is wrong: the first error with its number, or what the token's endpoint says.
pub fn error(body: &Value) -> Option<String> {
    if let Some(error) = body.pointer("/errors/0") {
        return said(error);
    }
    let words = ["/error_description", "/error"].iter().find_map(|path| str_at(body, path));
    words.and_then(text::line)
}

fn warnings(page: &Value) -> Vec<String> {
    let warnings = page.get("warnings").and_then(Value::as_array);
    let told = warnings.into_iter().flatten().filter_map(said);
    told.map(|warning| format!("eBay warns: {warning}")).collect()
}

fn said(error: &Value) -> Option<String> {
    let words = ["/longMessage", "/message"].iter().find_map(|path| str_at(error, path));
    let words = words.and_then(text::line)?;
    match error.get("errorId").and_then(Value::as_u64) {
        Some(number) => Some(format!("{words} (eBay's error {number})")),
        None => Some(words),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::market::call::tests::any_json;

    fn item(number: u64) -> Value {
        json!({
            "itemId": format!("v1|{number}|0"), "title": format!("Leica M6 no. {number}"),
            "price": {"value": "1999.00", "currency": "USD"}, "buyingOptions": ["FIXED_PRICE"],
        })
    }

    #[test]
    fn a_page_tells_its_ads_and_where_the_next_begins() {
        let page =
            json!({"total": 450, "limit": 200, "offset": 200, "itemSummaries": [item(1), item(2)]});
        let told = ads(&page, 200).unwrap();
        assert_eq!(told.listings.len(), 2);
        assert_eq!(told.next, Some(400));
        let last = json!({"total": 450, "limit": 200, "offset": 400, "itemSummaries": [item(3)]});
        assert_eq!(ads(&last, 400).unwrap().next, None);
        // It has become less since: the page beyond the end is empty, and nothing is wrong with that.
        let beyond = json!({"total": 500, "limit": 200, "offset": 400});
        assert_eq!(ads(&beyond, 400).unwrap().next, None);
    }

    #[test]
    fn nothing_found_and_nothing_said_are_told_apart() {
        assert!(
            ads(&json!({"total": 0, "limit": 200, "offset": 0}), 0).unwrap().listings.is_empty()
        );
        for page in
            [json!({}), json!([]), json!({"total": 7}), json!({"total": 1, "itemSummaries": {}})]
        {
            assert!(ads(&page, 0).is_err(), "{page}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_and_never_without_a_price() {
        let broken = json!({"itemId": "v1|9|0", "title": "Leica", "price": {"value": "N/A", "currency": "USD"}});
        let page = json!({
            "total": 2, "limit": 200, "offset": 0, "itemSummaries": [broken, item(1)],
            "warnings": [{"errorId": 12002, "message": "The 'sort' value is invalid."}],
        });
        let told = ads(&page, 0).unwrap();
        assert_eq!(told.listings.len(), 1);
        assert_eq!(
            told.skipped[0],
            "eBay warns: The 'sort' value is invalid. (eBay's error 12002)"
        );
        assert!(told.skipped[1].starts_with("ad 1 cannot be read"), "{:?}", told.skipped);
    }

    #[test]
    fn only_what_can_be_reached_is_paged_through() {
        let page =
            json!({"total": 8_532_919, "limit": 200, "offset": 9800, "itemSummaries": [item(1)]});
        let told = ads(&page, 9800).unwrap();
        assert!(told.is_too_much && told.next.is_none());
    }

    #[test]
    fn a_sale_is_a_comparable_with_its_day() {
        let page = json!({"total": 2, "itemSales": [
            {"itemId": "v1|7|0", "title": "Leica M6 body", "lastSoldPrice": {"value": "1850.00", "currency": "USD"},
             "lastSoldDate": "2026-11-02T10:00:00.000Z", "conditionId": "3000", "totalSoldQuantity": 2},
            {"itemId": "v1|8|0", "title": "Leica M6 body"},
        ]});
        let (comps, skipped) = sales(&page).unwrap();
        assert_eq!((comps[0].source_id.as_str(), comps[0].price_amount), ("7@2026-11-02", 185_000));
        assert_eq!(comps[0].basis, Basis::Sold);
        assert_eq!(skipped, ["sale 2 cannot be read: its price is not understood"]);
        assert!(sales(&json!({"total": 0})).unwrap().0.is_empty());
        assert!(sales(&json!({})).is_err());
    }

    #[test]
    fn errors_are_told_in_ebays_words() {
        let body = json!({"errors": [{"errorId": 12023, "message": "short", "longMessage": "A longer <b>one</b>"}]});
        assert_eq!(error(&body).unwrap(), "A longer <b>one</b> (eBay's error 12023)");
        let body =
            json!({"error": "invalid_client", "error_description": "client authentication failed"});
        assert_eq!(error(&body).unwrap(), "client authentication failed");
        assert_eq!(error(&json!({})), None);
    }

    #[test]
    fn a_token_is_text_that_fits_into_a_header() {
        assert_eq!(
            token(&json!({"access_token": "v^1.1#i", "expires_in": 7200})),
            Some(("v^1.1#i".to_owned(), 7200))
        );
        for body in [
            json!({}),
            json!({"access_token": ""}),
            json!({"access_token": "a\nb"}),
            json!({"access_token": 7}),
        ] {
            assert_eq!(token(&body), None, "{body}");
        }
    }
    proptest! {
        #[test]
        fn any_answer_is_read_or_refused(page in any_json(), offset in 0_u64..20_000) {
            if let Ok(told) = ads(&page, offset) {
                prop_assert!(told.listings.iter().all(|ad| ad.source == "ebay" && !ad.title.is_empty()));
                prop_assert!(told.next.is_none_or(|next| next < REACHABLE));
            }
            let (_, _, _) = (sales(&page), token(&page), error(&page));
        }
    }
}
