//! The one integration-test binary: real PostgreSQL, real Redis, the real program.

mod house;
mod startup;
mod support;
