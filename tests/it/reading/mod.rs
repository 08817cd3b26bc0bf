//! Feeds and pages: read, imported, watched, captured.

mod capture;
mod fuzz;
mod imported;
mod watched;
