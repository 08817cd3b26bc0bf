//! What people and programs see over HTTP.

pub mod health;
pub mod routes;
