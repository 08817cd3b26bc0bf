//! From names to addresses. What is handed to the connection was checked; nobody looks the name up a second time.

use std::{
    error::Error as StdError,
    fmt,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use futures_util::future::BoxFuture;
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::networks;

/// Who knows names. The system's own in the program; tests bring theirs.
pub trait Names: fmt::Debug + Send + Sync {
    /// Every address of `name`.
    fn look_up(&self, name: String) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>>;
}

/// The system's resolver: /etc/hosts and DNS.
#[derive(Debug)]
pub(super) struct SystemNames;

impl Names for SystemNames {
    fn look_up(&self, name: String) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// Hands out checked addresses only.
#[derive(Debug, Clone)]
pub(super) struct Checked {
    pub(super) names: Arc<dyn Names>,
    /// `None` lets every network through.
    pub(super) allow: Option<Arc<[IpNet]>>,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let Self { names, allow } = self.clone();
        Box::pin(async move {
            let found = names.look_up(name.as_str().to_owned()).await;
            let mut found = found.map_err(|_| NoAddress::Unknown)?;
            if found.is_empty() {
                return Err(NoAddress::Unknown.into());
            }
            if let Some(allow) = allow {
                let reason = found.iter().find_map(|address| networks::refused(*address, &allow));
                found.retain(|address| networks::refused(*address, &allow).is_none());
                if let Some(network) = reason.filter(|_| found.is_empty()) {
                    return Err(NoAddress::Refused(network).into());
                }
            }
            let found: Addrs =
                Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(found)
        })
    }
}

/// Why a name led nowhere. Travels through the client's errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoAddress {
    #[error("the name is not known")]
    Unknown,
    #[error("the name leads into {0}")]
    Refused(&'static str),
}

impl NoAddress {
    /// Finds it among the causes of `error`.
    pub(super) fn among(error: &(dyn StdError + 'static)) -> Option<Self> {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(found) = error.downcast_ref::<Self>() {
                return Some(*found);
            }
            cause = error.source();
        }
        None
    }
}
