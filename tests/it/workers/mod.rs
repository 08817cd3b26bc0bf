//! The workers, driven tick by tick.

mod asking;
pub(crate) mod estimate;
mod junk;
mod weights;
