//! What single words do to a price: "Strix", "in hand", "with game". Learned from the sales at hand, each word's share
//! drawn towards nothing the less often it occurs.

use crate::scout::number::count;

/// How many sales without effect each word is thought to have been seen in besides.
const SHRINK: f64 = 15.0;
/// A word in fewer sales than this tells nothing.
const LEAST: u32 = 4;
/// The most words that are learned; those of the question come first, then the frequent ones.
const MOST: usize = 60;
/// Fewer sales than this tell nothing of words.
const LEAST_SALES: usize = 8;
/// Passes over all words; each brings the effects closer to what explains the prices best together.
const PASSES: usize = 4;

/// A sale: how far its price lies from the level of its time, and how much it counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sale {
    pub(super) above_level: f64,
    pub(super) weight: f64,
}

/// Which words each sale has.
pub(super) struct Words {
    /// The words that are learned.
    count: usize,
    /// For each word the sales that have it.
    sales: Vec<Vec<usize>>,
    /// For each sale its words.
    of_sale: Vec<Vec<usize>>,
    /// The words that the question has.
    asked: Vec<usize>,
}

/// What the words of each sale, and of the question, add to the logarithm of a price.
#[derive(Debug, Default)]
pub(super) struct Effects {
    pub(super) of_sales: Vec<f64>,
    pub(super) of_question: f64,
}

impl Words {
    /// Chooses the words to learn from `sales`, the numbers of the words of each.
    pub(super) fn choose(sales: &[Vec<u32>], asked: &[u32]) -> Self {
        let largest = sales.iter().flatten().copied().max().unwrap_or(0);
        let mut having = vec![0_u32; slot(largest) + 1];
        for word in sales.iter().flatten() {
            having[slot(*word)] += 1;
        }
        let nearly_all = sales.len() - sales.len() / 33;
        let tells = |n: u32| n >= LEAST && slot(n) < nearly_all.max(1);
        let words = (0..=largest).filter(|word| tells(having[slot(*word)]));
        let mut words: Vec<u32> =
            if sales.len() < LEAST_SALES { Vec::new() } else { words.collect() };
        words.sort_by_key(|word| {
            (!asked.contains(word), std::cmp::Reverse(having[slot(*word)]), *word)
        });
        words.truncate(MOST);
        let mut place = vec![usize::MAX; having.len()];
        for (at, word) in words.iter().enumerate() {
            place[slot(*word)] = at;
        }
        let known = |word: &u32| place.get(slot(*word)).copied().filter(|at| *at < words.len());
        let of_sale: Vec<Vec<usize>> =
            sales.iter().map(|words| words.iter().filter_map(known).collect()).collect();
        let mut having = vec![Vec::new(); words.len()];
        for (sale, words) in of_sale.iter().enumerate() {
            for word in words {
                having[*word].push(sale);
            }
        }
        Self {
            count: words.len(),
            sales: having,
            of_sale,
            asked: asked.iter().filter_map(known).collect(),
        }
    }

    /// Learns the effects: ridge regression by coordinate descent. What lies further than `reach` counts as that far.
    pub(super) fn learn(&self, sales: &[Sale], reach: f64) -> Effects {
        let mut left: Vec<f64> =
            sales.iter().map(|sale| sale.above_level.clamp(-reach, reach)).collect();
        let mut effects = vec![0.0; self.count];
        let mut common = 0.0;
        let all: f64 = sales.iter().map(|sale| sale.weight).sum();
        if self.count == 0 || all <= 0.0 {
            return Effects { of_sales: vec![0.0; sales.len()], of_question: 0.0 };
        }
        for _ in 0..PASSES {
            let shift = sales.iter().zip(&left).map(|(s, l)| s.weight * l).sum::<f64>() / all;
            common += shift;
            for left in &mut left {
                *left -= shift;
            }
            for (word, having) in self.sales.iter().enumerate() {
                let (mut sum, mut weight) = (0.0, SHRINK);
                for sale in having {
                    sum += sales[*sale].weight * (left[*sale] + effects[word]);
                    weight += sales[*sale].weight;
                }
                let change = sum / weight - effects[word];
                effects[word] += change;
                for sale in having {
                    left[*sale] -= change;
                }
            }
        }
        let together = |words: &[usize]| common + words.iter().map(|w| effects[*w]).sum::<f64>();
        Effects {
            of_sales: self.of_sale.iter().map(|words| together(words)).collect(),
            of_question: together(&self.asked),
        }
    }
}

fn slot(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// The reach for [`Words::learn`]: two deviations, as a robust measure tells them.
pub(super) fn reach(sales: &[Sale]) -> f64 {
    let mut distances: Vec<f64> = sales.iter().map(|sale| sale.above_level.abs()).collect();
    distances.sort_by(f64::total_cmp);
    let middle = distances.get(distances.len() / 2).copied().unwrap_or(0.0);
    // A handful that agree by chance must not make everything else an outlier.
    (2.0 * 1.4826 * middle).max(0.02 + 0.2 / count(sales.len().max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Forty sales; every second has the word 1, which adds `effect`; all have the word 0.
    fn learned(effect: f64, asked: &[u32]) -> Effects {
        let words: Vec<Vec<u32>> =
            (0..40).map(|n| if n % 2 == 0 { vec![0, 1] } else { vec![0, n + 2] }).collect();
        let sales: Vec<Sale> = (0..40)
            .map(|n| Sale { above_level: if n % 2 == 0 { effect } else { 0.0 }, weight: 1.0 })
            .collect();
        Words::choose(&words, asked).learn(&sales, 1.0)
    }

    #[test]
    fn a_word_that_makes_dearer_is_learned_and_drawn_towards_nothing() {
        let (with, without) = (learned(0.2, &[0, 1]), learned(0.2, &[0]));
        let difference = with.of_question - without.of_question;
        assert!((0.05..0.2).contains(&difference), "{difference}");
        assert!((with.of_sales[0] - with.of_question).abs() < 1e-12);
    }

    #[test]
    fn words_that_all_or_hardly_any_have_tell_nothing() {
        let words: Vec<Vec<u32>> = (0..40).map(|n| vec![0, 100 + n]).collect();
        assert_eq!(Words::choose(&words, &[0, 100]).count, 0);
    }

    #[test]
    fn a_few_sales_teach_no_words() {
        let words = vec![vec![0, 1], vec![0], vec![1]];
        let sales = [Sale { above_level: 0.3, weight: 1.0 }; 3];
        assert!(Words::choose(&words, &[1]).learn(&sales, 1.0).of_question.abs() < 1e-12);
    }
}
