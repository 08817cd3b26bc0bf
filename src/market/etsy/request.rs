//! What Etsy is asked: addresses of its interface. Pure.

use url::Url;

use crate::market::{
    call::{below, decimal, plain_words},
    source::Wanted,
};

/// Ads on one page; more than 100 are not given.
pub(super) const PER_PAGE: u64 = 100;
/// The longest search, in characters.
const LONGEST_WORDS: usize = 150;

/// The address of a page of ads that fit `wanted`, the newest first.
pub(super) fn search_url(api: &Url, wanted: &Wanted, offset: u64) -> Result<Url, String> {
    let words = plain_words(wanted, LONGEST_WORDS);
    if words.is_empty() {
        return Err("Etsy needs a word to look for, and this search has none".to_owned());
    }
    let mut url = below(api, "/listings/active");
    let mut query = url.query_pairs_mut();
    query.append_pair("keywords", &words);
    // Etsy takes prices in dollars alone; others are matched afterwards.
    if wanted.currency == crate::model::money::Currency::USD {
        if let Some(least) = wanted.min_price {
            query.append_pair("min_price", &decimal(least));
        }
        if let Some(most) = wanted.max_price {
            query.append_pair("max_price", &decimal(most));
        }
    }
    query
        .append_pair("sort_on", "created")
        .append_pair("sort_order", "desc")
        .append_pair("limit", &PER_PAGE.to_string())
        .append_pair("offset", &offset.to_string())
        .append_pair("includes", "Images");
    drop(query);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        market::call::tests::wanted,
        model::money::{Currency, Money},
    };

    #[test]
    fn a_search_asks_for_the_newest_with_pictures() {
        let api = Url::parse("https://openapi.etsy.com/v3/application").unwrap();
        let mut wanted = wanted("\"oak stool\" -doll");
        wanted.min_price = Some(Money::new(2_000, Currency::USD));
        assert_eq!(
            search_url(&api, &wanted, 100).unwrap().as_str(),
            "https://openapi.etsy.com/v3/application/listings/active?keywords=oak+stool&min_price=20.00\
             &sort_on=created&sort_order=desc&limit=100&offset=100&includes=Images"
        );
        wanted.currency = Currency::EUR;
        assert!(!search_url(&api, &wanted, 0).unwrap().as_str().contains("min_price"));
    }
}
