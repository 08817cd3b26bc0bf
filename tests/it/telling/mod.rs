//! What people are told, when, and through what.

mod agreement;
mod by_hand;
mod channels;
mod finds;
mod killed;
mod scene;
mod sending;
mod slow;
mod watched;
