//! What the witnesses of a page say together, and where they disagree.

use serde_json::{Map, Value, json};
use url::Url;

use super::{
    Page,
    witness::{Witness, Written},
};
use crate::{
    market::{
        asked,
        identity::{self, Identity},
        text,
    },
    model::{
        listing::NewListing,
        money::{Currency, Money},
        page_choice::Extractor,
    },
    scout::normalize,
};

/// Something that the witnesses see differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement {
    /// `price` or `availability`.
    pub field: &'static str,
    /// What each says, the most trustworthy first.
    pub answers: Vec<Answer>,
}

/// What one way of reading says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Which way.
    pub by: Extractor,
    /// What it says, for people.
    pub says: String,
}

impl Page {
    /// Where the page stands, as it says itself or as it was reached.
    pub fn address(&self) -> Option<&str> {
        self.address.as_ref().map(Url::as_str)
    }

    /// Whether anybody understood something of it.
    pub fn is_understood(&self) -> bool {
        !self.witnesses.is_empty()
    }

    /// What the page says of the price; the answer of `trusted` where that one has any.
    pub fn price(&self, trusted: Option<Extractor>) -> Option<Money> {
        self.in_order(trusted).find_map(|witness| self.price_of(witness)).or_else(|| {
            // "Free" and a price of nothing belong together.
            let title = self.title(trusted)?;
            asked::is_free(&title).then(|| Money::new(0, self.currency().unwrap_or(self.home)))
        })
    }

    /// Whether the thing can still be had; `None` when nobody says.
    pub fn available(&self, trusted: Option<Extractor>) -> Option<bool> {
        self.in_order(trusted).find_map(|witness| witness.available)
    }

    /// Where the ways of reading disagree.
    pub fn disagreements(&self) -> Vec<Disagreement> {
        let prices: Vec<(&Witness, Money)> = self
            .witnesses
            .iter()
            .filter_map(|witness| Some((witness, self.price_of(witness)?)))
            .collect();
        let mut out = Vec::new();
        let agree = |(a, price): &(&Witness, Money)| {
            prices.iter().all(|(b, other)| {
                price == other || self.is_within(a, *other) || self.is_within(b, *price)
            })
        };
        if !prices.iter().all(agree) {
            let answers =
                prices.iter().map(|(witness, price)| answer(witness, price.to_string())).collect();
            out.push(Disagreement { field: "price", answers });
        }
        let available: Vec<(&Witness, bool)> = self
            .witnesses
            .iter()
            .filter_map(|witness| Some((witness, witness.available?)))
            .collect();
        if available.iter().any(|(_, is)| *is != available[0].1) {
            let says = |is: bool| if is { "available" } else { "sold or out of stock" };
            let answers = available
                .iter()
                .map(|(witness, is)| answer(witness, says(*is).to_owned()))
                .collect();
            out.push(Disagreement { field: "availability", answers });
        }
        out
    }

    /// The ad that the page is about. The error says what it lacks.
    pub fn listing(&self, trusted: Option<Extractor>) -> Result<NewListing, String> {
        let title = self.title(trusted).ok_or("the page has no title")?;
        let first = |get: &dyn Fn(&Witness) -> Option<String>| self.in_order(trusted).find_map(get);
        let description =
            first(&|witness| witness.description.as_deref().and_then(text::description))
                .or_else(|| self.summary.clone());
        let price = self.price(trusted);
        let Identity { source, source_id, url } = self.identity(&title, description.as_deref())?;
        Ok(NewListing {
            source,
            source_id,
            kind: normalize::kind_of(&title, description.as_deref()),
            price_amount: price.map(|price| price.amount),
            shipping_amount: None,
            currency: price
                .map(|price| price.currency)
                .or_else(|| self.currency())
                .unwrap_or(self.home),
            condition: self.in_order(trusted).find_map(|witness| witness.condition),
            category: first(&|witness| witness.category.as_deref().and_then(category)),
            url: (!url.is_empty()).then_some(url),
            image_url: first(&|witness| witness.image.as_deref().and_then(text::url))
                .or_else(|| self.picture.clone()),
            location: self
                .in_order(trusted)
                .map(|w| &w.location)
                .find(|l| !l.is_empty())
                .cloned()
                .unwrap_or_default()
                .into(),
            details: self.details(trusted, price),
            posted_at: self.in_order(trusted).find_map(|witness| witness.posted_at),
            title,
            description,
        })
    }

    fn title(&self, trusted: Option<Extractor>) -> Option<String> {
        self.in_order(trusted)
            .find_map(|witness| text::title(witness.title.as_deref()?).ok())
            .or_else(|| self.heading.clone())
    }

