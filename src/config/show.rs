//! The effective settings, fit to be shown: secrets masked, each with its source.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{LogFormat, Secret, Settings, layers::Given, mask_url};

/// One key in force.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Shown {
    /// The dotted key.
    pub key: &'static str,
    /// Its value as JSON; secrets masked; null where none is set.
    pub value: Value,
    /// Where the value came from: `default`, a file with its line, a variable or a flag.
    pub source: String,
}

/// Every key in the order of the defaults.
pub(super) fn all(settings: &Settings, values: &BTreeMap<&'static str, Given>) -> Vec<Shown> {
    let masked = |url: &Option<Secret>| url.as_ref().map(|url| mask_url(url.reveal()));
    let hidden = |is_set: bool| if is_set { json!("***") } else { Value::Null };
    let Settings {
        host,
        port,
        data_dir,
        secret_key,
        secret_key_old,
        database,
        redis_url,
        startup,
        stop,
        log,
        demo,
        import,
        limits,
        metrics,
        market: _,
        outbound,
        public_url,
        cors_origins,
        discord_webhook,
        smtp,
        oidc,
    } = settings;
    let smtp = smtp.as_ref();
    let oidc = oidc.as_ref();
    // What nobody uses is shown as it was given.
    let given = |key: &str| values.get(key).map_or("", |given| given.text.as_str());
    let list = [
        ("host", json!(host)),
        ("port", json!(port)),
        ("public_url", json!(public_url)),
        ("cors_origins", json!(cors_origins.join(", "))),
        ("data_dir", json!(data_dir.display().to_string())),
        ("secret_key", hidden(secret_key.is_some())),
        ("secret_key_old", hidden(!secret_key_old.is_empty())),
        ("database.url", json!(masked(&database.url))),
        ("database.read_url", json!(masked(&database.read_url))),
        ("database.read_lag_s", json!(database.read_lag.as_secs())),
        (
            "database.programs",
            json!(database.programs.as_ref().map(|path| path.display().to_string())),
        ),
        ("database.pool_size", json!(database.pool_size)),
        ("database.statement_timeout_s", json!(database.statement_timeout_s)),
        ("redis.url", json!(masked(redis_url))),
        ("startup.migrate", json!(startup.migrate)),
        ("startup.pace", json!(startup.pace)),
        ("stop.drain_s", json!(stop.drain.as_secs())),
        ("stop.grace_s", json!(stop.grace.as_secs())),
        ("log.level", json!(log.level.as_str().to_lowercase())),
        ("log.format", json!(format_name(log.format))),
        ("demo.enabled", json!(demo.enabled)),
        ("demo.sample", json!(demo.sample)),
        ("import.max_bytes", json!(import.max_bytes)),
        ("limits.requests_per_minute", json!(limits.requests_per_minute)),
        ("metrics.open", json!(metrics.open)),
        ("metrics.token", hidden(metrics.token.is_some())),
        ("ebay.client_id", json!(given("ebay.client_id"))),
        ("ebay.client_secret", hidden(!given("ebay.client_secret").is_empty())),
        ("ebay.marketplace", json!(given("ebay.marketplace"))),
        ("ebay.api_url", json!(given("ebay.api_url"))),
        ("ebay.daily_calls", json!(given("ebay.daily_calls").parse::<u32>().ok())),
        ("ebay.insights", json!(given("ebay.insights") == "true")),
        ("reverb.token", hidden(!given("reverb.token").is_empty())),
        ("reverb.api_url", json!(given("reverb.api_url"))),
        ("reverb.daily_calls", json!(given("reverb.daily_calls").parse::<u32>().ok())),
        ("etsy.api_key", hidden(!given("etsy.api_key").is_empty())),
        ("etsy.api_url", json!(given("etsy.api_url"))),
        ("etsy.daily_calls", json!(given("etsy.daily_calls").parse::<u32>().ok())),
        ("outbound.allow", json!(outbound.allow)),
        ("outbound.user_agent", json!(outbound.user_agent)),
        ("outbound.timeout_s", json!(outbound.timeout.as_secs())),
        ("outbound.max_bytes", json!(outbound.max_bytes)),
        ("outbound.pace_ms", json!(outbound.pace.as_millis())),
        ("smtp.host", json!(smtp.map(|smtp| &smtp.host))),
        ("smtp.port", json!(given("smtp.port").parse::<u16>().ok())),
        ("smtp.user", json!(given("smtp.user"))),
        ("smtp.password", hidden(!given("smtp.password").is_empty())),
        ("smtp.use_tls", json!(given("smtp.use_tls"))),
        ("smtp.from", json!(smtp.map(|smtp| &smtp.from))),
        ("smtp.timeout_s", json!(given("smtp.timeout_s").parse::<u16>().ok())),
        ("notify.discord_webhook_url", hidden(discord_webhook.is_some())),
        ("oidc.issuer", json!(oidc.map(|oidc| &oidc.issuer))),
        ("oidc.client_id", json!(given("oidc.client_id"))),
        ("oidc.client_secret", hidden(!given("oidc.client_secret").is_empty())),
        ("oidc.name", json!(given("oidc.name"))),
        ("oidc.scopes", json!(given("oidc.scopes"))),
        ("oidc.sign_up", json!(given("oidc.sign_up") == "true")),
    ];
    let source = |key| values.get(key).map_or_else(String::new, |given| given.origin.clone());
    list.into_iter().map(|(key, value)| Shown { key, value, source: source(key) }).collect()
}

fn format_name(format: LogFormat) -> &'static str {
    match format {
        LogFormat::Auto => "auto",
        LogFormat::Json => "json",
        LogFormat::Terminal => "terminal",
    }
}
