//! Finds in running words what an ad asks: "Leica M3 $900", "Preis: 80 € VB", "FREE: sofa". Pure. What is not plainly
//! said is not known: a wrong price is worse than none.

mod vocabulary;

use self::vocabulary::{
    FOR_SALE, FREE_WORDS, LABELS, NOT_THE_THING, OTHER_AFTER, OTHER_BEFORE, PLAINLY_FREE,
};
use super::price::{self, PriceStyle};
use crate::model::money::{Currency, Money};

/// What words say about the price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// One price.
    Price(Money),
    /// Plainly nothing.
    Free,
    /// Several prices, or a range: which one is asked is not said.
    Unclear,
    /// No price.
    Nothing,
}

impl Asked {
    /// The price, when it is known; zero when it is free.
    pub fn money(self, home: Currency) -> Option<Money> {
        match self {
            Self::Price(money) => Some(money),
            Self::Free => Some(Money::new(0, home)),
            Self::Unclear | Self::Nothing => None,
        }
    }
}

/// The longest text that is looked through, in bytes.
const LONGEST: usize = 20_000;

/// What a title asks. `home` is the dollar that a lone `$` means.
pub fn in_title(title: &str, home: Currency) -> Asked {
    match in_text(title, home) {
        Asked::Nothing if is_free(title) => Asked::Free,
        asked => asked,
    }
}

/// What a text asks; that something is free is not believed of a long text.
pub fn in_text(text: &str, home: Currency) -> Asked {
    let text = &text[..text.floor_char_boundary(LONGEST)];
    let found = amounts(text, home);
    let labelled: Vec<&Amount> = found.iter().filter(|amount| amount.is_labelled).collect();
    let telling: Vec<&Amount> = if labelled.is_empty() { found.iter().collect() } else { labelled };
    let Some(first) = telling.first() else { return Asked::Nothing };
    let is_one = telling.iter().all(|amount| amount.money == first.money);
    if is_one && !first.is_range { Asked::Price(first.money) } else { Asked::Unclear }
}

/// Whether a title plainly says that the thing costs nothing. "Free shipping", "Free People dress" and "smoke free" do
/// not.
pub fn is_free(title: &str) -> bool {
    let lower = title.to_lowercase();
    if PLAINLY_FREE.iter().any(|phrase| has_phrase(&lower, phrase)) {
        return true;
    }
    let words: Vec<&str> = title.split_whitespace().collect();
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let is_word = |word: &str| FREE_WORDS.contains(&bare(word).as_str());
    words.iter().enumerate().any(|(at, word)| {
        if !is_word(word) {
            return false;
        }
        let next = words.get(at + 1).map(|next| bare(next)).unwrap_or_default();
        if NOT_THE_THING.contains(&next.as_str()) {
            return false;
        }
        let is_bracketed =
            word.starts_with(['[', '(', '{', '*']) && word.ends_with([']', ')', '}', '*', ':']);
        let is_headline = at == 0
            && (word.ends_with([':', '!']) || words.get(1).is_some_and(|next| is_dash(next)));
        let is_last = at > 0 && at + 1 == words.len() && is_dash(words[at - 1]);
        let is_alone = words.len() == 1;
        // "FREE sofa" among words that are not shouted.
        let is_shouted = at == 0
            && word.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase)
            && words.iter().skip(1).any(|word| word.chars().any(char::is_lowercase));
        is_bracketed || is_headline || is_last || is_alone || is_shouted
    })
}

/// Whether words say that something is offered, whatever it costs.
pub fn is_offer(title: &str) -> bool {
    let lower = title.to_lowercase();
    FOR_SALE.iter().any(|phrase| has_phrase(&lower, phrase)) || title.contains("[H]")
}

/// Whether a title says that the thing is gone.
pub fn is_sold(title: &str) -> bool {
    let lower = title.to_lowercase();
    let start = lower.trim_start_matches(|c: char| !c.is_alphanumeric());
    let marks = ["sold", "verkauft", "vendu", "vendido", "venduto"];
    marks.iter().any(|mark| {
        let bracketed = [format!("[{mark}]"), format!("({mark})"), format!("*{mark}*")];
        let is_headline = start.strip_prefix(mark).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with([':', '!', ']', ')']) || rest.starts_with(" -")
        });
        is_headline || bracketed.iter().any(|mark| lower.contains(mark.as_str()))
    })
}

#[derive(Debug, Clone, Copy)]
struct Amount {
    money: Money,
    is_labelled: bool,
    is_range: bool,
}

/// Every amount with a currency that may be the price.
fn amounts(text: &str, home: Currency) -> Vec<Amount> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find(|c: char| c.is_ascii_digit()).map(|at| from + at) {
        let before = &text[..start];
        let left = sign_before(before);
        // "1 299,00 kr" groups by spaces, "$20 150 pieces" does not.
        let spaced = end_of_number(text, start, true);
        let is_spaced = left.is_none() && sign_after(&text[spaced..]).is_some();
        let end = if is_spaced { spaced } else { end_of_number(text, start, false) };
        from = end;
        let after = &text[end..];
        let right = sign_after(after);
        if left.is_none() && right.is_none() {
            continue;
        }
        let head = &before[..before.len() - left.map_or(0, str::len)];
        let tail = &after[right.map_or(0, str::len)..];
        let written = format!(
            "{} {} {}",
            left.unwrap_or_default(),
            &text[start..end],
            right.unwrap_or_default()
        );
        let style = PriceStyle { dot_is_decimal: false, currency: home };
        let Ok(money) = price::parse(&written, style) else { continue };
        if money.amount == 0 || is_another(head, tail) {
            continue;
        }
        let is_labelled =
            last_words(head).first().is_some_and(|word| LABELS.contains(&word.as_str()));
        found.push(Amount { money, is_labelled, is_range: is_range(head, tail) });
        from = end + right.map_or(0, str::len);
    }
    found
}

