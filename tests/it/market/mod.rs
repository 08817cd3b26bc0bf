//! Marketplaces searched over real sockets: every page, every fault, and what never follows from one.

use std::{sync::Arc, time::Duration};

use chrono::Utc;
use deal_scout::{
    clock::Clock,
    config::{Env, Overrides, Settings, load},
    market::{
        call::Means,
        source::{Fault, Next, Page, Source, Wanted},
    },
    outbound::Outbound,
};
use serde_json::Value;
use slog::Logger;

use crate::support::{
    database::silent,
    market::{Calls, Kept, wanted},
};

mod ebay;
mod others;

/// What adapters are asked with.
struct Desk {
    settings: Settings,
    outbound: Outbound,
    clock: Clock,
    log: Logger,
    kept: Kept,
    calls: Calls,
}

impl Desk {
    /// One with these variables of the environment, and calls for a day.
    fn new(variables: &[(&'static str, String)], calls: u32) -> Self {
        let variables: Vec<(&str, &str)> =
            variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let env = Env::of(std::env::temp_dir(), &variables);
        let mut settings = load(&Overrides::new(None), &env).unwrap().settings;
        settings.outbound.timeout = Duration::from_secs(1);
        let (clock, log) = (Clock::fixed(Utc::now()), silent());
        let outbound = Outbound::new(&settings.outbound, clock.clone(), &log).unwrap();
        Self { settings, outbound, clock, log, kept: Kept::default(), calls: Calls::of(calls) }
    }

    fn means(&self) -> Means<'_> {
        Means {
            outbound: &self.outbound,
            keep: Arc::new(self.kept.clone()),
            budget: Arc::new(self.calls.clone()),
            clock: &self.clock,
            log: &self.log,
        }
    }
}

/// Every page, as a run reads them.
async fn all(source: &dyn Source, wanted: &Wanted) -> Result<Vec<Page>, Fault> {
    let mut pages: Vec<Page> = Vec::new();
    let mut next: Option<Next> = None;
    loop {
        let page = source.search(wanted, next.as_ref(), &Value::Null).await?;
        next.clone_from(&page.next);
        pages.push(page);
        if next.is_none() {
            return Ok(pages);
        }
    }
}

fn ids(pages: &[Page]) -> Vec<&str> {
    pages.iter().flat_map(|page| &page.listings).map(|ad| ad.source_id.as_str()).collect()
}

async fn first(source: &dyn Source) -> Result<Page, Fault> {
    source.search(&wanted("leica"), None, &Value::Null).await
}
