//! Everything out of one installation and into another.

pub(crate) mod altered;
mod killed;
mod place;
mod refused;
mod round_trip;
mod secrets;

/// Rows with odd values in every table.
const EVERY_TABLE: &str = include_str!("every_table.sql");
