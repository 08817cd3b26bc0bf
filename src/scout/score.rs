//! How good a deal an ad is: 0 to 100, with its parts in words.
//!
//! As delivered, most of the score is what reselling would leave; certainty, condition, age, distance, photo and words
//! make up the rest; risk signs take away. What is not the thing itself, or costs absurdly little, keeps next to nothing
//! of what it earned. How much each part counts is each person's choice: `model::weights`. Nothing is scored where the
//! worth or the price is not known.

mod gains;
mod risks;
#[cfg(test)]
mod tests;
mod told;

use chrono::{DateTime, Duration, Utc};

use crate::model::{
    condition::Condition,
    estimate::{Estimate, EstimateBasis},
    fees,
    kind::Kind,
    money::{Currency, Money},
    score::{Part, Score},
    weights::Weights,
};

/// What an ad says, as far as a score needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Ad {
    /// The title.
    pub title: String,
    /// The description as plain text.
    pub description: Option<String>,
    /// What it really offers.
    pub kind: Kind,
    /// The price in minor units; `None` when it is not known, zero when it is free.
    pub price_amount: Option<i64>,
    /// What shipping costs the buyer; `None` when it is not known.
    pub shipping_amount: Option<i64>,
    /// The currency of both.
    pub currency: Currency,
    /// How worn it is.
    pub condition: Option<Condition>,
    /// Whether there is a picture.
    pub has_picture: bool,
    /// How far away it is, when known.
    pub distance_km: Option<f64>,
    /// Buying options, bids and the seller's feedback, as sources tell them.
    pub details: serde_json::Value,
    /// When it was posted.
    pub posted_at: Option<DateTime<Utc>>,
    /// Whether a search found it: whoever looks for cases is not told that a case is not the thing.
    pub is_sought: bool,
}

impl Ad {
    /// What the buyer pays in all, in minor units, when the price is known.
    pub fn total_amount(&self) -> Option<i64> {
        let shipping = self.shipping_amount.unwrap_or(0).max(0);
        self.price_amount.map(|price| price.max(0).saturating_add(shipping))
    }
}

/// An ad with a worth and a price: what the parts are worked out from.
struct Deal<'a> {
    ad: &'a Ad,
    estimate: &'a Estimate,
    weights: &'a Weights,
    now: DateTime<Utc>,
    /// What the buyer pays in all.
    paid: i64,
    /// What the next buyer is expected to pay in all; above zero.
    worth: i64,
    /// What is left of that after fees, shipping and `paid`.
    profit: i64,
}

/// What the parts that add have earned.
#[derive(Debug, Clone, Copy)]
struct Earned {
    /// The price alone.
    price: f64,
    /// All together.
    all: f64,
}

/// Scores `ad` by what it is worth and by how much each part counts.
pub fn score(ad: &Ad, estimate: &Estimate, weights: &Weights, now: DateTime<Utc>) -> Score {
    match Deal::of(ad, estimate, weights, now) {
        Ok(deal) => deal.score(),
        Err(missing) => Score {
            value: None,
            summary: missing,
            parts: Vec::new(),
            profit: None,
            estimate: estimate.clone(),
        },
    }
}

/// When the score of an ad changes by its age alone, or by sales since: soon while it is fresh, at least once a day.
pub fn next_change(posted_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> DateTime<Utc> {
    let age = posted_at.map_or(Duration::days(30), |at| now.signed_duration_since(at));
    let wait = match age.num_hours() {
        i64::MIN..48 => Duration::hours(1),
        48..336 => Duration::hours(6),
        _ => Duration::hours(24),
    };
    now + wait
}

impl<'a> Deal<'a> {
    /// The deal, or what is missing for one, in words.
    fn of(
        ad: &'a Ad,
        estimate: &'a Estimate,
        weights: &'a Weights,
        now: DateTime<Utc>,
    ) -> Result<Self, String> {
        let worth = estimate.fair_value.filter(|worth| worth.amount > 0);
        let Some(worth) = worth.filter(|_| !estimate.not_enough_data) else {
            return Err(told::not_enough(estimate));
        };
        let Some(paid) = ad.total_amount() else {
            return Err("the price is not known".to_owned());
        };
        if ad.currency != worth.currency {
            return Err(format!(
                "the price is in {}, its worth in {}",
                ad.currency, worth.currency
            ));
        }
        let shipping = ad.shipping_amount.unwrap_or(0).max(0);
        let fee = fees::ebay_most_categories(worth).amount;
        // Sending it on costs what it cost to come here.
        let profit = worth.amount.saturating_sub(fee).saturating_sub(shipping).saturating_sub(paid);
        Ok(Self { ad, estimate, weights, now, paid, worth: worth.amount, profit })
    }

    fn score(&self) -> Score {
        let gains = self.gains();
        let earned = Earned {
            price: gains.first().map_or(0.0, |part| part.points),
            all: gains.iter().map(|part| part.points).sum(),
        };
        let mut parts = gains;
        parts.extend(self.risks(earned));
        for part in &mut parts {
            part.points = (part.points * 10.0).round() / 10.0;
        }
        let sum: f64 = parts.iter().map(|part| part.points).sum();
        let value = i32::try_from(super::number::whole(sum.clamp(0.0, 100.0))).unwrap_or(0);
        Score {
            value: Some(value),
            summary: self.summary(&parts),
            parts,
            profit: Some(Money::new(self.profit, self.ad.currency)),
            estimate: self.estimate.clone(),
        }
    }

    /// The price, the age, the distance and the worst risk, in one line.
    fn summary(&self, parts: &[Part]) -> String {
        let words =
            |name: &str| parts.iter().find(|part| part.name == name).map(|part| part.words.clone());
        let worst = parts
            .iter()
            .filter(|part| part.name == "risk")
            .min_by(|a, b| a.points.total_cmp(&b.points))
            .map(|part| part.words.clone());
        let age = words("age").filter(|_| self.ad.posted_at.is_some());
        let said = [Some(self.against_worth()), age, words("distance"), worst];
        said.into_iter().flatten().collect::<Vec<_>>().join("; ")
    }

    /// "38 % under the median of 41 sales", "12 % over the lower middle of 9 asking prices".
    fn against_worth(&self) -> String {
        let n = self.estimate.n;
        let of = match self.estimate.basis {
            EstimateBasis::Sold => format!("the median of {n} sales"),
            EstimateBasis::Asking | EstimateBasis::None => {
                format!("the lower middle of {n} asking prices")
            }
        };
        if self.paid == 0 {
            return format!("free, against {of}");
        }
        let share = super::number::float(self.paid) / super::number::float(self.worth);
        match super::number::whole((share - 1.0) * 100.0) {
            0 => format!("at {of}"),
            less @ ..0 => format!("{} % under {of}", less.unsigned_abs()),
            more @ 1..=300 => format!("{more} % over {of}"),
            _ => format!("{} times {of}", super::number::whole(share)),
        }
    }
}