    /// By the address; without one, by what the ad says.
    fn identity(&self, title: &str, description: Option<&str>) -> Result<Identity, String> {
        match self.address() {
            Some(address) => identity::of_link(address)
                .ok_or_else(|| "the page stands at no web address".to_owned()),
            None => Ok(Identity {
                source: "page".into(),
                source_id: text::digest(&[title, description.unwrap_or_default()]),
                url: String::new(),
            }),
        }
    }

    /// The witnesses, the most trustworthy first.
    fn in_order(&self, trusted: Option<Extractor>) -> impl Iterator<Item = &Witness> {
        let is_trusted = move |witness: &&Witness| Some(witness.by) == trusted;
        let first = self.witnesses.iter().filter(is_trusted);
        first.chain(self.witnesses.iter().filter(move |witness| !is_trusted(witness)))
    }

    /// The currency that anybody names.
    fn currency(&self) -> Option<Currency> {
        self.witnesses
            .iter()
            .filter_map(|witness| witness.price.as_ref())
            .find_map(|price| price.currency)
    }

    fn price_of(&self, witness: &Witness) -> Option<Money> {
        witness.price.as_ref()?.money(self.currency())
    }

    /// Whether another one's price is one of those that this one says there are.
    fn is_within(&self, witness: &Witness, price: Money) -> bool {
        let highest = witness.highest.as_ref().and_then(|highest| highest.money(self.currency()));
        match (self.price_of(witness), highest) {
            (Some(lowest), Some(highest)) => {
                lowest.currency == price.currency
                    && (lowest.amount..=highest.amount).contains(&price.amount)
            }
            _ => false,
        }
    }

    fn details(&self, trusted: Option<Extractor>, price: Option<Money>) -> Value {
        let mut out = Map::new();
        for witness in self.in_order(trusted) {
            for (name, value) in &witness.details {
                out.entry(name).or_insert_with(|| value.clone());
            }
        }
        let teller = self.in_order(trusted).find(|witness| self.price_of(witness).is_some());
        if let Some(teller) = teller {
            out.insert("price_from".into(), json!(teller.by));
            if teller.is_choice {
                // The page sells several; the price is that of the cheapest.
                out.insert("item_group".into(), true.into());
                let highest =
                    teller.highest.as_ref().and_then(|highest| highest.money(self.currency()));
                out.extend(highest.map(|highest| ("highest_price".to_owned(), json!(highest))));
            }
        }
        let is_more = |list: &Money| {
            price.is_some_and(|price| price.currency == list.currency && list.amount > price.amount)
        };
        let list = self
            .in_order(trusted)
            .filter_map(|witness| witness.list_price.as_ref()?.money(self.currency()))
            .find(is_more);
        out.extend(list.map(|list| ("list_price".to_owned(), json!(list))));
        let mut disagreements = Map::new();
        for Disagreement { field, answers } in self.disagreements() {
            let answers: Map<String, Value> = answers
                .into_iter()
                .map(|answer| (answer.by.to_string(), answer.says.into()))
                .collect();
            disagreements.insert(field.to_owned(), answers.into());
        }
        if !disagreements.is_empty() {
            out.insert("disagreement".into(), disagreements.into());
        }
        Value::Object(out)
    }
}

/// The witness of the price that people see.
pub(super) fn seen(price: Money) -> Witness {
    let digits = usize::try_from(price.currency.digits()).unwrap_or(2);
    let scale = price.currency.scale();
    let text = if digits == 0 {
        price.amount.to_string()
    } else {
        format!("{}.{:0digits$}", price.amount / scale, price.amount % scale)
    };
    Witness {
        price: Some(Written { text, currency: Some(price.currency) }),
        ..Witness::new(Extractor::PageText)
    }
}

/// The address of the ad: what the page calls its own, as far as that is on the site where it was reached; the front page
/// of a site is no ad's own.
pub(super) fn address(
    given: Option<&Url>,
    named: &[Url],
    products: impl Iterator<Item = Url>,
) -> Option<Url> {
    let Some(given) = given else {
        return named.iter().cloned().chain(products).find(|url| url.host_str().is_some());
    };
    let bare = |url: &Url| url.host_str().map(|host| host.trim_start_matches("www.").to_owned());
    let is_own = |url: &&Url| {
        bare(url) == bare(given)
            && url.port_or_known_default() == given.port_or_known_default()
            && (url.path() != "/" || given.path() == "/")
    };
    named.iter().find(is_own).or(Some(given)).cloned()
}

fn answer(witness: &Witness, says: String) -> Answer {
    Answer { by: witness.by, says }
}

/// The last step of `Home > Lamps`.
fn category(path: &str) -> Option<String> {
    path.rsplit(['>', '/']).next().and_then(text::line)
}
