//! A question in the words of an index, and how alike each of its entries is.

use super::{CompIndex, Entry, kind, plain, slot};
use crate::{
    model::{
        comp::{Basis, ComparableId},
        estimate::{OwnAd, Question},
        kind::Kind,
        money::Currency,
    },
    scout::{identity::Identity, number::count},
};

/// A sale whose model is named and agrees is at least this alike, before what its title leaves open.
const SAME_MODEL: f64 = 0.6;
/// From here on, things without a named model count as alike.
const ALIKE: f64 = 0.55;
/// From here on, things of the same named model count as alike.
const ALIKE_MODEL: f64 = 0.3;
/// How much a word that only the question has takes away, against one that both have.
const MISSING: f64 = 0.6;
/// The same for a word that no comparable has at all, as far as the words that both have speak loud enough without it.
const UNHEARD: f64 = 0.1;
/// How much a word that only the sale has takes away.
const SURPLUS: f64 = 0.25;
/// What another category leaves of likeness: marketplaces cut them differently, so it excludes nothing.
const ELSEWHERE: f64 = 0.8;

/// A question in the words of an index.
pub(super) struct Asked {
    pub(super) identity: Identity,
    kind: Kind,
    currency: Currency,
    /// The numbers of the words that the index knows, ascending.
    pub(super) words: Vec<u32>,
    /// What those words tell.
    telling: f64,
    /// What its other words tell, those that no comparable has.
    unheard: f64,
    pub(super) is_named: bool,
    ad: Option<OwnAd>,
    /// The number of its category; `None` when the index does not know it.
    category: Option<u32>,
    /// Whether the index knows all its words.
    is_all_known: bool,
}

impl Asked {
    pub(super) fn new(index: &CompIndex, question: &Question) -> Self {
        let identity = Identity::of(&question.title);
        let mut words: Vec<u32> =
            identity.words.iter().filter_map(|word| index.numbers.get(word).copied()).collect();
        words.sort_unstable();
        Self {
            kind: kind(question.kind, question.condition),
            currency: question.currency,
            telling: words.iter().map(|word| index.telling[slot(*word)]).sum(),
            unheard: count(identity.words.len() - words.len()) * index.telling_unknown,
            is_named: identity.models.iter().any(|model| model.is_strong),
            ad: question.ad,
            category: question
                .category
                .as_deref()
                .and_then(|name| index.categories.get(&plain(name)).copied()),
            is_all_known: words.len() == identity.words.len(),
            identity,
            words,
        }
    }

    /// Whether `entry` is the very ad that is asked about, or the same put up once more.
    pub(super) fn is_itself(&self, entry: &Entry) -> bool {
        let Some(ad) = self.ad else { return false };
        let is_again = || {
            entry.comp.basis == Basis::Asking
                && ad.total_amount == Some(entry.comp.total.amount)
                && self.is_all_known
                && *self.words == *entry.words
        };
        entry.comp.id == ComparableId::Listing(ad.id) || is_again()
    }

    /// Whether one is an ad with variations and the other has one price: the cheapest of a choice compares with the
    /// cheapest of another one. What was sold had one price, and serves both.
    pub(super) fn is_priced_apart(&self, entry: &Entry) -> bool {
        let is_choice = self.ad.is_some_and(|ad| ad.is_choice);
        entry.comp.basis == Basis::Asking && entry.comp.is_choice != is_choice
    }

    /// How alike `entry` is, when it is alike at all. `agrees` says how far it is the same thing.
    pub(super) fn likeness(&self, index: &CompIndex, entry: &Entry, agrees: f64) -> Option<f64> {
        let comp = &entry.comp;
        let is_same_kind =
            kind(comp.kind, comp.condition) == self.kind && comp.total.currency == self.currency;
        if !is_same_kind || agrees <= 0.0 {
            return None;
        }
        let shared = self.shared(index, entry);
        let missing = (self.telling - shared).max(0.0);
        let surplus = (entry.telling - shared).max(0.0);
        let takes_away = MISSING * missing
            + SURPLUS * surplus
            + self.unheard(shared, surplus, index.telling_unknown);
        let overlap = if shared > 0.0 { shared / (shared + takes_away) } else { 0.0 };
        let (likeness, least) = if self.is_named {
            (SAME_MODEL + (1.0 - SAME_MODEL) * overlap, ALIKE_MODEL)
        } else {
            (overlap, ALIKE)
        };
        let is_elsewhere =
            self.category.zip(entry.category).is_some_and(|(asked, theirs)| asked != theirs);
        let likeness = likeness * agrees * if is_elsewhere { ELSEWHERE } else { 1.0 };
        (likeness >= least).then_some(likeness)
    }

    /// What the words take away that no comparable has. A seller's flourish ("falling", "chrome") says nothing of the
    /// thing where much else agrees. Where little does, or where the sale names something else in its place, such a word
    /// may be the thing itself: "vintage sofa" is no "vintage lamp".
    fn unheard(&self, shared: f64, surplus: f64, one_word: f64) -> f64 {
        let harmless = (shared - surplus / 2.0 - one_word).clamp(0.0, self.unheard);
        MISSING * (self.unheard - harmless) + UNHEARD * harmless
    }

    /// What the words tell that both have. Both lists ascend.
    fn shared(&self, index: &CompIndex, entry: &Entry) -> f64 {
        let mut theirs = entry.words.iter().peekable();
        let mut shared = 0.0;
        for word in &self.words {
            while theirs.next_if(|other| *other < word).is_some() {}
            if theirs.next_if(|other| *other == word).is_some() {
                shared += index.telling[slot(*word)];
            }
        }
        shared
    }
}
