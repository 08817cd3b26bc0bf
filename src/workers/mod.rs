//! The work that goes on by itself. Each worker's step is a `tick` that a test can call; the supervisor repeats it.

pub mod estimate;
pub mod notify;
pub mod photos;
pub mod scan;
pub mod sightings;
mod supervisor;
pub mod tidy;

pub use supervisor::run;

/// What a tick did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// There was work, and there may be more.
    Worked,
    /// There was nothing to do.
    Idle,
}
