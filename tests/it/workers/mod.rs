//! The workers, driven tick by tick.

mod asking;
mod estimate;
