//! What programs see: JSON under `/api/v1`, one file a noun.

pub(super) mod endpoint;

mod api_tokens;
mod body;
mod capture;
mod crud;
mod openapi;
mod page;
mod photos;
mod pricing;
mod sessions;
mod suggestions;
mod users;
mod watchlist_items;
mod write;
