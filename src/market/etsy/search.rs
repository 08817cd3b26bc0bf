//! Searches Etsy, page by page.

use futures_util::future::BoxFuture;
use serde_json::Value;

use super::{answer, request};
use crate::{
    config::EtsySettings,
    market::{
        call::{self, Means},
        source::{Fault, Next, Page, Source, Wanted},
    },
    outbound::{
        Reach, Request, Url,
        header::{ACCEPT, HeaderName, HeaderValue},
    },
};

const NAME: &str = "etsy";
/// Ads that one search reads at most, the newest.
const MOST_ADS: u64 = 10 * request::PER_PAGE;

/// Etsy, as the settings name it.
#[derive(Debug, Clone)]
pub struct Etsy<'a> {
    settings: &'a EtsySettings,
    means: Means<'a>,
}

impl<'a> Etsy<'a> {
    /// Asks nothing before it is searched.
    pub fn new(settings: &'a EtsySettings, means: Means<'a>) -> Self {
        Self { settings, means }
    }

    async fn page(&self, wanted: &Wanted, next: Option<&Next>) -> Result<Page, Fault> {
        let no_page = || Fault::Nonsense("Etsy has no such page".to_owned());
        let (offset, was_whole) = match next {
            None => (0, true),
            Some(Next(text)) => match text.strip_suffix(" in part") {
                Some(offset) => (offset.parse().map_err(|_| no_page())?, false),
                None => (text.parse().map_err(|_| no_page())?, true),
            },
        };
        let url =
            request::search_url(&self.settings.api_url, wanted, offset).map_err(Fault::Refused)?;
        let answer = match self.ask(url).await {
            Err(Fault::Budget { why, .. }) if offset > 0 => {
                return Ok(Page {
                    skipped: vec![format!("Etsy was not read to its end: {why}")],
                    ..Page::default()
                });
            }
            answer => answer?,
        };
        let ads = answer::ads(&answer, offset).map_err(Fault::Nonsense)?;
        let is_whole = was_whole && ads.page.skipped.is_empty() && !ads.is_too_much;
        let mut page = ads.page;
        match ads.next {
            Some(offset) if offset < MOST_ADS => {
                page.next =
                    Some(Next(format!("{offset}{}", if is_whole { "" } else { " in part" })));
            }
            Some(_) => page.skipped.push(format!(
                "more fits than the newest {MOST_ADS} ads; more words would narrow it"
            )),
            None => page.is_complete = is_whole,
        }
        Ok(page)
    }

    async fn ask(&self, url: Url) -> Result<Value, Fault> {
        let key = HeaderValue::try_from(self.settings.api_key.reveal());
        let key = key.map_err(|_| {
            Fault::Refused("Etsy's key cannot be sent; check etsy.api_key".to_owned())
        })?;
        let asked = Request::get(url, Reach::Configured)
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .secret_header(HeaderName::from_static("x-api-key"), key);
        let answer = self.means.call(NAME, asked).await?;
        if matches!(answer.status, 401 | 403) {
            return Err(Fault::Refused(
                "Etsy does not accept the key; check etsy.api_key, which is keystring:secret"
                    .to_owned(),
            ));
        }
        call::json("Etsy", &answer, answer::error, self.means.clock.now())
    }
}

impl Source for Etsy<'_> {
    fn name(&self) -> &str {
        NAME
    }

    fn search<'a>(
        &'a self,
        wanted: &'a Wanted,
        next: Option<&'a Next>,
        _: &'a Value,
    ) -> BoxFuture<'a, Result<Page, Fault>> {
        Box::pin(self.page(wanted, next))
    }
}
