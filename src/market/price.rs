//! Reads prices as people and spreadsheets write them. Digits stay digits: nothing goes through a float.

use crate::model::money::{Currency, Money};

/// How a table writes its numbers and what it leaves unsaid, found out from its first rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceStyle {
    /// Whether a dot before exactly three digits is the decimal point ("12.125") or groups thousands ("1.299").
    pub dot_is_decimal: bool,
    /// What a price without any sign is in.
    pub currency: Currency,
}

/// A price out of a cell such as `$1,299.50`, `1.299,50 €`, `EUR 12`, `1 299,00 kr` or `Free`.
/// The error says what is wrong with it.
pub fn parse(text: &str, style: PriceStyle) -> Result<Money, String> {
    let text = text.trim();
    let refuse = |why: &str| Err(format!("the price '{}' {why}", shortened(text)));
    if text.is_empty() {
        return Err("no price".into());
    }
    let is_digit = |c: char| c.is_ascii_digit();
    let (Some(first), Some(last)) = (text.find(is_digit), text.rfind(is_digit)) else {
        let first_word = text.split_whitespace().next().unwrap_or_default().to_lowercase();
        let means_free =
            FREE.contains(&first_word.as_str()) || text.eq_ignore_ascii_case("zu verschenken");
        return if means_free { Ok(Money::new(0, style.currency)) } else { refuse("is no number") };
    };
    // ".5" starts with its separator.
    let first = if text[..first].ends_with('.') { first - 1 } else { first };
    let (before, number, after) = (&text[..first], &text[first..=last], &text[last + 1..]);
    if before.contains(['-', '−', '(']) {
        return refuse("is negative");
    }
    if number.contains(|c: char| !c.is_ascii_digit() && !is_separator(c)) {
        return refuse("is a range or more than one number");
    }
    let Some(found) = currency_of(before, after) else { return refuse("has words in it") };
    let currency = match found {
        Sign::None => style.currency,
        // A dollar sign alone is the table's own dollar, when it has one.
        Sign::Dollar if DOLLARS.contains(&style.currency.as_str()) => style.currency,
        Sign::Dollar => Currency::USD,
        Sign::Named(currency) => currency,
    };
    match minor_units(number, currency, style.dot_is_decimal) {
        Some(amount) => Ok(Money::new(amount, currency)),
        None => refuse("is not written as a price is"),
    }
}

/// The amount of a plain decimal such as `189.99`, as APIs send it.
pub fn plain(value: &str, currency: Currency) -> Option<i64> {
    let is_plain = value.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && value.bytes().any(|b| b.is_ascii_digit())
        && value.matches('.').count() <= 1;
    if is_plain { minor_units(value, currency, true) } else { None }
}

/// The currency that the signs and words of a cell name, if any.
pub fn currency_in(text: &str) -> Option<Currency> {
    let bare: String =
        text.chars().map(|c| if c.is_ascii_digit() || is_separator(c) { ' ' } else { c }).collect();
    match currency_of(&bare, "")? {
        Sign::None => None,
        Sign::Dollar => Some(Currency::USD),
        Sign::Named(currency) => Some(currency),
    }
}

/// Three letters that are a currency people trade second-hand goods in.
pub fn known_code(text: &str) -> Option<Currency> {
    let code = text.trim().to_ascii_uppercase();
    if CODES.contains(&code.as_str()) { code.parse().ok() } else { None }
}

