//! A text as words in which phrases can be found.

use std::ops::Range;

use super::words::plain;

/// Words of a text with one space around each, so that a phrase is found only as whole words.
pub(super) struct Phrases {
    words: Vec<String>,
    text: String,
}

impl Phrases {
    /// Reads `text`. Plus and ampersand are words, since they say what comes along.
    pub(super) fn of(text: &str) -> Self {
        let words = plain(&text.replace(['+', '&'], " plus "));
        let text = format!(" {} ", words.join(" "));
        Self { words, text }
    }

    pub(super) fn words(&self) -> &[String] {
        &self.words
    }

    /// The word at `at`, empty behind the end.
    pub(super) fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", String::as_str)
    }

    /// Whether any of the phrases of a list stands in the text.
    pub(super) fn has_any(&self, list: &str) -> bool {
        list.split("; ").any(|phrase| self.has(phrase))
    }

    fn has(&self, phrase: &str) -> bool {
        self.text.match_indices(phrase).any(|(at, found)| {
            self.text[..at].ends_with(' ') && self.text[at + found.len()..].starts_with(' ')
        })
    }

    /// Where each of the phrases of a list stands, as ranges of words.
    pub(super) fn places<'a>(&'a self, list: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        list.split("; ").filter(|phrase| self.has(phrase)).flat_map(move |phrase| {
            let length = phrase.split(' ').count();
            (0..self.words.len()).filter_map(move |at| {
                let words = phrase.split(' ').enumerate();
                words
                    .into_iter()
                    .all(|(i, word)| self.word(at + i) == word)
                    .then_some(at..at + length)
            })
        })
    }
}

/// Whether `word` is one of a list.
pub(super) fn lists(list: &str, word: &str) -> bool {
    list.split("; ").any(|listed| listed == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_is_found_as_whole_words_only() {
        let text = Phrases::of("Boxed RTX 3070, box-only & bag");
        assert!(text.has_any("nothing; box only"));
        assert!(text.has_any("plus bag"));
        assert!(!text.has_any("ox only; boxe"));
        assert_eq!(text.places("box only; bag").collect::<Vec<_>>(), [3..5, 6..7]);
        assert_eq!(Phrases::of("").word(0), "");
    }
}
