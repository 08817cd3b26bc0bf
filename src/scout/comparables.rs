//! Finds the sales and the asking prices that are like an ad: the same model, variant and size first, then the words that tell most.

mod asked;
#[cfg(test)]
mod tests;

use std::{
    cmp::Ordering,
    collections::{HashMap, HashSet},
    fmt,
};

use asked::Asked;
use chrono::{DateTime, Utc};

use super::{identity::Identity, normalize, number::count};
use crate::model::{
    comp::{Basis, Comp},
    condition::Condition,
    estimate::Question,
    kind::Kind,
    money::Money,
};

/// The most comparables that one question gets; the most alike stay.
const MOST: usize = 1_000;
/// How many comparables are looked at for one question: the newest of those that share a model or the rarest words.
const LOOKED_AT: usize = 4_000;

/// Comparables, arranged by the words of their titles.
pub struct CompIndex {
    /// Oldest first.
    entries: Vec<Entry>,
    /// The different things that the entries are; many titles speak of the same one.
    identities: Vec<Identity>,
    /// For each category its number; the comparables themselves no longer carry its name.
    categories: HashMap<String, u32>,
    /// For each word its number.
    numbers: HashMap<String, u32>,
    /// For each word, by number: the entries that have it, in order.
    postings: Vec<Vec<u32>>,
    /// For each word, by number: how much it tells. Rare words tell more.
    telling: Vec<f64>,
    /// What a word tells that no comparable has.
    telling_unknown: f64,
}

/// What makes two asking prices one: the thing, the words, the kind, whether there is a choice, and the amount.
type Ask = (u32, Box<[u32]>, Kind, bool, Money);

#[derive(Debug)]
struct Entry {
    comp: Comp,
    /// Which of the identities it has.
    identity: u32,
    /// The numbers of its words, ascending.
    words: Box<[u32]>,
    /// The numbers of the words that say nothing of the thing, ascending.
    chatter: Box<[u32]>,
    category: Option<u32>,
    /// What all its words tell together.
    telling: f64,
}

/// A comparable with how alike it is.
#[derive(Debug, Clone, Copy)]
pub struct Alike<'a> {
    /// 0 to 1.
    pub likeness: f64,
    /// The comparable.
    pub comp: &'a Comp,
    /// Both name a model, and it is the same.
    pub(super) is_named: bool,
    entry: &'a Entry,
}

impl<'a> Alike<'a> {
    /// The numbers of all words of its title.
    pub(super) fn words(&self) -> impl Iterator<Item = u32> + use<'a> {
        self.entry.words.iter().chain(&self.entry.chatter).copied()
    }

    /// Most alike first, of equals the newest first.
    fn order(&self, other: &Self) -> Ordering {
        let newest_first = || other.comp.observed_at.cmp(&self.comp.observed_at);
        let by_likeness = other.likeness.total_cmp(&self.likeness);
        by_likeness.then_with(newest_first).then_with(|| other.comp.id.cmp(&self.comp.id))
    }
}

impl CompIndex {
    /// Arranges `comps`. Those without a price tell nothing and are left out. Of asking prices with the same words and
    /// the same amount only the first counts: ten ads of one seller for ten of a kind are one opinion.
    pub fn build(comps: Vec<Comp>) -> Self {
        let mut numbers: HashMap<String, u32> = HashMap::new();
        let mut known: HashMap<Identity, u32> = HashMap::new();
        let mut asked: HashSet<Ask> = HashSet::new();
        let mut entries = Vec::with_capacity(comps.len());
        let mut categories: HashMap<String, u32> = HashMap::new();
        for mut comp in comps.into_iter().filter(|comp| comp.total.amount > 0) {
            let category = comp.category.take().map(|name| {
                let next = index(categories.len());
                *categories.entry(plain(&name)).or_insert(next)
            });
            let mut identity = Identity::of(&comp.title);
            let words = numbered(std::mem::take(&mut identity.words), &mut numbers);
            let chatter = numbered(std::mem::take(&mut identity.chatter), &mut numbers);
            let next = index(known.len());
            let identity = *known.entry(identity).or_insert(next);
            let ask = || (identity, words.clone(), comp.kind, comp.is_choice, comp.total);
            let is_told = comp.basis == Basis::Asking && !asked.insert(ask());
            if !is_told {
                entries.push(Entry { comp, identity, words, chatter, category, telling: 0.0 });
            }
        }
        entries.sort_by_key(|entry| entry.comp.observed_at);
        let mut postings: Vec<Vec<u32>> = vec![Vec::new(); numbers.len()];
        for (at, entry) in entries.iter().enumerate() {
            for word in &entry.words {
                postings[slot(*word)].push(index(at));
            }
        }
        let telling: Vec<f64> =
            postings.iter().map(|having| telling(entries.len(), having.len())).collect();
        for entry in &mut entries {
            entry.telling = entry.words.iter().map(|word| telling[slot(*word)]).sum();
        }
        let telling_unknown = telling_unknown(entries.len());
        let mut identities = vec![Identity::default(); known.len()];
        for (identity, number) in known {
            identities[slot(number)] = identity;
        }
        Self { entries, identities, categories, numbers, postings, telling, telling_unknown }
    }

