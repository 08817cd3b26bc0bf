//! Searches eBay: ads by its Browse interface, and sales by Marketplace Insights where the keyset may.

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use slog::warn;

use super::{answer, request};
use crate::{
    config::{EbaySettings, Secret},
    market::{
        call::{self, Means},
        source::{Fault, Next, Page, Source, Wanted},
    },
    outbound::{
        Answer, Reach, Request, Url,
        header::{ACCEPT, AUTHORIZATION, HeaderName, HeaderValue},
    },
};

/// Its name in searches, and of its ads.
const NAME: &str = "ebay";
/// Pages that one search reads at most. A search that fits more than these 2,000 ads had better say more words.
const MOST_PAGES: u64 = 10;
/// How long ago a sale may be; eBay tells of no older ones.
const SALES: TimeDelta = TimeDelta::days(90);
/// Sales are asked for once a day for each search.
const SALES_AGAIN: TimeDelta = TimeDelta::days(1);

/// eBay, as the settings name it.
#[derive(Debug, Clone)]
pub struct Ebay<'a> {
    pub(super) settings: &'a EbaySettings,
    pub(super) means: Means<'a>,
}

/// Where a page begins, and whether everything before it could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct At {
    offset: u64,
    is_whole: bool,
}

impl At {
    fn of(next: Option<&Next>) -> Result<Self, Fault> {
        let Some(Next(text)) = next else { return Ok(Self { offset: 0, is_whole: true }) };
        let (offset, is_whole) =
            text.strip_suffix(" in part").map_or((text.as_str(), true), |offset| (offset, false));
        let offset =
            offset.parse().map_err(|_| Fault::Nonsense(format!("eBay has no page {text}")))?;
        Ok(Self { offset, is_whole })
    }

    fn next(self) -> Next {
        Next(format!("{}{}", self.offset, if self.is_whole { "" } else { " in part" }))
    }
}

impl<'a> Ebay<'a> {
    /// Asks nothing before it is searched.
    pub fn new(settings: &'a EbaySettings, means: Means<'a>) -> Self {
        Self { settings, means }
    }

    async fn page(
        &self,
        wanted: &Wanted,
        next: Option<&Next>,
        memory: &Value,
    ) -> Result<Page, Fault> {
        let at = At::of(next)?;
        let url = request::search_url(&self.settings.api_url, wanted, at.offset)
            .map_err(Fault::Refused)?;
        let answer = match self.ask(url, request::SCOPE).await {
            // What was read so far is the newest: it stands, and nothing follows from what is missing.
            Err(Fault::Budget { why, .. }) if at.offset > 0 => {
                return Ok(Page {
                    skipped: vec![format!("eBay was not read to its end: {why}")],
                    ..Page::default()
                });
            }
            answer => answer?,
        };
        let ads = answer::ads(&answer, at.offset).map_err(Fault::Nonsense)?;
        let is_whole = at.is_whole && ads.skipped.is_empty() && !ads.is_too_much;
        let mut page = Page { listings: ads.listings, skipped: ads.skipped, ..Page::default() };
        match ads.next {
            Some(offset) if offset < MOST_PAGES * request::PER_PAGE => {
                page.next = Some(At { offset, is_whole }.next());
            }
            Some(_) => page.skipped.push(format!(
                "more fits than the newest {} ads; more words, or a range of prices, would narrow it",
                MOST_PAGES * request::PER_PAGE
            )),
            None => page.is_complete = is_whole,
        }
        if next.is_none() && self.settings.insights {
            self.add_sales(wanted, memory, &mut page).await;
        }
        Ok(page)
    }

    /// Sales are an addition: that there are none takes nothing away from the ads.
    async fn add_sales(&self, wanted: &Wanted, memory: &Value, page: &mut Page) {
        let now = self.means.clock.now();
        let last = memory.get("sales_at").and_then(Value::as_str);
        let last = last.and_then(|at| DateTime::parse_from_rfc3339(at).ok());
        if last.is_some_and(|last| now - last.to_utc() < SALES_AGAIN) {
            return;
        }
        match self.sales(wanted, now).await {
            Ok((comps, skipped)) => {
                page.comps = comps;
                page.skipped.extend(skipped);
                page.memory = Some(json!({ "sales_at": now.to_rfc3339() }));
            }
            Err(fault) => {
                warn!(self.means.log, "eBay tells no sales"; "reason" => %fault);
                page.skipped.push(format!("eBay tells no sales: {fault}"));
            }
        }
    }

    async fn sales(
        &self,
        wanted: &Wanted,
        now: DateTime<Utc>,
    ) -> Result<(Vec<crate::model::comp::NewComp>, Vec<String>), Fault> {
        let url = request::sales_url(&self.settings.api_url, wanted, now - SALES)
            .map_err(Fault::Refused)?;
        let answer = self.ask(url, request::INSIGHTS_SCOPE).await?;
        answer::sales(&answer).map_err(Fault::Nonsense)
    }

    /// One call, with a token; with a new one when eBay does not take the first.
    async fn ask(&self, url: Url, scope: &str) -> Result<Value, Fault> {
        let token = self.token(scope, None).await?;
        let mut answer = self.ask_with(url.clone(), &token).await?;
        if answer.status == 401 {
            let renewed = self.token(scope, Some(&token)).await?;
            answer = self.ask_with(url, &renewed).await?;
        }
        call::json("eBay", &answer, answer::error, self.means.clock.now())
    }

    async fn ask_with(&self, url: Url, token: &Secret) -> Result<Answer, Fault> {
        let unsendable = |_| Fault::Nonsense("eBay's token cannot be sent".to_owned());
        let bearer =
            HeaderValue::try_from(format!("Bearer {}", token.reveal())).map_err(unsendable)?;
        let site = HeaderValue::try_from(&self.settings.marketplace).map_err(unsendable)?;
        let asked = Request::get(url, Reach::Configured)
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .header(HeaderName::from_static("x-ebay-c-marketplace-id"), site)
            .secret_header(AUTHORIZATION, bearer);
        self.means.call(NAME, asked).await
    }
}

impl Source for Ebay<'_> {
    fn name(&self) -> &str {
        NAME
    }

    fn search<'a>(
        &'a self,
        wanted: &'a Wanted,
        next: Option<&'a Next>,
        memory: &'a Value,
    ) -> BoxFuture<'a, Result<Page, Fault>> {
        Box::pin(self.page(wanted, next, memory))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_remembers_whether_everything_was_read() {
        for at in [At { offset: 200, is_whole: true }, At { offset: 400, is_whole: false }] {
            assert_eq!(At::of(Some(&at.next())), Ok(at));
        }
        assert_eq!(At::of(None), Ok(At { offset: 0, is_whole: true }));
        assert!(At::of(Some(&Next("x".to_owned()))).is_err());
    }
}
