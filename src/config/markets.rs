//! The marketplaces that can be searched once the operator has keys for them.

use url::Url;

use super::{Secret, parse, read::Reader};

/// The marketplaces; `None` is one that is not set up.
#[derive(Debug, Clone, Default)]
pub struct MarketSettings {
    /// eBay.
    pub ebay: Option<EbaySettings>,
    /// Reverb.
    pub reverb: Option<ReverbSettings>,
    /// Etsy.
    pub etsy: Option<EtsySettings>,
}

/// eBay.
#[derive(Debug, Clone)]
pub struct EbaySettings {
    /// The id of the keyset ("App ID").
    pub client_id: String,
    /// Its secret ("Cert ID").
    pub client_secret: Secret,
    /// Which of its sites: `EBAY_US`.
    pub marketplace: String,
    /// Where its interface is.
    pub api_url: Url,
    /// Calls that it allows in a day.
    pub daily_calls: u32,
    /// Whether the keyset may ask for sales (Marketplace Insights).
    pub insights: bool,
}

/// Reverb.
#[derive(Debug, Clone)]
pub struct ReverbSettings {
    /// The personal token.
    pub token: Secret,
    /// Where its interface is.
    pub api_url: Url,
    /// Calls that are made in a day at most.
    pub daily_calls: u32,
}

/// Etsy.
#[derive(Debug, Clone)]
pub struct EtsySettings {
    /// Key and secret of the application, as they are sent: `keystring:secret`.
    pub api_key: Secret,
    /// Where its interface is.
    pub api_url: Url,
    /// Calls that it allows in a day.
    pub daily_calls: u32,
}

/// The sections `[ebay]`, `[reverb]` and `[etsy]`.
pub(super) fn markets(read: &mut Reader<'_>) -> MarketSettings {
    MarketSettings { ebay: ebay(read), reverb: reverb(read), etsy: etsy(read) }
}

/// `None` when it is not set up, or at a fault. Every key is read all the same, so that every fault is told.
fn ebay(read: &mut Reader<'_>) -> Option<EbaySettings> {
    let client_id = read.wanted("ebay.client_id", key);
    let client_secret = read.wanted("ebay.client_secret", |text| key(text).map(Secret::new));
    let marketplace = read.needed("ebay.marketplace", marketplace);
    let api_url = read.needed("ebay.api_url", |text| match text {
        "production" => address("https://api.ebay.com"),
        "sandbox" => address("https://api.sandbox.ebay.com"),
        other => address(other),
    });
    let daily_calls = read.needed("ebay.daily_calls", calls);
    let insights = read.needed("ebay.insights", parse::switch);
    let (marketplace, api_url, daily_calls, insights) =
        (marketplace?, api_url?, daily_calls?, insights?);
    let (client_id, client_secret) = match (client_id, client_secret) {
        (Some(id), Some(secret)) => (id, secret),
        (None, None) => return None,
        (Some(_), None) => {
            read.fault("ebay.client_secret", "ebay.client_id is set, so its secret is needed, too");
            return None;
        }
        (None, Some(_)) => {
            read.fault("ebay.client_id", "ebay.client_secret is set, so its id is needed, too");
            return None;
        }
    };
    Some(EbaySettings { client_id, client_secret, marketplace, api_url, daily_calls, insights })
}

fn reverb(read: &mut Reader<'_>) -> Option<ReverbSettings> {
    let token = read.wanted("reverb.token", |text| key(text).map(Secret::new));
    let api_url = read.needed("reverb.api_url", address);
    let daily_calls = read.needed("reverb.daily_calls", calls);
    let (api_url, daily_calls) = (api_url?, daily_calls?);
    Some(ReverbSettings { token: token?, api_url, daily_calls })
}

fn etsy(read: &mut Reader<'_>) -> Option<EtsySettings> {
    let api_key = read.wanted("etsy.api_key", |text| key(text).map(Secret::new));
    let api_url = read.needed("etsy.api_url", address);
    let daily_calls = read.needed("etsy.daily_calls", calls);
    let (api_url, daily_calls) = (api_url?, daily_calls?);
    Some(EtsySettings { api_key: api_key?, api_url, daily_calls })
}

fn calls(text: &str) -> Result<u32, String> {
    parse::number(text, &(1..=1_000_000))
}

/// What goes into a header as it is. The failure does not repeat it.
fn key(text: &str) -> Result<String, String> {
    if text.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(text.to_owned());
    }
    Err("holds a blank or a letter that no key has; copy it again".to_owned())
}

fn marketplace(text: &str) -> Result<String, String> {
    let is_one = text.strip_prefix("EBAY_").is_some_and(|site| {
        !site.is_empty()
            && site.len() <= 20
            && site.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
    });
    if is_one {
        return Ok(text.to_owned());
    }
    Err(format!(
        "\"{text}\" is not one of eBay's sites; give one such as EBAY_US, EBAY_GB or EBAY_DE"
    ))
}

/// An address without a slash at its end, so that paths can follow it.
fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text.trim_end_matches('/')).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    });
    url.ok_or_else(|| {
        "is not the address of an interface; give one such as https://api.ebay.com".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use crate::config::{Env, MarketSettings, Overrides, load};

    fn told(variables: &[(&str, &str)]) -> Result<MarketSettings, String> {
        let env = Env::of(std::env::temp_dir(), variables);
        let loaded = load(&Overrides::default(), &env);
        loaded.map(|loaded| loaded.settings.market).map_err(|faults| faults[0].to_string())
    }

    #[test]
    fn without_keys_no_marketplace_is_set_up() {
        let market = told(&[]).unwrap();
        assert!(market.ebay.is_none() && market.reverb.is_none() && market.etsy.is_none());
    }

    #[test]
    fn the_names_of_the_old_system_set_ebay_up() {
        let ebay = told(&[
            ("EBAY_APP_ID", "me-1"),
            ("EBAY_CERT_ID", "s3cret"),
            ("EBAY_ENV", "sandbox"),
            ("EBAY_MARKETPLACE_ID", "EBAY_DE"),
        ]);
        let ebay = ebay.unwrap().ebay.unwrap();
        assert_eq!(ebay.api_url.as_str(), "https://api.sandbox.ebay.com/");
        assert_eq!((ebay.marketplace.as_str(), ebay.daily_calls), ("EBAY_DE", 5000));
        assert!(!format!("{ebay:?}").contains("s3cret"));
    }

    #[test]
    fn half_a_key_is_a_fault_that_says_what_is_missing() {
        let fault = told(&[("EBAY_APP_ID", "me-1")]).unwrap_err();
        assert!(fault.contains("its secret is needed, too"), "{fault}");
        let fault = told(&[("DEAL_SCOUT__ETSY__API_KEY", "s3cret with blanks")]).unwrap_err();
        assert!(fault.contains("copy it again") && !fault.contains("s3cret"), "{fault}");
        assert!(told(&[("EBAY_MARKETPLACE_ID", "ebay.com")]).is_err());
        assert!(told(&[("EBAY_ENV", "production?")]).is_err());
    }
}
