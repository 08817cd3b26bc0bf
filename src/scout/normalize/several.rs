//! Whether an ad offers several things together.

use super::{
    phrases::{Phrases, lists},
    vocabulary as said,
};

/// How many words may stand between "extra" and "controller".
const MORE_WITHIN: usize = 3;

pub(super) fn is_several(title: &Phrases) -> bool {
    title.says(said::BUNDLE, said::NOT_BUNDLE)
        || (title.has_any("combo") && !title.has_any(said::AMPLIFIER))
        || is_a_lot(title)
        || counts_goods(title)
        || has_two_consoles(title)
        || is_a_console_with_more(title)
        || has_computer_and_more(title)
        || is_a_computer_with_its_card(title)
}

fn is_a_lot(title: &Phrases) -> bool {
    let is_times = |word: &str| {
        word.strip_suffix('x').is_some_and(is_count)
            || word.strip_prefix('x').is_some_and(|n| is_count(n) && n.len() == 1)
    };
    let counted = is_times(title.word(0)) || (is_count(title.word(0)) && title.word(1) == "x");
    let lot = title.words().iter().enumerate().any(|(at, word)| {
        let before = at.checked_sub(1).map_or("", |i| title.word(i));
        let next = title.word(at + 1);
        match word.as_str() {
            "lot" | "lote" | "lotto" => {
                is_count(next)
                    || is_count(before)
                    || (matches!(next, "of" | "de" | "di") && before != "a")
            }
            "qty" | "quantity" => is_count(next),
            "set" => next == "of" && is_count(title.word(at + 2)),
            _ => false,
        }
    });
    counted || lot
}

/// "Two controllers", "12 games", "6 PS2 games", and not "64 games in 1".
fn counts_goods(title: &Phrases) -> bool {
    let is_number = |word: &str| is_count(word) || lists("two; three; four; five; six", word);
    title.words().iter().enumerate().any(|(at, word)| {
        let (next, after) = (title.word(at + 1), title.word(at + 2));
        let goods = if lists(said::COUNTED, next) {
            Some(at + 1)
        } else {
            (lists(said::COUNTED, title.word(at + 3)) && at == 0).then_some(3).or((lists(
                said::COUNTED,
                after,
            ) && !lists(
                "in; player; players; of; pro; slim",
                next,
            ))
            .then_some(at + 2))
        };
        is_number(word) && goods.is_some_and(|goods| title.word(goods + 1) != "in")
    })
}

fn is_count(word: &str) -> bool {
    word.parse::<u32>().is_ok_and(|n| (2..=1_000).contains(&n))
}

fn has_two_consoles(title: &Phrases) -> bool {
    let named = ["ps5; playstation 5", "series x", "series s", "nintendo switch"];
    let count = named.iter().filter(|names| title.has_any(names)).count();
    count >= 2 && title.has_any("and; plus; both")
}

/// A console with one more gamepad, or with something that no console has in its box.
fn is_a_console_with_more(title: &Phrases) -> bool {
    let words = title.words();
    let near = |from: usize, list: &str| {
        words.iter().skip(from + 1).take(MORE_WITHIN).any(|word| lists(list, word))
    };
    let Some(console) = words.iter().position(|word| lists(said::CONSOLES, word)) else {
        return false;
    };
    words.iter().enumerate().skip(console + 1).any(|(at, word)| {
        let next = title.word(at + 1);
        // A game pass comes with many, and is no game.
        let joins = lists("plus; and; with; w", word) && title.word(at + 2) != "pass";
        (lists(said::MORE, word) && near(at, said::GAMEPADS))
            || (joins
                && lists(said::EXTRAS, next)
                && title.has_any("console; edition; version; 512gb; 1tb"))
    })
}

/// Two or more of a processor, a graphics card, a main board and what powers them, and not a whole computer.
fn has_computer_and_more(title: &Phrases) -> bool {
    let pieces = [said::PROCESSORS, said::CARDS, said::BOARDS, said::POWER];
    let count = pieces.iter().filter(|piece| title.has_any(piece)).count();
    let has_main = title.has_any(said::PROCESSORS) || title.has_any(said::CARDS);
    let joined = title.has_any("plus; and; with; w");
    let fits = title.has_any(said::LINKS) || title.has_any("supports; socket");
    count >= 2 && has_main && joined && !fits && !title.has_any(said::COMPUTERS)
}

/// A whole computer named by its processor and its card is not that card.
fn is_a_computer_with_its_card(title: &Phrases) -> bool {
    title.has_any(said::WHOLE_COMPUTERS)
        && title.has_any(said::PROCESSORS)
        && title.has_any(said::CARDS)
        && !title.has_any("graphics card; video card; for")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expected: bool, titles: &[&str]) {
        for title in titles {
            assert_eq!(is_several(&Phrases::of(title)), expected, "{title}");
        }
    }

    #[test]
    fn goods_that_are_counted_are_several() {
        check(
            true,
            &[
                "10 Nintendo Wii games",
                "Dreamcast with 7 games",
                "Canon 80D plus two lenses",
                "9 PS2 games",
            ],
        );
        check(
            false,
            &[
                "Sup 400 games in 1 handheld",
                "Carcassonne for 5 players",
                "Far Cry 6 game",
                "PS4 Pro",
            ],
        );
    }

    #[test]
    fn a_console_has_one_gamepad_in_its_box_and_no_more() {
        check(
            true,
            &[
                "Xbox Series S and extra white controller",
                "PS5 digital edition with camera",
                "PS4 console plus game",
            ],
        );
        check(false, &["Xbox Series S console with controller", "PS5 console plus game pass code"]);
    }

    #[test]
    fn a_processor_and_a_board_are_several_and_a_processor_that_fits_one_is_not() {
        check(true, &["Ryzen 5 3600 and B450 Tomahawk", "RTX 3080 plus 850W power supply"]);
        check(false, &["Ryzen 5 3600 for B450 with cooler", "RTX 4070 with 12VHPWR cable"]);
    }

    #[test]
    fn a_computer_named_by_its_card_is_more_than_the_card() {
        check(true, &["Gaming PC i7-8700K GTX 1080"]);
        check(
            false,
            &["GTX 1080 graphics card for gaming PC i7", "RTX 3070 gaming PC graphics card"],
        );
    }

    #[test]
    fn a_combo_amplifier_and_a_pair_of_shoes_are_one_thing() {
        check(false, &["Vox AC30 combo amplifier", "Pair of shoes Clarks size 9"]);
        check(true, &["Pair of Yamaha HS5", "Ryzen 5 5600 B550 combo"]);
    }
}
