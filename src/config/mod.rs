//! Settings: what can be set, where each value came from, and every fault at once.
//!
//! Four layers, later wins: `config/default.toml`, `deal-scout.toml`, the environment, the command line. The `config`
//! crate merges them and keeps each value's origin; every key is then parsed by itself, so that one fault hides no other.

mod doors;
mod environment;
mod fault;
mod file;
mod keys;
mod layers;
mod markets;
mod mask;
mod outbound;
mod parse;
mod read;
mod secret_key;
mod settings;
mod show;

pub use doors::{OidcSettings, SmtpSettings, SmtpTls};
pub use environment::Env;
pub use fault::Fault;
pub use layers::Overrides;
pub use markets::{EbaySettings, EtsySettings, MarketSettings, ReverbSettings};
pub use mask::mask_url;
pub use outbound::OutboundSettings;
pub use secret_key::{A_KEY, SecretKey};
pub use settings::{
    DatabaseSettings, DemoSettings, ImportSettings, LimitSettings, LogFormat, LogSettings,
    MetricsSettings, Secret, Settings, StartupSettings, StopSettings,
};
pub use show::Shown;

/// What `load` found.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The settings in force.
    pub settings: Settings,
    /// Every key with its value, secrets masked, and where the value came from.
    pub shown: Vec<Shown>,
    /// What is set but has no effect, in sentences.
    pub notes: Vec<String>,
}

/// Reads all layers. Touches nothing but the files that are named.
///
/// Fails with every fault there is, never with the first alone.
pub fn load(overrides: &Overrides, env: &Env) -> Result<Loaded, Vec<Fault>> {
    let mut faults = Vec::new();
    let layers = [
        file::built_in(),
        file::from_disk(overrides, env, &mut faults),
        environment::layer(env, &mut faults),
        overrides.layer(),
    ];
    let mut values = layers::merge(layers);
    let settings = read::settings(&mut values, env, &mut faults);
    match settings {
        Some(settings) if faults.is_empty() => {
            let shown = show::all(&settings, &values);
            Ok(Loaded { settings, shown, notes: environment::notes(env) })
        }
        _ => Err(faults),
    }
}

#[cfg(test)]
mod tests;
