//! The typed settings that the rest of the program sees. `config/default.toml` documents each key.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use zeroize::Zeroizing;

use super::{MarketSettings, OidcSettings, OutboundSettings, SecretKey, SmtpSettings};

/// Everything that can be set, validated.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address to listen on.
    pub host: IpAddr,
    /// The port to listen on; 0 lets the system choose.
    pub port: u16,
    /// The address that people open, without a slash at its end; `None` is this machine's own.
    pub public_url: Option<String>,
    /// The sites and extensions whose scripts may send captures; `*` is any.
    pub cors_origins: Vec<String>,
    /// All that the program keeps on disk.
    pub data_dir: PathBuf,
    /// The key that seals secrets at rest; `None` takes the one in the data directory, made where there is none.
    pub secret_key: Option<SecretKey>,
    /// Keys that still open what they sealed.
    pub secret_key_old: Vec<SecretKey>,
    /// Where rows live.
    pub database: DatabaseSettings,
    /// The Redis to share cache and events through; `None` keeps them in this process.
    pub redis_url: Option<Secret>,
    /// How the guarded start-up goes about it.
    pub startup: StartupSettings,
    /// How it ends when it is told to.
    pub stop: StopSettings,
    /// What is logged, and how.
    pub log: LogSettings,
    /// The first look.
    pub demo: DemoSettings,
    /// Files that are read in.
    pub import: ImportSettings,
    /// How much of it one person or program may take.
    pub limits: LimitSettings,
    /// Who sees the program's metrics.
    pub metrics: MetricsSettings,
    /// The marketplaces that can be searched.
    pub market: MarketSettings,
    /// Requests to other people's servers.
    pub outbound: OutboundSettings,
    /// A Discord webhook that becomes a channel of the owner's.
    pub discord_webhook: Option<Secret>,
    /// The mail server; `None` sends no mail.
    pub smtp: Option<SmtpSettings>,
    /// The `OpenID` Connect provider; `None` leaves passwords alone.
    pub oidc: Option<OidcSettings>,
}

impl Settings {
    /// The address that links in mails and messages begin with. Never what a request says: whoever asks for the mail of
    /// another could have it lead to a place of theirs.
    pub fn base_url(&self) -> String {
        match &self.public_url {
            Some(url) => url.clone(),
            None => format!("http://localhost:{}", self.port),
        }
    }

    /// Where this machine itself reaches a server that listens with these settings on `port`.
    pub fn own_address(&self, port: u16) -> SocketAddr {
        let host = match self.host {
            IpAddr::V4(all) if all.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(all) if all.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            one => one,
        };
        SocketAddr::new(host, port)
    }
}

/// Where rows live.
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// An external PostgreSQL; `None` runs a managed one in the data directory.
    pub url: Option<Secret>,
    /// A read-only replica of it, for heavy reads; `None` reads everything from the primary.
    pub read_url: Option<Secret>,
    /// How far that replica may be behind.
    pub read_lag: Duration,
    /// The folder of PostgreSQL's programs, for a managed one; `None` looks for them.
    pub programs: Option<PathBuf>,
    /// Connections at most, in this process; as many again to the replica.
    pub pool_size: u32,
    /// Seconds that one statement may take.
    pub statement_timeout_s: u32,
}

/// How the guarded start-up goes about it.
#[derive(Debug, Clone)]
pub struct StartupSettings {
    /// Bring the schema up on start; otherwise say what is pending.
    pub migrate: bool,
    /// How many real seconds one second of waiting takes: 1.0, less in tests.
    pub pace: f64,
}

/// How it ends when it is told to.
#[derive(Debug, Clone, Copy)]
pub struct StopSettings {
    /// How long it goes on answering while it calls itself not ready.
    pub drain: Duration,
    /// How long what is under way may then take to end.
    pub grace: Duration,
}

/// What is logged, and how.
#[derive(Debug, Clone)]
pub struct LogSettings {
    /// The least level that is logged.
    pub level: slog::Level,
    /// The shape of a line.
    pub format: LogFormat,
}

/// The shape of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Readable lines on a terminal, JSON elsewhere.
    Auto,
    /// One JSON object a line.
    Json,
    /// Readable lines.
    Terminal,
}

/// The first look.
#[derive(Debug, Clone)]
pub struct DemoSettings {
    /// No login, loopback only.
    pub enabled: bool,
    /// Make the sample market when the demo starts.
    pub sample: bool,
}

/// Files that are read in.
#[derive(Debug, Clone)]
pub struct ImportSettings {
    /// The largest file that is taken, in bytes.
    pub max_bytes: u64,
}

/// How much of it one person or program may take.
#[derive(Debug, Clone)]
pub struct LimitSettings {
    /// Requests to the API by one token or one signed-in person in a minute; 0 sets no limit.
    pub requests_per_minute: u32,
}

/// Who sees the program's metrics, beside this machine.
#[derive(Debug, Clone)]
pub struct MetricsSettings {
    /// Whoever asks.
    pub open: bool,
    /// Who sends this.
    pub token: Option<Secret>,
}

/// A text that must not be shown. `Debug` and `Display` print `***`; it is wiped from memory when it goes.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Hides `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself, for the one call that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
