//! The parts that take away: signs that the ad is not what it seems, or that its price is not the price.

use serde_json::Value;

use super::Deal;
use crate::{
    model::{estimate::EstimateBasis, kind::Kind, listing::is_choice, score::Part},
    scout::number::float,
};

/// Words of an ad that call for a second look.
const WARNINGS: &[(&str, &str)] = &[
    ("read description", "says \"read description\""),
    ("please read", "says \"please read\""),
    ("stock photo", "shows a stock photo"),
    ("stock image", "shows a stock photo"),
    ("no returns", "takes nothing back"),
    ("as is", "is sold as it is"),
    ("untested", "is untested"),
    ("not tested", "is untested"),
    ("replica", "calls itself a replica"),
    ("wire transfer", "asks for a wire transfer"),
    ("western union", "asks for a wire transfer"),
    ("text me", "wants to talk elsewhere"),
    ("whatsapp", "wants to talk elsewhere"),
];
/// How much of a description is searched for them.
const DESCRIPTION_CHARS: usize = 4_000;

impl Deal<'_> {
    /// The risk signs, worst first. `price` is what the price part earned: where the price is not the price, it goes.
    pub(super) fn risks(&self, price: f64) -> Vec<Part> {
        let mut risks: Vec<Part> = [
            self.too_cheap(),
            self.auction(price),
            self.variation(price),
            self.kind(),
            self.feedback(),
            self.warnings(),
        ]
        .into_iter()
        .flatten()
        .collect();
        risks.sort_by(|a, b| a.points.total_cmp(&b.points));
        risks
    }

    /// Nobody sells far below what everybody pays. A gift is no such sign: people do give things away; nor is a bid:
    /// it rises.
    fn too_cheap(&self) -> Option<Part> {
        let low = self.estimate.low.filter(|low| low.amount > 0)?;
        let share = float(self.paid) / float(low.amount);
        let points = match share {
            share if self.paid == 0 || self.is_auction() || share >= 0.6 => return None,
            share if share >= 0.45 => -12.0,
            share if share >= 0.3 => -25.0,
            _ => -45.0,
        };
        let others = match self.estimate.basis {
            EstimateBasis::Sold => "Hardly any sold under",
            EstimateBasis::Asking | EstimateBasis::None => "Hardly anybody asks less than",
        };
        Some(risk(points, format!("too good to be true? {others} {low}")))
    }

    fn is_auction(&self) -> bool {
        let is_bid = self.ad.details.get("price_is").and_then(Value::as_str) == Some("current_bid");
        let options = self.ad.details.get("buying_options").and_then(Value::as_array);
        let offers = |wanted: &str| options.is_some_and(|all| all.iter().any(|o| o == wanted));
        is_bid || (offers("AUCTION") && !offers("FIXED_PRICE"))
    }

    fn auction(&self, price: f64) -> Option<Part> {
        self.is_auction().then(|| {
            risk(
                -8.0 - price * 0.6,
                "an auction is running: the price is only the present bid".to_owned(),
            )
        })
    }

    fn variation(&self, price: f64) -> Option<Part> {
        is_choice(&self.ad.details).then(|| {
            risk(
                -4.0 - price * 0.5,
                "a choice of variations: the price is that of the cheapest".to_owned(),
            )
        })
    }

    fn kind(&self) -> Option<Part> {
        let (points, words) = match self.ad.kind {
            Kind::Item => return None,
            Kind::Accessory => (-6.0, "an accessory, not the thing itself"),
            Kind::Bundle => (-4.0, "a bundle: hard to compare"),
            Kind::Parts => (-10.0, "broken, or for parts"),
            Kind::EmptyBox => (-30.0, "only the packaging"),
            Kind::Service => (-20.0, "a service or a code, nothing to hold"),
            Kind::Picture => (-60.0, "only a picture of it"),
        };
        Some(risk(points, words.to_owned()))
    }

    fn feedback(&self) -> Option<Part> {
        let number = |name: &str| match self.ad.details.get(name) {
            Some(Value::Number(number)) => number.as_f64(),
            Some(Value::String(text)) => text.trim().parse::<f64>().ok(),
            _ => None,
        };
        let score = number("seller_feedback_score");
        let percent =
            number("seller_feedback_percentage").filter(|_| score.is_none_or(|score| score > 0.0));
        match (percent, score) {
            (Some(percent), _) if percent < 90.0 => {
                Some(risk(-12.0, format!("the seller has {percent} % good feedback")))
            }
            (Some(percent), _) if percent < 96.0 => {
                Some(risk(-6.0, format!("the seller has {percent} % good feedback")))
            }
            (_, Some(score)) if score < 1.0 => {
                Some(risk(-10.0, "the seller has no feedback yet".to_owned()))
            }
            (_, Some(score)) if score < 10.0 => {
                Some(risk(-5.0, "the seller has hardly any feedback".to_owned()))
            }
            _ => None,
        }
    }

    fn warnings(&self) -> Option<Part> {
        let beginning: String = self
            .ad
            .description
            .iter()
            .flat_map(|text| text.chars())
            .take(DESCRIPTION_CHARS)
            .collect();
        let mut said: Vec<&str> = Vec::new();
        for text in [self.ad.title.as_str(), beginning.as_str()] {
            let text = format!(" {} ", spaced(text));
            for (sign, words) in WARNINGS {
                if text.contains(&format!(" {sign} ")) && !said.contains(words) {
                    said.push(words);
                }
            }
        }
        let points = match said.len() {
            0 => return None,
            1 => -5.0,
            2 => -9.0,
            _ => -12.0,
        };
        Some(risk(points, format!("it {}", said.join(", "))))
    }
}

/// Lower case, one space between words.
fn spaced(text: &str) -> String {
    let lower = text.to_lowercase();
    lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn risk(points: f64, words: String) -> Part {
    Part { name: "risk".to_owned(), points, max: 0.0, words }
}
