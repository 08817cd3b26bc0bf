//! Searches Reverb, page by page as it links them, and asks its price guide once a day for each search.

use std::sync::Mutex;

use chrono::{DateTime, TimeDelta};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use slog::{info, warn};

use super::{answer, guide, request};
use crate::{
    config::ReverbSettings,
    market::{
        call::{self, Means},
        source::{Fault, Next, Page, Source, Wanted},
    },
    model::comp::NewComp,
    outbound::{
        Reach, Request, Url,
        header::{ACCEPT, AUTHORIZATION, HeaderName, HeaderValue},
    },
};

const NAME: &str = "reverb";
/// Pages that one search reads at most.
const MOST_PAGES: u32 = 20;
/// Entries of the price guide whose sales are read.
const MOST_GUIDES: usize = 3;
/// The price guide is asked once a day for each search.
const GUIDE_AGAIN: TimeDelta = TimeDelta::days(1);

/// Fields of the price guide that were told to the log already.
static TOLD: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Reverb, as the settings name it.
#[derive(Debug, Clone)]
pub struct Reverb<'a> {
    settings: &'a ReverbSettings,
    means: Means<'a>,
}

/// Which page, where it is, and whether everything before it could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
struct At {
    page: u32,
    is_whole: bool,
    href: String,
}

impl At {
    fn of(next: &Next) -> Option<Self> {
        let mut parts = next.0.splitn(3, ' ');
        let (page, is_whole) = (parts.next()?.parse().ok()?, parts.next()? == "whole");
        Some(Self { page, is_whole, href: parts.next()?.to_owned() })
    }

    fn next(&self) -> Next {
        let whole = if self.is_whole { "whole" } else { "part" };
        Next(format!("{} {whole} {}", self.page, self.href))
    }
}

impl<'a> Reverb<'a> {
    /// Asks nothing before it is searched.
    pub fn new(settings: &'a ReverbSettings, means: Means<'a>) -> Self {
        Self { settings, means }
    }

    async fn page(
        &self,
        wanted: &Wanted,
        next: Option<&Next>,
        memory: &Value,
    ) -> Result<Page, Fault> {
        let api = &self.settings.api_url;
        let here = match next {
            None => None,
            Some(next) => Some(
                At::of(next)
                    .ok_or_else(|| Fault::Nonsense("Reverb has no such page".to_owned()))?,
            ),
        };
        let url = match &here {
            None => request::search_url(api, wanted).map_err(Fault::Refused)?,
            Some(at) => request::next_url(api, &at.href).map_err(Fault::Nonsense)?,
        };
        let answer = match self.ask(url).await {
            Err(Fault::Budget { why, .. }) if here.is_some() => {
                return Ok(Page {
                    skipped: vec![format!("Reverb was not read to its end: {why}")],
                    ..Page::default()
                });
            }
            answer => answer?,
        };
        let ads = answer::ads(&answer).map_err(Fault::Nonsense)?;
        let number = here.as_ref().map_or(1, |at| at.page);
        let is_whole = here.as_ref().is_none_or(|at| at.is_whole) && ads.page.skipped.is_empty();
        let mut page = ads.page;
        match ads.next {
            Some(href) if number < MOST_PAGES => {
                page.next = Some(At { page: number + 1, is_whole, href }.next());
            }
            Some(_) => page.skipped.push(format!(
                "more fits than the first {MOST_PAGES} pages; more words would narrow it"
            )),
            None => page.is_complete = is_whole,
        }
        if here.is_none() {
            self.add_sales(wanted, memory, &mut page).await;
        }
        Ok(page)
    }

    /// Sales are an addition: that there are none takes nothing away from the ads.
    async fn add_sales(&self, wanted: &Wanted, memory: &Value, page: &mut Page) {
        let now = self.means.clock.now();
        let last = memory.get("guide_at").and_then(Value::as_str);
        let last = last.and_then(|at| DateTime::parse_from_rfc3339(at).ok());
        if last.is_some_and(|last| now - last.to_utc() < GUIDE_AGAIN) {
            return;
        }
        match self.sales(wanted).await {
            Ok(comps) => {
                page.comps = comps;
                page.memory = Some(json!({ "guide_at": now.to_rfc3339() }));
            }
            Err(fault) => {
                warn!(self.means.log, "Reverb's price guide tells nothing"; "reason" => %fault);
                page.skipped.push(format!("Reverb's price guide tells nothing: {fault}"));
            }
        }
    }

    async fn sales(&self, wanted: &Wanted) -> Result<Vec<NewComp>, Fault> {
        let api = &self.settings.api_url;
        let guides = guide::guides(&self.ask(request::guides_url(api, wanted)).await?);
        let mut comps = Vec::new();
        for guide in guides.map_err(Fault::Nonsense)?.iter().take(MOST_GUIDES) {
            let answer = self.ask(request::transactions_url(api, &guide.id)).await?;
            let (sales, unknown) = guide::sales(guide, &answer).map_err(Fault::Nonsense)?;
            comps.extend(sales);
            self.tell_once(unknown);
        }
        Ok(comps)
    }

    fn tell_once(&self, fields: impl IntoIterator<Item = String>) {
        let mut told = TOLD.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for field in fields {
            // An answer full of made-up names must not fill the memory.
            if told.len() < 100 && !told.contains(&field) {
                info!(self.means.log, "Reverb's price guide has a field that is not known"; "field" => &field);
                told.push(field);
            }
        }
    }

    async fn ask(&self, url: Url) -> Result<Value, Fault> {
        let token = HeaderValue::try_from(format!("Bearer {}", self.settings.token.reveal()));
        let token = token.map_err(|_| {
            Fault::Refused("Reverb's token cannot be sent; check reverb.token".to_owned())
        })?;
        let asked = Request::get(url, Reach::Configured)
            .header(ACCEPT, HeaderValue::from_static("application/hal+json"))
            .header(HeaderName::from_static("accept-version"), HeaderValue::from_static("3.0"))
            .secret_header(AUTHORIZATION, token);
        let answer = self.means.call(NAME, asked).await?;
        if answer.status == 401 {
            return Err(Fault::Refused(
                "Reverb does not accept the token; check reverb.token".to_owned(),
            ));
        }
        call::json("Reverb", &answer, answer::error, self.means.clock.now())
    }
}

impl Source for Reverb<'_> {
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
    fn the_next_page_remembers_where_it_is_and_whether_everything_was_read() {
        let at = At { page: 2, is_whole: false, href: "https://x/?a=b c".to_owned() };
        assert_eq!(At::of(&at.next()), Some(at));
        assert_eq!(At::of(&Next("7".to_owned())), None);
    }
}
