//! `healthcheck`: asks a running server how it is, for container engines and service managers.

use std::{process::ExitCode, time::Duration};

use clap::Args;

use super::Context;
use crate::{
    config::Settings,
    error::{Chain, Error, Result},
};

pub(super) const EXAMPLE: &str = "Examples:
  deal-scout healthcheck
  deal-scout healthcheck --live
  deal-scout healthcheck --url http://10.0.0.5:3000/health

Without --url it asks the host and port of the settings.";

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// What counts as healthy.
#[derive(Debug, Args)]
pub(super) struct HealthcheckArgs {
    /// Content with any answer, whatever it says: the process lives.
    #[arg(long)]
    live: bool,
    /// Address to ask, instead of the one in the settings.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

pub(super) async fn run(args: HealthcheckArgs, context: Context) -> Result<ExitCode> {
    let url = match args.url {
        Some(url) => url,
        None => own_address(&context.settings)?,
    };
    let answer = ask(&url).await?;
    if args.live || answer["ok"] == true {
        return Ok(ExitCode::SUCCESS);
    }
    let said = |key: &str| answer[key].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let why = said("reason").or_else(|| said("phase")).unwrap_or_else(|| "it is not ok".to_owned());
    Err(Error::Failed(format!("{url}: {why}")))
}

/// The answer as JSON; null when it is none.
async fn ask(url: &str) -> Result<serde_json::Value> {
    let no_answer = |e: reqwest::Error| {
        Error::Failed(format!("no answer from {url}: {}", Chain(&e.without_url())))
    };
    // A proxy would answer for the server.
    let client = reqwest::Client::builder().timeout(PATIENCE).no_proxy().build();
    let response = client.map_err(no_answer)?.get(url).send().await.map_err(no_answer)?;
    let body = response.bytes().await.map_err(no_answer)?;
    Ok(serde_json::from_slice(&body).unwrap_or_default())
}

/// Where a server with these settings answers on this machine.
fn own_address(settings: &Settings) -> Result<String> {
    if settings.port == 0 {
        return Err(Error::Failed(
            "the port is chosen by the system (port = 0); say which with --url".into(),
        ));
    }
    Ok(format!("http://{}/health", settings.own_address(settings.port)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Env, Overrides, load};

    fn address(host: &str, port: &str) -> Result<String> {
        let env = Env::of(".", &[("HOST", host), ("PORT", port)]);
        own_address(&load(&Overrides::default(), &env).unwrap().settings)
    }

    #[test]
    fn a_server_on_all_addresses_is_asked_on_loopback() {
        assert_eq!(address("0.0.0.0", "3000").unwrap(), "http://127.0.0.1:3000/health");
        assert_eq!(address("::", "80").unwrap(), "http://[::1]:80/health");
        assert_eq!(address("192.0.2.7", "80").unwrap(), "http://192.0.2.7:80/health");
    }

    #[test]
    fn a_port_that_the_system_chose_cannot_be_guessed() {
        assert!(address("127.0.0.1", "0").is_err());
    }
}
