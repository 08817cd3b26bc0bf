//! The command line: what can be typed, and which command it runs. One file per subcommand.
//!
//! Exit codes: 0 done, 1 failed, 2 wrong usage or a wrong configuration. Results go to standard output, messages to
//! standard error.
//!
//! To add a subcommand: its file, a variant of `Command`, and its arm in [`run`].

mod backtest;
mod backup;
mod config;
mod demo;
mod export;
mod healthcheck;
mod import;
mod migrate;
mod openapi;
mod output;
mod passphrase;
mod progress;
mod restore;
mod secrets;
mod seed;
mod serve;
mod token;
mod user;

use std::{path::PathBuf, process::ExitCode, time::Instant};

use clap::{Args, Parser, Subcommand};
pub use output::{complain, say};
use slog::Logger;

use crate::{
    config::{Env, Fault, Overrides, Settings},
    error::{Chain, Error, Result},
    telemetry,
};

/// Finds second-hand bargains, says what they are worth, and helps to sell.
#[derive(Debug, Parser)]
#[command(name = "deal-scout", version, after_help = EXAMPLES)]
pub struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    listen: ListenArgs,
    #[command(subcommand)]
    command: Option<Command>,
}

const EXAMPLES: &str = "Examples:
  deal-scout demo
  DATABASE_URL=postgres://deals:deals@localhost/deals deal-scout serve --port 8080
  deal-scout config show

Every setting is described in config/default.toml; `deal-scout config show` prints what is in force.";

/// Options that every command takes.
#[derive(Debug, Args)]
struct GlobalArgs {
    /// Settings file, instead of deal-scout.toml in the working directory.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Least level that is logged: trace, debug, info, warning, error, critical.
    #[arg(long, global = true, value_name = "LEVEL")]
    log_level: Option<String>,
    /// Shape of log lines: auto, json, terminal.
    #[arg(long, global = true, value_name = "FORMAT")]
    log_format: Option<String>,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Command {
    /// Serves pages and API until it is stopped; the default.
    #[command(after_help = serve::EXAMPLE)]
    Serve(serve::ServeArgs),
    /// A first look: sample ads and sales, no login, loopback only.
    #[command(after_help = demo::EXAMPLE)]
    Demo(demo::DemoArgs),
    /// Brings the database schema up or down, or tells its state.
    #[command(after_help = migrate::EXAMPLE)]
    Migrate(migrate::MigrateArgs),
    /// Reads files in: ads, sales, and what export wrote.
    #[command(after_help = import::EXAMPLE)]
    Import(import::ImportArgs),
    /// Stores the sample market, or takes it away.
    #[command(after_help = seed::EXAMPLE)]
    Seed(seed::SeedArgs),
    /// Writes what somebody has as CSV or JSON Lines.
    #[command(after_help = export::EXAMPLE)]
    Export(export::ExportArgs),
    /// Replays sales: estimates each from what was known before it, and tells how right that was.
    #[command(after_help = backtest::EXAMPLE)]
    Backtest(backtest::BacktestArgs),
    /// Writes everything of this installation into one file.
    #[command(after_help = backup::EXAMPLE)]
    Backup(backup::BackupArgs),
    /// Puts what backup wrote into this installation.
    #[command(after_help = restore::EXAMPLE)]
    Restore(restore::RestoreArgs),
    /// Tells which key sealed the stored secrets, or seals them anew with another.
    #[command(after_help = secrets::EXAMPLE)]
    Secrets(secrets::SecretsArgs),
    /// Makes, lists and changes accounts.
    #[command(after_help = user::EXAMPLE)]
    User(user::UserArgs),
    /// Makes, lists and revokes keys for programs.
    #[command(after_help = token::EXAMPLE)]
    Token(token::TokenArgs),
    /// Asks a running server how it is: exits 0 when it says ok, else 1.
    #[command(after_help = healthcheck::EXAMPLE)]
    Healthcheck(healthcheck::HealthcheckArgs),
    /// Prints what the API can do, as OpenAPI 3.1.
    #[command(after_help = openapi::EXAMPLE)]
    Openapi,
    /// Shows or checks the settings.
    #[command(after_help = config::EXAMPLE)]
    Config(config::ConfigArgs),
}

/// Where a server listens.
#[derive(Debug, Default, Args)]
pub struct ListenArgs {
    /// Address to listen on.
    #[arg(long, value_name = "ADDRESS")]
    pub host: Option<String>,
    /// Port to listen on; 0 lets the system choose.
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
}

impl ListenArgs {
    /// Lays these options over `overrides`.
    #[must_use]
    pub fn overrides(&self, overrides: Overrides) -> Overrides {
        overrides.set_some("host", self.host.clone(), "--host").set_some(
            "port",
            self.port.map(|port| port.to_string()),
            "--port",
        )
    }
}

/// What a command is given to work with.
#[derive(Debug)]
pub struct Context {
    /// The settings in force.
    pub settings: Settings,
    /// The voice.
    pub log: Logger,
}

/// Runs what the arguments say and answers with the exit code. Messages have been told by then.
pub async fn run() -> ExitCode {
    let began = Instant::now();
    // What speaks TLS and brings no cryptography of its own asks the process for it. Set already is set.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(told) => return usage(&told),
    };
    let env = Env::of_process();
    let command = cli.command.unwrap_or(Command::Serve(serve::ServeArgs::default()));
    let overrides = command.overrides(cli.listen.overrides(cli.global.overrides()));
    match command {
        Command::Serve(_) => {
            with(&overrides, &env, async |context| serve::run(context, began).await).await
        }
        Command::Demo(_) => {
            with(&overrides, &env, async |context| demo::run(context, began).await).await
        }
        Command::Migrate(args) => {
            with(&overrides, &env, async |context| migrate::run(args, context).await).await
        }
        Command::Import(args) => {
            with(&overrides, &env, async |context| import::run(args, context).await).await
        }
        Command::Seed(args) => {
            with(&overrides, &env, async |context| seed::run(args, context).await).await
        }
        Command::Export(args) => {
            with(&overrides, &env, async |context| export::run(args, context).await).await
        }
        Command::Backtest(args) => {
            with(&overrides, &env, async |context| backtest::run(args, context).await).await
        }
        Command::Backup(args) => {
            with(&overrides, &env, async |context| backup::run(args, context).await).await
        }
        Command::Restore(args) => {
            with(&overrides, &env, async |context| restore::run(args, context).await).await
        }
        Command::Secrets(args) => {
            with(&overrides, &env, async |context| secrets::run(args, context).await).await
        }
        Command::User(args) => {
            with(&overrides, &env, async |context| user::run(args, context).await).await
        }
        Command::Token(args) => {
            with(&overrides, &env, async |context| token::run(args, context).await).await
        }
        Command::Healthcheck(args) => {
            with(&overrides, &env, async |context| healthcheck::run(args, context).await).await
        }
        Command::Openapi => code(openapi::run()),
        // Settings are shown and checked unread.
        Command::Config(args) => code(config::run(&args, &overrides, &env)),
    }
}

