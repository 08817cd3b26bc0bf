//! `demo`: a first look. Sample data, no login, loopback only.

use std::{process::ExitCode, sync::Arc, time::Instant};

use clap::Args;
use slog::info;

use super::{Context, ListenArgs};
use crate::{
    app::{self, App},
    error::Result,
    import::{sample, world},
};

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
    let with_sample = context.settings.demo.sample;
    let prepare = async |app: Arc<App>| {
        if with_sample {
            let stored = sample::store(&app.db, &app.clock).await?;
            let world = world::store(&app.db, &app.clock).await?;
            let new_rows: usize = world.iter().map(|(_, counts)| counts.new).sum();
            info!(app.log, "the sample market is there"; "new_rows" => new_rows,
                "new_ads" => stored.listings.new, "new_sales" => stored.comps.new);
        }
        Ok(())
    };
    app::serve(context.settings, context.log, began, prepare).await?;
    Ok(ExitCode::SUCCESS)
}
