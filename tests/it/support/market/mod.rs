//! Marketplaces in scenes: servers on loopback that speak the documented shapes, and misbehave when told so.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, Utc};
use deal_scout::{
    market::source::{Budget, Fault, Keep, Wanted},
    model::money::Currency,
};
use futures_util::future::BoxFuture;

pub(crate) mod ebay;
pub(crate) mod etsy;
pub(crate) mod reverb;

/// What a search for `words` wants.
pub(crate) fn wanted(words: &str) -> Wanted {
    Wanted {
        words: words.parse().unwrap(),
        excluded_words: Vec::new(),
        category: None,
        conditions: Vec::new(),
        min_price: None,
        max_price: None,
        currency: Currency::USD,
        around: None,
    }
}

/// What is kept between calls, by key.
#[derive(Debug, Default, Clone)]
pub(crate) struct Kept(Arc<Mutex<HashMap<String, Vec<u8>>>>);

impl Keep for Kept {
    fn get<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Option<Vec<u8>>> {
        let found = self.0.lock().unwrap().get(key).cloned();
        Box::pin(async move { found })
    }

    fn set<'a>(&'a self, key: &'a str, value: Vec<u8>, _: Duration) -> BoxFuture<'a, ()> {
        self.0.lock().unwrap().insert(key.to_owned(), value);
        Box::pin(async {})
    }
}

/// So many calls, and no more.
#[derive(Debug, Clone)]
pub(crate) struct Calls {
    left: Arc<Mutex<u32>>,
    taken: Arc<Mutex<BTreeMap<String, u32>>>,
}

impl Calls {
    pub(crate) fn of(left: u32) -> Self {
        Self { left: Arc::new(Mutex::new(left)), taken: Arc::default() }
    }

    /// How many a source took.
    pub(crate) fn taken(&self, source: &str) -> u32 {
        self.taken.lock().unwrap().get(source).copied().unwrap_or(0)
    }
}

impl Budget for Calls {
    fn take<'a>(&'a self, source: &'a str) -> BoxFuture<'a, Result<(), Fault>> {
        let mut left = self.left.lock().unwrap();
        let told = if *left == 0 {
            Err(Fault::Budget { why: "no calls are left".to_owned(), until: end_of_budget() })
        } else {
            *left -= 1;
            *self.taken.lock().unwrap().entry(source.to_owned()).or_default() += 1;
            Ok(())
        };
        Box::pin(async move { told })
    }
}

/// When [`Calls`] says that there are more.
pub(crate) fn end_of_budget() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}
