//! A stored channel made ready to carry a message: its secret opened, its service asked and waited for, not for ever.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::{
    db::{outbox::Way, sealed::CHANNEL_SECRET},
    mail::Mailer,
    notify::{self, Message, Refusal, Setup, Ways},
    outbound::Outbound,
    sealing::Sealer,
};

/// How long any service is waited for.
const PATIENCE: Duration = Duration::from_mins(2);

/// What messages are delivered with.
#[derive(Debug)]
pub struct Delivery<'a> {
    /// Opens the secrets of channels.
    pub sealer: &'a Sealer,
    /// To everything that speaks HTTP.
    pub outbound: &'a Outbound,
    /// To mail boxes.
    pub mail: &'a Mailer,
}

impl Delivery<'_> {
    /// Sends `message` through a channel, and tells in words what its service said.
    ///
    /// # Errors
    /// Why it was not taken, and whether trying again is of use.
    pub async fn send(&self, way: &Way, message: &Message) -> Result<String, Refusal> {
        let setup = self.setup(way)?;
        let ways = Ways { outbound: self.outbound, mail: self.mail };
        let sending = notify::send(ways, &setup, message);
        tokio::time::timeout(PATIENCE, sending).await.unwrap_or_else(|_| {
            let why = format!("the service took longer than {} s", PATIENCE.as_secs());
            Err(Refusal::Later { why, retry_after: None })
        })
    }

    /// Sends a message that says only that the channel works. `base` is where links begin.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn try_out(
        &self,
        way: &Way,
        base: &str,
        now: DateTime<Utc>,
    ) -> Result<String, Refusal> {
        let key = format!("t-{}-{}", way.id, now.timestamp_millis());
        let trial = Message::trial(key, format!("{base}/notifications"), now);
        self.send(way, &trial).await
    }

    fn setup(&self, way: &Way) -> Result<Setup, Refusal> {
        let context = CHANNEL_SECRET.context(way.user_id);
        let secret = way.secret.as_deref().map(|sealed| self.sealer.open(&context, sealed));
        let secret = secret.transpose().map_err(|fault| Refusal::Never(fault.to_string()))?;
        Ok(Setup {
            kind: way.kind,
            address: way.address.clone(),
            settings: way.settings.clone(),
            secret,
            account: way.email.clone(),
        })
    }
}
