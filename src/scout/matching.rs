//! Whether an ad is what a search looks for, and if not, why, in words.
//!
//! Sources narrow as well as they can, each in its own way; only this decides. What an ad does not say never speaks
//! against it, with one exception: a search that sets a price range wants a price.

mod said;
#[cfg(test)]
mod tests;

use said::{Said, Sought};

use super::normalize::{kind_of, names_accessory};
use crate::model::{
    condition::Condition,
    kind::Kind,
    listing::NewListing,
    money::Money,
    place::{Around, point},
    words::{Term, Words},
};

/// What a search looks for.
#[derive(Debug, Clone)]
pub struct Criteria {
    wanted: Vec<Sought>,
    excluded: Vec<Sought>,
    /// What the words themselves name: somebody who looks for a case wants cases.
    asked_kind: Kind,
    wants_accessory: bool,
    conditions: Vec<Condition>,
    category: Option<Said>,
    min_price: Option<Money>,
    max_price: Option<Money>,
    around: Option<Around>,
}

/// What a search asks beside its words.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// How worn; anyhow when empty.
    pub conditions: Vec<Condition>,
    /// The marketplace's category, by its id or its name.
    pub category: Option<String>,
    /// The least price.
    pub min_price: Option<Money>,
    /// The highest price.
    pub max_price: Option<Money>,
    /// Around where.
    pub around: Option<Around>,
}

/// What came of looking at one ad.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is what the search looks for. Says what could not be told, if anything.
    Fits(Option<String>),
    /// It is not, and why.
    Differs(String),
}

impl Verdict {
    /// Whether it fits.
    pub fn fits(&self) -> bool {
        matches!(self, Self::Fits(_))
    }

    /// What there is to say of it.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Fits(note) => note.as_deref(),
            Self::Differs(why) => Some(why),
        }
    }
}

impl Criteria {
    /// What `words` and `limits` ask for. Each of `excluded_words` is a word or a phrase, with a star where it may go on.
    pub fn new(words: &Words, excluded_words: &[String], limits: Limits) -> Self {
        let terms = |is_excluded| {
            let terms = words.terms().iter().filter(move |term| term.is_excluded == is_excluded);
            terms.map(Sought::term).filter(|sought| !sought.is_empty())
        };
        let also = excluded_words.iter().map(|typed| Sought::typed(typed));
        let wanted: Vec<&Term> = words.terms().iter().filter(|term| !term.is_excluded).collect();
        let named: Vec<&str> = wanted.iter().map(|term| term.text.as_str()).collect();
        let category = limits.category.as_deref().filter(|name| is_name(name));
        Self {
            wanted: terms(false).collect(),
            excluded: terms(true).chain(also).filter(|sought| !sought.is_empty()).collect(),
            asked_kind: kind_of(&named.join(" "), None),
            wants_accessory: names_accessory(&named.join(" ")),
            conditions: limits.conditions,
            category: category.map(Said::of),
            min_price: limits.min_price,
            max_price: limits.max_price,
            around: limits.around,
        }
    }

    /// Looks at one ad.
    pub fn verdict(&self, ad: &NewListing) -> Verdict {
        let title = Said::of(&ad.title);
        let description = ad.description.as_deref().map(Said::of).unwrap_or_default();
        let against = self
            .unwanted(&title, &description)
            .or_else(|| self.missing(&title, &description))
            .or_else(|| self.another_kind(ad))
            .or_else(|| self.out_of_range(ad))
            .or_else(|| self.too_worn(ad))
            .or_else(|| self.elsewhere_filed(ad));
        if let Some(why) = against {
            return Verdict::Differs(why);
        }
        match self.distance(ad) {
            Ok(note) => Verdict::Fits(note),
            Err(why) => Verdict::Differs(why),
        }
    }

    fn unwanted(&self, title: &Said, description: &Said) -> Option<String> {
        self.excluded.iter().find_map(|sought| {
            let place = [(title, "title"), (description, "description")];
            let (_, place) = place.into_iter().find(|(said, _)| sought.is_in(said))?;
            Some(format!("has “{}” in its {place}", sought.typed))
        })
    }

    fn missing(&self, title: &Said, description: &Said) -> Option<String> {
        let is_missing = |sought: &&Sought| !sought.is_in(title) && !sought.is_in(description);
        let sought = self.wanted.iter().find(is_missing)?;
        Some(format!("does not say “{}”", sought.typed))
    }

    fn another_kind(&self, ad: &NewListing) -> Option<String> {
        let wants_broken = self.conditions.contains(&Condition::Poor);
        let what = match ad.kind {
            kind if kind == self.asked_kind => return None,
            Kind::Parts if wants_broken => return None,
            Kind::Accessory if self.wants_accessory => return None,
            Kind::Item | Kind::Bundle => return None,
            Kind::Accessory => "is an accessory, not the thing itself",
            Kind::Parts => "is broken, or sold for its parts",
            Kind::EmptyBox => "is only the packaging",
            Kind::Picture => "is only a picture of it",
            Kind::Service => "is a service or a code, not the thing itself",
        };
        Some(what.to_owned())
    }

    fn out_of_range(&self, ad: &NewListing) -> Option<String> {
        let limit = self.min_price.or(self.max_price)?;
        let Some(price) = ad.price() else {
            return Some("names no price, and the search sets a range".to_owned());
        };
        if price.currency != limit.currency {
            let other = limit.currency;
            return Some(format!(
                "costs {price}, which cannot be compared with a range in {other}"
            ));
        }
        if let Some(most) = self.max_price.filter(|most| price.amount > most.amount) {
            return Some(format!("costs {price}, more than {most}"));
        }
        let least = self.min_price.filter(|least| price.amount < least.amount)?;
        Some(format!("costs {price}, less than {least}"))
    }

    fn too_worn(&self, ad: &NewListing) -> Option<String> {
        let condition = ad.condition?;
        if self.conditions.is_empty() || self.conditions.contains(&condition) {
            return None;
        }
        let wanted: Vec<_> = self.conditions.iter().map(|wanted| wanted.as_str()).collect();
        Some(format!("is in {condition} condition, not in {}", wanted.join(" or ")))
    }

    fn elsewhere_filed(&self, ad: &NewListing) -> Option<String> {
        let wanted = self.category.as_ref()?;
        let filed = ad.category.as_deref().filter(|name| is_name(name))?;
        let is_within = wanted.is_within(&Said::of(filed));
        (!is_within).then(|| format!("is filed under {filed}, not {}", wanted.text))
    }

    /// Why it is too far away, or what is not known of its place.
    fn distance(&self, ad: &NewListing) -> Result<Option<String>, String> {
        let Some(around) = self.around else { return Ok(None) };
        let told = ad.location.get("distance_km").and_then(serde_json::Value::as_f64);
        let away =
            point(&ad.location).map(|(north, east)| around.distance_km(north, east)).or(told);
        match away {
            Some(km) if km > around.radius_km => {
                Err(format!("is {km:.0} km away, more than {:.0}", around.radius_km))
            }
            Some(_) => Ok(None),
            None => Ok(Some("does not say where it is".to_owned())),
        }
    }
}

/// A category's id says nothing that could be compared with a name.
fn is_name(category: &str) -> bool {
    category.chars().any(char::is_alphabetic)
}
