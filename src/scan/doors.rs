//! Which sources a search has: the marketplaces that the operator has set up and the feeds of its owner.

use std::{collections::HashMap, sync::Arc};

use futures_util::future::BoxFuture;
use serde_json::Value;
use slog::Logger;

use super::{budget::Ledger, keep::SealedCache};
use crate::{
    cache::Cache,
    clock::Clock,
    config::MarketSettings,
    db::{
        self,
        feeds::{self, Feed},
        page_choices,
    },
    error::Result,
    market::{
        call::Means,
        feed::WatchedFeed,
        identity,
        page::WatchedPage,
        read_politely::Visitor,
        set_up,
        source::{Fault, Next, Page, Source, Wanted},
    },
    model::{
        feed::{FeedKind, TAKEN_NAMES},
        id::UserId,
        page_choice::Extractor,
    },
    outbound::Outbound,
    sealing::Sealer,
};

/// What sources are made from.
#[derive(Debug, Clone, Copy)]
pub struct Doors<'a> {
    /// What requests leave through.
    pub outbound: &'a Outbound,
    /// Where answers worth keeping are kept.
    pub cache: &'a Cache,
    /// What seals them.
    pub sealer: &'a Sealer,
    /// Where calls are counted.
    pub pool: &'a db::Pool,
    /// Which marketplaces are set up.
    pub settings: &'a MarketSettings,
    /// The time.
    pub clock: &'a Clock,
    /// The voice.
    pub log: &'a Logger,
}

impl<'a> Doors<'a> {
    /// Whether any marketplace is set up, for everybody.
    pub fn has_marketplaces(&self) -> bool {
        !self.marketplaces().is_empty()
    }

    /// Every name that a search of somebody with these feeds can name, and whether it can be asked.
    pub fn names(&self, feeds: &[Feed]) -> Vec<(String, bool)> {
        let there = self.marketplaces();
        let is_there = |name: &str| there.iter().any(|source| source.name() == name);
        let markets = TAKEN_NAMES.iter().map(|name| ((*name).to_owned(), is_there(name)));
        markets.chain(feeds.iter().map(|feed| (feed.name.clone(), feed.enabled))).collect()
    }

    fn marketplaces(&self) -> Vec<Box<dyn Source + 'a>> {
        let means = Means {
            outbound: self.outbound,
            keep: Arc::new(SealedCache::new(self.cache, self.sealer)),
            budget: Arc::new(Ledger::new(self.pool, self.settings, self.clock)),
            clock: self.clock,
            log: self.log,
        };
        set_up::all(self.settings, &means)
    }

    fn watched(&self, feed: &Feed, trusted: Option<Extractor>) -> Box<dyn Source + 'a> {
        let visitor = Visitor { outbound: self.outbound, clock: self.clock };
        let (name, address) = (feed.name.clone(), feed.address.clone());
        match feed.kind {
            FeedKind::Feed => Box::new(WatchedFeed { name, address, visitor }),
            FeedKind::Page => Box::new(WatchedPage { name, address, trusted, visitor }),
        }
    }

    /// The sources of a search of `user` that names `named`.
    pub async fn sources(
        &self,
        user: UserId,
        named: &[String],
    ) -> Result<Vec<Box<dyn Source + 'a>>> {
        let conn = self.pool.get().await?;
        let feeds = feeds::all(&conn, user).await?;
        let mut trusted = HashMap::new();
        for feed in feeds.iter().filter(|feed| feed.enabled && feed.kind == FeedKind::Page) {
            let host = identity::site(&feed.address).unwrap_or_default();
            let believed = page_choices::trusted(&conn, user, &host).await?;
            trusted.insert(feed.id, believed);
        }
        drop(conn);
        let watched = |feed: &Feed| self.watched(feed, trusted.get(&feed.id).copied().flatten());
        Ok(of(named, &feeds, self.marketplaces(), watched))
    }
}

