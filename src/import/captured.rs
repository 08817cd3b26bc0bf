//! Ads out of a person's own browser: what a page handed over is read without fetching anything, and stored by the
//! identity of its address, so that capturing an ad that a feed brought makes no second one.

use chrono::{DateTime, Utc};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde_json::Value;

pub use crate::market::identity::site;
use crate::{
    db::{self, listings_view::Scored, listings_write::ListingFields, owned::Owned},
    error::{Error, Result},
    market::{
        asked,
        identity::{self, Identity},
        page::{self, Page},
        price::{self, PriceStyle},
        text,
    },
    model::{
        id::{ListingId, UserId},
        listing::NewListing,
        money::{Currency, Money},
        page_choice::Extractor,
    },
};

/// What a browser hands over of a page.
#[derive(Debug, Clone, Default)]
pub struct Capture {
    /// The address of the page.
    pub url: String,
    /// The title that the browser shows.
    pub title: Option<String>,
    /// What the person has marked on it.
    pub selection: Option<String>,
    /// The page, or a part of it.
    pub html: Option<String>,
    /// Its JSON-LD: values, or the texts of the scripts.
    pub json_ld: Vec<Value>,
    /// The price, when the person names it.
    pub price: Option<GivenPrice>,
    /// A picture, when the person names one.
    pub image_url: Option<String>,
}

/// A price that a person or an extension names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GivenPrice {
    /// As money.
    Money(Money),
    /// As it is written: `59,50 €`. The currency is what the text does not say.
    Written(String, Option<Currency>),
}

/// An ad that was captured, and how it was read.
#[derive(Debug, Clone)]
pub struct Captured {
    /// The ad.
    pub listing: NewListing,
    /// What the page says, and where it contradicts itself.
    pub page: Page,
    /// Whether it can still be had, by the page's word.
    pub available: Option<bool>,
    /// What could not be read, in words.
    pub notes: Vec<String>,
}

/// Reads a capture. What the person names counts; then what the page says, as `trusted` reads it where the ways of
/// reading disagree; then what is marked on it.
///
/// # Errors
/// [`Error::Invalid`] when the address is none of the web, or the page too large.
pub fn read(capture: &Capture, trusted: Option<Extractor>) -> Result<Captured> {
    let identity = identity::of_link(&capture.url).ok_or_else(|| {
        Error::invalid("url", "is not the address of a web page, such as https://example.org/ad/1")
    })?;
    let html = capture.html.as_deref().unwrap_or_default();
    let page = page::look(html, &capture.json_ld, Some(&capture.url))
        .map_err(|why| Error::invalid("html", why))?;
    let mut notes = page.notes.clone();
    let mut listing = match page.listing(trusted) {
        Ok(listing) => listing,
        Err(_) => bare(capture, identity)?,
    };
    if !page.is_understood()
        && let Some(title) = capture.title.as_deref().and_then(|title| text::title(title).ok())
    {
        listing.title = title;
    }
    let selection = capture.selection.as_deref().unwrap_or_default();
    if listing.description.is_none() {
        listing.description = text::description(selection);
    }
    if listing.price_amount.is_none() {
        let said = asked::in_text(selection, listing.currency).money(listing.currency);
        let said = said
            .or_else(|| asked::in_title(&listing.title, listing.currency).money(listing.currency));
        take(&mut listing, said);
    }
    match &capture.price {
        None => {}
        Some(GivenPrice::Money(money)) => take(&mut listing, Some(*money)),
        Some(GivenPrice::Written(written, currency)) => {
            let currency = currency.unwrap_or(listing.currency);
            match price::parse(written, PriceStyle { dot_is_decimal: true, currency }) {
                Ok(money) => take(&mut listing, Some(money)),
                Err(why) => notes.push(why),
            }
        }
    }
    let named = capture.image_url.as_deref().and_then(text::url);
    listing.image_url = named.or(listing.image_url);
    listing.kind = crate::scout::normalize::kind_of(&listing.title, listing.description.as_deref());
    let available = page.available(trusted);
    Ok(Captured { listing, page, available, notes })
}

