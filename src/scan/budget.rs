//! Who counts the calls that marketplaces allow in a day: the database, for all users and replicas together. Each run
//! gets its share of what the hours so far have left.

use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use diesel_async::AsyncPgConnection;
use futures_util::future::BoxFuture;

use crate::{
    clock::Clock,
    config::MarketSettings,
    db::{self, searches, source_budgets},
    error::Result,
    market::{
        set_up,
        source::{Budget, Fault},
    },
    scout::budget::{Share, share},
};

/// A run that has had its share may have another one so much later.
const NEXT_SHARE: TimeDelta = TimeDelta::minutes(10);

/// The counted calls, for one run.
pub struct Ledger<'a> {
    pool: &'a db::Pool,
    settings: &'a MarketSettings,
    clock: &'a Clock,
    /// What is left of this run's share, by source.
    own: Mutex<HashMap<String, Left>>,
}

#[derive(Debug, Clone, Copy)]
struct Left {
    day: NaiveDate,
    own: u32,
    by_now: u32,
}

impl fmt::Debug for Ledger<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").field("own", &self.own).finish()
    }
}

impl<'a> Ledger<'a> {
    /// Counts in the database behind `pool`.
    pub fn new(pool: &'a db::Pool, settings: &'a MarketSettings, clock: &'a Clock) -> Self {
        Self { pool, settings, clock, own: Mutex::default() }
    }

    /// Takes one call, or says why there is none and until when.
    async fn taken(&self, source: &str, limit: u32) -> Result<Result<(), Fault>> {
        let now = self.clock.now();
        let day = now.date_naive();
        let mut conn = self.pool.get().await?;
        // A share is of its day: after midnight it is worked out anew.
        let known = self.left(source).filter(|left| left.day == day);
        if let Some(left) = known {
            if left.own == 0 {
                return Ok(Err(ahead(source, now + NEXT_SHARE)));
            }
            if self.count(&mut conn, source, left).await? {
                return Ok(Ok(()));
            }
        }
        let used = source_budgets::used(&conn, source, day).await?;
        let used = u32::try_from(used).unwrap_or(u32::MAX);
        let searches = searches::asking(&mut conn, source).await?;
        let searches = u32::try_from(searches).unwrap_or(u32::MAX);
        let left = match share(limit, used, searches, now) {
            // Others may have used what was free meanwhile; that makes one's own share no larger.
            Share::Calls { own, by_now } => {
                Left { day, own: known.map_or(own, |known| known.own.min(own)), by_now }
            }
            Share::Later(until) => return Ok(Err(ahead(source, until))),
            Share::Tomorrow(until) => return Ok(Err(used_up(source, limit, until))),
        };
        if self.count(&mut conn, source, left).await? {
            return Ok(Ok(()));
        }
        Ok(Err(ahead(source, now + NEXT_SHARE)))
    }

    /// Counts one call, unless others have used what was free.
    async fn count(&self, conn: &mut AsyncPgConnection, source: &str, left: Left) -> Result<bool> {
        let by_now = i32::try_from(left.by_now).unwrap_or(i32::MAX);
        let is_taken = source_budgets::take(conn, source, left.day, by_now).await?.is_some();
        if is_taken {
            self.keep(source, Left { own: left.own - 1, ..left });
        }
        Ok(is_taken)
    }

    fn left(&self, source: &str) -> Option<Left> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner).get(source).copied()
    }

    fn keep(&self, source: &str, left: Left) {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        own.insert(source.to_owned(), left);
    }
}

fn ahead(source: &str, until: DateTime<Utc>) -> Fault {
    let why = format!(
        "the calls that {source} allows in a day are shared out over its hours and searches; the next ones are free later"
    );
    Fault::Budget { why, until }
}

fn used_up(source: &str, limit: u32, until: DateTime<Utc>) -> Fault {
    let why = format!("the {limit} calls that {source} allows in a day are used up");
    Fault::Budget { why, until }
}

impl Budget for Ledger<'_> {
    fn take<'a>(&'a self, source: &'a str) -> BoxFuture<'a, Result<(), Fault>> {
        Box::pin(async move {
            let Some(limit) = set_up::daily_calls(self.settings, source) else { return Ok(()) };
            // A call that cannot be counted is not made.
            self.taken(source, limit)
                .await
                .unwrap_or_else(|error| Err(Fault::Down(error.to_string())))
        })
    }
}
