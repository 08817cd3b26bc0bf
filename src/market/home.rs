//! What the words and addresses of a site say about where it is at home, and whether it still has a thing.

use url::Url;

use crate::model::money::Currency;

/// The dollar that a lone `$` means on a site, by its language (`en-ca`) or the end of its host.
pub fn dollar(language: Option<&str>, site: Option<&Url>) -> Currency {
    let region = language.and_then(|language| language.split(['-', '_']).nth(1));
    let host = site.and_then(Url::host_str);
    let top = host.and_then(|host| host.rsplit('.').next());
    [region, top].into_iter().flatten().find_map(dollar_of).unwrap_or(Currency::USD)
}

fn dollar_of(region: &str) -> Option<Currency> {
    let code = match region.to_ascii_lowercase().as_str() {
        "us" => "USD",
        "ca" => "CAD",
        "au" => "AUD",
        "nz" => "NZD",
        "sg" => "SGD",
        "hk" => "HKD",
        "mx" => "MXN",
        "tw" => "TWD",
        _ => return None,
    };
    code.parse().ok()
}

/// What `InStock`, `https://schema.org/SoldOut` or `out of stock` say; `None` for other words.
pub fn is_available(words: &str) -> Option<bool> {
    let last = words.trim().rsplit(['/', '#']).next().unwrap_or_default();
    let bare: String =
        last.chars().filter(|c| c.is_alphanumeric()).take(40).collect::<String>().to_lowercase();
    match bare.as_str() {
        "instock"
        | "limitedavailability"
        | "instoreonly"
        | "onlineonly"
        | "preorder"
        | "presale"
        | "backorder"
        | "madetoorder"
        | "available"
        | "availablefororder"
        | "reserved" => Some(true),
        "outofstock" | "soldout" | "discontinued" | "oos" | "sold" | "unavailable"
        | "notavailable" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_dollar_is_that_of_the_language_or_the_host() {
        let site = |address: &str| Url::parse(address).ok();
        for (language, address, currency) in [
            (Some("en-CA"), "https://a.com", "CAD"),
            (None, "https://shop.example.com.au/x", "AUD"),
            (Some("en"), "https://a.nz", "NZD"),
            (Some("en-us"), "https://a.ca", "USD"),
            (None, "https://a.de", "USD"),
        ] {
            assert_eq!(
                dollar(language, site(address).as_ref()).as_str(),
                currency,
                "{language:?} {address}"
            );
        }
    }

    #[test]
    fn availability_is_read_in_every_dress() {
        for (words, is) in [
            ("https://schema.org/InStock", Some(true)),
            ("SoldOut", Some(false)),
            ("out of stock", Some(false)),
            ("http://schema.org/LimitedAvailability", Some(true)),
            ("oos", Some(false)),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(is_available(words), is, "{words}");
        }
    }
}
