//! Prices as keys of an order: amounts compare within a currency, currencies by their letters.

use crate::model::money::Currency;

/// How many bits the amount takes: 281 million million minor units. No way in takes more than a hundredth of that.
const AMOUNT_BITS: u32 = 48;
const MOST_AMOUNT: i64 = (1 << AMOUNT_BITS) - 1;

/// One number for a price, which is greater where `(currency, amount)` is.
pub(super) fn key(currency: Currency, amount: i64) -> i64 {
    let letters = currency.as_str().bytes();
    let code = letters.fold(0, |code, letter| code * 26 + i64::from(letter.saturating_sub(b'A')));
    (code << AMOUNT_BITS) + amount.clamp(0, MOST_AMOUNT)
}

/// The price of a key; `None` when no price has it.
pub(super) fn price(key: i64) -> Option<(Currency, i64)> {
    let (code, amount) = (key >> AMOUNT_BITS, key & MOST_AMOUNT);
    let letter = |place: i64| u8::try_from(code / place % 26).ok().map(|n| char::from(b'A' + n));
    if !(0..26 * 26 * 26).contains(&code) {
        return None;
    }
    let letters: String = [letter(676)?, letter(26)?, letter(1)?].into_iter().collect();
    Some((letters.parse().ok()?, amount))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_survives_the_way_out_and_back() {
        for (code, amount) in [("AAA", 0), ("USD", 129_950), ("ZZZ", MOST_AMOUNT), ("JPY", 1)] {
            let currency: Currency = code.parse().unwrap();
            assert_eq!(price(key(currency, amount)), Some((currency, amount)));
        }
    }

    #[test]
    fn currencies_come_before_amounts() {
        assert!(key(Currency::EUR, 900_000) < key(Currency::USD, 1));
        assert!(key(Currency::USD, 1) < key(Currency::USD, 2));
    }

    #[test]
    fn nonsense_is_no_price() {
        for nonsense in [-1, i64::MIN, i64::MAX, 17_576 << AMOUNT_BITS] {
            assert_eq!(price(nonsense), None, "{nonsense}");
        }
    }
}
