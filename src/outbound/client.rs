//! One question to one server: connected to a checked address, read to its end within its limits.

use std::{
    error::Error as StdError,
    io,
    sync::{Arc, OnceLock},
    time::Duration,
};

use reqwest::{
    Method, Response,
    header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap},
};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use tokio::time::Instant;

use super::{
    Fault, Request, host_of,
    names::{Checked, NoAddress},
    unpack::{self, Unpacking, unpack},
};
use crate::error::{Error, Result};

/// The largest head of an answer, in bytes.
const MOST_HEAD: usize = 64 * 1024;

/// A client that connects only to what `names` hands out, and follows no redirect by itself.
pub(super) fn build(
    user_agent: &str,
    patience: Duration,
    names: Checked,
) -> Result<reqwest::Client> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls()?)
        .dns_resolver(Arc::new(names))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .referer(false)
        .user_agent(user_agent)
        .connect_timeout(patience / 3)
        .pool_idle_timeout(Duration::from_secs(30))
        .pool_max_idle_per_host(2)
        .build()
        .map_err(Error::internal)
}

/// TLS that trusts the authorities that this system trusts. They are read once.
fn tls() -> Result<ClientConfig> {
    static SHARED: OnceLock<ClientConfig> = OnceLock::new();
    if let Some(shared) = SHARED.get() {
        return Ok(shared.clone());
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(Error::internal)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(SHARED.get_or_init(|| tls).clone())
}

/// What is left of the patience for one request, redirects included.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    whole: Duration,
    left: Duration,
}

impl Patience {
    pub(super) fn new(whole: Duration) -> Self {
        Self { whole, left: whole }
    }

    /// Waits for `work` as long as there is patience, and no longer than half of it in one go.
    async fn spend<T>(&mut self, host: &str, work: impl Future<Output = T>) -> Result<T, Fault> {
        let began = Instant::now();
        let result = tokio::time::timeout(self.left.min(self.whole / 2), work).await;
        self.left = self.left.saturating_sub(began.elapsed());
        result.map_err(|_| Fault::Slow {
            host: host.to_owned(),
            after: self.whole.saturating_sub(self.left),
        })
    }
}

/// Sends `request` as it stands, and reads the head of the answer.
pub(super) async fn ask(
    http: &reqwest::Client,
    request: &Request,
    patience: &mut Patience,
) -> Result<Response, Fault> {
    let host = host_of(&request.url);
    let mut asking = http.request(request.method.clone(), request.url.clone());
    for (name, value) in &request.headers {
        asking = asking.header(name, value);
    }
    if !request.headers.iter().any(|(name, _)| name == ACCEPT_ENCODING) {
        asking = asking.header(ACCEPT_ENCODING, unpack::ACCEPTED);
    }
    if !request.body.is_empty() {
        asking = asking.body(request.body.clone());
    }
    let response = patience.spend(&host, asking.send()).await?;
    let response = response.map_err(|failure| failed(&host, &failure, patience.whole))?;
    let lines = response.headers().iter();
    let head: usize = lines.map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if head > MOST_HEAD {
        return Err(Fault::TooLarge { host, limit: MOST_HEAD });
    }
    Ok(response)
}

/// How much of an answer is taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    /// In bytes, packed and unpacked.
    pub(super) bytes: usize,
    /// Whether more is simply not read, instead of a fault.
    pub(super) cuts: bool,
}

/// Reads the whole body, and unpacks it.
pub(super) async fn read(
    mut response: Response,
    request: &Request,
    limit: Limit,
    patience: &mut Patience,
) -> Result<(HeaderMap, Vec<u8>), Fault> {
    let host = host_of(&request.url);
    let too_large = || Fault::TooLarge { host: host.clone(), limit: limit.bytes };
    let told = response.content_length().and_then(|length| usize::try_from(length).ok());
    let has_body = request.method != Method::HEAD;
    if has_body && !limit.cuts && told.is_some_and(|length| length > limit.bytes) {
        return Err(too_large());
    }
    let mut headers = std::mem::take(response.headers_mut());
    let mut body = Vec::new();
    loop {
        let chunk = patience.spend(&host, response.chunk()).await?;
        let chunk = chunk.map_err(|cause| {
            let slow = || Fault::Slow { host: host.clone(), after: patience.whole };
            if cause.is_timeout() { slow() } else { Fault::CutOff { host: host.clone() } }
        })?;
        let Some(chunk) = chunk else { break };
        let room = limit.bytes - body.len();
        if chunk.len() > room && !limit.cuts {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() > room {
            break;
        }
    }
    let encoding: Vec<&str> =
        headers.get_all(CONTENT_ENCODING).iter().filter_map(|value| value.to_str().ok()).collect();
    if encoding.is_empty() || !has_body {
        return Ok((headers, body));
    }
    let encoding = encoding.join(",");
    // A few megabytes take long enough to hold up everybody else on this thread.
    let unpacked = tokio::task::spawn_blocking(move || unpack(body, &encoding, limit.bytes)).await;
    headers.remove(CONTENT_ENCODING);
    headers.remove(CONTENT_LENGTH);
    match unpacked {
        Ok(Ok(body)) => Ok((headers, body)),
        Ok(Err(Unpacking::TooLarge)) => Err(too_large()),
        Ok(Err(Unpacking::CutOff)) => Err(Fault::CutOff { host }),
        Ok(Err(Unpacking::Broken(why))) => Err(Fault::Packed { host, why }),
        Err(_) => Err(Fault::Packed { host, why: "unpacking it failed".to_owned() }),
    }
}

/// A failure of the client in words, without the address.
fn failed(host: &str, failure: &reqwest::Error, patience: Duration) -> Fault {
    let host = host.to_owned();
    match NoAddress::among(failure) {
        Some(NoAddress::Unknown) => return Fault::Name { host },
        Some(NoAddress::Refused(network)) => {
            return Fault::Network { host, network: network.to_owned() };
        }
        None => {}
    }
    if failure.is_timeout() {
        return Fault::Slow { host, after: patience / 3 };
    }
    let root = root(failure);
    let kind = root.downcast_ref::<io::Error>().map(io::Error::kind);
    let why = match kind {
        Some(io::ErrorKind::ConnectionRefused) => "nobody listens there".to_owned(),
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe) => "it hung up".to_owned(),
        _ => root.to_string(),
    };
    Fault::Unreachable { host, why }
}

/// The first cause of all.
fn root<'a>(failure: &'a (dyn StdError + 'static)) -> &'a (dyn StdError + 'static) {
    let mut root = failure;
    while let Some(cause) = root.source() {
        root = cause;
    }
    root
}
