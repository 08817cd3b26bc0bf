//! From what people and marketplaces type to titles that can be stored, read and compared.

mod accessory;
mod kind;
mod phrases;
mod several;
#[cfg(test)]
mod told_apart;
mod vocabulary;
mod words;

use unicode_normalization::UnicodeNormalization;

pub use kind::{kind_of, names_accessory};
pub use words::words;

/// The longest title that is kept, in characters.
pub const TITLE_CHARS: usize = 500;

/// eBay's result page glues this label to the title beside it.
const GLUED_LABEL: &str = "New Listing";

/// A title as people should read it: HTML entities decoded, invisible characters and a glued "New Listing" removed,
/// composed (NFC), white space folded, at most [`TITLE_CHARS`] characters. Empty when nothing readable is left.
pub fn clean_title(raw: &str) -> String {
    let decoded = decoded(raw);
    let visible: String = visible(&decoded).nfc().collect();
    let folded = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    let title = without_label(&folded);
    match title.char_indices().nth(TITLE_CHARS) {
        Some((end, _)) => title[..end].trim_end().to_owned(),
        None => title.to_owned(),
    }
}

/// Decodes HTML entities. Twice, because exports often encode what was encoded already (`&amp;amp;`).
fn decoded(raw: &str) -> String {
    let once = html_escape::decode_html_entities(raw);
    html_escape::decode_html_entities(&once).into_owned()
}

/// Control characters become spaces; characters without a shape of their own go. A joiner stays where it joins two
/// characters outside ASCII, because emoji and some scripts are spelled with it.
fn visible(text: &str) -> impl Iterator<Item = char> + '_ {
    let mut before = ' ';
    text.char_indices().filter_map(move |(at, c)| {
        let kept = match c {
            '\u{200C}' | '\u{200D}' => {
                let after = text[at + c.len_utf8()..].chars().next().unwrap_or(' ');
                (!before.is_ascii() && !after.is_ascii()).then_some(c)
            }
            '\u{00AD}'
            | '\u{034F}'
            | '\u{061C}'
            | '\u{115F}'
            | '\u{1160}'
            | '\u{17B4}'
            | '\u{17B5}'
            | '\u{180E}'
            | '\u{200B}'
            | '\u{200E}'
            | '\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF9}'..='\u{FFFB}' => None,
            c if c.is_control() => Some(' '),
            c => Some(c),
        };
        before = kept.unwrap_or(before);
        kept
    })
}

fn without_label(title: &str) -> &str {
    match title.strip_prefix(GLUED_LABEL).map(str::trim_start) {
        Some(rest) if !rest.is_empty() => rest,
        _ => title,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_glued_label_goes_and_the_title_stays() {
        assert_eq!(clean_title("New ListingAMD Ryzen 5 5600X"), "AMD Ryzen 5 5600X");
        assert_eq!(clean_title("New Listing Ps5 console"), "Ps5 console");
        assert_eq!(clean_title("New Listing"), "New Listing");
        assert_eq!(clean_title("Brand New ListingX"), "Brand New ListingX");
    }

    #[test]
    fn entities_are_decoded_even_when_encoded_twice() {
        assert_eq!(clean_title("~~ Wii MARIO KART &amp; WHEEL ~~"), "~~ Wii MARIO KART & WHEEL ~~");
        assert_eq!(clean_title("AT&amp;amp;T &#x0024;430 &quot;A+&quot;"), "AT&T $430 \"A+\"");
    }

    #[test]
    fn what_cannot_be_seen_is_removed_and_white_space_folds() {
        assert_eq!(
            clean_title("\u{feff} RTX\u{200b}3070\u{a0}\u{a0}8\u{202e}GB \t\n new\u{0}one "),
            "RTX3070 8GB new one"
        );
        assert_eq!(clean_title("👨\u{200d}👩\u{200d}👧 set"), "👨\u{200d}👩\u{200d}👧 set");
    }

    #[test]
    fn letters_are_composed() {
        assert_eq!(clean_title("Stu\u{308}ssy"), "Stüssy");
    }

    #[test]
    fn a_title_has_at_most_five_hundred_characters() {
        assert_eq!(clean_title(&"é".repeat(900)).chars().count(), TITLE_CHARS);
        assert_eq!(clean_title("\u{200b} \u{202c}"), "");
    }
}
