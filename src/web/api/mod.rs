//! What programs see: JSON under `/api/v1`, one file a noun.

pub(super) mod pricing;

pub(super) mod endpoint;

mod body;
mod crud;
mod page;
mod suggestions;
mod write;
