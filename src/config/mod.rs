//! Settings: what can be set, where each value came from, and every fault at once.

mod mask;
mod settings;

pub use mask::mask_url;

pub use settings::{
    DatabaseSettings, DemoSettings, ImportSettings, LogFormat, LogSettings, Secret, Settings,
    StartupSettings,
};
