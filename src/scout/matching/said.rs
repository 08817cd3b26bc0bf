//! Texts folded so that they can be compared: the same way as the database folds what is searched by words, so that a
//! saved search finds what the search box finds.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::model::words::Term;

/// How much of a text is looked at, in characters.
const LOOKED_AT: usize = 100_000;

/// What a text says: its words without accents, in small letters, numbers apart from letters.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    /// As it was given.
    pub(super) text: String,
    words: Vec<String>,
}

/// A word or words side by side that are looked for.
#[derive(Debug, Clone)]
pub(super) struct Sought {
    /// As a person typed it.
    pub(super) typed: String,
    words: Vec<String>,
    /// The last word may go on.
    is_prefix: bool,
    /// Letter by letter: a phrase in quotation marks does not mean its plural.
    is_exact: bool,
}

impl Said {
    pub(super) fn of(text: &str) -> Self {
        Self { text: text.to_owned(), words: folded(text) }
    }

    /// Whether all of its words are among those of another text.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        self.words.iter().all(|word| other.words.iter().any(|said| is_like(said, word)))
    }
}

impl Sought {
    pub(super) fn term(term: &Term) -> Self {
        Self {
            typed: term.text.clone(),
            words: folded(&term.text),
            is_prefix: term.is_prefix,
            is_exact: term.is_phrase,
        }
    }

    /// One entry of a list of words: several of them stand side by side; quotation marks and a star mean what they
    /// mean in a search.
    pub(super) fn typed(typed: &str) -> Self {
        let bare = typed.trim();
        let inside = bare.trim_matches(['"', '“', '”', '„', '«', '»']);
        Self {
            typed: inside.trim_end_matches('*').trim().to_owned(),
            words: folded(inside),
            is_prefix: inside.ends_with('*'),
            is_exact: inside.len() < bare.len(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    pub(super) fn is_in(&self, said: &Said) -> bool {
        let count = self.words.len();
        if count == 0 || count > said.words.len() {
            return false;
        }
        said.words.windows(count).any(|here| {
            here.iter().zip(&self.words).enumerate().all(|(at, (said, sought))| {
                if self.is_prefix && at + 1 == count {
                    said.starts_with(sought.as_str())
                } else if self.is_exact {
                    said == sought
                } else {
                    is_like(said, sought)
                }
            })
        })
    }
}

/// The same word, or one the plural of the other.
fn is_like(a: &str, b: &str) -> bool {
    let is_plural = |longer: &str, shorter: &str| {
        let ending = longer.strip_prefix(shorter);
        let can_be = shorter.chars().count() >= 3 && shorter.chars().all(char::is_alphabetic);
        let in_y = shorter.strip_suffix('y').is_some_and(|stem| {
            stem.len() >= 2 && longer.strip_prefix(stem).is_some_and(|ending| ending == "ies")
        });
        can_be && (matches!(ending, Some("s" | "es")) || in_y)
    };
    a == b || is_plural(a, b) || is_plural(b, a)
}

fn folded(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let signless = text.chars().take(LOOKED_AT).filter(|c| !matches!(c, '™' | '®' | '©'));
    for c in signless.nfkd().flat_map(char::to_lowercase) {
        if is_combining_mark(c) || matches!(c, '\'' | '’' | '‘' | '`' | '´') {
            continue;
        }
        let changes = word.chars().last().is_some_and(|last| last.is_numeric() != c.is_numeric());
        if (changes || !c.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        match c {
            'ø' => word.push('o'),
            'ł' => word.push('l'),
            'đ' => word.push('d'),
            'ß' => word.push_str("ss"),
            'æ' => word.push_str("ae"),
            'œ' => word.push_str("oe"),
            c if c.is_alphanumeric() => word.push(c),
            _ => {}
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_for_what_people_write_in_many_ways() {
        for text in ["WH-1000XM4", "wh1000xm4", "WH 1000 XM4", "Wh®-1000·xm4"] {
            assert_eq!(folded(text), ["wh", "1000", "xm", "4"], "{text}");
        }
        assert_eq!(folded("Stu\u{308}ssy Men's Größe"), ["stussy", "mens", "grosse"]);
        assert_eq!(folded("🔥 ™ -- "), Vec::<String>::new());
    }

    #[test]
    fn a_plural_is_the_same_word_and_a_longer_word_is_not() {
        for (a, b) in [("lens", "lenses"), ("camera", "cameras"), ("battery", "batteries")] {
            assert!(is_like(a, b) && is_like(b, a), "{a} {b}");
        }
        for (a, b) in [("ps", "p"), ("3070", "3070s"), ("case", "cased"), ("box", "boxing")] {
            assert!(!is_like(a, b), "{a} {b}");
        }
    }

    #[test]
    fn quotation_marks_and_a_star_mean_what_they_mean_in_a_search() {
        let is_in = |typed: &str, text: &str| Sought::typed(typed).is_in(&Said::of(text));
        assert!(is_in("for parts", "Sold FOR PARTS only"));
        assert!(!is_in("for parts", "parts for a camera"));
        assert!(is_in("scratch*", "some scratching"));
        assert!(is_in("box", "two boxes") && !is_in("\"box\"", "two boxes"));
        assert!(!is_in("box", "boxing"));
    }
}
