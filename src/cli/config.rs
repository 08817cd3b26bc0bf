//! `config show` and `config check`.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{say, wrong_configuration};
use crate::{
    config::{Env, Fault, Loaded, Overrides, load},
    error::{Error, Result},
};

pub(super) const EXAMPLE: &str = "Examples:
  deal-scout config show
  deal-scout config show --json
  PORT=8080 deal-scout config check";

/// What to do with the settings.
#[derive(Debug, Args)]
pub(super) struct ConfigArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Prints every setting in force and where it came from; secrets are masked.
    #[command(after_help = "Example:\n  deal-scout config show --json")]
    Show {
        /// One JSON object: {"KEY": {"value": …, "source": "…"}}.
        #[arg(long)]
        json: bool,
    },
    /// Checks the settings: exits 0 when they are right, else 2 with every fault.
    #[command(after_help = "Example:\n  deal-scout config check --config /etc/deal-scout.toml")]
    Check {
        /// One JSON object: {"ok": …, "faults": [{key, source, message}], "notes": […]}.
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(args: &ConfigArgs, overrides: &Overrides, env: &Env) -> Result<ExitCode> {
    match (&args.action, load(overrides, env)) {
        (Action::Show { json }, Ok(loaded)) => show(&loaded, *json),
        (Action::Check { json }, Ok(loaded)) => approve(&loaded, *json),
        (Action::Check { json: true }, Err(faults)) => refuse(&faults),
        (_, Err(faults)) => Ok(wrong_configuration(&faults)),
    }
}

fn show(loaded: &Loaded, as_json: bool) -> Result<ExitCode> {
    if as_json {
        let one = |shown: &crate::config::Shown| {
            (shown.key.to_owned(), json!({ "value": shown.value, "source": shown.source }))
        };
        say(&pretty(&loaded.shown.iter().map(one).collect::<serde_json::Map<_, _>>().into())?)?;
        return Ok(ExitCode::SUCCESS);
    }
    for shown in &loaded.shown {
        let value = match &shown.value {
            serde_json::Value::Null => "(not set)".to_owned(),
            value => value.to_string(),
        };
        say(&format!("{:<29} {value:<40} from {}", shown.key, shown.source))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn approve(loaded: &Loaded, as_json: bool) -> Result<ExitCode> {
    if as_json {
        say(&pretty(&json!({ "ok": true, "faults": [], "notes": loaded.notes }))?)?;
        return Ok(ExitCode::SUCCESS);
    }
    say("The configuration is right.")?;
    for note in &loaded.notes {
        say(&format!("Note: {note}."))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn refuse(faults: &[Fault]) -> Result<ExitCode> {
    say(&pretty(&json!({ "ok": false, "faults": faults, "notes": [] }))?)?;
    Ok(ExitCode::from(2))
}

fn pretty(value: &serde_json::Value) -> Result<String> {
    serde_json::to_string_pretty(value).map_err(Error::internal)
}
