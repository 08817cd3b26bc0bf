//! Why an address was not asked, or gave no whole answer. The texts are for people; no query and no secret is in them.

use std::time::Duration;

/// No answer, and why. An answer with a bad status is no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// Nothing that can be asked: another scheme, a password in it, a port of something else.
    #[error("{address} cannot be asked: {why}")]
    Address {
        /// The address without its query, or as it was given.
        address: String,
        /// What is wrong, and what would be right.
        why: String,
    },
    /// It leads into a network that addresses of users must not reach.
    #[error(
        "{host} is in {network}, which is not asked; an operator can allow it with outbound.allow"
    )]
    Network {
        /// The name, or the address.
        host: String,
        /// Which network, in words.
        network: String,
    },
    /// There is no such name, or nobody who knows it answered.
    #[error("there is no {host} to be found; check the spelling of the address")]
    Name {
        /// The name.
        host: String,
    },
    /// Nobody answers there.
    #[error("{host} cannot be reached: {why}")]
    Unreachable {
        /// Name and port.
        host: String,
        /// What the connection said.
        why: String,
    },
    /// The answer took longer than the request was willing to wait.
    #[error("{host} did not answer within {} s", .after.as_secs_f32().ceil())]
    Slow {
        /// Name and port.
        host: String,
        /// How long it was waited for.
        after: Duration,
    },
    /// The answer is larger than what is taken, packed or unpacked.
    #[error("the answer of {host} is larger than {limit} bytes, which is the limit")]
    TooLarge {
        /// Name and port.
        host: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// The answer ended before its end.
    #[error("the answer of {host} was cut off; nothing of it is used")]
    CutOff {
        /// Name and port.
        host: String,
    },
    /// The answer is packed in a way that cannot be unpacked.
    #[error("the answer of {host} cannot be unpacked: {why}")]
    Packed {
        /// Name and port.
        host: String,
        /// What is wrong with it.
        why: String,
    },
    /// It redirects from one address to the next without an end.
    #[error("{host} redirects more than {limit} times")]
    Redirects {
        /// Name and port of the first.
        host: String,
        /// How many redirects are followed.
        limit: usize,
    },
    /// It redirects to where the request must not go.
    #[error("{host} redirects to {to}, which is not followed: {why}")]
    Redirect {
        /// Name and port.
        host: String,
        /// Where to, without the query.
        to: String,
        /// Why not.
        why: String,
    },
    /// The site asks programs not to read this address.
    #[error("{host} asks programs not to read this address (its robots.txt says so)")]
    Robots {
        /// Name and port.
        host: String,
    },
    /// What the site asks of programs could not be read, so nothing is read for a while.
    #[error("{host} cannot say at present whether programs may read it; try again in {} s", .retry_after.as_secs())]
    RobotsUnknown {
        /// Name and port.
        host: String,
        /// When to try again.
        retry_after: Duration,
    },
    /// So much waits for this host already that a turn is too far away.
    #[error("too much is asked of {host} at once; try again in {} s", .retry_after.as_secs())]
    Paced {
        /// Name and port.
        host: String,
        /// When to try again.
        retry_after: Duration,
    },
}

impl Fault {
    /// Whether the same request may succeed later, with nothing changed by anybody here.
    pub fn is_passing(&self) -> bool {
        !matches!(
            self,
            Self::Address { .. }
                | Self::Network { .. }
                | Self::TooLarge { .. }
                | Self::Redirects { .. }
                | Self::Redirect { .. }
                | Self::Robots { .. }
        )
    }

    /// How long to wait before it is tried again, when that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RobotsUnknown { retry_after, .. } | Self::Paced { retry_after, .. } => {
                Some(*retry_after)
            }
            _ => None,
        }
    }
}
