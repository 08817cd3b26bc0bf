//! Everything out as files, and back in.

mod again;
mod command;
mod refused;
mod round_trip;
mod scene;
