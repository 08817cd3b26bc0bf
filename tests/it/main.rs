//! The one integration-test binary: real PostgreSQL, real Redis, the real program.

mod cli;
mod config;
mod house;
mod startup;
mod support;
