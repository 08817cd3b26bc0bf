//! What an answer rests on, in words.

use crate::model::estimate::{Confidence, Estimate, EstimateBasis, Trend};

/// What an estimate rests on, one by one: prices, confidence, trend.
pub(super) fn grounds(estimate: &Estimate) -> Vec<Ground> {
    let n = estimate.n;
    let prices = |one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let (words, about) = match estimate.basis {
        EstimateBasis::Sold => (prices("sale", "sales"), "prices that were paid"),
        EstimateBasis::Asking => (
            prices("asking price", "asking prices"),
            "nobody has paid them yet, so it is a weaker answer",
        ),
        EstimateBasis::None => ("Nothing".to_owned(), "there is nothing to compare with"),
    };
    let mut grounds = vec![Ground { name: "Rests on", words, about }];
    let told = match estimate.confidence {
        Some(Confidence::High) => Some(("High", "many, alike and close together")),
        Some(Confidence::Medium) => Some(("Medium", "enough to act on with care")),
        Some(Confidence::Low) => Some(("Low", "few, or far apart")),
        None => None,
    };
    grounds.extend(told.map(|(words, about)| Ground {
        name: "Confidence",
        words: words.to_owned(),
        about,
    }));
    let told = match estimate.trend {
        Some(Trend::Rising) => Some(("Rising", "the recent ones are dearer by 5 % or more")),
        Some(Trend::Falling) => Some(("Falling", "the recent ones are cheaper by 5 % or more")),
        Some(Trend::Steady) => Some(("Steady", "the recent ones cost what those before them did")),
        None => None,
    };
    let trend =
        |(words, about): (&str, _)| Ground { name: "Trend", words: words.to_owned(), about };
    grounds.extend(told.map(trend));
    grounds
}

/// One of the things that an estimate rests on, in words.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ground {
    pub(super) name: &'static str,
    pub(super) words: String,
    /// What that means.
    pub(super) about: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asking_prices_are_said_to_be_weaker() {
        let estimate = Estimate {
            fair_value: None,
            low: None,
            high: None,
            interval: 0.8,
            confidence: Some(Confidence::Low),
            n: 1,
            basis: EstimateBasis::Asking,
            trend: None,
            newest_at: None,
            not_enough_data: false,
            comparables: Vec::new(),
        };
        let said = grounds(&estimate);
        assert_eq!((said.len(), said[0].words.as_str()), (2, "1 asking price"));
        assert!(said[0].about.ends_with("weaker answer"));
    }
}
