//! What marketplaces take from a sale.

use super::money::Money;

/// eBay's final value fee for most categories without a store, in force since 2025-02-14 (ebay.com/help id=4822):
/// 13.6 % up to 7,500 and 2.35 % above, plus 0.30 on orders up to 10.00 or 0.40 above. Each line rounds half up.
/// `basis` is what the buyer pays in all.
pub fn ebay_most_categories(basis: Money) -> Money {
    let scale = basis.currency.scale();
    let tier = 7_500 * scale;
    let lower = basis.amount.min(tier);
    let upper = (basis.amount - tier).max(0);
    // Parts of 10,000 keep both rates whole numbers: 13.6 % is 1,360 and 2.35 % is 235.
    let rate = (lower * 1_360 + upper * 235 + 5_000) / 10_000;
    let per_order = if basis.amount <= 10 * scale { 30 } else { 40 } * scale / 100;
    Money::new(rate + per_order, basis.currency)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::money::Currency;

    #[test]
    fn the_published_examples_come_out_to_the_cent() {
        for (basis, fee) in [(1_000, 166), (1_001, 176), (8_300, 1_169), (800_000, 103_215)] {
            assert_eq!(
                ebay_most_categories(Money::new(basis, Currency::USD)).amount,
                fee,
                "fee of {basis}"
            );
        }
    }
}
