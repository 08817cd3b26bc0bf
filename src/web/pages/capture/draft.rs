//! An ad on its way in: what was read of a page, as a form that the person can correct.

use actix_web::web;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{CURRENCIES, Extractor};
use crate::{
    db,
    error::{Error, Result},
    import::captured::{self, Capture, Captured},
    market::{
        identity::{self, Identity},
        page::{Answer, Disagreement},
        price::{self, PriceStyle},
        text,
    },
    model::{
        condition::Condition,
        id::UserId,
        listing::NewListing,
        money::{Currency, Money},
    },
    scout::normalize,
    state::App,
};

/// The most that is carried along unseen, in bytes.
const LONGEST_REST: usize = 60_000;

/// An ad as the form shows it.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) url: String,
    pub(super) site: String,
    pub(super) title: String,
    pub(super) price: String,
    pub(super) currency: String,
    pub(super) condition: Option<Condition>,
    pub(super) description: String,
    pub(super) image_url: String,
    /// The prices to choose from, where the ways of reading disagree: by whom, and how much.
    pub(super) prices: Vec<(Extractor, String)>,
    pub(super) trusted: Option<Extractor>,
    /// What people should know, in words.
    pub(super) notes: Vec<String>,
    pub(super) is_gone: bool,
    /// What is kept without being shown: category, place, details.
    pub(super) rest: Value,
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Saved {
    url: String,
    title: String,
    #[serde(default)]
    price: String,
    #[serde(default)]
    currency: String,
    #[serde(default)]
    condition: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    image_url: String,
    /// Who is right: `json_ld 59.50`; empty when the typed price is.
    #[serde(default)]
    trusted: String,
    #[serde(default)]
    prices: String,
    #[serde(default)]
    gone: Option<String>,
    #[serde(default)]
    rest: String,
}

/// Reads a capture as the person's earlier choice for the site says.
pub(super) async fn read(app: &App, user: UserId, capture: Capture) -> Result<Draft> {
    let site = captured::site(&capture.url);
    let trusted = match &site {
        Some(site) => db::page_choices::trusted(&*app.conn().await?, user, site).await?,
        None => None,
    };
    // Reading a large page takes a while: others go on meanwhile.
    let read = web::block(move || captured::read(&capture, trusted)).await;
    Ok(Draft::of(read.map_err(Error::internal)??, trusted))
}

impl Draft {
    fn of(read: Captured, trusted: Option<Extractor>) -> Self {
        let Captured { listing, page, available, mut notes } = read;
        if !page.is_understood() {
            notes
                .push("Nothing on the page says that it is an ad: check what was read.".to_owned());
        }
        let mut prices = Vec::new();
        for Disagreement { field, answers } in page.disagreements() {
            let said = |Answer { by, says }: &Answer| format!("{}: {says}", by.label());
            if field == "price" {
                prices = answers.into_iter().map(|answer| (answer.by, answer.says)).collect();
            } else {
                let all: Vec<String> = answers.iter().map(said).collect();
                notes.push(format!(
                    "Whether it can still be had is told differently. {}.",
                    all.join("; ")
                ));
            }
        }
        if listing.price_amount.is_none() {
            notes.push("No price was found: it stays unknown unless you enter one.".to_owned());
        }
        let trusted = if prices.is_empty() {
            None
        } else {
            let first = prices.first().map(|(by, _)| *by);
            trusted.filter(|by| prices.iter().any(|(known, _)| known == by)).or(first)
        };
        let url = listing.url.clone().unwrap_or_default();
        Self {
            site: captured::site(&url).unwrap_or_default(),
            price: listing.price().map(plain).unwrap_or_default(),
            currency: listing.currency.to_string(),
            condition: listing.condition,
            description: listing.description.unwrap_or_default(),
            image_url: listing.image_url.unwrap_or_default(),
            rest: json!({
                "category": listing.category,
                "location": listing.location,
                "details": listing.details,
                "posted_at": listing.posted_at,
            }),
            title: listing.title,
            is_gone: available == Some(false),
            url,
            prices,
            trusted,
            notes,
        }
    }

    /// The currencies to choose from: the one that was found first.
    pub(super) fn currencies(&self) -> Vec<&str> {
        let others = CURRENCIES.iter().copied().filter(|code| *code != self.currency);
        std::iter::once(self.currency.as_str()).chain(others).collect()
    }

    /// What is carried along to the next form.
    pub(super) fn carried(&self) -> String {
        self.rest.to_string()
    }

    /// The prices to choose from, to the next form.
    pub(super) fn carried_prices(&self) -> String {
        json!(self.prices).to_string()
    }

