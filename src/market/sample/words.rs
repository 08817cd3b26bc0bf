//! Titles as real sellers write them.

use super::{dice::Dice, thing::Thing};

/// The title of an ad or a sale of the thing itself.
pub(super) fn title(thing: &Thing, dice: &mut Dice) -> String {
    let names = thing.product.names;
    let pattern = dice.pick(thing.category.titles);
    // Some sellers forget the one thing that decides the price.
    let variant = if dice.chance(60) { "" } else { thing.variant };
    let mut words = fill(pattern, names[dice.index(names.len())], variant, thing.style);
    for _ in 0..dice.between(0, 2) {
        let extra = dice.pick(thing.category.extras);
        if !words.contains(extra) {
            words.push_str(dice.pick(&[" ", " - ", ", ", " | ", " "]));
            words.push_str(extra);
        }
    }
    in_a_voice(&words, dice)
}

/// A title in one of the voices that sellers have.
pub(super) fn in_a_voice(words: &str, dice: &mut Dice) -> String {
    let spoken = match dice.between(1, 100) {
        1..=8 => words.to_uppercase(),
        9..=20 => words.to_lowercase(),
        21..=25 => {
            let shout = dice.pick(&["L@@K!! ", "WOW! ", "**MINT** ", "!!!SALE!!! ", "NICE "]);
            format!("{shout}{words}")
        }
        26..=31 => format!("{} {words} {}", dice.pick(EMOJI), dice.pick(EMOJI)),
        32..=35 => format!("{words} {}", dice.pick(&["OBO", "no lowballs", "FIRM", "need gone"])),
        36..=40 => glued(words, dice),
        41..=46 => mistyped(words, dice),
        _ => words.to_owned(),
    };
    spoken.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Fills a pattern: `{n}` the name, `{v}` the variant, `{s}` the style.
pub(super) fn fill(pattern: &str, name: &str, variant: &str, style: &str) -> String {
    let filled = pattern.replace("{n}", name).replace("{v}", variant).replace("{s}", style);
    let tidy = filled.split_whitespace().collect::<Vec<_>>().join(" ");
    let tidy = tidy.replace("- -", "-").replace(" ,", ",");
    tidy.trim_matches(|c: char| c == '-' || c.is_whitespace()).to_owned()
}

const EMOJI: &[&str] = &["🔥", "✅", "⭐", "💥", "👀", "🚚", "✨"];

/// Loses one space.
fn glued(words: &str, dice: &mut Dice) -> String {
    let spaces: Vec<usize> = words.match_indices(' ').map(|(at, _)| at).collect();
    let Some(&at) = spaces.get(dice.index(spaces.len().max(1))) else { return words.to_owned() };
    format!("{}{}", &words[..at], &words[at + 1..])
}

/// Swaps two letters inside one longer word; numbers are left alone, as sellers check those.
fn mistyped(words: &str, dice: &mut Dice) -> String {
    let mut all: Vec<String> = words.split(' ').map(str::to_owned).collect();
    let long: Vec<usize> = (0..all.len())
        .filter(|&n| all[n].len() > 4 && all[n].bytes().all(|b| b.is_ascii_alphabetic()))
        .collect();
    if let Some(&at) = long.get(dice.index(long.len().max(1))) {
        let mut letters: Vec<char> = all[at].chars().collect();
        let swap = 1 + dice.index(letters.len() - 2);
        letters.swap(swap, swap + 1);
        all[at] = letters.into_iter().collect();
    }
    all.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_without_variant_or_style_leaves_no_gaps() {
        assert_eq!(fill("{n} - {v} - {s}", "PS5", "", "White"), "PS5 - White");
        assert_eq!(fill("{s} {n} {v}", "PS5", "", ""), "PS5");
    }

    #[test]
    fn typing_faults_keep_the_letters() {
        let mut dice = Dice::new(4, 0);
        let sorted = |text: &str| {
            let mut letters: Vec<char> = text.chars().collect();
            letters.sort_unstable();
            letters
        };
        for _ in 0..50 {
            let typed = mistyped("Fender Stratocaster 520", &mut dice);
            assert_eq!(sorted(&typed), sorted("Fender Stratocaster 520"));
            assert!(typed.ends_with("520"), "{typed}");
        }
    }

    #[test]
    fn a_glued_title_lacks_one_space() {
        let mut dice = Dice::new(4, 1);
        assert_eq!(glued("RTX 3070", &mut dice), "RTX3070");
        assert_eq!(glued("PS5", &mut dice), "PS5");
    }
}
