//! What eBay is asked: addresses and bodies of its interface. Pure.

use chrono::{DateTime, Utc};
use url::{Url, form_urlencoded};

use crate::{
    market::{
        call::{below, decimal, plain_words},
        source::Wanted,
    },
    model::condition::Condition,
};

/// Ads on one page; more than 200 are not given.
pub(super) const PER_PAGE: u64 = 200;
/// The longest `q`, in characters.
const LONGEST_WORDS: usize = 100;

/// What the plain token may ask for, and what it takes to ask for sales.
pub(super) const SCOPE: &str = "https://api.ebay.com/oauth/api_scope";
pub(super) const INSIGHTS_SCOPE: &str =
    "https://api.ebay.com/oauth/api_scope/buy.marketplace.insights";

/// Where a token is asked for.
pub(super) fn token_url(api: &Url) -> Url {
    below(api, "/identity/v1/oauth2/token")
}

/// The body that asks for a token of the application.
pub(super) fn token_body(scope: &str) -> Vec<u8> {
    form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "client_credentials")
        .append_pair("scope", scope)
        .finish()
        .into_bytes()
}

/// The address of a page of ads that fit `wanted`, the newest first. The error says what a search needs.
pub(super) fn search_url(api: &Url, wanted: &Wanted, offset: u64) -> Result<Url, String> {
    let mut url = below(api, "/buy/browse/v1/item_summary/search");
    what(&mut url, wanted)?;
    let mut filters = vec!["buyingOptions:{FIXED_PRICE|AUCTION|BEST_OFFER}".to_owned()];
    filters.extend(prices(wanted));
    filters.extend(conditions(wanted).map(|words| format!("conditions:{{{words}}}")));
    url.query_pairs_mut()
        .append_pair("filter", &filters.join(","))
        .append_pair("fieldgroups", "EXTENDED")
        .append_pair("sort", "newlyListed")
        .append_pair("limit", &PER_PAGE.to_string())
        .append_pair("offset", &offset.to_string());
    Ok(url)
}

/// The address of the sales of what fits `wanted`, since a day.
pub(super) fn sales_url(api: &Url, wanted: &Wanted, since: DateTime<Utc>) -> Result<Url, String> {
    let mut url = below(api, "/buy/marketplace_insights/v1_beta/item_sales/search");
    what(&mut url, wanted)?;
    let since = since.format("%Y-%m-%dT00:00:00.000Z");
    url.query_pairs_mut()
        .append_pair("filter", &format!("lastSoldDate:[{since}..]"))
        .append_pair("limit", &PER_PAGE.to_string());
    Ok(url)
}

/// Words and category: one of them must be there.
fn what(url: &mut Url, wanted: &Wanted) -> Result<(), String> {
    let words = plain_words(wanted, LONGEST_WORDS);
    let is_id =
        |category: &&str| category.len() <= 12 && category.bytes().all(|b| b.is_ascii_digit());
    let category = wanted.category.as_deref().filter(|c| !c.is_empty()).filter(is_id);
    if words.is_empty() && category.is_none() {
        return Err(
            "eBay needs a word to look for, or the number of a category; this search has neither"
                .to_owned(),
        );
    }
    if !words.is_empty() {
        url.query_pairs_mut().append_pair("q", &words);
    }
    if let Some(category) = category {
        url.query_pairs_mut().append_pair("category_ids", category);
    }
    Ok(())
}

fn prices(wanted: &Wanted) -> Option<String> {
    if wanted.min_price.is_none() && wanted.max_price.is_none() {
        return None;
    }
    let (least, most) = (wanted.min_price.map(decimal), wanted.max_price.map(decimal));
    let range = format!("{}..{}", least.unwrap_or_default(), most.unwrap_or_default());
    Some(format!("price:[{range}],priceCurrency:{}", wanted.currency))
}

