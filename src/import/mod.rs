//! Into the database: files, and the sample market.

pub mod sample;
