//! Runs of searches, driven run by run over scripted sources and over servers that speak like the real ones.

mod budget;
mod changed;
mod killed;
mod pages;
mod scene;
mod shared;
mod sightings;
mod time;
mod walk;
mod watched;
