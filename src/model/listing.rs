//! An ad of somebody else.

use chrono::{DateTime, Utc};

use super::{
    condition::Condition,
    kind::Kind,
    money::{Currency, Money},
};

/// An ad as a marketplace or a file tells it, cleaned, before it is stored. Identity is `(source, source_id)`.
#[derive(Debug, Clone, PartialEq)]
pub struct NewListing {
    /// Where it stands: `ebay`, `reverb`, `csv`, `sample`.
    pub source: String,
    /// Its id there.
    pub source_id: String,
    /// The title, HTML entities decoded, invisible characters removed, at most 500 characters.
    pub title: String,
    /// The description as plain text.
    pub description: Option<String>,
    /// What it really offers.
    pub kind: Kind,
    /// The price; `None` when it is not known, zero when it is free.
    pub price_amount: Option<i64>,
    /// What shipping costs the buyer; `None` when it is not known.
    pub shipping_amount: Option<i64>,
    /// The currency of both.
    pub currency: Currency,
    /// How worn it is; `None` when the ad does not say.
    pub condition: Option<Condition>,
    /// The marketplace's own category, as words.
    pub category: Option<String>,
    /// Where people can see it (http or https).
    pub url: Option<String>,
    /// A picture of it (http or https).
    pub image_url: Option<String>,
    /// `{"text", "country", "postal_code", "lat", "lng", "distance_km"}`, as far as known.
    pub location: serde_json::Value,
    /// What else the source tells: buying options, seller feedback, bids.
    pub details: serde_json::Value,
    /// When it was posted, by the source's word.
    pub posted_at: Option<DateTime<Utc>>,
}

/// Whether an ad, by its details, offers a choice of variations: its price is that of the cheapest one.
pub fn is_choice(details: &serde_json::Value) -> bool {
    details.get("item_group").and_then(serde_json::Value::as_bool) == Some(true)
}

impl NewListing {
    /// The price as money, when it is known.
    pub fn price(&self) -> Option<Money> {
        self.price_amount.map(|amount| Money::new(amount, self.currency))
    }
}