    /// The ad, as corrected; or what is wrong, by field.
    pub(super) fn listing(&self) -> Result<NewListing, Vec<(&'static str, String)>> {
        let mut faults = Vec::new();
        let identity = identity::of_link(&self.url);
        if identity.is_none() {
            faults.push(("url", "The address of the ad is not one of the web.".to_owned()));
        }
        let title = text::title(&self.title);
        if title.is_err() {
            faults.push(("title", "The ad needs a title.".to_owned()));
        }
        let currency =
            self.currency.parse::<Currency>().ok().filter(|currency| currency.is_listed());
        if currency.is_none() {
            faults.push(("price", "The currency is none.".to_owned()));
        }
        let price = self.chosen_price(currency.unwrap_or(Currency::USD));
        if let Err(why) = &price {
            faults.push(("price", format!("This is not a price: {why}.")));
        }
        let (Some(Identity { source, source_id, url }), Ok(title), Ok(price)) =
            (identity, title, price)
        else {
            return Err(faults);
        };
        if !faults.is_empty() {
            return Err(faults);
        }
        let object = |name: &str| self.rest.get(name).filter(|value| value.is_object()).cloned();
        let description = text::description(&self.description);
        Ok(NewListing {
            source,
            source_id,
            kind: normalize::kind_of(&title, description.as_deref()),
            price_amount: price.map(|price| price.amount),
            shipping_amount: None,
            currency: price.map(|price| price.currency).or(currency).unwrap_or(Currency::USD),
            condition: self.condition,
            category: self.rest["category"].as_str().and_then(text::line),
            url: Some(url),
            image_url: text::url(&self.image_url),
            location: object("location").unwrap_or_else(|| json!({})),
            details: object("details").unwrap_or_else(|| json!({})),
            posted_at: self.rest["posted_at"].as_str().and_then(|at| at.parse().ok()),
            title,
            description,
        })
    }

    /// The price of whoever is believed, else the typed one; `None` when it is not known.
    fn chosen_price(&self, currency: Currency) -> Result<Option<Money>, String> {
        let believed = self.prices.iter().find(|(by, _)| Some(*by) == self.trusted);
        let written = believed.map_or(self.price.as_str(), |(_, says)| says.as_str());
        if written.trim().is_empty() {
            return Ok(None);
        }
        price::parse(written, PriceStyle { dot_is_decimal: true, currency }).map(Some)
    }
}

impl From<Saved> for Draft {
    fn from(saved: Saved) -> Self {
        // PostgreSQL takes no NUL, not even written as an escape.
        let is_fit = |rest: &String| rest.len() <= LONGEST_REST && !rest.contains("\\u0000");
        let rest = Some(saved.rest).filter(is_fit);
        let rest = rest.and_then(|rest| serde_json::from_str(&rest).ok()).unwrap_or(Value::Null);
        Self {
            site: captured::site(&saved.url).unwrap_or_default(),
            url: saved.url,
            title: saved.title,
            price: saved.price,
            currency: saved.currency,
            condition: saved.condition.parse().ok(),
            description: saved.description,
            image_url: saved.image_url,
            prices: serde_json::from_str(&saved.prices).unwrap_or_default(),
            trusted: saved.trusted.parse().ok(),
            notes: Vec::new(),
            is_gone: saved.gone.is_some(),
            rest,
        }
    }
}

/// A price as a field of a form has it: `1299.50`.
fn plain(money: Money) -> String {
    let digits = usize::try_from(money.currency.digits()).unwrap_or(2);
    let scale = money.currency.scale();
    if digits == 0 {
        return money.amount.to_string();
    }
    format!("{}.{:0digits$}", money.amount / scale, money.amount % scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(price: &str, trusted: Option<Extractor>) -> Draft {
        Draft {
            url: "https://shop.example.org/p/1".into(),
            site: "shop.example.org".into(),
            title: "Lamp".into(),
            price: price.into(),
            currency: "EUR".into(),
            condition: None,
            description: String::new(),
            image_url: String::new(),
            prices: vec![
                (Extractor::JsonLd, "€5.00".into()),
                (Extractor::OpenGraph, "€6.00".into()),
            ],
            trusted,
            notes: Vec::new(),
            is_gone: false,
            rest: Value::Null,
        }
    }

    #[test]
    fn whoever_is_believed_names_the_price_else_the_person_does() {
        let price = |typed, trusted| {
            draft(typed, trusted).listing().unwrap().price().map(|p| p.to_string())
        };
        assert_eq!(price("7", Some(Extractor::OpenGraph)).as_deref(), Some("€6.00"));
        assert_eq!(price("7,50", None).as_deref(), Some("€7.50"));
        assert_eq!(price("", None), None);
    }

    #[test]
    fn what_is_wrong_is_said_by_field() {
        let wrong = Draft { title: " ".into(), url: "x".into(), ..draft("a lot", None) };
        let fields: Vec<_> =
            wrong.listing().unwrap_err().into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["url", "title", "price"]);
    }
}
