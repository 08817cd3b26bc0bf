//! The parts that add.

use super::{Deal, told};
use crate::{
    model::{
        condition::Condition,
        estimate::{Confidence, EstimateBasis},
        money::Money,
        score::Part,
    },
    scout::number::{count, float},
};

/// The profit, as a share of what is paid, that earns nothing yet: a little worse than buying at the going rate.
const NO_GAIN: f64 = -0.2;
/// The profit, as a share of what is paid, that earns everything.
const FULL_GAIN: f64 = 0.6;
/// The hours after which half of the points for age are gone.
const AGE_HALVES_HOURS: f64 = 36.0;
/// From here on, fetching it is a journey.
const FAR_KM: f64 = 100.0;

impl Deal<'_> {
    /// Weightiest first.
    pub(super) fn gains(&self) -> Vec<Part> {
        let mut parts = vec![
            self.price(),
            self.certainty(),
            self.age(),
            self.condition(),
            self.photo(),
            self.words(),
        ];
        if let Some(distance) = self.distance() {
            parts.insert(4, distance);
        }
        parts
    }

    /// What reselling leaves, against what is paid. An unsure worth makes an unsure profit, so it counts less.
    fn price(&self) -> Part {
        let trust = match (self.estimate.basis, self.estimate.confidence) {
            (EstimateBasis::Sold, Some(Confidence::High)) => 1.0,
            (EstimateBasis::Sold, Some(Confidence::Medium)) => 0.92,
            // Nobody has paid an asking price yet.
            (_, Some(Confidence::High | Confidence::Medium)) => 0.8,
            (EstimateBasis::Sold, _) => 0.75,
            (_, Some(Confidence::Low) | None) => 0.65,
        };
        let gain = if self.paid == 0 { FULL_GAIN } else { float(self.profit) / float(self.paid) };
        let share = ((gain - NO_GAIN) / (FULL_GAIN - NO_GAIN)).clamp(0.0, 1.0);
        let left = Money::new(self.profit, self.ad.currency);
        let leaves = if self.profit >= 0 {
            format!("reselling leaves about {left} after fees and shipping")
        } else {
            format!(
                "reselling loses about {} after fees and shipping",
                Money::new(self.profit.saturating_neg(), self.ad.currency)
            )
        };
        let unsaid =
            if self.ad.shipping_amount.is_none() { "; shipping is not stated" } else { "" };
        self.part("price", share * trust, format!("{}: {leaves}{unsaid}", self.against_worth()))
    }

    fn certainty(&self) -> Part {
        let (of, weight) = match self.estimate.basis {
            EstimateBasis::Sold => ("sales", 1.0),
            EstimateBasis::Asking | EstimateBasis::None => ("asking prices, not sales", 0.5),
        };
        let (share, sure) = match self.estimate.confidence {
            Some(Confidence::High) => (1.0, "sure"),
            Some(Confidence::Medium) => (0.6, "fairly sure"),
            Some(Confidence::Low) | None => (0.2, "unsure"),
        };
        let old = told::old(self.estimate.newest_at, self.now);
        let range = match (self.estimate.low, self.estimate.high) {
            (Some(low), Some(high)) => format!(", mostly {low} to {high}"),
            _ => String::new(),
        };
        let words = format!("{sure}: {} {of}{range}{old}", self.estimate.n);
        self.part("certainty", share * weight, words)
    }

    fn age(&self) -> Part {
        let Some(posted_at) = self.ad.posted_at else {
            return self.part("age", 0.3, "it does not say when it was posted".to_owned());
        };
        let hours = float(self.now.signed_duration_since(posted_at).num_minutes().max(0)) / 60.0;
        self.part("age", (-hours / AGE_HALVES_HOURS).exp2(), format!("posted {}", told::ago(hours)))
    }

    fn condition(&self) -> Part {
        let (share, words) = match self.ad.condition {
            Some(Condition::New) => (1.0, "new"),
            Some(Condition::Excellent) => (0.9, "like new"),
            Some(Condition::Great) => (0.8, "hardly worn"),
            Some(Condition::Good) => (0.7, "used, in good condition"),
            Some(Condition::Fair) => (0.4, "clearly worn"),
            Some(Condition::Poor) => (0.0, "broken or badly worn"),
            None => (0.5, "it does not say in which condition"),
        };
        self.part("condition", share, words.to_owned())
    }

    fn distance(&self) -> Option<Part> {
        let km = self.ad.distance_km.filter(|km| km.is_finite() && *km >= 0.0)?;
        Some(self.part("distance", 1.0 - (km / FAR_KM).min(1.0), format!("{km:.0} km away")))
    }

    fn photo(&self) -> Part {
        if self.ad.has_picture {
            self.part("photo", 1.0, "has a picture".to_owned())
        } else {
            self.part("photo", 0.0, "no picture".to_owned())
        }
    }

    /// Who describes a thing well has looked at it.
    fn words(&self) -> Part {
        let described =
            self.ad.description.as_deref().map_or(0, |text| text.chars().take(400).count());
        let titled = self.ad.title.split_whitespace().count();
        let share =
            0.5 * (count(titled) / 6.0).min(1.0) + 0.5 * (count(described) / 200.0).min(1.0);
        let words = match described {
            0 => "no description",
            1..100 => "hardly described",
            _ => "described",
        };
        self.part("words", share, words.to_owned())
    }

    /// What the part adds at most is its share of the 100 points.
    fn part(&self, name: &str, share: f64, words: String) -> Part {
        let max = 100.0 * f64::from(self.weights.of(name)) / f64::from(self.weights.sum().max(1));
        Part { name: name.to_owned(), points: max * share, max, words }
    }
}
