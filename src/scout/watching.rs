//! When the price of a watched ad is worth telling. A price that is not known is no price: what could not be fetched
//! never counts as a change.

use crate::model::money::Money;

/// How much cheaper than the last time an ad must be to be told again, in per cent, where the person says nothing.
pub const AGAIN_PERCENT: i32 = 5;

/// What a person watches an ad for. Amounts in another currency than the ad's say nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Watch {
    /// The price when the ad was saved.
    pub saved: Option<Money>,
    /// The price that was told last.
    pub told: Option<Money>,
    /// Tell at this price or less.
    pub target: Option<Money>,
    /// Tell when it is so many per cent less.
    pub drop_percent: Option<i32>,
}

/// Why a price is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It is at the target or below.
    Target {
        /// The target.
        target: Money,
        /// The price.
        price: Money,
    },
    /// It has fallen far enough.
    Drop {
        /// What it was.
        from: Money,
        /// What it is.
        price: Money,
    },
}

impl Watch {
    /// Whether, and why, `price` is told. Each price that was told is the next one's measure, so a price that goes up
    /// and comes back is not told twice.
    pub fn reason(&self, price: Option<Money>) -> Option<Reason> {
        let price = price?;
        let comparable =
            |other: Option<Money>| other.filter(|other| other.currency == price.currency);
        let (told, saved) = (comparable(self.told), comparable(self.saved));
        let again = self.drop_percent.unwrap_or(AGAIN_PERCENT);
        let is_news = match (told, saved) {
            (Some(told), _) => has_fallen(told, price, again),
            // Who sets a target above the price sees that it is reached.
            (None, Some(saved)) => price.amount < saved.amount,
            (None, None) => true,
        };
        if let Some(target) = comparable(self.target)
            && price.amount <= target.amount
            && is_news
        {
            return Some(Reason::Target { target, price });
        }
        let from = told.or(saved)?;
        has_fallen(from, price, self.drop_percent?).then_some(Reason::Drop { from, price })
    }

    /// How far `price` is above the target: nothing when it is reached.
    pub fn to_go(&self, price: Option<Money>) -> Option<Money> {
        let (price, target) = (price?, self.target?);
        let is_above = price.currency == target.currency && price.amount > target.amount;
        is_above.then(|| Money::new(price.amount - target.amount, price.currency))
    }
}

/// `$100.00 → $90.00 is 10 % less`, for people.
pub fn words(from: Money, price: Money) -> String {
    let (percent, word) = match change(from, price) {
        percent if percent < 0 => (-percent, "less"),
        percent => (percent, "more"),
    };
    match percent {
        0 if from == price => format!("{price} as before"),
        0 => format!("{from} → {price} is less than 1 % {word}"),
        _ => format!("{from} → {price} is {percent} % {word}"),
    }
}

/// The change from one price to another in whole per cent, towards zero. Prices of different currencies, or from
/// nothing, have none.
pub fn change(from: Money, price: Money) -> i64 {
    if from.currency != price.currency || from.amount <= 0 {
        return 0;
    }
    let difference = (i128::from(price.amount) - i128::from(from.amount)) * 100;
    i64::try_from(difference / i128::from(from.amount)).unwrap_or(i64::MAX)
}

/// Whether `price` is at least so many per cent less than `from`.
fn has_fallen(from: Money, price: Money, percent: i32) -> bool {
    let fallen = (i128::from(from.amount) - i128::from(price.amount)) * 100;
    fallen > 0 && fallen >= i128::from(from.amount) * i128::from(percent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::money::Currency;

    fn usd(amount: i64) -> Money {
        Money::new(amount * 100, Currency::USD)
    }

    fn drops(percent: i32) -> Watch {
        Watch { saved: Some(usd(100)), drop_percent: Some(percent), ..Watch::default() }
    }

    #[test]
    fn a_fall_of_so_many_per_cent_is_told_in_plain_words() {
        let price = usd(90);
        let reason = drops(10).reason(Some(price));
        assert_eq!(reason, Some(Reason::Drop { from: usd(100), price }));
        assert_eq!(words(usd(100), price), "$100.00 → $90.00 is 10 % less");
        assert_eq!(drops(10).reason(Some(Money::new(9_001, Currency::USD))), None, "9.99 %");
        assert_eq!(drops(10).reason(Some(usd(120))), None);
    }

    #[test]
    fn a_price_that_goes_up_and_comes_back_is_told_once() {
        let told = Watch { told: Some(usd(90)), ..drops(10) };
        for price in [110, 90, 120, 89, 82] {
            assert_eq!(told.reason(Some(usd(price))), None, "{price}");
        }
        assert_eq!(
            told.reason(Some(usd(81))),
            Some(Reason::Drop { from: usd(90), price: usd(81) })
        );
    }

    #[test]
    fn a_target_is_told_when_it_is_reached_and_again_only_when_much_cheaper() {
        let watch = Watch { saved: Some(usd(100)), target: Some(usd(80)), ..Watch::default() };
        assert_eq!(watch.reason(Some(usd(81))), None);
        let price = usd(80);
        let reached = Some(Reason::Target { target: price, price });
        assert_eq!(watch.reason(Some(price)), reached);
        let told = Watch { told: Some(price), ..watch };
        for price in [85, 80, 79, 78] {
            assert_eq!(told.reason(Some(usd(price))), None, "{price}");
        }
        assert!(told.reason(Some(usd(76))).is_some(), "5 % less");
        let above = Watch { target: Some(usd(120)), ..watch };
        assert_eq!(above.reason(Some(usd(100))), None, "it was reached when it was set");
    }

    #[test]
    fn a_price_that_is_not_known_is_no_change() {
        let watch = Watch { target: Some(usd(80)), ..drops(1) };
        assert_eq!(watch.reason(None), None);
    }

    #[test]
    fn other_currencies_are_not_compared() {
        let euro = Money::new(1_000, Currency::EUR);
        let watch = Watch { target: Some(usd(80)), ..drops(1) };
        assert_eq!(watch.reason(Some(euro)), None);
        assert_eq!(change(usd(100), euro), 0);
        assert_eq!(watch.to_go(Some(euro)), None);
    }

    #[test]
    fn the_way_to_the_target_ends_at_it() {
        let watch = Watch { target: Some(usd(80)), ..Watch::default() };
        assert_eq!(watch.to_go(Some(usd(100))), Some(usd(20)));
        assert_eq!(watch.to_go(Some(usd(80))), None);
    }

    #[test]
    fn a_thing_that_became_free_has_fallen_and_one_that_was_free_cannot() {
        assert!(drops(99).reason(Some(usd(0))).is_some());
        let free = Watch { saved: Some(usd(0)), ..drops(1) };
        assert_eq!(free.reason(Some(usd(0))), None);
        assert_eq!(change(usd(0), usd(10)), 0);
    }
}