/// The sources of a search that names `named`; all that are set up when it names none. One that is named and not there
/// is among them all the same, and says so when it is asked.
fn of<'a>(
    named: &[String],
    feeds: &[Feed],
    marketplaces: Vec<Box<dyn Source + 'a>>,
    watched: impl Fn(&Feed) -> Box<dyn Source + 'a>,
) -> Vec<Box<dyn Source + 'a>> {
    let mut there = marketplaces;
    there.extend(feeds.iter().filter(|feed| feed.enabled).map(watched));
    if named.is_empty() {
        return there;
    }
    let mut taken: Vec<Box<dyn Source + 'a>> = Vec::with_capacity(named.len());
    for name in named {
        if taken.iter().any(|source| source.name() == name) {
            continue;
        }
        match there.iter().position(|source| source.name() == name) {
            Some(at) => taken.push(there.swap_remove(at)),
            None => taken.push(Box::new(Absent::new(name, feeds))),
        }
    }
    taken
}

/// A source that a search names and that cannot be asked.
#[derive(Debug)]
struct Absent {
    name: String,
    why: String,
}

impl Absent {
    fn new(name: &str, feeds: &[Feed]) -> Self {
        let is_off = feeds.iter().any(|feed| feed.name == name);
        let why = match set_up::missing(name) {
            Some(why) => why.to_owned(),
            None if is_off => format!("the feed {name} is switched off"),
            None => format!("there is no feed {name}: add it, or take it off the search"),
        };
        Self { name: name.to_owned(), why }
    }
}

impl Source for Absent {
    fn name(&self) -> &str {
        &self.name
    }

    fn search<'a>(
        &'a self,
        _: &'a Wanted,
        _: Option<&'a Next>,
        _: &'a Value,
    ) -> BoxFuture<'a, Result<Page, Fault>> {
        let fault = Fault::Refused(self.why.clone());
        Box::pin(async move { Err(fault) })
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::model::{feed::FeedKind, id::FeedId};

    #[derive(Debug)]
    struct Named(String);

    impl Source for Named {
        fn name(&self) -> &str {
            &self.0
        }

        fn search<'a>(
            &'a self,
            _: &'a Wanted,
            _: Option<&'a Next>,
            _: &'a Value,
        ) -> BoxFuture<'a, Result<Page, Fault>> {
            Box::pin(async { Ok(Page::default()) })
        }
    }

    fn feed(name: &str, enabled: bool) -> Feed {
        Feed {
            id: FeedId(1),
            name: name.to_owned(),
            kind: FeedKind::Feed,
            address: "https://example.org/rss".to_owned(),
            enabled,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    fn names(named: &[&str]) -> Vec<String> {
        let named: Vec<String> = named.iter().map(|name| (*name).to_owned()).collect();
        let feeds = [feed("flats", true), feed("old", false)];
        let ebay: Box<dyn Source> = Box::new(Named("ebay".to_owned()));
        let watched = |feed: &Feed| -> Box<dyn Source> { Box::new(Named(feed.name.clone())) };
        of(&named, &feeds, vec![ebay], watched).iter().map(|one| one.name().to_owned()).collect()
    }

    #[test]
    fn a_search_that_names_no_source_asks_all_that_are_set_up() {
        assert_eq!(names(&[]), ["ebay", "flats"]);
    }

    #[test]
    fn a_search_asks_what_it_names_each_once_and_in_its_order() {
        assert_eq!(names(&["flats", "ebay", "flats"]), ["flats", "ebay"]);
        assert_eq!(names(&["etsy", "old", "lost"]), ["etsy", "old", "lost"]);
    }

    #[test]
    fn a_source_that_is_not_there_says_why() {
        let why = |name: &str| Absent::new(name, &[feed("old", false)]).why;
        assert!(why("etsy").starts_with("Etsy is not set up"));
        assert_eq!(why("old"), "the feed old is switched off");
        assert_eq!(why("lost"), "there is no feed lost: add it, or take it off the search");
    }
}
