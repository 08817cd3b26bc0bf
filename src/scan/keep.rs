//! Where adapters keep what is worth keeping between calls: in the shared cache, sealed, because Redis is not ours alone.

use std::{fmt, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use futures_util::future::BoxFuture;

use crate::{cache::Cache, config::Secret, market::source::Keep, sealing::Sealer};

/// What binds a sealed value to its place.
const CONTEXT: &str = "cache/market";

/// The cache, sealed. What cannot be sealed or opened is not kept: that costs a call, no more.
#[derive(Clone, Copy)]
pub struct SealedCache<'a> {
    cache: &'a Cache,
    sealer: &'a Sealer,
}

impl fmt::Debug for SealedCache<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedCache")
    }
}

impl<'a> SealedCache<'a> {
    /// Keeps in `cache` what `sealer` has sealed.
    pub fn new(cache: &'a Cache, sealer: &'a Sealer) -> Self {
        Self { cache, sealer }
    }
}

fn place(key: &str) -> String {
    format!("market:{key}")
}

impl Keep for SealedCache<'_> {
    fn get<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            let sealed = self.cache.get(&place(key)).await?;
            let opened = self.sealer.open(&format!("{CONTEXT}/{key}"), &sealed).ok()?;
            STANDARD.decode(opened.reveal()).ok()
        })
    }

    fn set<'a>(&'a self, key: &'a str, value: Vec<u8>, time: Duration) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let plain = Secret::new(STANDARD.encode(value));
            if let Ok(sealed) = self.sealer.seal(&format!("{CONTEXT}/{key}"), &plain) {
                self.cache.set(&place(key), sealed, time).await;
            }
        })
    }
}
