//! What people are told, when, and through what.

mod finds;
mod scene;
mod sending;
mod watched;
