//! A feed that a person watches, as a source of searches.

use futures_util::future::BoxFuture;
use serde_json::Value;

use super::{MAX_BYTES, Told};
use crate::market::{
    read_politely::{Found, Visitor},
    source::{Fault, Next, Page, Source, Wanted},
};

const ACCEPT: &str = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, application/json;q=0.8, */*;q=0.1";
/// Reasons that an answer carries along.
const REASONS: usize = 50;

/// A feed at an address of a person's own.
#[derive(Debug, Clone)]
pub struct WatchedFeed<'a> {
    /// By which searches know it.
    pub name: String,
    /// Where it is.
    pub address: String,
    /// Who reads it.
    pub visitor: Visitor<'a>,
}

impl Source for WatchedFeed<'_> {
    fn name(&self) -> &str {
        &self.name
    }

    /// Everything that the feed shows, in one page. A feed shows only its newest entries, so what is missing in it says
    /// nothing; it is never complete.
    fn search<'a>(
        &'a self,
        _: &'a Wanted,
        _: Option<&'a Next>,
        memory: &'a Value,
    ) -> BoxFuture<'a, Result<Page, Fault>> {
        Box::pin(async move {
            match self.visitor.read(&self.address, ACCEPT, MAX_BYTES, memory).await? {
                Found::Unchanged => Ok(Page::default()),
                Found::Gone(status) => Err(Fault::Refused(format!(
                    "there is no feed at the address of {} any more ({status}); correct it or switch it off",
                    self.name
                ))),
                Found::Text { text, memory, .. } => {
                    let feed = super::read(&text).map_err(|why| {
                        Fault::Nonsense(format!("{} is not readable as a feed: {why}", self.name))
                    })?;
                    Ok(Page { memory: Some(memory), ..page(feed.entries) })
                }
            }
        })
    }
}

fn page(entries: Vec<Told>) -> Page {
    let mut page = Page::default();
    for told in entries {
        match told {
            Told::Ad(ad) => page.listings.push(*ad),
            Told::Gone(gone) => page.gone.push(gone),
            Told::Nothing(why) if page.skipped.len() < REASONS => page.skipped.push(why),
            Told::Nothing(_) => {}
        }
    }
    page
}
