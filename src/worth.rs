//! What is it worth: loads a user's comparables and asks the engine.

/// Each user's comparables, indexed and kept until they change.
#[derive(Debug, Default)]
pub struct CompIndexes;
