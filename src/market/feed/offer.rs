//! From an entry to an ad, or to the reason why it is none.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use url::Url;

use super::{Told, entry::Entry, xml};
use crate::{
    market::{
        asked::{self, Asked},
        condition, date, home,
        identity::{self, Identity},
        price::{self, PriceStyle},
        source::Gone,
        text,
    },
    model::{
        listing::NewListing,
        money::{Currency, Money},
    },
    scout::normalize,
};

/// One of so many entries must offer something for the feed to be one of ads.
const ONE_IN: usize = 3;
const TITLE_FROM_TEXT: usize = 120;

/// What each entry of a feed is.
pub(super) fn judged(feed: &xml::Told) -> Vec<Told> {
    let base = feed.link.as_deref().and_then(|link| Url::parse(link).ok());
    let home = home::dollar(feed.language.as_deref(), base.as_ref());
    let offers: Vec<Offer<'_>> =
        feed.entries.iter().map(|entry| Offer::of(entry, base.as_ref(), home)).collect();
    let offering = offers.iter().filter(|offer| offer.is_priced() || offer.is_said).count();
    let is_market = offering * ONE_IN >= offers.len();
    let mut links: HashMap<&str, usize> = HashMap::new();
    for offer in &offers {
        *links.entry(offer.link.as_deref().unwrap_or_default()).or_default() += 1;
    }
    offers
        .iter()
        .map(|offer| {
            let is_shared =
                links.get(offer.link.as_deref().unwrap_or_default()).is_some_and(|n| *n > 1);
            offer.told(is_market, is_shared).unwrap_or_else(Told::Nothing)
        })
        .collect()
}

/// An entry with what is asked for it.
struct Offer<'a> {
    entry: &'a Entry,
    title: Result<String, String>,
    link: Option<String>,
    asked: Asked,
    /// Where the price stands: `field`, `title` or `text`.
    price_from: &'static str,
    list_price: Option<Money>,
    shipping: Option<Money>,
    /// It says itself that it is an offer.
    is_said: bool,
    home: Currency,
}

impl<'a> Offer<'a> {
    fn of(entry: &'a Entry, base: Option<&Url>, home: Currency) -> Self {
        let link = entry.link().and_then(|link| match base {
            Some(base) => base.join(link.trim()).ok().map(String::from),
            None => Some(link.trim().to_owned()),
        });
        let title = title_of(entry);
        let currency = entry
            .under_any_prefix("currency")
            .or_else(|| entry.under_any_prefix("price_currency"))
            .and_then(price::known_code)
            .unwrap_or(home);
        let field =
            |name: &str| entry.under_any_prefix(name).and_then(|value| money(value, currency));
        let (sale, full) = (field("sale_price"), field("price"));
        let named = sale.or(full);
        let from_field = match named {
            Some(money) if money.amount > 0 => Asked::Price(money),
            _ => Asked::Nothing,
        };
        let (asked, price_from) = if from_field == Asked::Nothing {
            in_words(entry, title.as_deref().unwrap_or_default(), home)
        } else {
            (from_field, "field")
        };
        let says = |name: &str| entry.under_any_prefix(name).is_some();
        let is_said = named.is_some()
            || asked == Asked::Free
            || title.as_deref().is_ok_and(asked::is_offer)
            || says("availability") && says("id");
        Self {
            entry,
            title,
            link,
            asked,
            price_from,
            list_price: full.filter(|full| sale.is_some_and(|sale| sale.amount < full.amount)),
            shipping: entry.first(&["g:shipping>g:price"]).and_then(|value| money(value, currency)),
            is_said,
            home,
        }
    }

    fn is_priced(&self) -> bool {
        matches!(self.asked, Asked::Price(_) | Asked::Free | Asked::Unclear)
    }

    fn told(&self, is_market: bool, is_link_shared: bool) -> Result<Told, String> {
        if !is_market && !self.is_said {
            return Err(if self.is_priced() {
                "it names an amount, but hardly anything in this feed does: news or talk, not an offer".into()
            } else {
                "it offers nothing: no price, and no word that something is for sale".into()
            });
        }
        let title = self.title.clone()?;
        let identity = self.identity(is_link_shared)?;
        if let Some(reason) = self.gone(&title) {
            let Identity { source, source_id, .. } = identity;
            return Ok(Told::Gone(Gone { source, source_id, reason }));
        }
        Ok(Told::Ad(Box::new(self.listing(title, identity))))
    }

    /// The link tells an ad from others; where several entries share one, or none has one, the feed's own id does.
    fn identity(&self, is_link_shared: bool) -> Result<Identity, String> {
        let link = self.link.as_deref().unwrap_or_default();
        let guid = self.entry.first(&["guid", "id", "g:id"]).or(self.entry.about.as_deref());
        let by_link = if is_link_shared { None } else { identity::of_link(link) };
        by_link
            .or_else(|| identity::of_guid(link, guid?))
            .or_else(|| identity::of_link(guid?))
            .or_else(|| identity::of_link(link))
            .ok_or_else(|| "it has no link to a web page".to_owned())
    }

