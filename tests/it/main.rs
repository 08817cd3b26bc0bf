//! The one integration-test binary: real PostgreSQL, real Redis, the real program.

mod managed;
mod startup;
mod support;
