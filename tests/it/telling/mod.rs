//! What people are told, when, and through what.

mod channels;
mod finds;
mod scene;
mod sending;
mod watched;