    fn gone(&self, title: &str) -> Option<String> {
        let availability = self.entry.under_any_prefix("availability").unwrap_or_default();
        if home::is_available(availability) == Some(false) {
            return Some(format!("the feed says '{}'", text::line(availability)?));
        }
        asked::is_sold(title).then(|| "its title says that it is sold".to_owned())
    }

    fn listing(&self, title: String, identity: Identity) -> NewListing {
        let description = self.entry.body().and_then(text::description);
        let price = self.asked.money(self.home);
        let currency = price.map_or(self.home, |price| price.currency);
        let entry = self.entry;
        let picture = entry.picture().map(|picture| match &self.link {
            Some(link) => Url::parse(link)
                .and_then(|link| link.join(picture.trim()))
                .map_or(picture, String::from),
            None => picture,
        });
        NewListing {
            source: identity.source,
            source_id: identity.source_id,
            kind: normalize::kind_of(&title, description.as_deref()),
            price_amount: price.map(|price| price.amount),
            shipping_amount: self.shipping.filter(|s| s.currency == currency).map(|s| s.amount),
            currency,
            condition: entry.under_any_prefix("condition").and_then(condition::of_words),
            category: self.category(),
            url: Some(identity.url),
            image_url: picture.and_then(|picture| text::url(&picture)),
            location: self.location(),
            details: self.details(),
            posted_at: posted_at(entry),
            title,
            description,
        }
    }

    fn category(&self) -> Option<String> {
        let path = |name: &str| self.entry.under_any_prefix(name);
        let filed = path("product_type").or_else(|| path("google_product_category"));
        let leaf = filed.and_then(|path| path.rsplit('>').next());
        leaf.or_else(|| self.entry.categories().next()).and_then(text::line)
    }

    fn location(&self) -> Value {
        let mut out = Map::new();
        if let Some((latitude, longitude)) = self.entry.point() {
            out.insert("lat".into(), json!(latitude));
            out.insert("lng".into(), json!(longitude));
        }
        Value::Object(out)
    }

    fn details(&self) -> Value {
        let mut out = Map::new();
        match self.asked {
            Asked::Price(_) | Asked::Free => {
                out.insert("price_from".into(), self.price_from.into());
            }
            Asked::Unclear => {
                out.insert("price_unclear".into(), true.into());
            }
            Asked::Nothing => {}
        }
        out.extend(self.list_price.map(|price| ("list_price".to_owned(), json!(price))));
        for name in ["brand", "gtin", "mpn"] {
            let value = self.entry.under_any_prefix(name).and_then(text::line);
            out.extend(value.map(|value| (name.to_owned(), value.into())));
        }
        Value::Object(out)
    }
}

/// The title, else the beginning of the text.
fn title_of(entry: &Entry) -> Result<String, String> {
    let named = entry.first(&["title", "g:title", "dc:title", "media:title"]);
    // "1930ft<sup>2</sup>" is markup; "5 < 6" is none.
    let bare = named
        .map(|title| if title.contains("</") { without_markup(title) } else { title.to_owned() });
    text::title(&bare.unwrap_or_default()).or_else(|none| {
        let body = entry.body().and_then(text::description).ok_or(none)?;
        let line = body.lines().next().unwrap_or_default();
        text::title(&line.chars().take(TITLE_FROM_TEXT).collect::<String>())
    })
}

/// Marks around single letters leave no space behind.
fn without_markup(title: &str) -> String {
    let mut bare = title.to_owned();
    for mark in [
        "<sup>",
        "</sup>",
        "<sub>",
        "</sub>",
        "<b>",
        "</b>",
        "<i>",
        "</i>",
        "<em>",
        "</em>",
        "<strong>",
        "</strong>",
    ] {
        bare = bare.replace(mark, "");
    }
    text::description(&bare).unwrap_or_default()
}

/// What the words of an entry ask: its title, else its text.
fn in_words(entry: &Entry, title: &str, home: Currency) -> (Asked, &'static str) {
    let from_title = asked::in_title(title, home);
    if from_title != Asked::Nothing {
        return (from_title, "title");
    }
    if entry.categories().any(asked::is_free) {
        return (Asked::Free, "category");
    }
    let body = entry.body().and_then(text::description).unwrap_or_default();
    (asked::in_text(&body, home), "text")
}

fn posted_at(entry: &Entry) -> Option<chrono::DateTime<chrono::Utc>> {
    let names = [
        "pubdate",
        "published",
        "dcterms:issued",
        "dc:date",
        "dcterms:created",
        "date_published",
        "issued",
        "created",
        "updated",
        "date_modified",
        "dcterms:modified",
    ];
    names.iter().find_map(|name| date::parse(entry.first(&[name])?, false).ok())
}

/// The money of a field such as `15.00 USD`.
fn money(value: &str, currency: Currency) -> Option<Money> {
    price::parse(value, PriceStyle { dot_is_decimal: true, currency }).ok()
}
