//! The trait to search a marketplace. An adapter asks its server, page by page, and answers what it read or why it
//! could not; it stores nothing and decides nothing about whose ad fits.

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use serde_json::Value;

pub use crate::model::place::Around;
use crate::model::{
    comp::NewComp,
    condition::Condition,
    listing::NewListing,
    money::{Currency, Money},
    words::Words,
};

/// What a saved search asks of a source. A source narrows by as much of it as it can; the rest is matched afterwards,
/// so that answering too much is right and answering too little is not.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// What is looked for. Excluded terms are hints only: they are matched over title and description afterwards.
    pub words: Words,
    /// More words and phrases that must not be there.
    pub excluded_words: Vec<String>,
    /// The marketplace's category, by its id or name.
    pub category: Option<String>,
    /// How worn; anyhow when empty.
    pub conditions: Vec<Condition>,
    /// The least price.
    pub min_price: Option<Money>,
    /// The highest price.
    pub max_price: Option<Money>,
    /// The currency to search in.
    pub currency: Currency,
    /// Around where, when the place is known.
    pub around: Option<Around>,
}

/// One answer of a source.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The ads in it.
    pub listings: Vec<NewListing>,
    /// Ads that the source itself says are gone: their ids there, and why.
    pub gone: Vec<Gone>,
    /// Sales that the answer tells of.
    pub comps: Vec<NewComp>,
    /// What could not be read, in words.
    pub skipped: Vec<String>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Next>,
    /// Whether all pages together are everything that fits at the source: only then is absence evidence. Said by the
    /// last page.
    pub is_complete: bool,
    /// What to hand in when the search runs again: an `ETag`, say. `None` keeps what there was.
    pub memory: Option<Value>,
}

impl Page {
    /// The ads of an answer, told apart: those on sale, those that `gone` knows to be none any more, and those that
    /// `listing` cannot read, with why.
    pub(super) fn told_apart(
        items: &[Value],
        gone: impl Fn(&Value) -> Option<Gone>,
        listing: impl Fn(&Value) -> Result<NewListing, String>,
    ) -> Self {
        let mut page = Self::default();
        for (at, item) in items.iter().enumerate() {
            if let Some(gone) = gone(item) {
                page.gone.push(gone);
                continue;
            }
            match listing(item) {
                Ok(listing) => page.listings.push(listing),
                Err(why) => page.skipped.push(format!("ad {} cannot be read: {why}", at + 1)),
            }
        }
        page
    }
}

/// An ad that is gone, by the source's own word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// Where it stood.
    pub source: String,
    /// Its id there.
    pub source_id: String,
    /// Why, in words: `sold`, `ended`, `the page answers 404`.
    pub reason: String,
}

/// Where the next page begins, in the source's own terms: an offset, or an address that it gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next(pub String);

/// Why a source gave no answer that can be used. None of it says anything about any ad.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It asks for patience.
    #[error("{source_name} asks to wait")]
    Limited {
        /// Which source.
        source_name: String,
        /// For how long, when it says so.
        retry_after: Option<Duration>,
    },
    /// The calls that it allows, or that this search may use of them, are used up.
    #[error("{why}")]
    Budget {
        /// In words.
        why: String,
        /// When there are more.
        until: DateTime<Utc>,
    },
    /// It cannot be reached, is too slow, breaks off or says that it is broken.
    #[error("{0}")]
    Down(String),
    /// It answers something else than it should.
    #[error("{0}")]
    Nonsense(String),
    /// It does not let us: credentials, robots, a private network. Trying again is of no use until somebody acts.
    #[error("{0}")]
    Refused(String),
}

/// A marketplace, a feed or a page that can be searched.
pub trait Source: Send + Sync {
    /// Its name in searches: `ebay`, or what a person called a feed.
    fn name(&self) -> &str;

    /// One page of what it has. The first page when `next` is `None`; `memory` is what the last run's answer asked to
    /// keep, or `Null`.
    ///
    /// # Errors
    /// Why there is no page. Pages before it stand.
    fn search<'a>(
        &'a self,
        wanted: &'a Wanted,
        next: Option<&'a Next>,
        memory: &'a Value,
    ) -> BoxFuture<'a, Result<Page, Fault>>;
}

/// Where an adapter keeps what is worth keeping between calls and replicas, such as a token that holds for two hours.
/// Values are secrets: whoever implements this seals them.
pub trait Keep: Send + Sync {
    /// What was kept under `key` and still holds.
    fn get<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Option<Vec<u8>>>;

    /// Keeps `value` for at most `time`.
    fn set<'a>(&'a self, key: &'a str, value: Vec<u8>, time: Duration) -> BoxFuture<'a, ()>;
}

/// Calls that a source allows in a day, shared by all searches, users and replicas.
pub trait Budget: Send + Sync {
    /// Takes one call, or says until when there is none.
    fn take<'a>(&'a self, source: &'a str) -> BoxFuture<'a, Result<(), Fault>>;
}
