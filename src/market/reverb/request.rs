//! What Reverb is asked: addresses of its interface. Pure.

use url::Url;

use crate::market::{
    call::{below, decimal, plain_words},
    source::Wanted,
};

/// Ads on one page.
const PER_PAGE: u32 = 50;
/// The longest query, in characters.
const LONGEST_WORDS: usize = 150;

/// The address of the first page of ads that fit `wanted`; Reverb names the pages after it.
pub(super) fn search_url(api: &Url, wanted: &Wanted) -> Result<Url, String> {
    let words = plain_words(wanted, LONGEST_WORDS);
    if words.is_empty() {
        return Err("Reverb needs a word to look for, and this search has none".to_owned());
    }
    let mut url = below(api, "/listings/all");
    let mut query = url.query_pairs_mut();
    query.append_pair("query", &words);
    if let Some(word) = unwanted(wanted) {
        query.append_pair("must_not", &word);
    }
    if let Some(least) = wanted.min_price {
        query.append_pair("price_min", &decimal(least));
    }
    if let Some(most) = wanted.max_price {
        query.append_pair("price_max", &decimal(most));
    }
    query
        .append_pair("currency", wanted.currency.as_str())
        .append_pair("page", "1")
        .append_pair("per_page", &PER_PAGE.to_string());
    drop(query);
    Ok(url)
}

/// The first single word that must not be there; Reverb takes one. All of them are matched afterwards.
fn unwanted(wanted: &Wanted) -> Option<String> {
    let terms = wanted.words.terms().iter();
    let typed = terms
        .filter(|term| term.is_excluded && !term.is_prefix && !term.is_phrase)
        .map(|term| term.text.as_str());
    let mut all = typed.chain(wanted.excluded_words.iter().map(String::as_str));
    all.find(|word| word.chars().all(char::is_alphanumeric)).map(str::to_owned)
}

/// The address that Reverb gives for the next page: only on its own host.
pub(super) fn next_url(api: &Url, href: &str) -> Result<Url, String> {
    let url = api.join(href).map_err(|_| "Reverb's next page has no address".to_owned())?;
    if url.origin() != api.origin() {
        return Err("Reverb's next page is said to be on another host".to_owned());
    }
    Ok(url)
}

/// The address that looks the words up in the price guide.
pub(super) fn guides_url(api: &Url, wanted: &Wanted) -> Url {
    let mut url = below(api, "/priceguide");
    url.query_pairs_mut().append_pair("query", &plain_words(wanted, LONGEST_WORDS));
    url
}

/// The address of what one entry of the price guide went for.
pub(super) fn transactions_url(api: &Url, guide: &str) -> Url {
    below(api, &format!("/priceguide/{guide}/transactions"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        market::call::tests::wanted,
        model::money::{Currency, Money},
    };

    fn api() -> Url {
        Url::parse("https://api.reverb.com/api").unwrap()
    }

    #[test]
    fn a_search_is_asked_with_what_reverb_understands() {
        let mut wanted = wanted(r#"fender "jazz bass" -"body only" -squier -copy"#);
        wanted.max_price = Some(Money::new(150_000, Currency::USD));
        let url = search_url(&api(), &wanted).unwrap();
        assert_eq!(
            url.as_str(),
            "https://api.reverb.com/api/listings/all?query=fender+jazz+bass&must_not=squier&price_max=1500.00\
             &currency=USD&page=1&per_page=50"
        );
    }

    #[test]
    fn the_next_page_is_on_the_same_host() {
        let next = |href| next_url(&api(), href).map(String::from);
        assert_eq!(
            next("/api/listings/all?page=2").unwrap(),
            "https://api.reverb.com/api/listings/all?page=2"
        );
        assert!(next("https://api.reverb.com/api/listings/all?page=2").is_ok());
        for href in [
            "https://elsewhere.example/?page=2",
            "http://api.reverb.com/api",
            "//x.example",
            "file:///x",
        ] {
            assert!(next(href).is_err(), "{href}");
        }
    }

    #[test]
    fn something_must_be_looked_for() {
        assert!(search_url(&api(), &wanted("-copy")).is_err());
    }
}
