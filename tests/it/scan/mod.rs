//! Runs of searches, driven run by run over scripted sources and over servers that speak like the real ones.

mod pages;
mod scene;
mod shared;
mod time;
mod watched;