    /// How many comparables there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The comparables of one basis that were known at `at` and are the same kind of thing as `question` asks about, in
    /// its currency, without the ad that it is about: most alike first, of equals the newest first, at most 1,000.
    pub fn find(&self, question: &Question, basis: Basis, at: DateTime<Utc>) -> Vec<Alike<'_>> {
        let asked = Asked::new(self, question);
        // How far a thing agrees is worked out once, not for each of its sales.
        let mut agreements: Vec<Option<f64>> = vec![None; self.identities.len()];
        let mut found: Vec<Alike<'_>> = self
            .candidates(&asked, at)
            .into_iter()
            .filter_map(|place| {
                let entry = &self.entries[slot(place)];
                if entry.comp.basis != basis
                    || asked.is_itself(entry)
                    || asked.is_priced_apart(entry)
                {
                    return None;
                }
                let identity = slot(entry.identity);
                let agrees = *agreements[identity]
                    .get_or_insert_with(|| asked.identity.agrees(&self.identities[identity]));
                let likeness = asked.likeness(self, entry, agrees)?;
                Some(Alike { likeness, comp: &entry.comp, is_named: asked.is_named, entry })
            })
            .collect();
        if found.len() > MOST {
            found.select_nth_unstable_by(MOST, Alike::order);
            found.truncate(MOST);
        }
        found.sort_by(Alike::order);
        found
    }

    /// The numbers of all words of `title` that some comparable has too.
    pub(super) fn words(&self, title: &str) -> Vec<u32> {
        let words = normalize::words(title);
        words.iter().filter_map(|word| self.numbers.get(word).copied()).collect()
    }

    /// The entries worth looking at: the newest of those that share a model, or else one of the rarest words.
    fn candidates(&self, asked: &Asked, at: DateTime<Utc>) -> Vec<u32> {
        let known = index(self.entries.partition_point(|entry| entry.comp.observed_at <= at));
        let models = &asked.identity.models;
        let having =
            |word: &str| self.numbers.get(word).map(|n| newest(&self.postings[slot(*n)], known));
        // Every strong model must be met by its family, so the first strong family is enough.
        if let Some(strong) = models.iter().find(|model| model.is_strong) {
            let family = models.iter().filter(|model| model.family == strong.family);
            return newest_of(family.filter_map(|model| having(&model.word)));
        }
        if !models.is_empty() {
            return newest_of(models.iter().filter_map(|model| having(&model.word)));
        }
        let mut rarest: Vec<&[u32]> =
            asked.words.iter().map(|word| newest(&self.postings[slot(*word)], known)).collect();
        rarest.sort_by_key(|entries| entries.len());
        let mut looked_at = 0;
        newest_of(rarest.into_iter().take_while(|entries| {
            let goes_on = looked_at == 0 || looked_at + entries.len() <= 2 * LOOKED_AT;
            looked_at += entries.len();
            goes_on
        }))
    }
}

impl fmt::Debug for CompIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompIndex")
            .field("comps", &self.entries.len())
            .field("words", &self.numbers.len())
            .finish_non_exhaustive()
    }
}

/// What is broken is priced by its parts.
fn kind(kind: Kind, condition: Option<Condition>) -> Kind {
    match (kind, condition) {
        (Kind::Item, Some(Condition::Poor)) => Kind::Parts,
        _ => kind,
    }
}

/// A category's name without its capitals.
fn plain(category: &str) -> String {
    category.trim().to_lowercase()
}

/// How much a word tells that `having` of `all` entries have.
fn telling(all: usize, having: usize) -> f64 {
    ((count(all) + 1.0) / (count(having) + 0.5)).ln().max(0.1)
}

/// A word that nobody else uses may be a name, or a slip of the keyboard: it tells no more than a word that one in
/// fifty uses.
fn telling_unknown(all: usize) -> f64 {
    telling(all, all / 50)
}

/// The newest of an ascending list that come before `known`.
fn newest(posting: &[u32], known: u32) -> &[u32] {
    let known = &posting[..posting.partition_point(|entry| *entry < known)];
    &known[known.len().saturating_sub(LOOKED_AT)..]
}

/// The newest members of all lists, each once, oldest first.
fn newest_of<'a>(lists: impl Iterator<Item = &'a [u32]>) -> Vec<u32> {
    let mut all: Vec<u32> = Vec::new();
    let mut sources = 0;
    for list in lists {
        all.extend_from_slice(list);
        sources += 1;
    }
    if sources > 1 {
        all.sort_unstable();
        all.dedup();
    }
    let surplus = all.len().saturating_sub(LOOKED_AT);
    all.drain(..surplus);
    all
}

/// The numbers of `words`, ascending; a word without one gets the next.
fn numbered(words: Vec<String>, numbers: &mut HashMap<String, u32>) -> Box<[u32]> {
    let number = |word| {
        let next = index(numbers.len());
        *numbers.entry(word).or_insert(next)
    };
    let mut found: Vec<u32> = words.into_iter().map(number).collect();
    found.sort_unstable();
    found.into()
}

fn index(number: usize) -> u32 {
    u32::try_from(number).expect("an index holds far fewer than four thousand million words")
}

fn slot(number: u32) -> usize {
    usize::try_from(number).expect("a u32 fits into usize on every platform this runs on")
}