/// Stores an ad in one transaction, and says whether it is new. `available` is the page's word that it is gone.
pub async fn save(
    conn: &mut AsyncPgConnection,
    user: UserId,
    listing: &NewListing,
    available: Option<bool>,
    now: DateTime<Utc>,
) -> Result<(ListingId, bool)> {
    conn.transaction(async |conn| {
        let counts =
            db::listings::upsert_many(conn, user, std::slice::from_ref(listing), now).await?;
        let found =
            db::listings_view::find_known(conn, user, &listing.source, &listing.source_id).await?;
        let id = found.ok_or(Error::NotFound("listing"))?;
        if available == Some(false) {
            let gone = ListingFields { available: Some(false), ..ListingFields::default() };
            Scored::update(conn, user, id, &gone).await?;
        }
        Ok((id, counts.new > 0))
    })
    .await
}

/// An ad of which only the address is known.
fn bare(capture: &Capture, identity: Identity) -> Result<NewListing> {
    let Identity { source, source_id, url } = identity;
    let title = capture.title.as_deref().and_then(|title| text::title(title).ok());
    let by_address = || url.split_once("://").map_or(url.as_str(), |(_, rest)| rest).to_owned();
    let title = title.unwrap_or_else(by_address);
    Ok(NewListing {
        source,
        source_id,
        title: text::title(&title).map_err(|why| Error::invalid("title", why))?,
        description: None,
        kind: crate::model::kind::Kind::Item,
        price_amount: None,
        shipping_amount: None,
        currency: Currency::USD,
        condition: None,
        category: None,
        url: Some(url),
        image_url: None,
        location: serde_json::json!({}),
        details: serde_json::json!({}),
        posted_at: None,
    })
}

fn take(listing: &mut NewListing, price: Option<Money>) {
    let Some(price) = price else { return };
    if price.currency != listing.currency {
        listing.shipping_amount = None;
    }
    listing.price_amount = Some(price.amount);
    listing.currency = price.currency;
}

#[cfg(test)]
mod tests {
    use super::*;

    const HTML: &str = r#"<script type="application/ld+json">{"@type":"Product","name":"Lamp","offers":{"price":5,"priceCurrency":"EUR"}}</script>"#;

    fn captured(capture: &Capture) -> Captured {
        read(capture, None).unwrap()
    }

    fn at(url: &str) -> Capture {
        Capture { url: url.to_owned(), ..Capture::default() }
    }

    #[test]
    fn what_the_page_says_is_taken_and_what_the_person_names_counts_more() {
        let page = Capture {
            html: Some(HTML.to_owned()),
            ..at("https://www.shop.example.org/p/1?utm_source=x")
        };
        let read = captured(&page);
        assert_eq!((read.listing.title.as_str(), read.listing.price_amount), ("Lamp", Some(500)));
        assert_eq!(read.listing.source_id, "shop.example.org/p/1");
        let named = GivenPrice::Written("4,50".to_owned(), None);
        let read =
            captured(&Capture { price: Some(named), title: Some("Shop".to_owned()), ..page });
        assert_eq!((read.listing.price_amount, read.listing.currency), (Some(450), Currency::EUR));
        assert_eq!(read.listing.title, "Lamp", "the browser's title names the shop too");
    }

    #[test]
    fn an_unknown_page_is_an_ad_with_what_is_marked_on_it() {
        let read = captured(&Capture {
            title: Some("Desk for sale".to_owned()),
            selection: Some("Oak desk, asking $80".to_owned()),
            ..at("https://board.example.org/t/7")
        });
        assert_eq!(
            (read.listing.title.as_str(), read.listing.price_amount),
            ("Desk for sale", Some(8_000))
        );
        assert_eq!(read.listing.description.as_deref(), Some("Oak desk, asking $80"));
        let bare = captured(&at("https://board.example.org/t/7"));
        assert_eq!(
            (bare.listing.title.as_str(), bare.listing.price_amount),
            ("board.example.org/t/7", None)
        );
    }

    #[test]
    fn a_price_that_is_none_is_noted() {
        let price = Some(GivenPrice::Written("a lot".to_owned(), None));
        let read = captured(&Capture { price, ..at("https://a.example.org/1") });
        assert_eq!(read.listing.price_amount, None);
        assert!(read.notes[0].contains("a lot"), "{:?}", read.notes);
    }

    #[test]
    fn an_address_that_is_none_is_refused() {
        for url in ["javascript:alert(1)", "about:blank", "", "https://"] {
            assert!(read(&at(url), None).is_err(), "{url}");
        }
    }

    #[test]
    fn a_site_is_its_host_without_www() {
        assert_eq!(site("https://www.Shop.example.org/p").as_deref(), Some("shop.example.org"));
        assert_eq!(site("http://127.0.0.1:8080/").as_deref(), Some("127.0.0.1:8080"));
        assert_eq!(site("http://[::1]/"), None);
    }
}
