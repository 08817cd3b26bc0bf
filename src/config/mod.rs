//! Settings: what can be set, where each value came from, and every fault at once.

mod settings;

pub use settings::{
    DatabaseSettings, DemoSettings, ImportSettings, LogFormat, LogSettings, Secret, Settings,
    StartupSettings,
};
