//! Ways to tell a person.

super::text_enum::text_enum! {
    /// What carries a message.
    ChannelKind {
        /// Mail to an address.
        Email = "email",
        /// A topic of an ntfy server.
        Ntfy = "ntfy",
        /// A Discord webhook.
        Discord = "discord",
        /// A Telegram chat, through a bot.
        Telegram = "telegram",
        /// A Slack webhook.
        Slack = "slack",
        /// A Pushover user or group.
        Pushover = "pushover",
        /// A Gotify server.
        Gotify = "gotify",
        /// Any address that takes JSON.
        Webhook = "webhook",
        /// An Apprise API server.
        Apprise = "apprise",
    }
}

impl ChannelKind {
    /// What is wrong with an address of this kind, in words. An empty one says that the channel is not set up yet.
    ///
    /// # Errors
    /// What would be right.
    pub fn check_address(self, address: &str) -> Result<(), &'static str> {
        let is_web = |text: &str| {
            let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
            rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_graphic()))
        };
        let is_mail = |text: &str| {
            let (name, host) = text.rsplit_once('@').unwrap_or_default();
            let is_plain = |c: char| !c.is_whitespace() && !c.is_control();
            !name.is_empty() && !host.is_empty() && text.chars().all(is_plain)
        };
        match self {
            _ if address.is_empty() => Ok(()),
            Self::Email if !is_mail(address) => Err("is not a mail address such as me@example.org"),
            Self::Ntfy | Self::Gotify | Self::Webhook | Self::Apprise if !is_web(address) => {
                Err("is not an address such as https://example.org/topic")
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_fits_its_kind_or_is_empty() {
        let fits = |kind: ChannelKind, address: &str| kind.check_address(address).is_ok();
        assert!(fits(ChannelKind::Email, "me@example.org") && fits(ChannelKind::Email, ""));
        assert!(!fits(ChannelKind::Email, "example.org") && !fits(ChannelKind::Email, "a b@c"));
        assert!(fits(ChannelKind::Ntfy, "https://ntfy.sh/deals"));
        assert!(!fits(ChannelKind::Ntfy, "deals") && !fits(ChannelKind::Webhook, "https://"));
        assert!(fits(ChannelKind::Telegram, "-100123") && fits(ChannelKind::Pushover, "u1"));
    }
}
