//! `openapi`: the document of the API, without a server.

use std::process::ExitCode;

use super::say;
use crate::{
    error::{Error, Result},
    web::document,
};

pub(super) const EXAMPLE: &str = "Example:
  deal-scout openapi > openapi.json

A running server has the same at /api/openapi.json, and for people at /api/docs.";

pub(super) fn run() -> Result<ExitCode> {
    let text = serde_json::to_string_pretty(document::whole()).map_err(Error::internal)?;
    say(&text)?;
    Ok(ExitCode::SUCCESS)
}
