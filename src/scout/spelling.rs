//! Misspelt words, and which words of titles may have been meant.

use std::collections::HashMap;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The words in a text: small letters and digits, without accents, split at everything else.
pub fn parts(text: &str) -> Vec<String> {
    let plain: String = text
        .nfkd()
        .filter(|c| !is_combining_mark(*c) && !matches!(c, '\'' | '’'))
        .flat_map(char::to_lowercase)
        .collect();
    plain
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The word of the titles that is most like `word`: the fewest letters wrong, then the commonest. `None` when none is
/// like it. Digits are never corrected: another number is another thing.
pub fn closest(word: &str, titles: &[String]) -> Option<String> {
    let word = parts(word).concat();
    let mut counts: HashMap<String, usize> = HashMap::new();
    for said in titles.iter().flat_map(|title| parts(title)) {
        *counts.entry(said).or_default() += 1;
    }
    let letters: Vec<char> = word.chars().collect();
    let allowed = mistakes_in(letters.len());
    let best = counts
        .into_iter()
        .filter(|(said, _)| digits(said) == digits(&word))
        .filter_map(|(said, count)| {
            let other: Vec<char> = said.chars().collect();
            let wrong = distance(&letters, &other);
            (wrong <= allowed).then_some((wrong, std::cmp::Reverse(count), said))
        })
        .min()?;
    Some(best.2)
}

/// How many letters of a word may be wrong.
fn mistakes_in(letters: usize) -> usize {
    match letters {
        0..=2 => 0,
        3..=5 => 1,
        6..=9 => 2,
        _ => 3,
    }
}

fn digits(word: &str) -> String {
    word.chars().filter(|c| c.is_numeric()).collect()
}

/// How many letters are missing, too many, other ones, or swapped with their neighbour.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let other = usize::from(a[i - 1] != b[j - 1]);
            let mut cost = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + other);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cost = cost.min(before[j - 2] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closest_of(word: &str, titles: &[&str]) -> Option<String> {
        let titles: Vec<String> = titles.iter().map(|title| (*title).to_owned()).collect();
        closest(word, &titles)
    }

    #[test]
    fn letters_that_are_missing_doubled_wrong_or_swapped_are_seen_through() {
        let titles = ["Leica M6 Rangefinder", "Samsung Galaxy", "Summicron 50mm", "iPhone 13"];
        for (typed, meant) in [
            ("leicca", "leica"),
            ("lecia", "leica"),
            ("samsnug", "samsung"),
            ("ipone", "iphone"),
            ("sumicorn", "summicron"),
            ("ragefinder", "rangefinder"),
        ] {
            assert_eq!(closest_of(typed, &titles).as_deref(), Some(meant), "{typed}");
        }
        assert_eq!(closest_of("bicycle", &titles), None);
        assert_eq!(closest_of("", &titles), None);
    }

    #[test]
    fn the_commonest_of_equally_like_words_wins() {
        let titles = ["canon", "cason", "canon", "cason", "canon"];
        assert_eq!(closest_of("caxon", &titles).as_deref(), Some("canon"));
    }

    #[test]
    fn another_number_is_another_thing() {
        assert_eq!(closest_of("3081", &["RTX 3080"]), None);
        assert_eq!(closest_of("xm4", &["WH 1000 XM5"]), None);
        assert_eq!(closest_of("iphone13", &["iphome13"]).as_deref(), Some("iphome13"));
    }

    #[test]
    fn accents_and_signs_do_not_count() {
        assert_eq!(parts("Stüssy Men's WH-1000XM4"), ["stussy", "mens", "wh", "1000xm4"]);
        assert_eq!(closest_of("stüsy", &["Stüssy"]).as_deref(), Some("stussy"));
    }
}
