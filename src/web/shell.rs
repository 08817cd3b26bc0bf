//! What every page has around its own content: navigation, banner, the state of the program, links to assets, times.

use std::{
    future::{Ready, ready},
    sync::Arc,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};
use chrono::{DateTime, SecondsFormat, Utc};

use super::{assets, csrf, edge::RequestId, session};
use crate::{
    startup::readiness::{Phase, Status, Trouble},
    state::App,
};

/// The frame of a page. Needs no database and no session, so that error pages have it too.
#[derive(Debug)]
pub struct Shell {
    /// The state of the program as last probed.
    pub status: Option<Arc<Status>>,
    /// The present moment.
    pub now: DateTime<Utc>,
    /// Whether this is the first look, without people.
    pub demo: bool,
    /// What forms send to prove that they are ours. `None` when the browser carries no session, valid or not.
    pub csrf: Option<String>,
    /// The request's name, for error pages.
    pub request_id: String,
    /// Seconds after which the page loads itself again.
    pub refresh_s: Option<u64>,
    /// Whether that is only for browsers without scripts: with them, the page follows by itself.
    pub follows: bool,
    path: String,
}

/// What is said on top of every page while something is the matter.
#[derive(Debug, PartialEq, Eq)]
pub struct Banner {
    /// `wait` or `bad`: how it looks.
    pub tone: &'static str,
    /// What is the matter.
    pub title: &'static str,
    /// Why, and what to do.
    pub text: String,
    /// What is missing, one by one.
    pub items: Vec<String>,
}

impl Shell {
    /// The frame for an answer to `request`.
    pub fn of(request: &HttpRequest) -> Self {
        let app = request.app_data::<Data<App>>();
        Self {
            status: app.map(|app| app.readiness.status()),
            now: app.map(|app| app.clock.now()).unwrap_or_default(),
            demo: app.is_some_and(|app| app.settings.demo.enabled),
            csrf: session::carried(request).map(csrf::token),
            request_id: RequestId::of(request),
            refresh_s: None,
            follows: false,
            path: request.path().to_owned(),
        }
    }

    /// The same, loading itself again after `seconds`.
    #[must_use]
    pub fn refreshing(self, seconds: u64) -> Self {
        Self { refresh_s: Some(seconds), ..self }
    }

    /// The same, for a page that a script keeps up to date: without scripts it loads itself again after `seconds`.
    #[must_use]
    pub fn following(self, seconds: u64) -> Self {
        Self { refresh_s: Some(seconds), follows: true, ..self }
    }

    /// Whether the page belongs to the section that begins at `path`; marks it in the navigation.
    pub fn is_in(&self, path: &str) -> bool {
        match path {
            "/" => self.path == "/" || self.path.starts_with("/listings"),
            _ => self.path.starts_with(path),
        }
    }

    /// Whether the page is the one at `path`.
    pub fn is_at(&self, path: &str) -> bool {
        self.path == path
    }

    /// Whether there is an account to sign out of.
    pub fn can_sign_out(&self) -> bool {
        self.csrf.is_some() && !self.demo
    }

    /// Whether the start-up is still under way.
    pub fn is_starting(&self) -> bool {
        self.status.as_ref().is_some_and(|status| status.phase.is_starting())
    }

    /// What the matter is, if anything is.
    pub fn banner(&self) -> Option<Banner> {
        self.status.as_deref().and_then(banner)
    }

    /// Where an asset is.
    pub fn asset(&self, name: &str) -> String {
        assets::href(name)
    }

    /// A moment as HTML: "2 h ago", with the exact time beside it. The script turns that into the viewer's own time.
    pub fn time(&self, at: &DateTime<Utc>) -> String {
        let exact = at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let readable = at.format("%Y-%m-%d %H:%M UTC");
        format!("<time datetime=\"{exact}\" title=\"{readable}\">{}</time>", self.ago(at))
    }

    /// A cause as a sentence in HTML: errors begin small and end bare, and what stands between backticks is code.
    pub fn sentence(&self, text: &str) -> String {
        prose(&sentence(text))
    }

    /// How long ago, in words.
    pub fn ago(&self, at: &DateTime<Utc>) -> String {
        ago(*at, self.now)
    }

