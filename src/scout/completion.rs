//! How a half-typed search may go on, by the titles that it already finds.

use std::{cmp::Reverse, collections::HashMap};

use super::spelling::parts;

/// The searches that the titles suggest, commonest first: what was typed, its last word completed, with and without the
/// word that follows it in a title.
pub fn complete(typed: &str, titles: &[String]) -> Vec<String> {
    let (before, last) = last_word(typed);
    let begun = parts(last).concat();
    if begun.is_empty() {
        return Vec::new();
    }
    let mut counts: HashMap<String, usize> = HashMap::new();
    for title in titles {
        let mut said = continuations(&begun, title);
        said.sort_unstable();
        said.dedup();
        for end in said {
            *counts.entry(end).or_default() += 1;
        }
    }
    let typed = parts(typed).concat();
    let mut all: Vec<(Reverse<usize>, usize, String)> = counts
        .into_iter()
        .map(|(end, count)| (Reverse(count), end.len(), format!("{before}{end}")))
        .filter(|(_, _, said)| parts(said).concat() != typed)
        .collect();
    all.sort_unstable();
    all.into_iter().map(|(_, _, said)| said).collect()
}

/// What stands before the last word, with the space between, and the last word.
pub fn last_word(typed: &str) -> (&str, &str) {
    let start = typed.trim_end().rfind(char::is_whitespace);
    let start = start.map_or(0, |at| at + typed[at..].chars().next().map_or(1, char::len_utf8));
    let (before, last) = typed.split_at(start);
    (before, last.trim_end())
}

/// The words of a title that begin so, each alone and with the next one; two words, too, that begin so when they are
/// written together: `rtx30` begins `rtx 3080`.
fn continuations(begun: &str, title: &str) -> Vec<String> {
    let words: Vec<String> = title
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase())
        .filter(|word| !word.is_empty())
        .collect();
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let plain = parts(word).concat();
        let next = words.get(at + 1);
        let both = next.map(|next| format!("{word} {next}"));
        if plain.starts_with(begun) {
            found.push(word.clone());
            found.extend(both);
        } else if let Some(both) = both.filter(|both| {
            !plain.is_empty()
                && begun.starts_with(&plain)
                && parts(both).concat().starts_with(begun)
        }) {
            found.push(both);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(typed: &str) -> Vec<String> {
        let titles = [
            "Leica M6 body",
            "LEICA M6, boxed",
            "Leica M3",
            "Sony WH-1000XM4 black",
            "EVGA RTX 3080 FTW3",
            "Stüssy jacket",
        ];
        complete(typed, &titles.map(str::to_owned))
    }

    #[test]
    fn the_commonest_completion_comes_first() {
        assert_eq!(completed("lei"), ["leica", "leica m6", "leica m3"]);
        assert_eq!(
            completed("used leica m"),
            ["used leica m6", "used leica m3", "used leica m6 body", "used leica m6 boxed"]
        );
    }

    #[test]
    fn model_numbers_are_completed_however_they_are_glued() {
        assert_eq!(completed("wh1000"), ["wh-1000xm4", "wh-1000xm4 black"]);
        assert_eq!(completed("rtx30"), ["rtx 3080"]);
        assert_eq!(completed("stus"), ["stüssy", "stüssy jacket"]);
    }

    #[test]
    fn what_is_typed_whole_is_not_suggested_again() {
        assert_eq!(completed("leica"), ["leica m6", "leica m3"]);
        assert_eq!(completed("..."), Vec::<String>::new());
        assert_eq!(completed(""), Vec::<String>::new());
    }

    #[test]
    fn the_last_word_is_what_follows_the_last_space() {
        assert_eq!(last_word("leica m"), ("leica ", "m"));
        assert_eq!(last_word("leica\u{3000}m "), ("leica\u{3000}", "m"));
        assert_eq!(last_word("m"), ("", "m"));
    }
}
