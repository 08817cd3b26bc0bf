//! The workers, driven tick by tick.

mod estimate;
