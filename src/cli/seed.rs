//! `seed`: the sample, into the database or out of it.

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::{Context, say};
use crate::{
    app::{self, App},
    db::Counts,
    error::Result,
    import::{sample, world},
    workers,
};

pub(super) const EXAMPLE: &str = "Examples:
  deal-scout seed
  deal-scout seed --remove

The sample is a market of ads and sales, and the small world of somebody who trades in it: searches, a watchlist, things
owned and sold, orders. It is invented. All of it carries the source \"sample\", and nothing real does.";

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
    let mut nouns = vec![("listings", stored.listings), ("comps", stored.comps)];
    nouns.extend(world::store(&app.db, &app.clock).await?);
    workers::estimate::run_until_idle(app).await?;
    if as_json {
        let counts = nouns.into_iter().map(|(noun, counts)| (noun.to_owned(), counted(counts)));
        return say(&Value::Object(counts.collect()).to_string());
    }
    nouns
        .into_iter()
        .try_for_each(|(noun, counts)| say(&format!("{noun:<16} {}", in_words(counts))))
}

async fn remove(app: &App, as_json: bool) -> Result<()> {
    let world = world::remove(&app.db).await?;
    let deleted = sample::remove(&app.db, &app.clock).await?;
    workers::estimate::run_until_idle(app).await?;
    if as_json {
        let mut removed = json!({ "listings": deleted.listings, "comps": deleted.comps });
        for (noun, rows) in world.into_iter().filter(|(_, rows)| *rows > 0) {
            removed[noun] = json!(rows);
        }
        return say(&json!({ "removed": removed }).to_string());
    }
    let rest: usize = world.iter().map(|(_, rows)| rows).sum();
    say(&format!(
        "removed {} ads, {} sales and {rest} rows of things, orders and the like",
        deleted.listings, deleted.comps
    ))
}

fn counted(counts: Counts) -> Value {
    json!({ "new": counts.new, "updated": counts.updated, "unchanged": counts.unchanged })
}

fn in_words(counts: Counts) -> String {
    format!("{} new, {} updated, {} unchanged", counts.new, counts.updated, counts.unchanged)
}