/// Reads the settings, starts logging, then runs `command`. With a fault in the settings nothing runs.
async fn with(
    overrides: &Overrides,
    env: &Env,
    command: impl AsyncFnOnce(Context) -> Result<ExitCode>,
) -> ExitCode {
    let settings = match crate::config::load(overrides, env) {
        Ok(loaded) => loaded.settings,
        Err(faults) => return wrong_configuration(&faults),
    };
    let telemetry = telemetry::init(&settings.log);
    let context = Context { settings, log: telemetry.log.clone() };
    code(Box::pin(command(context)).await)
}

impl GlobalArgs {
    fn overrides(&self) -> Overrides {
        Overrides::new(self.config.clone())
            .set_some("log.level", self.log_level.clone(), "--log-level")
            .set_some("log.format", self.log_format.clone(), "--log-format")
    }
}

impl Command {
    /// Lays what the command says about settings over `overrides`.
    fn overrides(&self, overrides: Overrides) -> Overrides {
        match self {
            Self::Serve(args) => args.listen.overrides(overrides),
            Self::Demo(args) => {
                args.listen.overrides(overrides).set("demo.enabled", "true", "demo")
            }
            _ => overrides,
        }
    }
}

fn code(result: Result<ExitCode>) -> ExitCode {
    result.unwrap_or_else(|error| {
        let text = match &error {
            // A person at a terminal may see the cause that a web client may not.
            Error::Internal(cause) => Chain(cause.as_ref()).to_string(),
            other => other.to_string(),
        };
        complain(&format!("deal-scout: {text}"));
        ExitCode::FAILURE
    })
}

fn wrong_configuration(faults: &[Fault]) -> ExitCode {
    let count =
        if faults.len() == 1 { "1 fault".into() } else { format!("{} faults", faults.len()) };
    complain(&format!("deal-scout: {count} in the configuration; nothing was started"));
    for fault in faults {
        complain(&format!("  {fault}"));
    }
    ExitCode::from(2)
}

/// Help and version are results; everything else is wrong usage.
fn usage(told: &clap::Error) -> ExitCode {
    // Nobody to tell it to when the stream is closed.
    let _ = told.print();
    u8::try_from(told.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definitions_hold_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_subcommand_has_help_with_an_example() {
        for command in Cli::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let call = format!("deal-scout {}", command.get_name());
            assert!(help.contains(&call), "{call} has no example");
        }
    }
}
