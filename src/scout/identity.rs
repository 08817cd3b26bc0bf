//! What a title says of the thing itself: its model, its variant, its size. Two things that differ in one of these
//! are different things, however alike their titles are.

mod models;
mod sizes;
#[cfg(test)]
mod tests;

use models::{Model, models};
use sizes::{Size, sizes};

use super::normalize;

/// Words behind a model that make it another model: RTX 3070 Ti, iPhone 13 Pro Max.
const VARIANTS: &[&str] = &[
    "ti", "super", "xt", "xtx", "gre", "pro", "max", "mini", "plus", "ultra", "lite", "se", "fe",
    "slim", "air", "oled",
];
/// Words that say nothing of the thing.
const NOISE: &[&str] = &[
    "new",
    "brand",
    "sealed",
    "in",
    "hand",
    "ready",
    "to",
    "ship",
    "ships",
    "shipping",
    "shipped",
    "free",
    "fast",
    "same",
    "day",
    "today",
    "now",
    "confirmed",
    "order",
    "preorder",
    "presale",
    "box",
    "boxed",
    "nib",
    "bnib",
    "used",
    "tested",
    "working",
    "works",
    "mint",
    "condition",
    "excellent",
    "good",
    "great",
    "very",
    "the",
    "a",
    "an",
    "of",
    "for",
    "and",
    "with",
    "w",
    "by",
    "from",
    "on",
    "is",
    "it",
    "at",
    "or",
    "read",
    "description",
    "oem",
    "authentic",
    "genuine",
    "official",
    "unopened",
    "opened",
    "trusted",
    "seller",
    "receipt",
    "delivery",
    "next",
    "2day",
    "guaranteed",
    "rare",
    "wow",
    "awesome",
    "look",
    "nice",
    "factory",
    "priority",
    "mail",
    "usa",
    "edition",
    "s",
    "x",
    "open",
    "like",
    "fully",
    "item",
    "best",
    "price",
    "only",
];

/// The thing that a title speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Identity {
    /// Every word that says something of the thing, once.
    pub(crate) words: Vec<String>,
    /// The other words, once: they say nothing of the thing, but something of its price ("in hand", "preorder").
    pub(crate) chatter: Vec<String>,
    pub(crate) models: Vec<Model>,
    /// Sorted.
    pub(crate) variants: Vec<String>,
    /// It offers a choice of variants: the price is that of the cheapest.
    pub(crate) is_choice: bool,
    pub(crate) sizes: Vec<Size>,
    pub(crate) drive: Option<Drive>,
    pub(crate) generation: Option<String>,
    pub(crate) year: Option<String>,
    pub(crate) form: Form,
    pub(crate) has_wheel: bool,
}

/// As what a thing with the named parts is sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Form {
    #[default]
    Usual,
    /// A whole computer, whatever parts the title lists.
    Computer,
    /// A graphics card for a server's own socket, of no use in a slot.
    Module,
}

/// Whether a console takes discs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Drive {
    Disc,
    Digital,
}

impl Identity {
    pub(crate) fn of(title: &str) -> Self {
        let all = normalize::words(title);
        let models = models(&all);
        let (variants, is_choice) = variants(&all, &models);
        let mut words: Vec<String> = Vec::with_capacity(all.len());
        let mut chatter: Vec<String> = Vec::new();
        for word in &all {
            let is_noise = NOISE.contains(&word.as_str());
            let list = if is_noise { &mut chatter } else { &mut words };
            if !list.contains(word) {
                list.push(word.clone());
            }
        }
        Self {
            variants,
            is_choice,
            sizes: sizes(&all),
            drive: drive(&all),
            generation: first(&all, is_generation),
            year: first(&all, is_year),
            form: form(&all),
            has_wheel: has_wheel(&all),
            models,
            words,
            chatter,
        }
    }

    /// How far the two can be the same thing: 0 when they cannot, 1 when nothing speaks against it, less where one
    /// title says what the other leaves open.
    pub(crate) fn agrees(&self, other: &Self) -> f64 {
        let differ = self.variants != other.variants
            || self.is_choice != other.is_choice
            || self.form != other.form
            || self.has_wheel != other.has_wheel
            || both_differ(self.generation.as_ref(), other.generation.as_ref());
        if differ {
            return 0.0;
        }
        let by_model = models::agree(&self.models, &other.models);
        let is_named = self.models.iter().any(|model| model.is_strong);
        if !is_named && both_differ(self.year.as_ref(), other.year.as_ref()) {
            return 0.0;
        }
        by_model * sizes::agree(&self.sizes, &other.sizes) * self.drives_agree(other)
    }

