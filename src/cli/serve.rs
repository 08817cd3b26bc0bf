//! `serve`: the server, and the default.

use std::{process::ExitCode, sync::Arc, time::Instant};

use clap::Args;

use super::{Context, ListenArgs};
use crate::{
    app::{self, App},
    error::Result,
    web::auth,
    workers::notify,
};

pub(super) const EXAMPLE: &str = "Examples:
  deal-scout serve
  deal-scout serve --host 0.0.0.0 --port 8080

Without DATABASE_URL or DB_HOST it runs a PostgreSQL of its own in the data directory.";

/// Where to listen.
#[derive(Debug, Default, Args)]
pub(super) struct ServeArgs {
    #[command(flatten)]
    pub(super) listen: ListenArgs,
}

pub(super) async fn run(context: Context, began: Instant) -> Result<ExitCode> {
    // Without the code nobody outside this machine can claim the owner's account.
    let prepare = async |app: Arc<App>| {
        auth::announce_setup_code(&app).await?;
        notify::adopt_discord(&app).await
    };
    app::serve(context.settings, context.log, began, prepare).await?;
    Ok(ExitCode::SUCCESS)
}
