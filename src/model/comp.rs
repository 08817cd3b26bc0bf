//! A comparable: what something like it went for.

use chrono::{DateTime, Utc};

use serde::{Deserialize, Serialize};

use super::{
    condition::Condition,
    id::{CompId, ListingId, OrderId},
    kind::Kind,
    money::{Currency, Money},
};

super::text_enum::text_enum! {
    /// What a comparable's price is the price of.
    Basis {
        /// Somebody paid it.
        Sold = "sold",
        /// Somebody asks for it.
        Asking = "asking",
    }
}

/// A comparable as a file or a marketplace tells it, cleaned, before it is stored. Identity is `(source, source_id)`.
#[derive(Debug, Clone, PartialEq)]
pub struct NewComp {
    /// Where it was sold: `ebay`, `grailed`, `csv`, `sample`.
    pub source: String,
    /// Its id there, or a digest of its title, price and date where it has none.
    pub source_id: String,
    /// The title, HTML entities decoded, invisible characters removed, at most 500 characters.
    pub title: String,
    /// What was really sold.
    pub kind: Kind,
    /// Sold or asking.
    pub basis: Basis,
    /// The price, without shipping, in minor units.
    pub price_amount: i64,
    /// What the buyer paid for shipping; `None` when it is not known.
    pub shipping_amount: Option<i64>,
    /// The currency of both.
    pub currency: Currency,
    /// How worn it was.
    pub condition: Option<Condition>,
    /// The marketplace's own category, as words.
    pub category: Option<String>,
    /// Where people can see it (http or https).
    pub url: Option<String>,
    /// What else the source tells.
    pub details: serde_json::Value,
    /// When it was sold, or seen.
    pub observed_at: DateTime<Utc>,
}

/// Where a comparable is stored: a sale among the comps, an ad that still stands among the listings, what the person
/// sold among the orders.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
pub enum ComparableId {
    /// A row of comps.
    #[serde(rename = "comp_id")]
    Comp(CompId),
    /// A row of listings.
    #[serde(rename = "listing_id")]
    Listing(ListingId),
    /// A row of orders.
    #[serde(rename = "order_id")]
    Order(OrderId),
}

/// A stored comparable, as far as estimates need it.
#[derive(Debug, Clone, PartialEq)]
pub struct Comp {
    /// Its row.
    pub id: ComparableId,
    /// The title.
    pub title: String,
    /// What was really sold.
    pub kind: Kind,
    /// Sold or asking.
    pub basis: Basis,
    /// Price and shipping together: what the buyer paid, or would pay.
    pub total: Money,
    /// How worn it was.
    pub condition: Option<Condition>,
    /// The marketplace's own category, as words.
    pub category: Option<String>,
    /// When it was sold, or seen.
    pub observed_at: DateTime<Utc>,
    /// Whether the source told when; otherwise `observed_at` is when it was read in, and says nothing of its age.
    pub has_date: bool,
    /// It is an ad that offers a choice of variations: the price is that of the cheapest.
    pub is_choice: bool,
}

impl NewComp {
    /// The comparable as it would stand stored under `id`.
    pub fn stored(self, id: CompId) -> Comp {
        let shipping = self.shipping_amount.unwrap_or(0);
        let is_undated = self.details.get("date_unknown") == Some(&serde_json::Value::Bool(true));
        Comp {
            id: ComparableId::Comp(id),
            title: self.title,
            kind: self.kind,
            basis: self.basis,
            total: Money::new(self.price_amount.saturating_add(shipping), self.currency),
            condition: self.condition,
            category: self.category,
            observed_at: self.observed_at,
            has_date: !is_undated,
            is_choice: false,
        }
    }
}
