//! The only HTTP client. Every request to somebody else's server leaves through it, so every guard is in one place.
//!
//! What it guards against: addresses that lead into private networks (after DNS, and again after each redirect),
//! answers without an end, bombs, slowness, secrets that wander to another host, and being a nuisance to others.
//! Proxies of the environment are not used: the address that was checked is the one that is connected to.
//!
//! Failures are not logged here: whoever handles one logs it, once. A [`Fault`] shows no query and no secret.

mod address;
pub mod blot;
mod client;
mod fault;
mod hosts;
mod names;
mod networks;
mod redirect;
mod request;
pub mod robots;
pub mod unpack;

use std::{sync::Arc, time::Duration};

use slog::{Logger, debug};
use tokio::sync::OwnedSemaphorePermit;

pub use address::parse;
pub use fault::Fault;
pub use names::Names;
pub use request::{Answer, Manners, Reach, Request, shown};
pub use reqwest::{Method, Url, header};

use crate::{clock::Clock, config::OutboundSettings, error::Result};
use client::{Limit, Patience};
use hosts::{Host, Hosts, Known};
use names::{Checked, SystemNames};
use request::host_of;
use robots::Robots;

/// Redirects that are followed.
const REDIRECTS: usize = 5;

/// What requests leave through. Cheap to clone; all clones share connections and manners.
#[derive(Debug, Clone)]
pub struct Outbound(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// For addresses of users: knows only checked networks.
    public: reqwest::Client,
    /// For the operator's own: knows every network.
    configured: reqwest::Client,
    hosts: Hosts,
    settings: OutboundSettings,
    clock: Clock,
    log: Logger,
}

impl Outbound {
    /// Connects when there is something to ask, never before.
    pub fn new(settings: &OutboundSettings, clock: Clock, log: &Logger) -> Result<Self> {
        let names: Arc<dyn Names> = Arc::new(SystemNames);
        Self::with_names(settings, clock, log, &names)
    }

    /// The same, with names looked up by `names` instead of the system.
    pub fn with_names(
        settings: &OutboundSettings,
        clock: Clock,
        log: &Logger,
        names: &Arc<dyn Names>,
    ) -> Result<Self> {
        let client = |allow| {
            let names = Checked { names: Arc::clone(names), allow };
            client::build(&settings.user_agent, settings.timeout, names)
        };
        let shared = Shared {
            public: client(Some(settings.allow.as_slice().into()))?,
            configured: client(None)?,
            hosts: Hosts::default(),
            settings: settings.clone(),
            clock,
            log: log.clone(),
        };
        Ok(Self(Arc::new(shared)))
    }

    /// Sends `request`, follows redirects, and reads the whole answer, whatever its status.
    pub async fn send(&self, request: Request) -> Result<Answer, Fault> {
        let limit = Limit { bytes: request.max_bytes.min(self.0.settings.max_bytes), cuts: false };
        Box::pin(self.follow(request, limit)).await
    }

    async fn follow(&self, mut request: Request, limit: Limit) -> Result<Answer, Fault> {
        let first = host_of(&request.url);
        let mut patience = Patience::new(request.patience.min(self.0.settings.timeout));
        for _ in 0..=REDIRECTS {
            address::check(&request.url, request.reach, &self.0.settings.allow)?;
            let _turn = match request.manners {
                Manners::Polite => Some(self.turn(&request).await?),
                Manners::Api => None,
            };
            debug!(self.0.log, "asking"; "method" => %request.method, "url" => request.shown());
            let http = match request.reach {
                Reach::Public => &self.0.public,
                Reach::Configured => &self.0.configured,
            };
            let response = client::ask(http, &request, &mut patience).await?;
            let status = response.status().as_u16();
            let location =
                response.headers().get(header::LOCATION).map(header::HeaderValue::as_bytes);
            if let Some(next) = redirect::next(&request, status, location)? {
                request = next;
                continue;
            }
            let (headers, body) = client::read(response, &request, limit, &mut patience).await?;
            let answer = Answer { status, headers, url: request.url.clone(), body };
            return Ok(blot::refusal(answer, &request));
        }
        Err(Fault::Redirects { host: first, limit: REDIRECTS })
    }

    /// Waits until it is polite to send `request`, if the site takes it at all.
    async fn turn(&self, request: &Request) -> Result<OwnedSemaphorePermit, Fault> {
        let (clock, name) = (&self.0.clock, host_of(&request.url));
        let host = self.0.hosts.of(request.url.origin().ascii_serialization(), clock.now());
        let robots = self.robots(&host, request).await?;
        let path = &request.url[url::Position::BeforePath..url::Position::AfterQuery];
        if !robots.allows(path) {
            return Err(Fault::Robots { host: name });
        }
        host.turn(&name, clock, self.0.settings.pace, robots.delay()).await
    }

    /// What the site asks of programs, read at most once a day.
    async fn robots(&self, host: &Host, request: &Request) -> Result<Arc<Robots>, Fault> {
        let mut known = host.robots.lock().await;
        if known.left(self.0.clock.now()).is_none() {
            let rules = Box::pin(self.read_robots(request)).await?;
            *known = Known::from(rules, self.0.clock.now());
        }
        known.rules.clone().ok_or_else(|| Fault::RobotsUnknown {
            host: host_of(&request.url),
            retry_after: known.left(self.0.clock.now()).unwrap_or(hosts::RETRY),
        })
    }

    /// `None` when the site cannot say at present. Fails when the site must not be asked at all.
    async fn read_robots(&self, request: &Request) -> Result<Option<Robots>, Fault> {
        let mut url = request.url.clone();
        url.set_path("/robots.txt");
        url.set_query(None);
        url.set_fragment(None);
        let plain = header::HeaderValue::from_static("identity");
        let asked = Request::get(url, request.reach)
            .header(header::ACCEPT_ENCODING, plain)
            .within(request.patience.min(Duration::from_secs(15)));
        let limit = Limit { bytes: robots::MOST_BYTES, cuts: true };
        match Box::pin(self.follow(asked, limit)).await {
            Ok(answer) if answer.is_success() => {
                Ok(Some(Robots::parse(&answer.body, &self.0.settings.user_agent)))
            }
            // There is none, so everything may be read; but "too many requests" says nothing of it.
            Ok(answer) if (400..500).contains(&answer.status) && answer.status != 429 => {
                Ok(Some(Robots::default()))
            }
            Err(fault @ (Fault::Address { .. } | Fault::Network { .. } | Fault::Name { .. })) => {
                Err(fault)
            }
            Ok(_) | Err(_) => Ok(None),
        }
    }
}
