//! The one integration-test binary: real PostgreSQL, real Redis, the real program.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise, says why it skips, and reads its own environment"
)]

mod api;
mod backup;
mod cli;
mod config;
mod deploy;
mod docs;
mod export;
mod faults;
mod house;
mod import;
mod managed;
mod market;
mod metrics;
mod outbound;
mod pages;
#[path = "../properties/mod.rs"]
mod properties;
mod reading;
mod replicas;
mod rollout;
mod scan;
mod secrets;
mod security;
mod seed;
mod startup;
mod stopping;
mod support;
mod telling;
mod workers;
mod worth;
