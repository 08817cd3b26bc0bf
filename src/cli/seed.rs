//! `seed`: the sample market, into the database or out of it.

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::{Context, say};
use crate::{
    app::{self, App},
    db::Counts,
    error::Result,
    import::sample,
    workers,
};

pub(super) const EXAMPLE: &str = "Examples:
  deal-scout seed
  deal-scout seed --remove

The sample market is invented. All of it carries the source \"sample\", and nothing real does.";

/// Which way.
#[derive(Debug, Args)]
pub(super) struct SeedArgs {
    /// Take the sample market away instead.
    #[arg(long)]
    remove: bool,
    /// The counts as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: SeedArgs, context: Context) -> Result<ExitCode> {
    let app = app::open(context.settings, &context.log).await?;
    let work = async {
        if args.remove { remove(&app, args.json).await } else { store(&app, args.json).await }
    };
    app::run_then_close(&app, work).await?;
    Ok(ExitCode::SUCCESS)
}

async fn store(app: &App, as_json: bool) -> Result<()> {
    let stored = sample::store(&app.db, &app.clock).await?;
    workers::estimate::run_until_idle(app).await?;
    if as_json {
        let counts =
            json!({ "listings": counted(stored.listings), "comps": counted(stored.comps) });
        return say(&counts.to_string());
    }
    say(&format!("ads:   {}", in_words(stored.listings)))?;
    say(&format!("sales: {}", in_words(stored.comps)))
}

async fn remove(app: &App, as_json: bool) -> Result<()> {
    let deleted = sample::remove(&app.db, &app.clock).await?;
    workers::estimate::run_until_idle(app).await?;
    if as_json {
        let removed = json!({ "listings": deleted.listings, "comps": deleted.comps });
        return say(&json!({ "removed": removed }).to_string());
    }
    say(&format!("removed {} ads and {} sales", deleted.listings, deleted.comps))
}

fn counted(counts: Counts) -> Value {
    json!({ "new": counts.new, "updated": counts.updated, "unchanged": counts.unchanged })
}

fn in_words(counts: Counts) -> String {
    format!("{} new, {} updated, {} unchanged", counts.new, counts.updated, counts.unchanged)
}
