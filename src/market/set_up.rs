//! Which marketplaces can be searched: those that the operator has keys for.

use super::{call::Means, ebay::Ebay, etsy::Etsy, reverb::Reverb, source::Source};
use crate::config::MarketSettings;

/// The marketplaces that are set up, in the order in which people read them.
pub fn all<'a>(settings: &'a MarketSettings, means: &Means<'a>) -> Vec<Box<dyn Source + 'a>> {
    let mut all: Vec<Box<dyn Source + 'a>> = Vec::new();
    if let Some(ebay) = &settings.ebay {
        all.push(Box::new(Ebay::new(ebay, means.clone())));
    }
    if let Some(reverb) = &settings.reverb {
        all.push(Box::new(Reverb::new(reverb, means.clone())));
    }
    if let Some(etsy) = &settings.etsy {
        all.push(Box::new(Etsy::new(etsy, means.clone())));
    }
    all
}

/// What to do about a marketplace that is not set up, in words; `None` for a name that is no marketplace's.
pub fn missing(name: &str) -> Option<&'static str> {
    match name {
        "ebay" => Some(
            "eBay is not set up: it needs ebay.client_id and ebay.client_secret (EBAY_APP_ID, EBAY_CERT_ID)",
        ),
        "reverb" => Some("Reverb is not set up: it needs reverb.token"),
        "etsy" => Some("Etsy is not set up: it needs etsy.api_key"),
        _ => None,
    }
}

/// Calls that a marketplace allows in a day; `None` for one that is not set up.
pub fn daily_calls(settings: &MarketSettings, name: &str) -> Option<u32> {
    match name {
        "ebay" => settings.ebay.as_ref().map(|ebay| ebay.daily_calls),
        "reverb" => settings.reverb.as_ref().map(|reverb| reverb.daily_calls),
        "etsy" => settings.etsy.as_ref().map(|etsy| etsy.daily_calls),
        _ => None,
    }
}
