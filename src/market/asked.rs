//! Finds in running words what an ad asks: "Leica M3 $900", "Preis: 80 € VB", "FREE: sofa". Pure. What is not plainly
//! said is not known: a wrong price is worse than none.

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

const FREE_WORDS: &[&str] = &["free", "gratis", "kostenlos", "gratuit", "frei"];
const PLAINLY_FREE: &[&str] = &[
    "free to a good home",
    "free to good home",
    "free to collect",
    "free to collector",
    "free for collection",
    "free for pickup",
    "free for pick up",
    "free stuff",
    "curb alert",
    "giving away for free",
    "zu verschenken",
    "gratis abzugeben",
    "kostenlos abzugeben",
    "à donner",
];
/// What follows "free" where something else than the thing is free.
const NOT_THE_THING: &[&str] = &[
    "shipping",
    "ship",
    "ships",
    "delivery",
    "postage",
    "post",
    "p&p",
    "returns",
    "return",
    "gift",
    "trial",
    "case",
    "accessories",
    "standing",
    "people",
    "range",
    "versand",
    "lieferung",
    "livraison",
    "envío",
    "spedizione",
    "weights",
    "weight",
    "willy",
    "with",
    "when",
    "if",
];
const FOR_SALE: &[&str] = &[
    "for sale",
    "fs",
    "wts",
    "selling",
    "sell",
    "f/s",
    "obo",
    "ono",
    "zu verkaufen",
    "verkaufe",
    "à vendre",
    "vends",
    "se vende",
    "vendo",
    "te koop",
    "for trade",
    "wtt",
    "asking",
];
/// Words that name a price that is asked.
const LABELS: &[&str] = &[
    "price", "asking", "ask", "now", "only", "preis", "prix", "prezzo", "precio", "prijs", "sale",
    "today",
];
/// Words before a price that is another one: of the past, of the shop, of something beside the thing.
const OTHER_BEFORE: &[&str] = &[
    "was",
    "originally",
    "original",
    "orig",
    "retail",
    "retails",
    "msrp",
    "rrp",
    "uvp",
    "srp",
    "list",
    "reg",
    "regular",
    "regularly",
    "save",
    "saves",
    "saving",
    "worth",
    "value",
    "valued",
    "paid",
    "deposit",
    "np",
    "neupreis",
    "statt",
    "shipping",
    "postage",
    "versand",
    "delivery",
    "plus",
    "over",
    "under",
    "than",
    "kaution",
];
/// Words after an amount that make it another one.
const OTHER_AFTER: &[&str] = &[
    "off", "deposit", "down", "shipping", "postage", "delivery", "versand", "rebate", "credit",
    "gift", "value", "cashback", "discount", "million", "billion", "trillion", "thousand", "bn",
    "per", "/mo", "/month", "/week", "/wk", "/day", "/hr", "/hour", "a", "monthly", "weekly",
    "pcm", "retail", "msrp", "neupreis", "fee", "fees", "raffle", "coupon", "voucher",
];

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
    let next = tail.trim_start().split_whitespace().next().unwrap_or_default();
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
mod tests {
    use super::*;

    fn asks(title: &str) -> String {
        match in_title(title, Currency::USD) {
            Asked::Price(money) => money.to_string(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn one_price_is_found_wherever_it_stands() {
        for (title, price) in [
            ("Leica M3 $900", "$900.00"),
            ("Bright Victorian (oakland north / temescal) $4300 3bd 1930ft2", "$4,300.00"),
            ("New 1Bed 1Bath ($2095) Arbors (mountain view) $2095 1bd 560ft2", "$2,095.00"),
            ("$1,299.50 MacBook Pro", "$1,299.50"),
            ("Fahrrad 80 € VB", "€80.00"),
            ("Sofa, Preis 250,- €", "€250.00"),
            ("Objektiv 1.299 EUR", "€1,299.00"),
            ("EUR 12 Buch", "€12.00"),
            ("£45 ono drill", "£45.00"),
            ("Vase 1 299,00 kr", "1,299.00 SEK"),
            ("[USA-CA] [H] RTX 3080 $400 shipped [W] PayPal", "$400.00"),
            ("Canon AE-1 for US $120.00", "$120.00"),
            ("Bike $150obo", "$150.00"),
        ] {
            assert_eq!(asks(title), price, "{title}");
        }
    }

    #[test]
    fn prices_of_the_past_and_of_other_things_are_not_asked() {
        for (title, price) in [
            ("Desk $50 (was $120)", "$50.00"),
            ("Desk, retail $300, asking $80", "$80.00"),
            ("Save $20: lamp now $60", "$60.00"),
            ("$500 off first month (oakland) $2300 1bd", "$2,300.00"),
            ("Chair $40 + $15 shipping", "$40.00"),
            ("Console, $20 deposit", "Nothing"),
            ("Phone $30/mo", "Nothing"),
            ("The $2 trillion question", "Nothing"),
            ("Startup raises $5m", "Nothing"),
            ("iPhone 14 128 GB", "Nothing"),
            ("Shoes EU 42", "Nothing"),
            ("Lamp $0", "Nothing"),
        ] {
            assert_eq!(asks(title), price, "{title}");
        }
    }

    #[test]
    fn several_prices_are_unclear_unless_one_is_named_as_the_price() {
        for (title, price) in [
            ("Records $5 - $20", "Unclear"),
            ("Chairs $20 each, $70 for four", "Unclear"),
            ("Chair $20, table $70, asking $85 for both", "$85.00"),
        ] {
            assert_eq!(asks(title), price, "{title}");
        }
    }

    #[test]
    fn free_is_free_only_where_it_is_plainly_said() {
        for title in [
            "FREE: brown sofa",
            "Free! Moving boxes",
            "[FREE] Piano",
            "Couch (free)",
            "FREE sofa, needs cleaning",
            "Kittens free to a good home",
            "Sofa zu verschenken",
            "Desk - free",
            "Curb alert: dresser",
            "gratis",
        ] {
            assert_eq!(in_title(title, Currency::USD), Asked::Free, "{title}");
        }
        for title in [
            "Camera, free shipping",
            "FREE SHIPPING on all lenses",
            "Free People dress size M",
            "Smoke free home sofa",
            "Free standing bath",
            "Free Willy DVD",
            "Sugar-free gum",
            "Buy 2 get 1 free",
            "Free shipping! Leica M3",
            "Free returns: boots",
            "Hands free kit",
            "frei Haus",
        ] {
            assert_ne!(in_title(title, Currency::USD), Asked::Free, "{title}");
        }
        assert_eq!(asks("FREE shipping! Lens $90"), "$90.00");
    }

    #[test]
    fn a_lone_dollar_is_the_sites_own() {
        let cad: Currency = "CAD".parse().unwrap();
        assert_eq!(in_title("Canoe $300", cad), Asked::Price(Money::new(30_000, cad)));
        assert_eq!(in_title("Canoe US $300", cad), Asked::Price(Money::new(30_000, Currency::USD)));
    }

    #[test]
    fn offers_and_sold_things_say_so() {
        assert!(
            is_offer("[WTS] Leica")
                && is_offer("Piano for sale")
                && is_offer("[CA] [H] GPU [W] cash")
        );
        assert!(!is_offer("Today I found out how") && !is_offer("Bestselling author dies"));
        assert!(is_sold("SOLD: Leica M3") && is_sold("[Sold] desk") && is_sold("Desk (sold)"));
        assert!(!is_sold("Sold out tour poster") && !is_sold("Soldering iron"));
    }
}
