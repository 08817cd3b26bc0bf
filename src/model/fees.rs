//! What marketplaces take from a sale.

use super::money::Money;

/// eBay's final value fee for most categories without a store, in force since 2025-02-14 (ebay.com/help id=4822):
/// 13.6 % up to 7,500 and 2.35 % above, plus 0.30 on orders up to 10.00 or 0.40 above. Each line rounds half up.
/// `basis` is what the buyer pays in all; below zero counts as zero.
pub fn ebay_most_categories(basis: Money) -> Money {
    let scale = i128::from(basis.currency.scale());
    let paid = i128::from(basis.amount.max(0));
    let tier = 7_500 * scale;
    let lower = paid.min(tier);
    let upper = (paid - tier).max(0);
    // Parts of 10,000 keep both rates whole numbers: 13.6 % is 1,360 and 2.35 % is 235.
    let rate = (lower * 1_360 + upper * 235 + 5_000) / 10_000;
    let per_order = if paid <= 10 * scale { 30 } else { 40 } * scale / 100;
    Money::new(i64::try_from(rate + per_order).unwrap_or(i64::MAX), basis.currency)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::money::Currency;

    fn fee(basis: i64) -> i64 {
        ebay_most_categories(Money::new(basis, Currency::USD)).amount
    }

    #[test]
    fn the_published_examples_come_out_to_the_cent() {
        for (basis, expected) in [(1_000, 166), (1_001, 176), (8_300, 1_169), (800_000, 103_215)] {
            assert_eq!(fee(basis), expected, "fee of {basis}");
        }
    }

    #[test]
    fn no_amount_is_too_large_or_too_small() {
        assert_eq!(fee(i64::MIN), 30);
        assert!(fee(i64::MAX) > 0 && fee(i64::MAX) < i64::MAX / 40);
    }
}
