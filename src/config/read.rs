//! Builds the typed settings, key by key, and collects what is wrong with each.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use etcetera::BaseStrategy;

use super::{
    DatabaseSettings, DemoSettings, Env, Fault, ImportSettings, LimitSettings, LogSettings,
    MetricsSettings, SecretKey, Settings, StartupSettings, StopSettings, doors, layers::Given,
    markets, outbound, parse,
};

type Values = BTreeMap<&'static str, Given>;

/// The settings, or `None` when a fault stands in the way of any.
pub(super) fn settings(
    values: &mut Values,
    env: &Env,
    faults: &mut Vec<Fault>,
) -> Option<Settings> {
    default_data_dir(values, faults);
    let mut read = Reader { values, faults };
    let host = read.needed("host", parse::host);
    let port = read.needed("port", |text| parse::number(text, &(0..=u16::MAX)));
    let public_url = read.wanted("public_url", doors::public_url);
    let cors_origins = read.wanted("cors_origins", doors::origins).unwrap_or_default();
    let data_dir = read.needed("data_dir", |text| parse::folder(text, env.dir()));
    let secret_key = read.wanted("secret_key", SecretKey::parse);
    let secret_key_old = read.wanted("secret_key_old", parse::secret_keys).unwrap_or_default();
    let database = DatabaseSettings {
        url: read.wanted("database.url", parse::postgres),
        read_url: read.wanted("database.read_url", parse::postgres),
        read_lag: Duration::from_secs(
            read.needed("database.read_lag_s", |text| parse::number(text, &(1..=3600)))
                .unwrap_or_default(),
        ),
        programs: read.wanted("database.programs", |text| parse::folder(text, env.dir())),
        pool_size: read
            .needed("database.pool_size", |text| parse::number(text, &(1..=1000)))
            .unwrap_or_default(),
        statement_timeout_s: read
            .needed("database.statement_timeout_s", |text| parse::number(text, &(1..=3600)))
            .unwrap_or_default(),
    };
    if database.read_url.is_some() && database.url.is_none() {
        let message = "a replica needs a primary: set database.url as well, or leave this empty";
        read.fault("database.read_url", message);
    }
    let redis_url = read.wanted("redis.url", parse::redis);
    let migrate = read.needed("startup.migrate", parse::switch);
    let pace = read.needed("startup.pace", |text| parse::number(text, &(0.0..=10.0)));
    let drain = read.needed("stop.drain_s", |text| parse::number(text, &(0..=600)));
    let grace = read.needed("stop.grace_s", |text| parse::number(text, &(1..=600)));
    let level = read.needed("log.level", parse::level);
    let format = read.needed("log.format", parse::format);
    let enabled = read.needed("demo.enabled", parse::switch);
    let sample = read.needed("demo.sample", parse::switch);
    let max_bytes = read.needed("import.max_bytes", |text| parse::number(text, &(1..=1 << 40)));
    let requests_per_minute =
        read.needed("limits.requests_per_minute", |text| parse::number(text, &(0..=1_000_000_000)));
    let open = read.needed("metrics.open", parse::switch);
    let token = read.wanted("metrics.token", parse::token);
    let market = markets::markets(&mut read);
    let outbound = outbound::outbound(&mut read, public_url.as_deref());
    let smtp = doors::smtp(&mut read);
    let discord_webhook = read.wanted("notify.discord_webhook_url", parse::webhook);
    let oidc = doors::oidc(&mut read);

    let settings = Settings {
        host: host?,
        port: port?,
        public_url,
        cors_origins,
        data_dir: data_dir?,
        secret_key,
        secret_key_old,
        database,
        redis_url,
        startup: StartupSettings { migrate: migrate?, pace: pace? },
        stop: StopSettings {
            drain: Duration::from_secs(drain?),
            grace: Duration::from_secs(grace?),
        },
        log: LogSettings { level: level?, format: format? },
        demo: DemoSettings { enabled: enabled?, sample: sample? },
        import: ImportSettings { max_bytes: max_bytes? },
        limits: LimitSettings { requests_per_minute: requests_per_minute? },
        metrics: MetricsSettings { open: open?, token },
        market,
        outbound: outbound?,
        discord_webhook,
        smtp,
        oidc,
    };
    if settings.demo.enabled && !settings.host.is_loopback() {
        read.fault("host", "the demo has no login, so it listens on loopback only; give 127.0.0.1");
    }
    Some(settings)
}

/// Fills in the platform's data directory, and says that it did.
fn default_data_dir(values: &mut Values, faults: &mut Vec<Fault>) {
    let Some(given) = values.get_mut("data_dir").filter(|given| given.text.is_empty()) else {
        return;
    };
    match platform_data_dir() {
        Some(path) => {
            *given = Given { text: path.display().to_string(), origin: "default".to_owned() };
        }
        None => faults.push(Fault::new(
            "data_dir",
            "default",
            "this user has no home directory to keep data in; set DEAL_SCOUT__DATA_DIR",
        )),
    }
}

fn platform_data_dir() -> Option<PathBuf> {
    let platform = etcetera::base_strategy::choose_native_strategy().ok()?;
    // With HOME set to nothing the path would hang on the working directory.
    Some(platform.data_dir().join("deal-scout")).filter(|path| path.is_absolute())
}

/// Reads key by key, and collects what is wrong.
pub(super) struct Reader<'a> {
    values: &'a Values,
    faults: &'a mut Vec<Fault>,
}

impl Reader<'_> {
    /// A key that must have a value.
    pub(super) fn needed<T>(
        &mut self,
        key: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        match parse(&self.values.get(key)?.text) {
            Ok(value) => Some(value),
            Err(message) => {
                self.fault(key, &message);
                None
            }
        }
    }

    /// A key that may be empty, which means not set.
    pub(super) fn wanted<T>(
        &mut self,
        key: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        if self.values.get(key)?.text.is_empty() { None } else { self.needed(key, parse) }
    }

    /// Notes what is wrong with a key.
    pub(super) fn fault(&mut self, key: &str, message: &str) {
        let origin = self.values.get(key).map_or("default", |given| given.origin.as_str());
        self.faults.push(Fault::new(key, origin, message));
    }
}
