//! What a search would find, before it is saved: the first page of each source, matched, and nothing stored.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::Value;
use tokio::time::timeout;

use super::Plan;
use crate::{
    market::source::{Fault, Source},
    model::listing::NewListing,
    scout::matching::Verdict,
};

/// How long people are made to wait for a source.
const PATIENCE: Duration = Duration::from_secs(20);

/// What one source answered to a search.
#[derive(Debug)]
pub struct Preview {
    /// Its name.
    pub source: String,
    /// Its ads, each with what the search thinks of it; or why there are none.
    pub ads: Result<Vec<(NewListing, Verdict)>, String>,
    /// Whether there are more pages.
    pub has_more: bool,
}

/// Asks each source for its first page.
pub async fn preview(plan: &Plan, sources: &[Box<dyn Source + '_>]) -> Vec<Preview> {
    let each = sources.iter().map(async |source| {
        let asked = timeout(PATIENCE, source.search(&plan.wanted, None, &Value::Null)).await;
        let late = || Fault::Down(format!("took longer than {} s", PATIENCE.as_secs()));
        match asked.unwrap_or_else(|_| Err(late())) {
            Ok(page) => {
                let judged = page.listings.into_iter().map(|ad| {
                    let verdict = plan.criteria.verdict(&ad);
                    (ad, verdict)
                });
                Preview {
                    source: source.name().to_owned(),
                    ads: Ok(judged.collect()),
                    has_more: page.next.is_some(),
                }
            }
            Err(fault) => Preview {
                source: source.name().to_owned(),
                ads: Err(fault.to_string()),
                has_more: false,
            },
        }
    });
    join_all(each).await
}
