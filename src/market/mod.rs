//! The outside world.
pub mod sample;
