//! A page of one ad that a person watches, as a source of searches.

use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::MAX_BYTES;
use crate::{
    market::{
        identity::{self, Identity},
        read_politely::{Found, Visitor},
        source::{Fault, Gone, Next, Page, Source, Wanted},
    },
    model::page_choice::Extractor,
};

/// What is asked for where a page is wanted.
pub const ACCEPT: &str = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1";

/// A page at an address of a person's own.
#[derive(Debug, Clone)]
pub struct WatchedPage<'a> {
    /// By which searches know it.
    pub name: String,
    /// Where it is.
    pub address: String,
    /// Whom the person believes about this site.
    pub trusted: Option<Extractor>,
    /// Who reads it.
    pub visitor: Visitor<'a>,
}

impl WatchedPage<'_> {
    /// The ad that the last reading found, else the one that the address itself names.
    fn known(&self, memory: &Value) -> Option<(String, String)> {
        // What is remembered belongs to one address.
        let is_ours = memory["address"] == self.address;
        let kept = |name: &str| memory[name].as_str().filter(|_| is_ours).map(str::to_owned);
        kept("source").zip(kept("source_id")).or_else(|| {
            let Identity { source, source_id, .. } = identity::of_link(&self.address)?;
            Some((source, source_id))
        })
    }

    fn gone(&self, memory: &Value, reason: String) -> Page {
        let known = self.known(memory);
        let gone = known.map(|(source, source_id)| Gone { source, source_id, reason });
        Page { gone: gone.into_iter().collect(), ..Page::default() }
    }
}

impl Source for WatchedPage<'_> {
    fn name(&self) -> &str {
        &self.name
    }

    /// The one ad. A page that is not there any more, or says that the thing is sold, tells that the ad is gone; one that
    /// cannot be read tells nothing.
    fn search<'a>(
        &'a self,
        _: &'a Wanted,
        _: Option<&'a Next>,
        memory: &'a Value,
    ) -> BoxFuture<'a, Result<Page, Fault>> {
        Box::pin(async move {
            let trusted = json!(self.trusted);
            // Whoever is believed since may say something else about the same page.
            let (nothing, is_read_alike) = (Value::Null, memory["trusted"] == trusted);
            let known = if is_read_alike { memory } else { &nothing };
            let (text, at, mut kept) =
                match self.visitor.read(&self.address, ACCEPT, MAX_BYTES, known).await? {
                    Found::Unchanged => return Ok(Page::default()),
                    Found::Gone(status) => {
                        return Ok(self.gone(memory, format!("the page answers {status}")));
                    }
                    Found::Text { text, at, memory } => (text, at, memory),
                };
            let nonsense = |why: String| {
                Fault::Nonsense(format!("{} is not readable as an ad: {why}", self.name))
            };
            let read = super::read(&text, Some(&at)).map_err(nonsense)?;
            let listing = read.listing(self.trusted).map_err(nonsense)?;
            kept["source"] = json!(listing.source);
            kept["source_id"] = json!(listing.source_id);
            kept["trusted"] = trusted;
            if read.available(self.trusted) == Some(false) {
                let gone =
                    self.gone(&kept, "the page says that it is sold or out of stock".to_owned());
                return Ok(Page { memory: Some(kept), ..gone });
            }
            let skipped = read.notes;
            Ok(Page { listings: vec![listing], memory: Some(kept), skipped, ..Page::default() })
        })
    }
}
