//! What single words do to a price: "Strix", "in hand", "with game". Learned from the sales at hand, each word's share
//! drawn towards nothing the less often it occurs.

use crate::scout::number::count;

/// How many sales without effect each word is thought to have been seen in besides.
const SHRINK: f64 = 15.0;
/// A word in fewer sales than this tells nothing.
const LEAST: usize = 4;
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
    /// How many words are learned.
    count: usize,
    /// How many sales there are.
    sales: usize,
    /// The words of all sales, one sale after the other.
    of_sales: Vec<usize>,
    /// Where the words of each sale end.
    ends: Vec<usize>,
    /// The sales that have each word, one word after the other.
    having: Vec<usize>,
    /// Where the sales of each word end.
    having_ends: Vec<usize>,
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
    pub(super) fn choose<W: Iterator<Item = u32>>(
        sales: impl Iterator<Item = W>,
        asked: &[u32],
    ) -> Self {
        let (mut said, mut said_ends) = (Vec::new(), Vec::new());
        for words in sales {
            said.extend(words);
            said_ends.push(said.len());
        }
        let sales = said_ends.len();
        let largest = said.iter().copied().max().unwrap_or(0);
        let mut having = vec![0_usize; slot(largest) + 1];
        let mut different: Vec<u32> = Vec::new();
        for word in &said {
            let having = &mut having[slot(*word)];
            if *having == 0 {
                different.push(*word);
            }
            *having += 1;
        }
        let nearly_all = (sales - sales / 33).max(1);
        let mut words: Vec<(usize, u32)> = different
            .into_iter()
            .map(|word| (having[slot(word)], word))
            .filter(|(n, _)| (LEAST..nearly_all).contains(n) && sales >= LEAST_SALES)
            .collect();
        words.sort_unstable_by_key(|(n, word)| {
            (!asked.contains(word), std::cmp::Reverse(*n), *word)
        });
        words.truncate(MOST);
        let mut places = vec![None; having.len()];
        for (at, (_, word)) in words.iter().enumerate() {
            places[slot(*word)] = Some(at);
        }
        let known = |word: &u32| places.get(slot(*word)).copied().flatten();
        let (mut of_sales, mut ends) = (Vec::with_capacity(said.len()), Vec::with_capacity(sales));
        let mut start = 0;
        for end in said_ends {
            of_sales.extend(said[start..end].iter().filter_map(known));
            ends.push(of_sales.len());
            start = end;
        }
        let (having, having_ends) = turned(&of_sales, &ends, words.len());
        Self {
            count: words.len(),
            sales,
            asked: asked.iter().filter_map(known).collect(),
            of_sales,
            ends,
            having,
            having_ends,
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
            return Effects { of_sales: vec![0.0; self.sales], of_question: 0.0 };
        }
        for _ in 0..PASSES {
            let shift = sales.iter().zip(&left).map(|(s, l)| s.weight * l).sum::<f64>() / all;
            common += shift;
            for left in &mut left {
                *left -= shift;
            }
            for (effect, having) in effects.iter_mut().zip(parts(&self.having, &self.having_ends)) {
                let (mut sum, mut weight) = (0.0, SHRINK);
                for sale in having {
                    sum += sales[*sale].weight * (left[*sale] + *effect);
                    weight += sales[*sale].weight;
                }
                let change = sum / weight - *effect;
                *effect += change;
                for sale in having {
                    left[*sale] -= change;
                }
            }
        }
        let together = |words: &[usize]| common + words.iter().map(|w| effects[*w]).sum::<f64>();
        Effects {
            of_sales: parts(&self.of_sales, &self.ends).map(together).collect(),
            of_question: together(&self.asked),
        }
    }
}

/// The parts of a list that stand one after the other, by where each ends.
fn parts<'a>(list: &'a [usize], ends: &'a [usize]) -> impl Iterator<Item = &'a [usize]> {
    let starts = std::iter::once(0).chain(ends.iter().copied());
    starts.zip(ends).map(|(start, end)| &list[start..*end])
}

/// From the words of each sale to the sales of each of `count` words.
fn turned(of_sales: &[usize], ends: &[usize], count: usize) -> (Vec<usize>, Vec<usize>) {
    let mut starts = vec![0; count];
    for word in of_sales {
        starts[*word] += 1;
    }
    let mut next = 0;
    for start in &mut starts {
        let length = *start;
        *start = next;
        next += length;
    }
    let mut having = vec![0; of_sales.len()];
    for (sale, words) in parts(of_sales, ends).enumerate() {
        for word in words {
            having[starts[*word]] = sale;
            starts[*word] += 1;
        }
    }
    (having, starts)
}

fn slot(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// The reach for [`Words::learn`]: two deviations, as a robust measure tells them.
pub(super) fn reach(sales: &[Sale]) -> f64 {
    let mut distances: Vec<f64> = sales.iter().map(|sale| sale.above_level.abs()).collect();
    let half = distances.len() / 2;
    let middle =
        if half > 0 { *distances.select_nth_unstable_by(half, f64::total_cmp).1 } else { 0.0 };
    // A handful that agree by chance must not make everything else an outlier.
    (2.0 * 1.4826 * middle).max(0.02 + 0.2 / count(sales.len().max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(words: &[Vec<u32>]) -> impl Iterator<Item = impl Iterator<Item = u32>> {
        words.iter().map(|words| words.iter().copied())
    }

    /// Forty sales; every second has the word 1, which adds `effect`; all have the word 0.
    fn learned(effect: f64, asked: &[u32]) -> Effects {
        let words: Vec<Vec<u32>> =
            (0..40).map(|n| if n % 2 == 0 { vec![0, 1] } else { vec![0, n + 2] }).collect();
        let sales: Vec<Sale> = (0..40)
            .map(|n| Sale { above_level: if n % 2 == 0 { effect } else { 0.0 }, weight: 1.0 })
            .collect();
        Words::choose(listed(&words), asked).learn(&sales, 1.0)
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
        assert_eq!(Words::choose(listed(&words), &[0, 100]).count, 0);
    }

    #[test]
    fn a_few_sales_teach_no_words() {
        let words = vec![vec![0, 1], vec![0], vec![1]];
        let sales = [Sale { above_level: 0.3, weight: 1.0 }; 3];
        assert!(Words::choose(listed(&words), &[1]).learn(&sales, 1.0).of_question.abs() < 1e-12);
    }
}
