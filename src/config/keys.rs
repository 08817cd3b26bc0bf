//! The keys that there are, their names in the environment, and the nearest one to a misspelt name.

/// One key.
#[derive(Debug)]
pub(super) struct Key {
    /// Its dotted name in a file.
    pub(super) name: &'static str,
    /// Its plain name in the environment, kept from the system before this one.
    pub(super) plain: Option<&'static str>,
    /// Its value may hold a password: it is masked when shown, and may come from a file.
    pub(super) secret: bool,
}

/// Every key, in the order of `config/default.toml`.
pub(super) const KEYS: &[Key] = &[
    key("host", Some("HOST")),
    key("port", Some("PORT")),
    key("public_url", None),
    key("cors_origins", Some("CORS_ORIGINS")),
    key("data_dir", None),
    secret("secret_key", None),
    secret("secret_key_old", None),
    secret("database.url", Some("DATABASE_URL")),
    secret("database.read_url", Some("DATABASE_READ_URL")),
    key("database.read_lag_s", None),
    key("database.programs", None),
    key("database.pool_size", Some("DATABASE_POOL_SIZE")),
    key("database.statement_timeout_s", None),
    secret("redis.url", Some("REDIS_URL")),
    key("startup.migrate", Some("MIGRATE_ON_START")),
    key("startup.pace", None),
    key("stop.drain_s", None),
    key("stop.grace_s", None),
    key("log.level", Some("LOG_LEVEL")),
    key("log.format", None),
    key("demo.enabled", Some("DEMO_MODE")),
    key("demo.sample", None),
    key("import.max_bytes", None),
    key("limits.requests_per_minute", None),
    key("metrics.open", None),
    secret("metrics.token", None),
    key("ebay.client_id", Some("EBAY_APP_ID")),
    secret("ebay.client_secret", Some("EBAY_CERT_ID")),
    key("ebay.marketplace", Some("EBAY_MARKETPLACE_ID")),
    key("ebay.api_url", Some("EBAY_ENV")),
    key("ebay.daily_calls", None),
    key("ebay.insights", None),
    secret("reverb.token", None),
    key("reverb.api_url", None),
    key("reverb.daily_calls", None),
    secret("etsy.api_key", None),
    key("etsy.api_url", None),
    key("etsy.daily_calls", None),
    key("outbound.allow", None),
    key("outbound.user_agent", None),
    key("outbound.timeout_s", None),
    key("outbound.max_bytes", None),
    key("outbound.pace_ms", None),
    key("smtp.host", Some("SMTP_HOST")),
    key("smtp.port", Some("SMTP_PORT")),
    key("smtp.user", Some("SMTP_USER")),
    secret("smtp.password", Some("SMTP_PASSWORD")),
    key("smtp.use_tls", Some("SMTP_USE_TLS")),
    key("smtp.from", Some("EMAIL_FROM")),
    key("smtp.timeout_s", None),
    secret("notify.discord_webhook_url", Some("DISCORD_WEBHOOK_URL")),
    key("oidc.issuer", None),
    key("oidc.client_id", None),
    secret("oidc.client_secret", None),
    key("oidc.name", None),
    key("oidc.scopes", None),
    key("oidc.sign_up", None),
];

/// What every specific environment name starts with.
pub(super) const PREFIX: &str = "DEAL_SCOUT__";

const fn key(name: &'static str, plain: Option<&'static str>) -> Key {
    Key { name, plain, secret: false }
}

const fn secret(name: &'static str, plain: Option<&'static str>) -> Key {
    Key { name, plain, secret: true }
}

impl Key {
    /// Its specific environment name: `DEAL_SCOUT__SECTION__KEY`.
    pub(super) fn variable(&self) -> String {
        format!("{PREFIX}{}", self.name.replace('.', "__").to_uppercase())
    }
}

/// The key of that name.
pub(super) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// Whether `name` is a section, such as `database`.
pub(super) fn is_section(name: &str) -> bool {
    KEYS.iter().any(|key| key.name.split_once('.').is_some_and(|(section, _)| section == name))
}

/// `; did you mean …?` with the likeliest of `known`, or nothing when none is like `name`.
pub(super) fn did_you_mean(name: &str, known: impl Iterator<Item = String>) -> String {
    let last = |text: &str| text.rsplit(['.', '_']).next().unwrap_or_default().to_lowercase();
    let likeliest = known
        .map(|candidate| (distance(&name.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(far, candidate)| *far <= 1 + name.len() / 4 || last(name) == last(candidate))
        .min();
    likeliest.map_or_else(String::new, |(_, candidate)| format!("; did you mean {candidate}?"))
}

/// How many letters must be added, dropped or changed to make `a` into `b`.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> impl Iterator<Item = String> {
        KEYS.iter().map(|key| key.name.to_owned())
    }

    #[test]
    fn a_misspelt_key_finds_its_neighbour() {
        assert_eq!(did_you_mean("prot", known()), "; did you mean port?");
        assert_eq!(
            did_you_mean("database.poolsize", known()),
            "; did you mean database.pool_size?"
        );
        assert_eq!(did_you_mean("logs.level", known()), "; did you mean log.level?");
    }

    #[test]
    fn a_key_in_the_wrong_section_finds_the_right_one() {
        assert_eq!(did_you_mean("server.level", known()), "; did you mean log.level?");
    }

    #[test]
    fn nothing_alike_suggests_nothing() {
        assert_eq!(did_you_mean("colour_of_the_sky", known()), "");
    }

    #[test]
    fn the_environment_name_is_made_of_the_key() {
        let key = find("database.pool_size").unwrap();
        assert_eq!(key.variable(), "DEAL_SCOUT__DATABASE__POOL_SIZE");
    }
}
