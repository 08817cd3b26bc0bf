//! Chance that falls the same way every time: a small seeded generator (`SplitMix64`), a fresh one for each row, so
//! that a change to one row moves no other.

/// Every sample market of this version is made from this number.
const SEED: u64 = 0x5eed_dea1_5c07_0001;

/// The dice of one row.
#[derive(Debug)]
pub(super) struct Dice(u64);

impl Dice {
    /// Dice for row `index` of the series `stream`.
    pub(super) fn new(stream: u64, index: u64) -> Self {
        let mut dice = Self(SEED ^ stream.rotate_left(48) ^ index);
        // Neighbouring rows start from neighbouring states: one throw drives them apart.
        dice.0 = dice.next();
        dice
    }

    /// A whole number in `low..=high`.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = low.abs_diff(high) + 1;
        low + i64::try_from(self.next() % span).expect("spans are small")
    }

    /// True in `permille` of 1,000 throws.
    pub(super) fn chance(&mut self, permille: i64) -> bool {
        self.between(1, 1000) <= permille
    }

    /// A whole number in `-spread..=spread`, seldom near the ends.
    pub(super) fn around(&mut self, spread: i64) -> i64 {
        let sum: i64 = (0..3).map(|_| self.between(-spread, spread)).sum();
        sum / 3
    }

    /// One of `choices`, each as likely.
    pub(super) fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.index(choices.len())]
    }

    /// A place in a list of `len`.
    pub(super) fn index(&mut self, len: usize) -> usize {
        let len = u64::try_from(len).expect("a list's length fits");
        usize::try_from(self.next() % len).expect("it is less than a list's length")
    }

    /// One of `choices`, likely by weight.
    pub(super) fn weighted<'a, T>(
        &mut self,
        choices: &'a [T],
        weight: impl Fn(&T) -> i64,
    ) -> &'a T {
        let total: i64 = choices.iter().map(&weight).sum();
        let mut left = self.between(1, total);
        for choice in choices {
            left -= weight(choice);
            if left <= 0 {
                return choice;
            }
        }
        unreachable!("the weights add up to the total")
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_row_throws_the_same_and_its_neighbour_differs() {
        let throws = |index| {
            let mut dice = Dice::new(1, index);
            (0..8).map(|_| dice.between(0, 999)).collect::<Vec<_>>()
        };
        assert_eq!(throws(7), throws(7));
        assert_ne!(throws(7), throws(8));
    }

    #[test]
    fn throws_stay_in_range_and_reach_both_ends() {
        let mut dice = Dice::new(2, 0);
        let throws: Vec<i64> = (0..500).map(|_| dice.between(-2, 2)).collect();
        assert_eq!(throws.iter().min(), Some(&-2));
        assert_eq!(throws.iter().max(), Some(&2));
        assert!((0..500).all(|_| (-30..=30).contains(&dice.around(30))));
    }

    #[test]
    fn weights_decide() {
        let mut dice = Dice::new(3, 0);
        let heavy = (0..1000).filter(|_| *dice.weighted(&[1, 9], |w| *w) == 9).count();
        assert!((850..950).contains(&heavy), "{heavy} of 1000");
    }
}
