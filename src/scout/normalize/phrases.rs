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

    /// Whether any of the phrases of `list` stands in the text outside every phrase of `but`.
    pub(super) fn says(&self, list: &str, but: &str) -> bool {
        self.places_but(list, but).next().is_some()
    }

    /// The places of `list` that share no word with a place of `but`.
    pub(super) fn places_but<'a>(
        &'a self,
        list: &'a str,
        but: &'a str,
    ) -> impl Iterator<Item = Range<usize>> + 'a {
        let mut others: Option<Vec<Range<usize>>> = None;
        self.places(list).filter(move |place| {
            let others = others.get_or_insert_with(|| self.places(but).collect());
            !others.iter().any(|other| other.start < place.end && place.start < other.end)
        })
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

/// Whether a word is the number of a model, and not a year.
pub(super) fn is_model(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let is_year = word.parse::<u16>().is_ok_and(|year| (1900..2040).contains(&year));
    digits >= 3 && word.len() <= 6 && !is_year
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

    #[test]
    fn a_phrase_inside_another_does_not_count() {
        let text = Phrases::of("not for parts, no artifacts");
        assert!(!text.says("for parts; artifacts", "not for parts; no artifacts"));
        assert!(Phrases::of("not for parts. Sold for parts").says("for parts", "not for parts"));
    }

    #[test]
    fn a_model_has_three_digits_and_is_no_year() {
        assert!(is_model("3070") && is_model("5600x") && is_model("d7500"));
        assert!(!is_model("2012") && !is_model("13") && !is_model("6992h4000201"));
    }
}
