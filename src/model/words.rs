//! The words of a search, as people type them: `leica m6 "rigid body" -box sum*`.

use std::{fmt, str::FromStr};

/// The longest search, in characters.
pub const LONGEST: usize = 200;
/// The most words, phrases and exclusions together.
pub const MOST_TERMS: usize = 10;

/// A search by words. All of its terms must fit; those that are excluded must not.
///
/// - `leica m6` wants both words, in any order.
/// - `"rigid body"` wants these words side by side. A quotation mark opens a phrase only where a word could begin and
///   another one closes it; every other one is an inch mark and says nothing.
/// - `-box` and `-"empty box"` exclude. A dash inside a word does not: `wh-1000xm4`.
/// - `sum*` wants a word that begins so.
///
/// What holds no letter and no digit says nothing and is left out, so a search can be without terms: it finds nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    text: String,
    terms: Vec<Term>,
}

/// A word or a phrase of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// As it was typed, without its signs.
    pub text: String,
    /// In quotation marks.
    pub is_phrase: bool,
    /// Must not be there.
    pub is_excluded: bool,
    /// The last word may go on.
    pub is_prefix: bool,
}

impl Words {
    /// As it was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What is wanted and what is not, in the order of typing.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// Whether it says only what is not wanted.
    pub fn only_excludes(&self) -> bool {
        !self.terms.is_empty() && self.terms.iter().all(|term| term.is_excluded)
    }

    /// The same search, its last word taken as the beginning of one: it may be half typed. `None` when the last term
    /// is no bare word, or is a beginning anyway.
    pub fn half_typed(&self) -> Option<Self> {
        let mut words = self.clone();
        let last = words.terms.last_mut()?;
        if last.is_phrase || last.is_excluded || last.is_prefix {
            return None;
        }
        last.is_prefix = true;
        Some(words)
    }

    /// The same search with other words in some places of [`Words::terms`].
    #[must_use]
    pub fn with(&self, corrections: &[(usize, String)]) -> Self {
        let mut terms = self.terms.clone();
        for (at, text) in corrections {
            if let Some(term) = terms.get_mut(*at) {
                term.text.clone_from(text);
            }
        }
        let text = terms.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        Self { text, terms }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text, is_phrase, is_excluded, is_prefix } = self;
        let sign = if *is_excluded { "-" } else { "" };
        let quote = if *is_phrase { "\"" } else { "" };
        let star = if *is_prefix { "*" } else { "" };
        write!(f, "{sign}{quote}{text}{quote}{star}")
    }
}

/// Why words cannot be searched for, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotWords(String);

impl FromStr for Words {
    type Err = NotWords;

    fn from_str(text: &str) -> Result<Self, NotWords> {
        if text.chars().count() > LONGEST {
            return Err(NotWords(format!("is longer than {LONGEST} characters")));
        }
        if text.contains('\0') {
            return Err(NotWords("contains a character that no text has".to_owned()));
        }
        let mut terms = Vec::new();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (term, after) = first_term(rest);
            terms.extend(term);
            rest = after.trim_start();
        }
        if terms.len() > MOST_TERMS {
            let most = format!("has {} words; at most {MOST_TERMS} are taken", terms.len());
            return Err(NotWords(most));
        }
        Ok(Self { text: text.trim().to_owned(), terms })
    }
}

/// The first term of what is left, which begins with it, and what comes after.
fn first_term(rest: &str) -> (Option<Term>, &str) {
    let (is_excluded, body) = match rest.strip_prefix('-') {
        Some(body) if !body.starts_with(['-', ' ']) => (true, body),
        _ => (false, rest),
    };
    if let Some((phrase, after)) = phrase(body) {
        return (term(phrase, true, is_excluded), after);
    }
    let end = body.find(char::is_whitespace).unwrap_or(body.len());
    let (word, after) = body.split_at(end);
    (term(word, false, is_excluded), after)
}

