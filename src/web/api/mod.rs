//! What programs see: JSON under `/api/v1`, one file a noun.

pub(super) mod comps;
pub(super) mod listings;

pub(super) mod endpoint;

mod body;
mod crud;
mod openapi;
mod page;
mod pricing;
mod worth;
mod write;
