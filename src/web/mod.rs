//! Everything that people and programs see over HTTP. `routes` is the table of contents; a handler reads extract,
//! load, decide, render.

pub mod routes;

pub mod api;
pub mod pages;

pub mod auth;
pub mod document;
pub mod failure;
pub mod gate;
pub mod health;
pub mod links;
pub mod password;
pub mod shell;

mod assets;
mod copies;
mod cors;
pub mod csrf;
pub mod edge;
mod listing_query;
mod metrics;
mod origin;
mod respond;
pub mod session;
mod trial;
