//! What people are told, when, and through what.

mod agreement;
mod channels;
mod finds;
mod scene;
mod sending;
mod watched;
