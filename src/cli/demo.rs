//! `demo`: a first look. Sample data, no login, loopback only.

use std::{process::ExitCode, time::Instant};

use clap::Args;

use super::{Context, ListenArgs};
use crate::{app, error::Result};

pub(super) const EXAMPLE: &str = "Examples:
  deal-scout demo
  deal-scout demo --port 3100

It picks its database like serve does and listens on loopback only.";

/// Where to listen.
#[derive(Debug, Default, Args)]
pub(super) struct DemoArgs {
    #[command(flatten)]
    pub(super) listen: ListenArgs,
}

pub(super) async fn run(context: Context, began: Instant) -> Result<ExitCode> {
    app::serve(context.settings, context.log, began, async |_| Ok(())).await?;
    Ok(ExitCode::SUCCESS)
}
