//! The only HTTP client. Every request to somebody else's server leaves through it, so every guard is in one place.
//!
//! What it guards against: addresses that lead into private networks (after DNS, and again after each redirect),
//! answers without an end, bombs, slowness, secrets that wander to another host, and being a nuisance to others.
//! Proxies of the environment are not used: the address that was checked is the one that is connected to.

mod fault;
mod request;

use std::{sync::Arc, time::Duration};

use slog::{Logger, debug};

pub use fault::Fault;
pub use request::{Answer, Manners, Reach, Request, shown};
pub use reqwest::{Method, Url, header};

use crate::{
    clock::Clock,
    config::OutboundSettings,
    error::{Error, Result},
};
use request::host_of;

/// What requests leave through. Cheap to clone; all clones share connections and manners.
#[derive(Debug, Clone)]
pub struct Outbound(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    http: reqwest::Client,
    settings: OutboundSettings,
    log: Logger,
}

impl Outbound {
    /// Connects when there is something to ask, never before.
    pub fn new(settings: &OutboundSettings, _clock: Clock, log: &Logger) -> Result<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .user_agent(&settings.user_agent)
            .build()
            .map_err(Error::internal)?;
        let shared = Shared { http, settings: settings.clone(), log: log.clone() };
        Ok(Self(Arc::new(shared)))
    }

    /// Sends `request` and reads the whole answer, whatever its status.
    pub async fn send(&self, request: Request) -> Result<Answer, Fault> {
        debug!(self.0.log, "asking"; "url" => shown(&request.url));
        let host = host_of(&request.url);
        let patience: Duration = request.patience.min(self.0.settings.timeout);
        let limit = request.max_bytes.min(self.0.settings.max_bytes);
        let unreachable = |e: reqwest::Error| Fault::Unreachable {
            host: host.clone(),
            why: e.without_url().to_string(),
        };
        let mut builder =
            self.0.http.request(request.method, request.url).body(request.body).timeout(patience);
        for (name, value) in request.headers {
            builder = builder.header(name, value);
        }
        let response = builder.send().await.map_err(unreachable)?;
        let (status, url) = (response.status().as_u16(), response.url().clone());
        let headers = response.headers().clone();
        let body = response.bytes().await.map_err(unreachable)?.to_vec();
        if body.len() > limit {
            return Err(Fault::TooLarge { host, limit });
        }
        Ok(Answer { status, headers, url, body })
    }
}
