//! Who counts the calls that marketplaces allow in a day: the database, for all users and replicas together.

use std::fmt;

use chrono::{Days, NaiveTime};
use futures_util::future::BoxFuture;

use crate::{
    clock::Clock,
    config::MarketSettings,
    db::{self, source_budgets},
    error::Result,
    market::source::{Budget, Fault},
};

/// The counted calls.
#[derive(Clone, Copy)]
pub struct Ledger<'a> {
    pool: &'a db::Pool,
    settings: &'a MarketSettings,
    clock: &'a Clock,
}

impl fmt::Debug for Ledger<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ledger")
    }
}

impl<'a> Ledger<'a> {
    /// Counts in the database behind `pool`.
    pub fn new(pool: &'a db::Pool, settings: &'a MarketSettings, clock: &'a Clock) -> Self {
        Self { pool, settings, clock }
    }

    /// Calls that a source allows in a day; `None` for one that does not say.
    fn daily(&self, source: &str) -> Option<u32> {
        let MarketSettings { ebay, reverb, etsy } = self.settings;
        match source {
            "ebay" => ebay.as_ref().map(|ebay| ebay.daily_calls),
            "reverb" => reverb.as_ref().map(|reverb| reverb.daily_calls),
            "etsy" => etsy.as_ref().map(|etsy| etsy.daily_calls),
            _ => None,
        }
    }

    async fn taken(&self, source: &str, limit: u32) -> Result<bool> {
        let limit = i32::try_from(limit).unwrap_or(i32::MAX);
        let mut conn = self.pool.get().await?;
        let day = self.clock.now().date_naive();
        Ok(source_budgets::take(&mut conn, source, day, limit).await?.is_some())
    }
}

impl Budget for Ledger<'_> {
    fn take<'a>(&'a self, source: &'a str) -> BoxFuture<'a, Result<(), Fault>> {
        Box::pin(async move {
            let Some(limit) = self.daily(source) else { return Ok(()) };
            match self.taken(source, limit).await {
                Ok(true) => Ok(()),
                Ok(false) => {
                    let tomorrow = self.clock.now().date_naive() + Days::new(1);
                    Err(Fault::Budget {
                        why: format!("the {limit} calls that {source} allows in a day are used up"),
                        until: tomorrow.and_time(NaiveTime::MIN).and_utc(),
                    })
                }
                // A call that cannot be counted is not made.
                Err(error) => Err(Fault::Down(error.to_string())),
            }
        })
    }
}
