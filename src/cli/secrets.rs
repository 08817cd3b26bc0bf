//! `secrets`: which key sealed what is stored, and moving to another key.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Context, complain, say};
use crate::{
    app::{self, App},
    error::{Error, Result},
    rotation::{self, Rotated, Status},
    sealing::Place,
};

pub(super) const EXAMPLE: &str = "Examples:
  deal-scout secrets status
  deal-scout secrets rotate

Stored tokens and passwords are sealed with a key: the setting secret_key, else <data_dir>/secret.key. Keep a copy of it.";

/// What to do with the keys.
#[derive(Debug, Args)]
pub(super) struct SecretsArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Seals every stored secret anew: with a new key, or with the one in the settings.
    #[command(after_help = ROTATE)]
    Rotate {
        /// What was done, as JSON: {"key", "resealed", "failed": […], "dropped": […]}.
        #[arg(long)]
        json: bool,
    },
    /// Tells how many secrets are sealed with which key; exits 1 when some of them cannot be opened.
    #[command(after_help = "Example:\n  deal-scout secrets status --json")]
    Status {
        /// As JSON: {"keys": [{"key", "place", "current", "secrets"}], "lost": …}.
        #[arg(long)]
        json: bool,
    },
}

const ROTATE: &str = "Example:
  deal-scout secrets rotate --json

Servers may run meanwhile, and a rotation that was broken off is completed by running it again. Keys that nothing needs
any more are taken out of the key file; a backup from before needs the key file from before.
With the key in the setting: give the new one as secret_key and the one before as secret_key_old, restart every server,
rotate, then take secret_key_old away.";

pub(super) async fn run(args: SecretsArgs, context: Context) -> Result<ExitCode> {
    let app = app::open(context.settings, &context.log).await?;
    let work = async {
        match args.action {
            Action::Rotate { json } => rotate(&app, json).await,
            Action::Status { json } => status(&app, json).await,
        }
    };
    app::run_then_close(&app, Box::pin(work)).await
}

async fn rotate(app: &App, as_json: bool) -> Result<ExitCode> {
    // Not from the pool: the right to rotate lives as long as the connection.
    let mut conn = app.database.target().establish().await.map_err(Error::internal)?;
    let waiting = |time: std::time::Duration| {
        complain(&format!(
            "every stored secret is sealed anew; waiting {} s for requests under way",
            time.as_secs()
        ));
    };
    let done = rotation::rotate(&mut conn, &app.sealer, &app.clock, waiting).await?;
    for failed in &done.failed {
        complain(&format!("{} of row {}: {}", failed.column, failed.id, failed.reason));
    }
    say(&if as_json { json!(done).to_string() } else { rotated(&done, app) })?;
    Ok(if done.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn rotated(done: &Rotated, app: &App) -> String {
    let mut lines = vec![format!("{} sealed anew with key {}", counted(done.resealed), done.key)];
    if !done.failed.is_empty() {
        lines.push(format!("{} could not be opened", counted(done.failed.len())));
    }
    lines.extend(done.dropped.iter().map(|key| {
        format!("key {key} is needed no more and was taken out of {}", app.sealer.file().display())
    }));
    lines.join("\n")
}

fn counted(secrets: usize) -> String {
    if secrets == 1 { "1 secret".to_owned() } else { format!("{secrets} secrets") }
}

async fn status(app: &App, as_json: bool) -> Result<ExitCode> {
    let status = rotation::status(&mut *app.conn().await?, &app.sealer).await?;
    say(&if as_json {
        json!({ "keys": status.keys, "lost": status.lost() }).to_string()
    } else {
        in_words(&status, app)
    })?;
    Ok(if status.lost() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn in_words(status: &Status, app: &App) -> String {
    let mut lines = Vec::new();
    for key in &status.keys {
        let place = match key.place {
            Some(Place::SecretKey) => "secret_key".to_owned(),
            Some(Place::SecretKeyOld) => "secret_key_old".to_owned(),
            Some(Place::File) => app.sealer.file().display().to_string(),
            None => "not at hand".to_owned(),
        };
        let role = if key.current {
            "seals"
        } else if key.place.is_some() {
            "opens"
        } else {
            "lost"
        };
        lines.push(format!("{:<8}  {role:<5}  {place}", key.key));
        for (column, count) in &key.secrets {
            lines.push(format!("          {count} in {column}"));
        }
    }
    if status.lost() > 0 {
        lines.push(
            "Give the keys that are not at hand as secret_key_old, or enter those secrets again."
                .to_owned(),
        );
    }
    lines.join("\n")
}
