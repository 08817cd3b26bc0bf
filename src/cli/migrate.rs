//! `migrate`: the schema by hand.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Context, complain, say};
use crate::{
    error::{Error, Result},
    startup::{
        database::Database,
        migrate::{self, Applied},
        readiness::{MigrationState, SchemaStatus},
        repair::{self, Left, Mended, Repaired},
    },
};

pub(super) const EXAMPLE: &str = "Examples:
  deal-scout migrate status
  deal-scout migrate up
  deal-scout migrate redo

Tables, columns, indexes and constraints that somebody has dropped by hand come back with `up`, too, but for their rows:
those only a backup has. What is there is never taken away or changed. A server that runs beside it notices by itself; it needs no restart.";

/// What to do with the schema.
#[derive(Debug, Args)]
pub(super) struct MigrateArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Mends what was dropped by hand and applies every pending migration; exits 1 when something is left.
    #[command(after_help = "Example:\n  deal-scout migrate up")]
    Up {
        /// As JSON: what was mended, what is left and why, how many migrations were applied.
        #[arg(long)]
        json: bool,
    },
    /// Reverts the last applied migration, with the data in its tables.
    #[command(after_help = "Example:\n  deal-scout migrate down")]
    Down,
    /// Reverts the last applied migration and applies it again.
    #[command(after_help = "Example:\n  deal-scout migrate redo")]
    Redo,
    /// Tells each migration's state and what the schema lacks; exits 1 when it is incomplete.
    #[command(after_help = "Example:\n  deal-scout migrate status --json")]
    Status {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(args: MigrateArgs, context: Context) -> Result<ExitCode> {
    let database = Database::new(&context.settings, &context.log)?;
    // Migrations block their thread, so they run in a task of the runtime's own.
    let outcome = tokio::spawn(async move {
        let outcome = act(&database, args.action).await;
        database.release().await?;
        outcome
    });
    outcome.await.map_err(Error::internal)?
}

async fn act(database: &Database, action: Action) -> Result<ExitCode> {
    let mut conn = database.reach().await.map_err(|unreachable| {
        let address = database.target().address();
        Error::Failed(format!("the database at {address} is not reachable: {}", unreachable.cause))
    })?;
    match action {
        Action::Up { json } => {
            let (schema, _) = migrate::inspect(&mut conn).await?;
            let repaired = mend(database, &schema).await?;
            let applied = match migrate::up(database.target()).await {
                Ok(applied) => applied,
                Err(cause) => {
                    for line in lines(&repaired) {
                        complain(&line);
                    }
                    return Err(cause);
                }
            };
            let (schema, _) = migrate::inspect(&mut conn).await?;
            say(&if json {
                done_as_json(&repaired, applied)
            } else {
                done_as_text(&repaired, applied)
            })?;
            if !(repaired.left.is_empty() && schema.complete) {
                return Ok(ExitCode::FAILURE);
            }
        }
        Action::Down => match migrate::down(database.target()).await? {
            Some(name) => say(&format!("reverted {name}"))?,
            None => say("nothing is applied")?,
        },
        Action::Redo => match migrate::redo(database.target()).await? {
            Some(name) => say(&format!("reverted and applied {name}"))?,
            None => say("nothing is applied")?,
        },
        Action::Status { json } => {
            let (schema, migrations) = migrate::inspect(&mut conn).await?;
            say(&if json { as_json(&schema, &migrations) } else { as_text(&schema, &migrations) })?;
            if !schema.complete {
                return Ok(ExitCode::FAILURE);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Where the schema lacks nothing that the program needs, not being allowed to look closer is no failure.
async fn mend(database: &Database, schema: &SchemaStatus) -> Result<Repaired> {
    match repair::run(database.target(), schema).await {
        Err(Error::Forbidden(why)) if schema.missing.is_empty() || !schema.pending.is_empty() => {
            complain(&why);
            Ok(Repaired::default())
        }
        outcome => outcome,
    }
}

fn done_as_json(repaired: &Repaired, applied: Applied) -> String {
    json!({ "mended": repaired.mended, "left": repaired.left, "applied": applied.new, "all": applied.all })
        .to_string()
}

fn done_as_text(repaired: &Repaired, applied: Applied) -> String {
    let mut lines = lines(repaired);
    lines.push(format!("{} applied, {} in all", applied.new, applied.all));
    lines.join("\n")
}

fn lines(repaired: &Repaired) -> Vec<String> {
    let mended = repaired.mended.iter().map(|Mended { what, note }| match note {
        Some(note) => format!("✓ mended {what}: {note}"),
        None => format!("✓ mended {what}"),
    });
    let left = repaired
        .left
        .iter()
        .map(|Left { what, why, advice }| format!("✗ left {what}: {why}; {advice}"));
    mended.chain(left).collect()
}

fn as_json(schema: &SchemaStatus, migrations: &[MigrationState]) -> String {
    json!({ "complete": schema.complete, "migrations": migrations, "pending": schema.pending,
        "missing": schema.missing, "unknown": schema.unknown })
    .to_string()
}

fn as_text(schema: &SchemaStatus, migrations: &[MigrationState]) -> String {
    let mut lines: Vec<String> = migrations
        .iter()
        .map(|m| format!("{} {}", if m.applied { "✓ applied" } else { "… pending" }, m.name))
        .collect();
    lines.extend(schema.missing.iter().map(|missing| format!("✗ missing {missing}")));
    lines.extend(
        schema.unknown.iter().map(|version| format!("? unknown {version}, of a later version")),
    );
    lines.push(if schema.complete { "complete".to_owned() } else { "incomplete".to_owned() });
    lines.join("\n")
}