    fn drives_agree(&self, other: &Self) -> f64 {
        match (self.drive, other.drive) {
            (a, b) if a == b => 1.0,
            (Some(_), Some(_)) => 0.0,
            _ => 0.75,
        }
    }
}

/// The variant words that stand behind a model or behind another variant. A model that stands both bare and with a
/// variant offers a choice ("iPhone 11 | 11 Pro").
fn variants(words: &[String], models: &[Model]) -> (Vec<String>, bool) {
    let mut found: Vec<Vec<&str>> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        if !models.iter().any(|model| model.is_named_by(word)) {
            continue;
        }
        let behind = words[at + 1..].iter().map(String::as_str);
        let mut behind: Vec<&str> = behind.take_while(|word| VARIANTS.contains(word)).collect();
        behind.sort_unstable();
        behind.dedup();
        found.push(behind);
    }
    found.sort();
    found.dedup();
    // A model that is repeated without its variant ("4070 Ti Super … RTX 4070") is no choice unless a bare number lists it.
    let longest = found.iter().max_by_key(|variants| variants.len()).cloned().unwrap_or_default();
    let is_phone = models.iter().any(|model| model.word.starts_with("iphone"));
    let is_choice = is_phone && found.len() > 1;
    (longest.into_iter().map(str::to_owned).collect(), is_choice)
}

fn drive(words: &[String]) -> Option<Drive> {
    let is_console =
        words.iter().any(|word| matches!(word.as_str(), "ps5" | "seriesx" | "seriess"));
    if !is_console {
        return None;
    }
    let is_sold_along = |at: usize| {
        let next = words.get(at + 1).map_or("", String::as_str);
        matches!(next, "code" | "codes" | "download" | "copy" | "game" | "games" | "content")
    };
    let digital =
        words.iter().enumerate().any(|(at, word)| word == "digital" && !is_sold_along(at));
    let disc = words.iter().any(|word| matches!(word.as_str(), "disc" | "bluray"));
    match (digital, disc) {
        (true, false) => Some(Drive::Digital),
        (false, true) => Some(Drive::Disc),
        _ => None,
    }
}

fn form(words: &[String]) -> Form {
    if is_computer(words) {
        Form::Computer
    } else if is_module(words) {
        Form::Module
    } else {
        Form::Usual
    }
}

fn is_computer(words: &[String]) -> bool {
    let pair = |a: &str, b: &str| words.windows(2).any(|two| two[0] == a && two[1] == b);
    let word = |searched: &str| words.iter().any(|word| word == searched);
    let is_card = word("gpu") || word("cpu");
    word("laptop")
        || word("notebook")
        || word("prebuilt")
        || (!is_card && (pair("gaming", "pc") || pair("desktop", "pc")))
        || pair("gaming", "desktop")
        || pair("gaming", "computer")
        || pair("desktop", "computer")
}

/// A steering wheel comes with the game, by the words around it.
fn has_wheel(words: &[String]) -> bool {
    words.iter().enumerate().any(|(at, word)| {
        let before = at.checked_sub(1).map_or("", |i| words[i].as_str());
        word == "wheel" && !matches!(before, "no" | "without")
    })
}

/// SXM2 and its like, as people write it.
fn is_module(words: &[String]) -> bool {
    words.iter().any(|word| {
        let number = word.strip_prefix("sxm").or_else(|| word.strip_prefix("smx"));
        number.is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
    })
}

fn is_generation(word: &str) -> bool {
    let number = word.strip_prefix("gen").or_else(|| word.strip_prefix("mk"));
    number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.parse::<u32>().is_ok_and(|year| (1950..=2029).contains(&year))
}

fn first(words: &[String], wanted: impl Fn(&str) -> bool) -> Option<String> {
    words.iter().find(|word| wanted(word)).cloned()
}

fn both_differ(a: Option<&String>, b: Option<&String>) -> bool {
    a.is_some() && b.is_some() && a != b
}
