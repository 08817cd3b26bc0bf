//! The phase, in a watch channel.

/// The phase of the guarded start-up, and why.
#[derive(Debug, Clone)]
pub struct Readiness;
