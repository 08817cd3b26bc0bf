//! One thing that somebody owns, and what it goes for.

use crate::model::condition::Condition;

use super::{
    catalogue::{self, Category, Product},
    dice::Dice,
};

/// A product with all that tells one piece from another.
#[derive(Debug, Clone)]
pub(super) struct Thing {
    /// What kind of thing it is.
    pub(super) category: &'static Category,
    /// What it is.
    pub(super) product: &'static Product,
    /// Which variant, as sellers write it; empty when there is but one.
    pub(super) variant: &'static str,
    /// Its colour, maker or edition.
    pub(super) style: &'static str,
    /// How worn it is.
    pub(super) condition: Condition,
    share: i64,
}

impl Thing {
    /// Draws a thing, each product as likely as `weight` says.
    pub(super) fn draw(dice: &mut Dice, weight: impl Fn(&Category, &Product) -> i64) -> Self {
        let products = catalogue::products();
        let &(category, product) = dice.weighted(&products, |(c, p)| weight(c, p));
        let &(variant, share) = match product.variants {
            [] => &("", 1000),
            variants => &variants[dice.index(variants.len())],
        };
        let style = dice.pick(product.styles);
        let condition = dice.weighted(CONDITIONS, |(_, weight)| *weight).0;
        Self { category, product, variant, style, condition, share }
    }

    /// Its proper name.
    pub(super) fn name(&self) -> &'static str {
        self.product.names[0]
    }

    /// What it went for `days` ago, in cents, before the luck of the day.
    pub(super) fn rate(&self, days: i64) -> i64 {
        let season = 1000 - self.category.season * days / 120;
        [self.share, worn(self.condition), season]
            .iter()
            .fold(self.product.price * 100, |cents, permille| cents * permille / 1000)
    }
}

/// A price as people set it: cents seldom, nines and fives often, at least a dollar.
pub(super) fn tidy(cents: i64, dice: &mut Dice) -> i64 {
    let dollars = (cents + 50) / 100;
    let step = match dollars {
        ..30 => 1,
        30..400 => 5,
        400..2_000 => 10,
        _ => 50,
    };
    let round = ((dollars + step / 2) / step * step).max(1);
    match dice.between(1, 10) {
        1..=6 => round * 100,
        7..=8 => round * 100 - 1,
        _ => dollars.max(1) * 100,
    }
}

const CONDITIONS: &[(Condition, i64)] = &[
    (Condition::Good, 42),
    (Condition::Great, 24),
    (Condition::Excellent, 14),
    (Condition::Fair, 15),
    (Condition::New, 5),
];

/// What wear does to a price, in thousandths.
fn worn(condition: Condition) -> i64 {
    match condition {
        Condition::Poor => 450,
        Condition::Fair => 860,
        Condition::Good => 1000,
        Condition::Great => 1050,
        Condition::Excellent => 1110,
        Condition::New => 1200,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_look_as_people_set_them() {
        let mut dice = Dice::new(9, 0);
        for cents in [4, 950, 2_350, 18_760, 99_900, 375_210] {
            let price = tidy(cents, &mut dice);
            assert!(price >= 99, "{cents} became {price}");
            assert!(price % 100 == 0 || price % 100 == 99, "{cents} became {price}");
            assert!(cents < 1_000 || (price - cents).abs() * 100 <= cents * 8, "{cents}: {price}");
        }
    }

    #[test]
    fn a_falling_category_was_dearer_before() {
        let mut dice = Dice::new(9, 1);
        let phone = Thing::draw(&mut dice, |c, _| i64::from(c.slug == "phones"));
        let (before, today) = (phone.rate(120), phone.rate(0));
        assert!(before > today);
        assert!(Thing { condition: Condition::Poor, ..phone }.rate(0) < today);
    }
}
