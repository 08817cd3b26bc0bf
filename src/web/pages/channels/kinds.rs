//! What each kind of channel asks a person for, and where they find it.

use crate::model::channel::ChannelKind;

/// A kind of channel, for people.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) of: ChannelKind,
    pub(super) title: &'static str,
    /// What it is, in a few words.
    pub(super) about: &'static str,
    /// Where the values come from, step by step.
    pub(super) how: &'static str,
    pub(super) address: Option<Field>,
    pub(super) secret: Option<Field>,
    /// A setting that few people need.
    pub(super) extra: Option<Extra>,
}

/// A field of the form.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) label: &'static str,
    pub(super) example: &'static str,
    pub(super) needed: bool,
}

/// A setting with its name in `settings`.
#[derive(Debug)]
pub(super) struct Extra {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) example: &'static str,
    pub(super) is_number: bool,
}

/// The kind's description.
pub(super) fn of(kind: ChannelKind) -> &'static Kind {
    KINDS.iter().find(|known| known.of == kind).unwrap_or(&KINDS[0])
}

const fn needed(label: &'static str, example: &'static str) -> Field {
    Field { label, example, needed: true }
}

const fn optional(label: &'static str, example: &'static str) -> Field {
    Field { label, example, needed: false }
}

const fn number(label: &'static str, example: &'static str) -> Extra {
    Extra { name: "priority", label, example, is_number: true }
}

const fn text(name: &'static str, label: &'static str, example: &'static str) -> Extra {
    Extra { name, label, example, is_number: false }
}

/// Every kind, those that are set up quickest first.
pub(super) static KINDS: [Kind; 9] = [
    Kind {
        of: ChannelKind::Email,
        title: "E-mail",
        about: "Text and pictures to any mail box",
        how: "Nothing to find: leave the address empty and mails go to the one you sign in with. The operator sets the \
              mail server with SMTP_HOST.",
        address: Some(optional("Mail address", "me@example.org")),
        secret: None,
        extra: None,
    },
    Kind {
        of: ChannelKind::Ntfy,
        title: "ntfy",
        about: "Push to phone and desktop, free, also from a server of your own",
        how: "Install the ntfy app, subscribe to a topic with a name that nobody guesses, and give its address here. A \
              token is needed only where the topic is protected (Account, Access tokens; or user:password).",
        address: Some(needed("Address of the topic", "https://ntfy.sh/my-secret-deals-7431")),
        secret: Some(optional("Access token, or user:password", "tk_…")),
        extra: Some(number("Priority, 1 to 5", "3")),
    },
    Kind {
        of: ChannelKind::Telegram,
        title: "Telegram",
        about: "A bot of your own writes to you or to a group",
        how: "Write /newbot to @BotFather and copy the token. Start a chat with your bot (or add it to a group), then \
              open https://api.telegram.org/bot<token>/getUpdates: the number at chat, id is the chat.",
        address: Some(needed("Chat", "123456789 or @my_channel")),
        secret: Some(needed("Token of the bot", "123456:ABC-DEF…")),
        extra: Some(text("server", "Another Bot API server", "https://api.telegram.org")),
    },
    Kind {
        of: ChannelKind::Discord,
        title: "Discord",
        about: "Posts in a channel of your server",
        how: "In Discord: Edit channel, Integrations, Webhooks, New webhook, Copy webhook URL. Whoever has that address \
              can post there, so it is stored sealed.",
        address: None,
        secret: Some(needed("Webhook URL", "https://discord.com/api/webhooks/…")),
        extra: None,
    },
    Kind {
        of: ChannelKind::Slack,
        title: "Slack",
        about: "Posts in a channel of your workspace",
        how: "At api.slack.com/apps: create an app, Incoming Webhooks, Add New Webhook to Workspace, copy its URL.",
        address: None,
        secret: Some(needed("Webhook URL", "https://hooks.slack.com/services/…")),
        extra: None,
    },
    Kind {
        of: ChannelKind::Pushover,
        title: "Pushover",
        about: "Push to phone and desktop",
        how: "The user key stands on pushover.net when you are signed in; the API token comes from Create an \
              Application there.",
        address: Some(needed("User or group key", "uQiRzpo4DXghDmr9QzzfQu27cmVRsG")),
        secret: Some(needed("API token of the application", "azGDORePK8gMaC0QOYAMyEEuzJnyUi")),
        extra: Some(number("Priority, -2 to 1", "0")),
    },
    Kind {
        of: ChannelKind::Gotify,
        title: "Gotify",
        about: "Push through a server of your own",
        how: "In Gotify: Apps, Create application, copy its token. A server at home is reached only when the operator \
              allows its network with outbound.allow.",
        address: Some(needed("Address of the server", "https://push.example.org")),
        secret: Some(needed("Token of the application", "A…")),
        extra: Some(number("Priority, 0 to 10", "5")),
    },
    Kind {
        of: ChannelKind::Webhook,
        title: "Webhook",
        about: "JSON to an address of yours: Home Assistant, n8n, a script",
        how: "Each message is a POST with JSON. With a key it is signed: X-Deal-Scout-Signature is sha256= and the \
              HMAC-SHA256 of X-Deal-Scout-Timestamp, a dot and the body.",
        address: Some(needed("Address", "https://example.org/hook")),
        secret: Some(optional("Key to sign with", "a long random text")),
        extra: None,
    },
    Kind {
        of: ChannelKind::Apprise,
        title: "Apprise",
        about: "Over a hundred more services, through an Apprise API server",
        how: "Give the address of a stored configuration (/notify/KEY). Or give /notify alone, and Apprise addresses as \
              the secret, with commas between them.",
        address: Some(needed("Address", "https://apprise.example.org/notify/KEY")),
        secret: Some(optional("Apprise addresses", "mailto://…, tgram://…")),
        extra: Some(text("tag", "Only this tag", "deals")),
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_described() {
        for kind in ChannelKind::ALL {
            assert_eq!(of(*kind).of, *kind);
        }
    }
}
