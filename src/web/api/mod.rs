//! What programs see: JSON under `/api/v1`, one file a noun.

pub(super) mod endpoint;

mod body;
mod crud;
mod openapi;
mod page;
mod photos;
mod pricing;
mod suggestions;
mod write;