/// Digits with their separators. A space groups thousands only where `spaced` and before exactly three digits.
fn end_of_number(text: &str, start: usize, spaced: bool) -> usize {
    let bytes = text.as_bytes();
    let digits_from = |at: usize| bytes.iter().skip(at).take_while(|b| b.is_ascii_digit()).count();
    let mut end = start + digits_from(start);
    loop {
        let Some(separator) = text[end..].chars().next() else { return end };
        let after = end + separator.len_utf8();
        let digits = digits_from(after);
        let goes_on = match separator {
            '.' | ',' => digits > 0,
            '\'' | '’' => digits == 3,
            ' ' | '\u{a0}' | '\u{202f}' => spaced && digits == 3,
            _ => false,
        };
        if !goes_on {
            return end;
        }
        end = after + digits;
    }
}

/// A currency that ends `before`, with the space behind it.
fn sign_before(before: &str) -> Option<&str> {
    let bare = before.strip_suffix([' ', '\u{a0}']).unwrap_or(before);
    for sign in
        ["US$", "US $", "CA$", "AU$", "NZ$", "HK$", "C$", "A$", "$", "€", "£", "¥", "₹", "₩", "zł"]
    {
        if bare.ends_with(sign) {
            return Some(&before[bare.len() - sign.len()..]);
        }
    }
    let word_starts = bare
        .rfind(|c: char| !c.is_alphabetic())
        .map_or(0, |at| at + bare[at..].chars().next().map_or(1, char::len_utf8));
    let word = &bare[word_starts..];
    let is_code = word.len() == 3
        && word.chars().all(|c| c.is_ascii_uppercase())
        && price::known_code(word).is_some();
    is_code.then(|| &before[word_starts..])
}

/// A currency that begins `after`, with the space before it.
fn sign_after(after: &str) -> Option<&str> {
    // "250,- €" and "12.- CHF" write no cents.
    let mut at = 0;
    for no_cents in [",-", ".-", ",–", ",--"] {
        if after.starts_with(no_cents) {
            at = no_cents.len();
        }
    }
    let space = after[at..].chars().next().filter(|c| matches!(c, ' ' | '\u{a0}' | '\u{202f}'));
    let from = at + space.map_or(0, char::len_utf8);
    let rest = &after[from..];
    for sign in ["€", "£", "zł", "Kč", "₽", "円"] {
        if rest.starts_with(sign) {
            return Some(&after[..from + sign.len()]);
        }
    }
    let word: &str = rest.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let is_code = word.len() == 3
        && word.chars().all(|c| c.is_ascii_uppercase())
        && price::known_code(word).is_some();
    let is_word = ["kr", "euro", "euros", "dollars", "Euro", "EURO", "Ft"].contains(&word);
    (is_code || is_word).then(|| &after[..from + word.len()])
}

/// Whether the words around an amount make it something else than the price.
fn is_another(head: &str, tail: &str) -> bool {
    let words = last_words(head);
    // "free shipping $40" names the price of the thing.
    let is_included = words.get(1).is_some_and(|word| FREE_WORDS.contains(&word.as_str()));
    let is_before = !is_included && words.iter().any(|word| OTHER_BEFORE.contains(&word.as_str()));
    // "$5k" and "$2m" are not five and two; "$20/mo" is not the price of the thing.
    let glued: String =
        tail.chars().take_while(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    let is_glued = glued.starts_with(char::is_alphanumeric)
        && !glued.starts_with("obo")
        && !glued.starts_with("ono")
        && !glued.starts_with("ea");
    let next = tail.split_whitespace().next().unwrap_or_default();
    let next = next.trim_end_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let is_after =
        OTHER_AFTER.contains(&next.as_str()) || glued.starts_with("/m") || glued.starts_with("/w");
    let is_percent = glued.starts_with('%');
    is_before || is_glued || is_after || is_percent || head.trim_end().ends_with('+')
}

/// The last two words of the clause before an amount, the nearest first, in small letters.
fn last_words(head: &str) -> Vec<String> {
    let clause = head
        .rsplit(['(', ')', '[', ']', ';', ',', '|', '.', '!', '?', '/', '\n'])
        .next()
        .unwrap_or_default();
    clause
        .split_whitespace()
        .rev()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase())
        .filter(|word| !word.is_empty())
        .take(2)
        .collect()
}

/// Whether the amount is one end of "$10 - $20" or "10 to 20 EUR".
fn is_range(head: &str, tail: &str) -> bool {
    let tail = tail.trim_start();
    let goes_on = tail.strip_prefix(['-', '–', '—']).map(str::trim_start).is_some_and(|rest| {
        rest.trim_start_matches(['$', '€', '£']).starts_with(|c: char| c.is_ascii_digit())
    });
    let head = head.trim_end();
    let came = head.strip_suffix(['-', '–', '—']).map(str::trim_end).is_some_and(|rest| {
        rest.trim_end_matches(['$', '€', '£']).ends_with(|c: char| c.is_ascii_digit())
    });
    goes_on || came
}

fn is_dash(word: &str) -> bool {
    matches!(word, "-" | "–" | "—" | "|" | ":" | "//")
}

/// Whether `phrase` stands in `text` between signs that are no letters.
fn has_phrase(text: &str, phrase: &str) -> bool {
    text.match_indices(phrase).any(|(at, _)| {
        let before = text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        let after = text[at + phrase.len()..].chars().next().is_some_and(char::is_alphanumeric);
        !before && !after
    })
}

#[cfg(test)]
mod tests;