    /// The version of the program.
    pub fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }
}

impl FromRequest for Shell {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

/// A cause as a sentence: a capital first, a full stop last.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.trim().chars();
    let first = letters.next();
    let rest = letters.as_str();
    // "eBay" is written so wherever it stands.
    let is_name = rest.starts_with(char::is_uppercase);
    let first: String = if is_name {
        first.into_iter().collect()
    } else {
        first.into_iter().flat_map(char::to_uppercase).collect()
    };
    let end = if rest.ends_with(['.', '!', '?', ':']) { "" } else { "." };
    format!("{first}{rest}{end}")
}

/// Text as HTML: escaped, with the parts between backticks as code.
fn prose(text: &str) -> String {
    let escaped = html_escape::encode_safe(text);
    let mut parts = escaped.split('`');
    let mut html = parts.next().unwrap_or_default().to_owned();
    let mut opens = true;
    for part in parts {
        html.push_str(if opens { "<code>" } else { "</code>" });
        html.push_str(part);
        opens = !opens;
    }
    // A backtick without its partner must not swallow the rest of the page.
    if opens { html } else { html + "</code>" }
}

fn banner(status: &Status) -> Option<Banner> {
    let reason = |otherwise: &str| status.reason.clone().unwrap_or_else(|| otherwise.to_owned());
    match (status.phase, status.trouble) {
        (Phase::Ready, _) => None,
        (phase, _) if phase.is_starting() => Some(Banner {
            tone: "wait",
            title: "Deal Scout is starting",
            text: reason("The database is being made ready. This page refreshes by itself."),
            items: Vec::new(),
        }),
        (_, Some(Trouble::SchemaIncomplete)) => Some(Banner {
            tone: "bad",
            title: "Part of the database is missing",
            text: reason(
                "Everything that does not need it works. Run `deal-scout migrate up`, or wait: it is tried again by itself.",
            ),
            items: missing(status),
        }),
        (_, _) => Some(Banner {
            tone: "bad",
            title: "The database is not reachable",
            text: reason("Check that it runs. Nothing is lost: it is tried again by itself."),
            items: Vec::new(),
        }),
    }
}

/// What is missing, as far as the reason does not name it already.
fn missing(status: &Status) -> Vec<String> {
    let told = status.reason.as_deref().unwrap_or_default();
    let pending = status.schema.pending.iter().map(|name| format!("migration {name} is pending"));
    let tables = status.schema.missing.iter().filter(|item| !told.contains(item.as_str())).cloned();
    tables.chain(pending).take(12).collect()
}

fn ago(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let seconds = (now - at).num_seconds();
    let (count, unit) = match seconds.unsigned_abs() {
        s @ 0..=59 => (s, "s"),
        s @ 60..=3_599 => (s / 60, "min"),
        s @ 3_600..=86_399 => (s / 3_600, "h"),
        s @ 86_400..=5_183_999 => (s / 86_400, if s < 172_800 { "day" } else { "days" }),
        s @ 5_184_000..=63_071_999 => (s / 2_592_000, "months"),
        s => (s / 31_536_000, "years"),
    };
    match seconds {
        -4..=4 => "just now".to_owned(),
        5.. => format!("{count} {unit} ago"),
        _ => format!("in {count} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn causes_become_sentences_with_commands_as_code() {
        let html = prose(&sentence("no <table> there; run `deal-scout migrate up`"));
        assert_eq!(html, "No &lt;table&gt; there; run <code>deal-scout migrate up</code>.");
        assert_eq!(prose("a ` b"), "a <code> b</code>");
        assert_eq!(sentence("eBay asks to wait"), "eBay asks to wait.");
    }

    #[test]
    fn times_read_as_people_say_them() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let said = |seconds| ago(now - TimeDelta::seconds(seconds), now);
        assert_eq!(said(2), "just now");
        assert_eq!(said(59), "59 s ago");
        assert_eq!(said(7_200), "2 h ago");
        assert_eq!(said(90_000), "1 day ago");
        assert_eq!(said(200_000), "2 days ago");
        assert_eq!(said(6_000_000), "2 months ago");
        assert_eq!(said(200_000_000), "6 years ago");
        assert_eq!(said(-30), "in 30 s");
    }
}
