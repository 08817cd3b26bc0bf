//! The parts that take away: signs that the ad is not what it seems, or that its price is not the price.

use serde_json::Value;

use super::{Deal, Earned};
use crate::{
    model::{
        condition::Condition, estimate::EstimateBasis, kind::Kind, listing::is_choice, score::Part,
    },
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

/// Below this share of what hardly anybody sells under, a price is no price.
const ABSURD: f64 = 0.3;
/// What an ad with such a price keeps of what it earned.
const ABSURD_KEEPS: f64 = 0.1;

impl Deal<'_> {
    /// The risk signs, worst first. Where the price is not the price, what it earned goes; what is not the thing itself
    /// keeps next to nothing, however little the person minds risks: it must not stand above honest ads.
    pub(super) fn risks(&self, earned: Earned) -> Vec<Part> {
        let mut signs: Vec<Part> = [
            self.too_cheap(),
            self.auction(earned.price),
            self.variation(earned.price),
            self.bundle(),
            self.feedback(),
            self.warnings(),
        ]
        .into_iter()
        .flatten()
        .collect();
        for sign in &mut signs {
            sign.points *= f64::from(self.weights.risk) / 100.0;
        }
        let mut risks: Vec<Part> = [self.absurdly_cheap(earned), self.kind(earned)]
            .into_iter()
            .flatten()
            .chain(signs)
            .collect();
        risks.sort_by(|a, b| a.points.total_cmp(&b.points));
        risks
    }

    /// What is paid as a share of what hardly anybody sells under. A gift is no sign of anything: people do give things
    /// away; nor is a bid: it rises.
    fn share_of_low(&self) -> Option<f64> {
        let low = self.estimate.low.filter(|low| low.amount > 0)?;
        let is_price = self.paid > 0 && !self.is_auction();
        is_price.then(|| float(self.paid) / float(low.amount))
    }

    /// Nobody sells far below what everybody pays.
    fn too_cheap(&self) -> Option<Part> {
        let points = match self.share_of_low()? {
            share if (0.45..0.6).contains(&share) => -12.0,
            share if (ABSURD..0.45).contains(&share) => -25.0,
            _ => return None,
        };
        Some(risk(points, format!("too good to be true? {}", self.hardly_any())))
    }

    /// A price of one, a deposit, the price of what is not said: whatever it is, it is not the price of the thing.
    fn absurdly_cheap(&self, earned: Earned) -> Option<Part> {
        let share = self.share_of_low()?;
        let points = -(1.0 - ABSURD_KEEPS) * earned.all;
        let words = format!("too cheap to be true. {}", self.hardly_any());
        (share < ABSURD).then(|| risk(points, words))
    }

    fn hardly_any(&self) -> String {
        let others = match self.estimate.basis {
            EstimateBasis::Sold => "Hardly any sold under",
            EstimateBasis::Asking | EstimateBasis::None => "Hardly anybody asks less than",
        };
        self.estimate.low.map_or_else(String::new, |low| format!("{others} {low}"))
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
                -4.0 - price * 0.85,
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

    fn bundle(&self) -> Option<Part> {
        (self.ad.kind == Kind::Bundle).then(|| risk(-4.0, "a bundle: hard to compare".to_owned()))
    }

    /// What is not the thing itself keeps a part of what it earned, so that such ads keep an order among themselves.
    /// Whoever searches for it minds it little.
    fn kind(&self, earned: Earned) -> Option<Part> {
        let (keeps, sought, words) = match (self.ad.kind, self.ad.condition) {
            (Kind::Parts, _) | (Kind::Item, Some(Condition::Poor)) => {
                (0.15, -10.0, "broken, or for parts")
            }
            (Kind::Item | Kind::Bundle, _) => return None,
            (Kind::Accessory, _) => (0.15, -6.0, "an accessory, not the thing itself"),
            (Kind::EmptyBox, _) => (0.05, -10.0, "only the packaging"),
            (Kind::Service, _) => (0.05, -10.0, "a service or a code, nothing to hold"),
            (Kind::Picture, _) => (0.0, -10.0, "only a picture of it"),
        };
        let points = if self.ad.is_sought { sought } else { (keeps - 1.0) * earned.all };
        Some(risk(points, words.to_owned()))
    }

    fn feedback(&self) -> Option<Part> {
        let number = |name: &str| match self.ad.details.get(name) {
            Some(Value::Number(number)) => number.as_f64(),
            Some(Value::String(text)) => text.trim().parse::<f64>().ok(),
            _ => None,
        };
        let score = number("seller_feedback_score");
        // The percentage is of the last year: zero says that nobody has rated the seller in it.
        let percent = number("seller_feedback_percentage").filter(|percent| *percent > 0.0);
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
