//! How answers of sources are counted: by marketplace, and never by a name that a person has given.

use crate::{market::source::Fault, metrics::Answer, model::feed::TAKEN_NAMES};

/// All feeds and pages of people together.
const FEEDS: &str = "feed";
/// Every name that is counted by.
pub const KNOWN_SOURCES: [&str; 4] = [TAKEN_NAMES[0], TAKEN_NAMES[1], TAKEN_NAMES[2], FEEDS];

/// The name that the source called `name` is counted by.
pub(super) fn source(name: &str) -> &'static str {
    TAKEN_NAMES.into_iter().find(|known| *known == name).unwrap_or(FEEDS)
}

/// The word for an answer that was good, or what was wrong with it.
pub(super) fn answer(fault: Option<&Fault>) -> Answer {
    match fault {
        None => Answer::Read,
        Some(Fault::Limited { .. }) => Answer::Limited,
        Some(Fault::Budget { .. }) => Answer::Budget,
        Some(Fault::Down(_)) => Answer::Down,
        Some(Fault::Nonsense(_)) => Answer::Nonsense,
        Some(Fault::Refused(_)) => Answer::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feeds_are_counted_as_one_and_without_their_names() {
        assert_eq!(
            (source("ebay"), source("annas-flats"), source("etsy")),
            ("ebay", "feed", "etsy")
        );
    }
}
