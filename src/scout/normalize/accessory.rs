//! Whether an ad is for something that goes with a thing. A cooler may be what is sold, or a feature of what is sold:
//! where it stands, and what stands around it, tells.

use std::ops::Range;

use super::{
    phrases::{Phrases, is_model, lists},
    vocabulary as said,
};

/// More words than this before "for" are a whole thing with its uses: "great camera with case for travel".
const HEAD_WORDS: usize = 5;

pub(super) fn is_accessory(title: &Phrases) -> bool {
    let is_about = |place: &Range<usize>, list: &str| {
        title.words()[..place.start].iter().any(|word| lists(list, word))
    };
    // "Console skin" is a skin, "console, games, skin" is a console.
    let is_of_the_system = |place: &Range<usize>| {
        let before = place.start.checked_sub(1).map_or("", |at| title.word(at));
        lists(said::SYSTEM, before) || !is_about(place, said::SYSTEM)
    };
    let mut strong = title.places_but(said::STRONG, said::NOT_STRONG);
    let mut weak = title.places(said::WEAK);
    strong.any(|place| stands_alone(title, &place) && is_of_the_system(&place))
        || weak.any(|place| {
            !is_about(&place, said::MAIN)
                && stands_alone(title, &place)
                && (is_for_a_host(title, place.end) || closes_the_title(title, &place))
        })
        || title.places(said::SOLD_ALONE).any(|place| is_sold_alone(title, &place))
        || is_made_for_something(title)
}

/// The words at `place` do not merely come along with something else, and are not missing.
fn stands_alone(title: &Phrases, place: &Range<usize>) -> bool {
    let from = place.start.saturating_sub(3);
    let before = &title.words()[from..place.start];
    let counted = before.last().is_some_and(|word| lists(said::COUNTS, word));
    // "New battery" of an older thing; what is brand new is what is sold.
    let renewed = matches!(before, [.., older, new] if new == "new" && older != "brand");
    // A title that begins with "spare" or "extra" has nothing before it to come along with.
    let joined = before.iter().zip(from..).any(|(word, at)| {
        // "16GBWithout bracket": people glue.
        let is_left_out = lists(said::LEAVES_OUT, word) || word.ends_with("without");
        is_left_out || (at > 0 && lists(said::JOINS, word))
    });
    !counted && !renewed && !joined && !lists(said::INCLUDED, title.word(place.end))
}

fn is_for_a_host(title: &Phrases, end: usize) -> bool {
    let rest = &title.words()[end..];
    let link = rest.iter().position(|word| lists(said::LINKS, word));
    link.is_some_and(|at| rest[at..].iter().any(|word| is_host(word)))
}

/// Nothing but empty words follows, and what it goes with is named before.
fn closes_the_title(title: &Phrases, place: &Range<usize>) -> bool {
    title.words()[place.end..].iter().all(|word| lists(said::TRAILING, word))
        && title.words()[..place.start].iter().any(|word| is_host(word))
}

/// "Controller only", and not "controller only used twice".
fn is_sold_alone(title: &Phrases, place: &Range<usize>) -> bool {
    title.word(place.end) == "only"
        && !lists(said::HAPPENED, title.word(place.end + 1))
        && stands_alone(title, place)
}

/// "Lens hood for anything": a few words that end in something made for other things, then what it is made for.
fn is_made_for_something(title: &Phrases) -> bool {
    let words = title.words();
    let Some(link) = words.iter().position(|word| lists(said::LINKS, word)) else {
        return false;
    };
    let (head, tail) = (&words[..link], &words[link + 1..]);
    let host = tail.iter().find(|word| !lists(said::ARTICLES, word));
    let ends = head.iter().rev().find(|word| !lists(said::SETS, word));
    head.len() <= HEAD_WORDS
        && ends.is_some_and(|word| lists(said::MADE, word))
        && !head.iter().any(|word| is_model(word) || lists(said::JOINS_THINGS, word))
        && host.is_some_and(|word| !lists(said::NO_HOSTS, word))
}

fn is_host(word: &str) -> bool {
    is_model(word) || said::HOSTS.split("; ").any(|host| word.starts_with(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expected: bool, titles: &[&str]) {
        for title in titles {
            assert_eq!(is_accessory(&Phrases::of(title)), expected, "{title}");
        }
    }

    #[test]
    fn what_is_made_for_something_is_an_accessory_whatever_that_is() {
        check(
            true,
            &[
                "Lens hood for Pentax 67",
                "Spare battery for Hilti drill",
                "Padded gig bag for a Rickenbacker",
                "Hülle für Fairphone 4",
                "Funda para Xiaomi Redmi",
            ],
        );
        check(
            false,
            &[
                "Leather bag for men",
                "Bike rack for sale",
                "Strymon Timeline with a case for travel",
                "Gtx 1660 Super 6GB for gaming",
                "Fuji X-T3 and strap for trade",
            ],
        );
    }

    #[test]
    fn a_year_is_no_model_that_something_goes_with() {
        check(false, &["Gibson Les Paul Studio 2012 hard case"]);
        check(true, &["iPhone 2020 case", "Radeon 6800 cooler"]);
    }

    #[test]
    fn what_is_sold_alone_says_only() {
        check(true, &["Series X controller only shock blue", "Switch dock only"]);
        check(false, &["Game console with controller only", "Pro controller only used twice"]);
    }

    #[test]
    fn what_comes_along_or_is_missing_or_was_renewed_is_not_what_is_sold() {
        check(
            false,
            &[
                "PS4 Slim mit Kabel",
                "Nintendo Switch Lite no charger",
                "Nvidia P100 16GBWithout bracket",
                "iPhone 8 new battery",
                "Pixel 7a screen protector applied since day one",
            ],
        );
    }
}
