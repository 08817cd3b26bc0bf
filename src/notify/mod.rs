//! Channels: how a message leaves. One file a service, behind one trait: what to ask of its server, and what its answer
//! means. Nothing is stored here, and nothing is decided about when.

mod apprise;
mod carrier;
mod discord;
mod email;
mod gotify;
mod html;
mod message;
mod ntfy;
mod pushover;
mod slack;
mod telegram;
mod webhook;

#[cfg(test)]
mod scene;

use std::fmt;

use chrono::TimeDelta;
use serde_json::Value;

use self::carrier::Carrier;
pub use self::message::{Facts, Links, Message, Note};
use crate::{
    config::Secret,
    mail::Mailer,
    model::channel::ChannelKind,
    outbound::{Outbound, blot},
};

/// A channel as it is set up.
#[derive(Debug, Clone)]
pub struct Setup {
    /// What carries the message.
    pub kind: ChannelKind,
    /// Where to, in the manner of its kind.
    pub address: String,
    /// What else its kind needs and anybody may see.
    pub settings: Value,
    /// A token, password or secret address.
    pub secret: Option<Secret>,
    /// The address of the account that the channel belongs to.
    pub account: Option<String>,
}

/// Why a message was not taken. The texts are for people and hold no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It may be taken later, as it is.
    #[error("{why}")]
    Later {
        /// What happened.
        why: String,
        /// For how long the service asks to wait.
        retry_after: Option<TimeDelta>,
    },
    /// It will not be taken until somebody changes something.
    #[error("{0}")]
    Never(String),
}

/// What messages leave through.
#[derive(Clone)]
pub struct Ways<'a> {
    /// To everything that speaks HTTP.
    pub outbound: &'a Outbound,
    /// To mail boxes.
    pub mail: &'a Mailer,
}

/// Sends `message` through the channel, and tells in words what its service said. What proves who sends is in no words.
///
/// # Errors
/// Why it was not taken, and whether trying again is of use.
pub async fn send(ways: Ways<'_>, setup: &Setup, message: &Message) -> Result<String, Refusal> {
    let secrets = || {
        // Where a service has no secret besides, its address is one.
        let address = setup.address.contains("://").then_some(setup.address.as_str());
        setup.secret.iter().map(Secret::reveal).chain(address)
    };
    let plain = |words: String| blot::text(&words, secrets());
    match carry(ways, setup, message).await {
        Ok(words) => Ok(plain(words)),
        Err(Refusal::Later { why, retry_after }) => {
            Err(Refusal::Later { why: plain(why), retry_after })
        }
        Err(Refusal::Never(why)) => Err(Refusal::Never(plain(why))),
    }
}

async fn carry(ways: Ways<'_>, setup: &Setup, message: &Message) -> Result<String, Refusal> {
    let service: &dyn Carrier = match setup.kind {
        ChannelKind::Email => return email::send(ways.mail, setup, message).await,
        ChannelKind::Ntfy => &ntfy::Ntfy,
        ChannelKind::Discord => &discord::Discord,
        ChannelKind::Telegram => &telegram::Telegram,
        ChannelKind::Slack => &slack::Slack,
        ChannelKind::Pushover => &pushover::Pushover,
        ChannelKind::Gotify => &gotify::Gotify,
        ChannelKind::Webhook => &webhook::Webhook,
        ChannelKind::Apprise => &apprise::Apprise,
    };
    let request = service.request(setup, message)?;
    let answer = ways.outbound.send(request).await.map_err(|fault| carrier::unsent(&fault))?;
    service.judge(&answer)
}

/// How far apart two messages through a channel of this kind are, so that its service does not object.
pub fn pace(kind: ChannelKind) -> TimeDelta {
    match kind {
        ChannelKind::Discord => TimeDelta::milliseconds(2500),
        ChannelKind::Telegram => TimeDelta::milliseconds(3100),
        ChannelKind::Slack | ChannelKind::Ntfy | ChannelKind::Pushover => {
            TimeDelta::milliseconds(1100)
        }
        ChannelKind::Email | ChannelKind::Gotify | ChannelKind::Webhook | ChannelKind::Apprise => {
            TimeDelta::zero()
        }
    }
}

impl fmt::Debug for Ways<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ways")
    }
}