const FREE: &[&str] = &["free", "gratis", "kostenlos", "gratuit", "kostenfrei"];
const DOLLARS: &[&str] = &["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "TWD"];
const CODES: &[&str] = &[
    "USD", "EUR", "GBP", "CAD", "AUD", "NZD", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF",
    "RON", "BGN", "ISK", "TRY", "RUB", "UAH", "JPY", "CNY", "KRW", "INR", "SGD", "HKD", "TWD",
    "THB", "MYR", "IDR", "PHP", "VND", "ZAR", "ILS", "AED", "SAR", "BRL", "MXN", "ARS", "CLP",
    "COP", "PEN", "KWD", "BHD", "OMR", "JOD", "TND",
];
/// Words around a price that change nothing about it.
const NOISE: &[&str] = &[
    "vb", "vhb", "fp", "obo", "ono", "or", "best", "offer", "each", "ea", "approx", "ca", "firm",
    "only", "fixed", "shipping", "delivery", "postage", "versand", "incl", "inkl", "plus",
];
const MAX_MAJOR: i64 = 1_000_000_000;

enum Sign {
    None,
    Dollar,
    Named(Currency),
}

fn currency_of(before: &str, after: &str) -> Option<Sign> {
    let words = format!("{before} {after}").to_lowercase();
    // "US $" and "C$" are one sign written as two.
    let words = words.replace('$', "$ ").replace(" $", "$");
    let mut sign = Sign::None;
    for word in words.split_whitespace() {
        let word = word.trim_matches([',', '.', '-', ':', '/', '+', ';', '\'']);
        let named = |code: &str| known_code(code).map(Sign::Named);
        sign = match word {
            word if word.is_empty() || NOISE.contains(&word) => continue,
            "$" | "dollar" | "dollars" => Sign::Dollar,
            "us$" | "us" => Sign::Named(Currency::USD),
            "c$" | "ca$" => named("CAD")?,
            "au$" | "a$" => named("AUD")?,
            "nz$" => named("NZD")?,
            "s$" => named("SGD")?,
            "hk$" => named("HKD")?,
            "mx$" => named("MXN")?,
            "r$" => named("BRL")?,
            "€" | "euro" | "euros" => Sign::Named(Currency::EUR),
            "£" => Sign::Named(Currency::GBP),
            "¥" | "円" => named("JPY")?,
            "₹" | "rs" => named("INR")?,
            "₩" => named("KRW")?,
            "₽" => named("RUB")?,
            "₺" => named("TRY")?,
            "zł" => named("PLN")?,
            "kč" => named("CZK")?,
            "ft" => named("HUF")?,
            "kr" => named("SEK")?,
            "fr" | "sfr" => named("CHF")?,
            code => named(code.trim_end_matches('$'))?,
        };
    }
    Some(sign)
}

fn is_separator(c: char) -> bool {
    matches!(c, '.' | ',' | ' ' | '\'' | '’' | '\u{a0}' | '\u{202f}' | '\u{2009}')
}

/// `number` holds digits and separators only.
fn minor_units(number: &str, currency: Currency, dot_is_decimal: bool) -> Option<i64> {
    let number: String =
        number.chars().filter(|c| matches!(c, '.' | ',') || c.is_ascii_digit()).collect();
    let decimal = match (number.rfind('.'), number.rfind(',')) {
        (None, None) => None,
        (Some(dot), Some(comma)) => Some(dot.max(comma)),
        (Some(dot), None) => {
            let many = number.matches('.').count() > 1;
            let groups = many || (number.len() - dot - 1 == 3 && dot > 0 && !dot_is_decimal);
            (!groups).then_some(dot)
        }
        (None, Some(comma)) => {
            let many = number.matches(',').count() > 1;
            let groups = many || number.len() - comma - 1 == 3;
            (!groups).then_some(comma)
        }
    };
    let (whole, fraction) = match decimal {
        Some(at) => (&number[..at], &number[at + 1..]),
        None => (&number[..], ""),
    };
    let whole = ungrouped(whole)?;
    let major: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    if major > MAX_MAJOR || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits = usize::try_from(currency.digits()).ok()?;
    let kept = &fraction[..fraction.len().min(digits)];
    let minor: i64 = if kept.is_empty() { 0 } else { kept.parse().ok()? };
    let missing = u32::try_from(digits - kept.len()).ok()?;
    // More digits than the currency has are the noise of somebody's float: round half up.
    let up = i64::from(fraction.as_bytes().get(digits).is_some_and(|d| *d >= b'5'));
    Some(major * currency.scale() + minor * 10_i64.pow(missing) + up)
}

/// Thousands separators removed; `None` when the groups are not of three.
fn ungrouped(whole: &str) -> Option<String> {
    let mut groups = whole.split(['.', ',']);
    let first = groups.next()?;
    let mut out = first.to_owned();
    for group in groups {
        if group.len() != 3 || first.is_empty() || first.len() > 3 {
            return None;
        }
        out.push_str(group);
    }
    Some(out)
}

fn shortened(text: &str) -> String {
    let mut out: String = text.chars().take(40).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: PriceStyle = PriceStyle { dot_is_decimal: true, currency: Currency::USD };

    fn read(text: &str) -> String {
        match parse(text, STYLE) {
            Ok(money) => format!("{} {}", money.amount, money.currency),
            Err(reason) => reason,
        }
    }

    #[test]
    fn prices_are_read_as_people_write_them() {
        for (text, said) in [
            ("$1,299.50", "129950 USD"),
            ("1.299,50 €", "129950 EUR"),
            ("£45", "4500 GBP"),
            ("US $12.00", "1200 USD"),
            ("C $12.5", "1250 CAD"),
            ("AU $1,000", "100000 AUD"),
            ("EUR 12", "1200 EUR"),
            ("12", "1200 USD"),
            (".99", "99 USD"),
            ("1 299,00 kr", "129900 SEK"),
            ("1\u{202f}299,00\u{a0}€", "129900 EUR"),
            ("CHF 1'299.-", "129900 CHF"),
            ("250,- €", "25000 EUR"),
            ("80 € VB", "8000 EUR"),
            ("¥12,000", "12000 JPY"),
            ("Free", "0 USD"),
            ("Free shipping", "0 USD"),
            ("+$4.99 shipping", "499 USD"),
            ("$50.00 or Best Offer", "5000 USD"),
            ("0", "0 USD"),
            ("1,234,567.89", "123456789 USD"),
            ("819.6800000000001", "81968 USD"),
            ("99.999", "10000 USD"),
        ] {
            assert_eq!(read(text), said, "{text}");
        }
    }

    #[test]
    fn what_is_no_price_says_why() {
        for (text, why) in [
            ("", "no price"),
            ("12.00 to 15.00", "range"),
            ("$10 - $20", "range"),
            ("-5.00", "negative"),
            ("NaN", "no number"),
            ("1e5", "range or more"),
            ("12 bananas", "words"),
            ("1,23,456", "not written"),
            ("99999999999999999999", "not written"),
        ] {
            assert!(read(text).contains(why), "{text}: {}", read(text));
        }
    }

    #[test]
    fn a_dot_before_three_digits_goes_by_the_table_it_stands_in() {
        let german = PriceStyle { dot_is_decimal: false, currency: Currency::EUR };
        assert_eq!(parse("1.299", german).unwrap().amount, 129_900);
        assert_eq!(parse("12.125", STYLE).unwrap().amount, 1_213);
        assert_eq!(parse("1.299.000", german).unwrap().amount, 129_900_000);
    }

    #[test]
    fn a_dollar_sign_means_the_dollar_of_the_table() {
        let canadian = PriceStyle { currency: "CAD".parse().unwrap(), ..STYLE };
        assert_eq!(parse("$5", canadian).unwrap().currency.as_str(), "CAD");
        let euro = PriceStyle { currency: Currency::EUR, ..STYLE };
        assert_eq!(parse("$5", euro).unwrap().currency, Currency::USD);
    }

    #[test]
    fn an_api_value_is_digits_and_one_point() {
        assert_eq!(plain("189.99", Currency::USD), Some(18_999));
        assert_eq!(plain("12000", "JPY".parse().unwrap()), Some(12_000));
        assert_eq!(plain("-1", Currency::USD), None);
        assert_eq!(plain("1.234.567", Currency::USD), None);
        assert_eq!(plain("", Currency::USD), None);
    }
}
