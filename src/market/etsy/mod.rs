//! Searches Etsy: things made by hand, old things, and supplies.
//!
//! Identity: source `etsy`, `source_id` the listing's number.

pub mod answer;
mod request;
mod search;

pub use search::Etsy;