/// eBay's coarse conditions, where they leave out nothing that fits: its "new" has open boxes in it, and an ad that
/// says nothing may be anything.
fn conditions(wanted: &Wanted) -> Option<&'static str> {
    let all = |fits: fn(&Condition) -> bool| {
        !wanted.conditions.is_empty() && wanted.conditions.iter().all(fits)
    };
    if all(|condition| *condition == Condition::New) {
        Some("NEW|UNSPECIFIED")
    } else if all(|condition| *condition < Condition::Great) {
        Some("USED|UNSPECIFIED")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        market::call::tests::wanted,
        model::money::{Currency, Money},
    };

    fn api() -> Url {
        Url::parse("https://api.ebay.com").unwrap()
    }

    fn asked(wanted: &Wanted) -> Vec<(String, String)> {
        let url = search_url(&api(), wanted, 400).unwrap();
        assert_eq!(url.path(), "/buy/browse/v1/item_summary/search");
        url.query_pairs().into_owned().collect()
    }

    fn filter(wanted: &Wanted) -> String {
        asked(wanted).into_iter().find(|(name, _)| name == "filter").unwrap().1
    }

    #[test]
    fn a_search_asks_for_the_newest_of_every_way_to_buy() {
        let pairs = asked(&wanted(r#"leica "m6 ttl" -box"#));
        let pairs: Vec<(&str, &str)> =
            pairs.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(
            pairs,
            [
                ("q", "leica m6 ttl"),
                ("filter", "buyingOptions:{FIXED_PRICE|AUCTION|BEST_OFFER}"),
                ("fieldgroups", "EXTENDED"),
                ("sort", "newlyListed"),
                ("limit", "200"),
                ("offset", "400"),
            ]
        );
    }

    #[test]
    fn prices_are_narrowed_with_their_currency() {
        let mut wanted = wanted("leica");
        wanted.max_price = Some(Money::new(50_000, Currency::USD));
        assert!(filter(&wanted).ends_with(",price:[..500.00],priceCurrency:USD"));
        wanted.min_price = Some(Money::new(1_050, Currency::USD));
        assert!(filter(&wanted).ends_with(",price:[10.50..500.00],priceCurrency:USD"));
    }

    #[test]
    fn conditions_are_narrowed_only_where_nothing_is_lost() {
        let mut wanted = wanted("leica");
        for (conditions, told) in [
            (vec![Condition::New], Some("NEW|UNSPECIFIED")),
            (vec![Condition::New, Condition::Good], None),
            (vec![Condition::Excellent], None),
            (vec![Condition::Poor, Condition::Good], Some("USED|UNSPECIFIED")),
            (vec![], None),
        ] {
            wanted.conditions = conditions;
            assert_eq!(super::conditions(&wanted), told, "{:?}", wanted.conditions);
        }
    }

    #[test]
    fn something_must_be_looked_for() {
        let mut wanted = wanted("-box");
        assert!(search_url(&api(), &wanted, 0).is_err());
        wanted.category = Some("Cameras".to_owned());
        assert!(search_url(&api(), &wanted, 0).is_err());
        wanted.category = Some("15230".to_owned());
        assert!(asked(&wanted).contains(&("category_ids".to_owned(), "15230".to_owned())));
    }

    #[test]
    fn a_token_is_asked_for_below_the_address_of_the_interface() {
        let api = Url::parse("http://127.0.0.1:8080/fake").unwrap();
        assert_eq!(token_url(&api).as_str(), "http://127.0.0.1:8080/fake/identity/v1/oauth2/token");
        let body = String::from_utf8(token_body(SCOPE)).unwrap();
        assert_eq!(
            body,
            "grant_type=client_credentials&scope=https%3A%2F%2Fapi.ebay.com%2Foauth%2Fapi_scope"
        );
    }

    #[test]
    fn sales_are_asked_for_since_a_day() {
        let since = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let url = sales_url(&api(), &wanted("leica"), since).unwrap();
        let pairs: Vec<_> = url.query_pairs().into_owned().collect();
        assert_eq!(pairs[1].1, "lastSoldDate:[2026-09-21T00:00:00.000Z..]");
    }
}