/// A phrase at the beginning, without its quotation marks, and what comes after it.
fn phrase(body: &str) -> Option<(&str, &str)> {
    const MARKS: [char; 5] = ['"', '“', '”', '„', '«'];
    let inside = body.strip_prefix(MARKS)?;
    let ends = |(at, mark): &(usize, &str)| {
        let after = &inside[at + mark.len()..];
        after.is_empty() || after.starts_with(char::is_whitespace)
    };
    let (end, mark) = inside.match_indices(['"', '“', '”', '»']).find(ends)?;
    Some((&inside[..end], &inside[end + mark.len()..]))
}

fn term(text: &str, is_phrase: bool, is_excluded: bool) -> Option<Term> {
    let is_prefix = !is_phrase && text.ends_with('*');
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '"'));
    let says_something = text.chars().any(char::is_alphanumeric);
    let text = text.to_owned();
    says_something.then_some(Term { text, is_phrase, is_excluded, is_prefix })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The terms as they would be typed, each in brackets.
    fn said(text: &str) -> String {
        let words: Words = text.parse().unwrap();
        words.terms.iter().map(|term| format!("[{term}]")).collect::<Vec<_>>().concat()
    }

    #[test]
    fn words_phrases_exclusions_and_beginnings_are_told_apart() {
        assert_eq!(
            said(r#"leica m6 "rigid body" -box sum*"#),
            r#"[leica][m6]["rigid body"][-box][sum*]"#
        );
        assert_eq!(said(r#"-"empty box" -par*"#), r#"[-"empty box"][-par*]"#);
        assert_eq!(said("“rigid body” summicron"), r#"["rigid body"][summicron]"#);
        assert_eq!(said("wh-1000xm4 a - b --c"), "[wh-1000xm4][a][b][--c]");
    }

    #[test]
    fn a_lone_quotation_mark_is_an_inch_mark() {
        assert_eq!(said(r#"27" monitor 24""#), "[27][monitor][24]");
        assert_eq!(said(r#""rigid body"#), "[rigid][body]");
        assert_eq!(said(r#"""#), "");
        assert_eq!(said(r#""" x"#), "[x]");
        assert_eq!(said(r#""a"b c" d"#), r#"["a"b c"][d]"#);
    }

    #[test]
    fn what_says_nothing_is_left_out() {
        for text in ["", "   ", "* - -- \"\" ... 🔥 %", "-", "-*", "\"\u{301}\""] {
            assert_eq!(said(text), "", "{text:?}");
        }
        assert_eq!(said("🔥 rtx & | ! ( ) <->"), "[rtx]");
    }

    #[test]
    fn only_exclusions_are_known_as_such() {
        let only = |text: &str| text.parse::<Words>().unwrap().only_excludes();
        assert!(only("-box -parts"));
        assert!(!only("leica -box"));
        assert!(!only("..."));
    }

    #[test]
    fn too_much_is_refused_rather_than_cut() {
        let ten = "1 2 3 4 5 6 7 8 9 10";
        assert_eq!(ten.parse::<Words>().unwrap().terms.len(), 10);
        assert!(format!("{ten} ...").parse::<Words>().is_ok(), "what says nothing is not counted");
        let eleven = format!("{ten} 11").parse::<Words>().unwrap_err();
        assert_eq!(eleven.to_string(), "has 11 words; at most 10 are taken");
        assert!("é".repeat(200).parse::<Words>().is_ok());
        assert!("é".repeat(201).parse::<Words>().is_err());
        assert!("a\0b".parse::<Words>().is_err());
    }

    #[test]
    fn the_last_bare_word_may_be_half_typed() {
        let half = |text: &str| Some(text.parse::<Words>().unwrap().half_typed()?.terms);
        assert_eq!(half("leica summi").unwrap()[1].to_string(), "summi*");
        for text in ["", "leica -bo", "\"rigid bo\"", "sum*"] {
            assert_eq!(half(text), None, "{text}");
        }
    }

    #[test]
    fn a_corrected_search_keeps_its_signs() {
        let words: Words = "leicca -box \"rigit body\"".parse().unwrap();
        let right = words.with(&[(0, "leica".to_owned()), (2, "rigid body".to_owned())]);
        assert_eq!(right.text(), "leica -box \"rigid body\"");
    }
}
