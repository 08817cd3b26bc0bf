//! Reads how worn a thing is: from eBay's numbers, or from the words of many sites.

use crate::model::condition::Condition;

/// What an eBay conditionId says. The same number means the same everywhere, whatever the site's language.
pub fn of_ebay_id(id: u32) -> Option<Condition> {
    Some(match id {
        1000 => Condition::New,
        // New other, open box; certified and excellent refurbished; like new.
        1500 | 2000 | 2010 | 2750 => Condition::Excellent,
        // New with defects; very good and seller refurbished; pre-owned excellent; very good.
        1750 | 2020 | 2500 | 2990 | 4000 => Condition::Great,
        // Good refurbished; used; good.
        2030 | 3000 | 5000 => Condition::Good,
        // Pre-owned fair; acceptable.
        3010 | 6000 => Condition::Fair,
        7000 => Condition::Poor,
        _ => return None,
    })
}

/// Whether a conditionId says "for parts or not working".
pub fn is_for_parts(id: u32) -> bool {
    id == 7000
}

/// What the words of a condition column say; `None` for words that are no condition.
pub fn of_words(words: &str) -> Option<Condition> {
    let words = normalised(words);
    let bare =
        words.strip_prefix("is ").or_else(|| words.strip_prefix("condition ")).unwrap_or(&words);
    PHRASES.iter().find(|(phrases, _)| phrases.contains(&bare)).map(|(_, condition)| *condition)
}

/// Small letters, one space between words, nothing else.
fn normalised(words: &str) -> String {
    let spaced: String = words
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect::<String>()
        .to_lowercase();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

const PHRASES: &[(&[&str], Condition)] = &[
    (
        &[
            "new",
            "brand new",
            "new with tags",
            "nwt",
            "new in box",
            "new with box",
            "nib",
            "bnib",
            "sealed",
            "factory sealed",
            "new sealed",
            "never used",
            "unused",
            "neu",
            "neu mit etikett",
            "neuf",
            "nuovo",
            "nuevo",
            "novo",
            "nieuw",
            "deadstock",
        ],
        Condition::New,
    ),
    (
        &[
            "like new",
            "as new",
            "mint",
            "near mint",
            "open box",
            "opened never used",
            "new other",
            "new open box",
            "new other see details",
            "new without tags",
            "nwot",
            "new without box",
            "excellent",
            "refurbished",
            "certified refurbished",
            "excellent refurbished",
            "manufacturer refurbished",
            "wie neu",
            "neuwertig",
            "comme neuf",
            "come nuovo",
            "como nuevo",
            "generalüberholt",
            "b stock",
        ],
        Condition::Excellent,
    ),
    (
        &[
            "great",
            "very good",
            "very good refurbished",
            "seller refurbished",
            "gently used",
            "lightly used",
            "pre owned excellent",
            "used excellent",
            "used very good",
            "used like new",
            "sehr gut",
            "très bon état",
            "new with defects",
        ],
        Condition::Great,
    ),
    (
        &[
            "good",
            "used",
            "pre owned",
            "preowned",
            "pre loved",
            "second hand",
            "good refurbished",
            "used good",
            "pre owned good",
            "average",
            "gut",
            "gebraucht",
            "bon état",
            "occasion",
            "usato",
            "usado",
            "gebruikt",
        ],
        Condition::Good,
    ),
    (
        &[
            "fair",
            "acceptable",
            "well used",
            "heavily used",
            "worn",
            "pre owned fair",
            "used acceptable",
            "used fair",
            "satisfactory",
            "akzeptabel",
            "état correct",
            "ok",
        ],
        Condition::Fair,
    ),
    (
        &[
            "poor",
            "for parts",
            "for parts or not working",
            "parts only",
            "parts or not working",
            "not working",
            "broken",
            "defective",
            "damaged",
            "faulty",
            "non functioning",
            "for repair",
            "spares or repair",
            "salvage",
            "defekt",
            "als ersatzteil defekt",
            "pour pièces",
            "per parti",
            "very worn",
        ],
        Condition::Poor,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ebays_numbers_say_how_worn_a_thing_is() {
        for (id, condition) in [
            (1000, Condition::New),
            (1500, Condition::Excellent),
            (2010, Condition::Excellent),
            (2020, Condition::Great),
            (2030, Condition::Good),
            (3000, Condition::Good),
            (6000, Condition::Fair),
            (7000, Condition::Poor),
        ] {
            assert_eq!(of_ebay_id(id), Some(condition), "{id}");
        }
        assert_eq!(of_ebay_id(42), None);
        assert!(is_for_parts(7000));
    }

    #[test]
    fn words_are_read_whatever_their_dress() {
        for (words, condition) in [
            ("Brand New", Condition::New),
            ("Pre-Owned", Condition::Good),
            ("is_gently_used", Condition::Great),
            ("is_new", Condition::New),
            ("is_worn", Condition::Fair),
            ("Very Good - Refurbished", Condition::Great),
            ("New (Other)", Condition::Excellent),
            ("For parts or not working", Condition::Poor),
            ("gebraucht", Condition::Good),
        ] {
            assert_eq!(of_words(words), Some(condition), "{words}");
        }
        assert_eq!(of_words("Trusted Seller"), None);
        assert_eq!(of_words(""), None);
    }
}
